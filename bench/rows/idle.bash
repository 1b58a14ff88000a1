# Memory: idle, and with idle connections. One daemon at a time, so that nothing is shared between the two sides.

memory_rounds() { [[ $quick ]] && printf 1 || printf '%s' $((rounds < 3 ? rounds : 3)); }

start_fourteen() {
    local row=$1 subject=$2
    { defaults_section "$row"; fourteen_services 20000; } > "$work/$row.conf"
    start_super "$subject" "$row" 20000
    sleep 1
}

# The highest of some samples: another process that maps the same library can only lower a proportional size.
idle_pss() { # NAME [SAMPLES]
    local sample highest=0 pss
    for ((sample = 0; sample < ${2:-8}; sample++)); do
        pss=$(footprint "$1" pss)
        ((pss > highest)) && highest=$pss
        sleep 0.2
    done
    printf '%s' "$highest"
}

row_idle_memory() {
    local round subject
    for ((round = 1; round <= $(memory_rounds); round++)); do
        for subject in ours xinetd; do
            start_fourteen idle-memory "$subject"
            record idle-memory pss "$subject" "$round" "$(idle_pss idle-memory)"
            stop idle-memory
        done
    done
}

# Every program with one service, the smallest that it can be. The originals without rules or a log of their own are smaller.
row_idle_one() {
    local round program
    for ((round = 1; round <= $(memory_rounds); round++)); do
        for program in "${programs[@]}"; do
            start_program "$program" 20000 || { say "  no $program: left out"; continue; }
            "$load" echo -p 20000 -n 20 > /dev/null
            sleep 0.5
            record idle-one pss "$program" "$round" "$(idle_pss "$program" 3)"
            stop "$program"
        done
    done
}

# The first connections make the daemon touch what it needs for any; they are not counted.
row_idle_connections() {
    local round subject before after
    for ((round = 1; round <= $(memory_rounds); round++)); do
        for subject in ours xinetd; do
            start_fourteen idle-connections "$subject"
            "$load" echo -p 20000 -c 8 -n 100 > /dev/null
            sleep 0.5
            before=$(footprint idle-connections pss)
            hold 200 20000
            after=$(footprint idle-connections pss)
            record idle-connections added "$subject" "$round" $((after - before))
            record idle-connections each "$subject" "$round" "$(awk "BEGIN { printf \"%.3f\", ($after - $before) / 200 }")"
            let_go
            stop idle-connections
        done
    done
}
