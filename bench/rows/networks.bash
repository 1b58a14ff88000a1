# A long access list must decide as fast as a short one. The peer's own network stands last, the worst place for a list that is searched.

network_list() { # COUNT
    seq 0 $(($1 - 2)) | awk '{ printf "%s%d.%d.%d.0/24", $1 % 100 ? " " : (NR > 1 ? "\n\tonly_from += " : "\tonly_from = "),
        11 + int($1 / 65536), int($1 / 256) % 256, $1 % 256 } END { print " 127.0.0.0/8" }'
}

networks_configuration() { # NAME COUNT PORT
    defaults_section "$1"
    service daytime daytime "$3" stream | sed '$d'
    network_list "$2"
    printf '}\n'
}

row_networks() {
    networks_configuration networks-many 100000 20000 > "$work/networks-many.conf"
    networks_configuration networks-ten 10 20100 > "$work/networks-ten.conf"
    start_super ours networks-many 20000
    start_super ours networks-ten 20100
    compare networks read 8 ours:20000 ten:20100
    stop networks-many networks-ten
}
