# Long rules of tcp_wrappers must decide as fast as short ones. None of them fits the peer, so that all would have to be gone through.

rule_folder() { # NAME COUNT     an /etc with so many rules in hosts.deny
    mkdir -p "$work/$1.etc"
    cp /etc/passwd /etc/group /etc/services /etc/protocols /etc/ld.so.cache "$work/$1.etc/"
    seq 0 $(($2 - 1)) | awk '{ printf "ALL: %d.%d.%d.%d\n", 11 + int($1 / 16777216), int($1 / 65536) % 256, int($1 / 256) % 256, $1 % 256 }' \
        > "$work/$1.etc/hosts.deny"
}

start_with_rules() { # NAME COUNT PORT
    rule_folder "$1" "$2"
    { defaults_section "$1"; service daytime daytime "$3" stream | sed '/NOLIBWRAP/d'; } > "$work/$1.conf"
    # shellcheck disable=SC2016
    start "$1" "$3" unshare -m --propagation private sh -c 'mount --bind "$0" /etc && exec "$@"' "$work/$1.etc" \
        "$(ours_as_xinetd)" -f "$work/$1.conf" -dontfork -filelog "$work/$1.daemon" -pidfile "$work/$1.pid" -control none
}

row_rules() {
    unshare -m true 2> /dev/null || { say "  no mount namespace can be made here: left out"; return 0; }
    start_with_rules rules-many 100000 20000
    start_with_rules rules-ten 10 20100
    compare rules read 8 ours:20000 ten:20100
    stop rules-many rules-ten
}
