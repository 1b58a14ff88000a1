# Rows that the daemon answers itself.

builtin_service() { service "$1" "$1-$2" "$3" "$2"; }

row_echo() {
    start_both echo 20000 builtin_service echo stream
    compare echo echo 8 ours:20000 xinetd:20100
    stop echo-ours echo-xinetd
}

row_daytime() {
    start_both daytime 20000 builtin_service daytime stream
    compare daytime read 8 ours:20000 xinetd:20100
    stop daytime-ours daytime-xinetd
}

# The stream service is there to tell when the daemon is ready. The original drops every datagram that is queued while it answers one,
# so an unanswered datagram is a figure here and no fault of the measurement.
datagram_services() {
    local port=$1
    service daytime ready "$port" stream
    service echo echo-dgram $((port + 1)) dgram
}

row_datagrams() {
    local round subject line answered lost
    start_both datagrams 20000 datagram_services
    for ((round = 1; round <= rounds; round++)); do
        for subject in ours:20001 xinetd:20101; do
            line=$("$load" datagrams -p "${subject#*:}" -c 1 -t "$seconds") || true
            record datagrams p50 "${subject%:*}" "$round" "$(figure p50 "$line")"
            record datagrams p99 "${subject%:*}" "$round" "$(figure p99 "$line")"
        done
        for subject in ours:20001 xinetd:20101; do
            line=$("$load" datagrams -p "${subject#*:}" -c 8 -t "$seconds") || true
            answered=$(figure answered "$line") lost=$(figure errors "$line")
            record datagrams lost "${subject%:*}" "$round" "$(awk "BEGIN { print 100 * $lost / ($lost + $answered) }")"
        done
    done
    stop datagrams-ours datagrams-xinetd
}
