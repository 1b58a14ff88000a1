# Connections that are passed on to another server: a plain C echo, or for the bytes a sink that counts them, on a port of its own.

far=20500
sink=20501

redirect_services() { # PORT
    service relay relay-echo "$1" stream "redirect = 127.0.0.1 $far"
    service relay relay-bytes $(($1 + 1)) stream "redirect = 127.0.0.1 $sink"
}

start_redirect() { # ROW
    start far "$far" "$load" far -p "$far"
    start_both "$1" 20000 redirect_services
}

row_redirect_bytes() {
    local round subject clients figure line
    start_redirect redirect-bytes
    for ((round = 1; round <= rounds; round++)); do
        for clients in 1 4; do
            figure=megabytes
            ((clients == 1)) || figure=megabytes-$clients
            for subject in ours:20001 xinetd:20101; do
                line=$("$load" bytes -p "${subject#*:}" -f "$sink" -c "$clients" -t "$seconds") ||
                    record redirect-bytes errors "${subject%:*}" "$round" "${line#* errors=}"
                record redirect-bytes "$figure" "${subject%:*}" "$round" "$(figure megabytes "$line")"
            done
        done
    done
    stop redirect-bytes-ours redirect-bytes-xinetd far
}

row_redirect_connections() {
    start_redirect redirect-connections
    compare redirect-connections echo 8 ours:20000 xinetd:20100
    stop redirect-connections-ours redirect-connections-xinetd far
}

row_redirect_round_trips() {
    start_redirect redirect-round-trips
    compare redirect-round-trips trips 8 ours:20000 xinetd:20100
    stop redirect-round-trips-ours redirect-round-trips-xinetd far
}

# Two descriptors a connection: more than a process may have by default. Where the limit cannot be raised, as many as it allows. The
# original could not hold so many processes and gets fewer.
row_redirect_idle() {
    local round subject connections before after answer program descriptors=65536 most=10000
    prlimit --nofile=$descriptors:$descriptors true 2> /dev/null || descriptors=$(ulimit -Hn)
    ((2 * most + 64 <= descriptors)) || most=$(((descriptors - 64) / 2))
    local many=(prlimit "--nofile=$descriptors:$descriptors")
    say "  $most connections"
    for ((round = 1; round <= $(memory_rounds); round++)); do
        for subject in "ours:$most" xinetd:300; do
            connections=${subject#*:} subject=${subject%:*} program=$xinetd
            [[ $subject == xinetd ]] || program=$(ours_as_xinetd)
            start far "$far" "${many[@]}" "$load" far -p "$far"
            { defaults_section redirect-idle; redirect_services 20000; } > "$work/redirect-idle.conf"
            start redirect-idle 20000 "${many[@]}" "$program" -f "$work/redirect-idle.conf" -dontfork \
                -filelog "$work/redirect-idle.daemon" -pidfile "$work/redirect-idle.pid"
            "$load" echo -p 20000 -c 8 -n 100 > /dev/null
            sleep 0.5
            before=$(footprint redirect-idle pss)
            coproc holder { "${many[@]}" "$load" idle -p 20000 -n "$connections" -t 120; }
            read -r -t 60 answer <&"${holder[0]}" || answer="no answer"
            [[ $answer == ready ]] || die "idle redirected connections, $subject: $answer"
            after=$(footprint redirect-idle pss)
            record redirect-idle each "$subject" "$round" "$(awk "BEGIN { printf \"%.3f\", ($after - $before) / $connections }")"
            [[ $subject == xinetd ]] || record redirect-idle pss "$subject" "$round" "$after"
            exec {holder[1]}>&-
            wait "$holder_PID" || true
            sleep 1
            stop redirect-idle far
        done
    done
}
