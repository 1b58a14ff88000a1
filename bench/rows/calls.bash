# System calls for one connection, of the daemon and of all that it starts (the server's own start included): what the machine's noise
# cannot touch. Counted with strace, where it is installed.

calls_services() {
    local port=$1
    builtin_service daytime stream "$port"
    builtin_service echo stream $((port + 1))
    spawn_service spawn $((port + 2))
    full_service full $((port + 3))
}

row_calls() {
    local subject
    command -v strace > /dev/null || { say "  no strace: skipped"; return; }
    start_both calls 20000 calls_services
    for subject in ours:20000 xinetd:20100; do
        count_calls "${subject%:*}" daytime read "${subject#*:}"
        count_calls "${subject%:*}" echo echo $((${subject#*:} + 1))
        count_calls "${subject%:*}" spawn echo $((${subject#*:} + 2))
        count_calls "${subject%:*}" spawn-full echo $((${subject#*:} + 3))
    done
    stop calls-ours calls-xinetd
}

count_calls() { # SUBJECT FIGURE MODE PORT
    local subject=$1 figure=$2 mode=$3 port=$4 connections=100 tracer line
    "$load" "$mode" -p "$port" -n 20 > /dev/null || true
    strace -f -c -o "$work/calls" -p "${pid_of[calls-$subject]}" > "$work/strace" 2>&1 &
    tracer=$!
    for ((line = 0; line < 100; line++)); do
        grep -q attached "$work/strace" && break
        sleep 0.05
    done
    line=$("$load" "$mode" -p "$port" -n $connections -t 30) || record calls errors "$subject" 1 "${line#* errors=}"
    sleep 0.3
    kill -INT $tracer
    wait $tracer || true
    record calls "$figure" "$subject" 1 "$(awk -v n=$connections '$NF == "total" { printf "%.1f", $4 / n }' "$work/calls")"
}
