# Long rules of tcp_wrappers must decide as fast as short ones. None of them fits the peer, so that all would have to be gone through.

rule_folder() { # NAME COUNT     an /etc with so many rules in hosts.deny
    mkdir -p "$work/$1.etc"
    cp /etc/passwd /etc/group /etc/services /etc/protocols /etc/ld.so.cache "$work/$1.etc/"
    seq 0 $(($2 - 1)) | awk '{ printf "ALL: %d.%d.%d.%d\n", 11 + int($1 / 16777216), int($1 / 65536) % 256, int($1 / 256) % 256, $1 % 256 }' \
        > "$work/$1.etc/hosts.deny"
}

start_with_rules() { # NAME PORT [xinetd]     the folder is there already
    local program=$xinetd options=(-f "$work/$1.conf" -dontfork -filelog "$work/$1.daemon" -pidfile "$work/$1.pid")
    [[ ${3:-} == xinetd ]] || program=$(ours_as_xinetd) options+=(-control none)
    { defaults_section "$1"; service daytime daytime "$2" stream | sed '/NOLIBWRAP/d'; } > "$work/$1.conf"
    # shellcheck disable=SC2016
    start "$1" "$2" unshare -m --propagation private sh -c 'mount --bind "$0" /etc && exec "$@"' "$work/$1.etc" "$program" "${options[@]}"
}

can_have_rules() { unshare -m true 2> /dev/null || { say "  no mount namespace can be made here: left out"; return 1; }; }

row_rules() {
    can_have_rules || return 0
    rule_folder rules-many 100000
    rule_folder rules-ten 10
    start_with_rules rules-many 20000
    start_with_rules rules-ten 20100
    compare rules read 8 ours:20000 ten:20100
    stop rules-many rules-ten
}
