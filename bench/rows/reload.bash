# SIGHUP with a thousand services, none of them changed: the time until the daemon's log says that it is done.

thousand_services() {
    local port=$1 number
    for ((number = 0; number < 1000; number++)); do
        spawn_service "spawn-$number" $((port + number))
    done
}

row_reload() {
    local subject round line port=20000
    for subject in ours xinetd; do
        { defaults_section "reload-$subject"; thousand_services $port; } > "$work/reload-$subject.conf"
        start_super "$subject" "reload-$subject" $((port + 999))
        ((port += 1000))
    done
    for ((round = 1; round <= rounds; round++)); do
        for subject in ours xinetd; do
            line=$("$load" reload "${pid_of[reload-$subject]}" "$work/reload-$subject.daemon" Reconfigured:) || line=ms=0
            [[ $line == ms=0 ]] && record reload errors "$subject" "$round" "no end of the reload seen"
            record reload ms "$subject" "$round" "$(figure ms "$line")"
        done
    done
    stop reload-ours reload-xinetd
}
