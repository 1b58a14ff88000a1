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
    start limit 20200 "$bare_relay" 20200 "$far"
    start limit-bytes 20201 "$bare_relay" 20201 "$sink"
}

stop_redirect() { stop "$1-ours" "$1-xinetd" limit limit-bytes far; }

# Beside the two the same clients go straight to the far end: what loopback can do, and a relay can only do a part of.
row_redirect_bytes() {
    local round subject clients figure line
    start_redirect redirect-bytes
    for ((round = 1; round <= rounds; round++)); do
        for clients in 1 4; do
            figure=megabytes
            ((clients == 1)) || figure=megabytes-$clients
            for subject in ours:20001 xinetd:20101 limit:20201 direct:$sink; do
                line=$("$load" bytes -p "${subject#*:}" -f "$sink" -c "$clients" -t "$seconds") ||
                    record redirect-bytes errors "${subject%:*}" "$round" "${line#* errors=}"
                record redirect-bytes "$figure" "${subject%:*}" "$round" "$(figure megabytes "$line")"
            done
        done
    done
    stop_redirect redirect-bytes
}

row_redirect_connections() {
    start_redirect redirect-connections
    compare redirect-connections echo 8 ours:20000 xinetd:20100 limit:20200 direct:$far
    stop_redirect redirect-connections
}

row_redirect_round_trips() {
    start_redirect redirect-round-trips
    compare redirect-round-trips trips 8 ours:20000 xinetd:20100 limit:20200 direct:$far
    stop_redirect redirect-round-trips
}

# Two descriptors a connection: more than a process may have by default. Where the limit cannot be raised, as many as it allows. The
# original could not hold so many processes and gets fewer.
row_redirect_idle() {
    local round subject connections before after most=10000
    more_descriptors 65536
    ((2 * most + 64 <= descriptors)) || most=$(((descriptors - 64) / 2))
    say "  $most connections"
    for ((round = 1; round <= $(memory_rounds); round++)); do
        for subject in "ours:$most" xinetd:300; do
            connections=${subject#*:} subject=${subject%:*}
            start far "$far" "${many_descriptors[@]}" "$load" far -p "$far"
            { defaults_section redirect-idle; redirect_services 20000; } > "$work/redirect-idle.conf"
            start_super "$subject" redirect-idle 20000
            "$load" echo -p 20000 -c 8 -n 100 > /dev/null
            sleep 0.5
            before=$(footprint redirect-idle pss)
            hold "$connections" 20000
            after=$(footprint redirect-idle pss)
            record redirect-idle each "$subject" "$round" "$(awk "BEGIN { printf \"%.3f\", ($after - $before) / $connections }")"
            [[ $subject == xinetd ]] || record redirect-idle pss "$subject" "$round" "$after"
            let_go
            stop redirect-idle far
        done
    done
    many_descriptors=()
}
