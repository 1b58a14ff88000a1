# Memory: idle, and with idle connections. One daemon at a time, so that nothing is shared between the two sides.

memory_rounds() { printf '%s' $((rounds < 3 ? rounds : 3)); }

start_fourteen() {
    local row=$1 subject=$2
    { defaults_section "$row"; fourteen_services 20000; } > "$work/$row.conf"
    start_super "$subject" "$row" 20000
    sleep 1
}

row_idle_memory() {
    local round subject
    for ((round = 1; round <= $(memory_rounds); round++)); do
        for subject in ours xinetd; do
            start_fourteen idle-memory "$subject"
            record idle-memory pss "$subject" "$round" "$(footprint idle-memory pss)"
            stop idle-memory
        done
    done
}

# The first connections make the daemon touch what it needs for any; they are not counted.
row_idle_connections() {
    local round subject before after answer
    for ((round = 1; round <= $(memory_rounds); round++)); do
        for subject in ours xinetd; do
            start_fourteen idle-connections "$subject"
            "$load" echo -p 20000 -c 8 -n 100 > /dev/null
            sleep 0.5
            before=$(footprint idle-connections pss)
            coproc holder { "$load" idle -p 20000 -n 200 -t 60; }
            read -r -t 30 answer <&"${holder[0]}" || answer="no answer"
            [[ $answer == ready ]] || die "idle connections, $subject: $answer"
            after=$(footprint idle-connections pss)
            record idle-connections added "$subject" "$round" $((after - before))
            exec {holder[1]}>&-
            wait "$holder_PID" || true
            sleep 1 # the original's two hundred children end first, or it would wait for each of them
            stop idle-connections
        done
    done
}
