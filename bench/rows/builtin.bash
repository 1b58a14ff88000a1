# Rows that the daemon answers itself.

builtin_service() { service "$1" "$1-$2" "$3" "$2"; }

row_echo() {
    start_both echo 20000 builtin_service echo stream
    start limit 20200 "$epoll_echo" 20200
    compare echo echo 8/2 ours:20000 xinetd:20100 limit:20200
    stop echo-ours echo-xinetd limit
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

# The original answers one datagram at a time and drops what is queued meanwhile: it is not in this comparison.
row_datagram_rate() {
    local round subject clients row line
    { defaults_section datagram-rate; datagram_services 20000; } > "$work/datagram-rate.conf"
    start_super ours datagram-rate 20000
    "$datagram_echo" 20201 &
    pid_of[limit]=$!
    for ((round = 1; round <= rounds; round++)); do
        for clients in 1 64; do
            row=datagram-rate-$clients
            for subject in ours:20001 limit:20201; do
                line=$("$load" datagrams -p "${subject#*:}" -c "$clients" -t "$seconds") || record "$row" errors "${subject%:*}" "$round" "${line#* errors=}"
                record "$row" rate "${subject%:*}" "$round" "$(figure rate "$line")"
                record "$row" p50 "${subject%:*}" "$round" "$(figure p50 "$line")"
                record "$row" p99 "${subject%:*}" "$round" "$(figure p99 "$line")"
            done
        done
    done
    stop datagram-rate limit
}

flow_services() { # PORT
    builtin_service chargen stream "$1"
    builtin_service discard stream $(($1 + 1))
}

row_flow() {
    local round subject line
    start_both flow 20000 flow_services
    for ((round = 1; round <= rounds; round++)); do
        for subject in ours:20000 xinetd:20100; do
            line=$("$load" take -p "${subject#*:}" -t "$seconds") || record flow errors "${subject%:*}" "$round" "$line"
            record flow chargen "${subject%:*}" "$round" "$(figure megabytes "$line")"
        done
        for subject in ours:20001 xinetd:20101; do
            line=$("$load" give -p "${subject#*:}" -t "$seconds") || record flow errors "${subject%:*}" "$round" "$line"
            record flow discard "${subject%:*}" "$round" "$(figure megabytes "$line")"
        done
    done
    stop flow-ours flow-xinetd
}
