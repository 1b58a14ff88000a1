# SIGHUP with a thousand services, none of them changed: the time until the daemon's log says that it is done.

many_services() { # PORT COUNT
    spawn_service spawn-NUMBER PORT | awk -v port="$1" -v count="$2" '{ lines = lines $0 "\n" } END {
        for (number = 0; number < count; number++) {
            entry = lines
            gsub(/NUMBER/, number, entry); gsub(/PORT/, port + number, entry)
            printf "%s", entry
        }
    }'
}

thousand_services() { many_services "$1" 1000; }

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
    # The original sees no change within a service that keeps its name and its socket; so a service comes, or goes.
    for ((round = 1; round <= rounds; round++)); do
        for subject in ours:20000 xinetd:21000; do
            port=${subject#*:} subject=${subject%:*}
            { defaults_section "reload-$subject"; thousand_services "$port"; ((round % 2)) && spawn_service spawn-more $((port + 5000)); true; } \
                > "$work/reload-$subject.conf"
            line=$("$load" reload "${pid_of[reload-$subject]}" "$work/reload-$subject.daemon" Reconfigured:) || line=ms=0
            [[ $line == ms=0 ]] && record reload errors "$subject" "$round" "no end of the reload seen"
            record reload changed "$subject" "$round" "$(figure ms "$line")"
        done
    done
    stop reload-ours reload-xinetd
}

row_thousand() {
    local round subject began
    for ((round = 1; round <= $(memory_rounds); round++)); do
        for subject in ours xinetd; do
            { defaults_section thousand; thousand_services 20000; } > "$work/thousand.conf"
            began=${EPOCHREALTIME/./}
            start_super "$subject" thousand 20999
            record thousand start "$subject" "$round" "$(awk -v us=$((${EPOCHREALTIME/./} - began)) 'BEGIN { printf "%.1f", us / 1000 }')"
            sleep 1
            record thousand pss "$subject" "$round" "$(idle_pss thousand)"
            stop thousand
        done
    done
}
