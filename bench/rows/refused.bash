# Peers that are turned away for their address, and what others notice of them.

refusing_services() { # PORT
    service spawn shut "$1" stream "server = $echo_server" "no_access = 127.0.0.1"
    service daytime open $(($1 + 1)) stream
}

# The port that refuses tells nobody when it is ready: the other one does.
start_refusing() { # ROW PORT SUBJECT
    { defaults_section "$1-$3"; refusing_services "$2"; } > "$work/$1-$3.conf"
    start_super "$3" "$1-$3" $(($2 + 1))
}

row_refused() {
    start_refusing refused 20000 ours
    start_refusing refused 20100 xinetd
    compare refused shut 8/2 ours:20000 xinetd:20100
    stop refused-ours refused-xinetd
}

# A flood comes from another host: here it takes only the processor time that the daemon and the measuring client leave.
row_attack() {
    local round line flood
    start_refusing attack 20000 ours
    for ((round = 1; round <= rounds; round++)); do
        line=$("$load" read -p 20001 -c 1 -t "$seconds") || record attack errors quiet "$round" "${line#* errors=}"
        record attack p99 quiet "$round" "$(figure p99 "$line")"
        nice -n 19 "$load" shut -p 20000 -c 1 -t "$(awk "BEGIN { print $seconds + 1 }")" > "$work/attack.flood" &
        flood=$!
        sleep 0.3
        line=$("$load" read -p 20001 -c 1 -t "$seconds") || record attack errors ours "$round" "${line#* errors=}"
        record attack p99 ours "$round" "$(figure p99 "$line")"
        wait "$flood" || true
        record attack flood ours "$round" "$(figure rate "$(< "$work/attack.flood")")"
    done
    stop attack-ours
}
