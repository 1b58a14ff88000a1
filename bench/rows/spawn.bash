# Rows that start a server for each connection.

programs=(ours xinetd inetd tcpserver tcpsvd systemd limit)

spawn_row() {
    local row=$1 clients=$2 port=20000 program running=()
    for program in "${programs[@]}"; do
        start_program "$program" $port || { say "  no $program: left out"; continue; }
        running+=("$program:$port")
        ((port += 100))
    done
    compare "$row" echo "$clients" "${running[@]}"
    stop "${running[@]%:*}"
}

row_spawn_8() { spawn_row spawn-8 8; }
row_spawn_64() { spawn_row spawn-64 64; }
row_spawn_1() { spawn_row spawn-1 1; }

# Others want the processors too, in sessions of their own: the server's first step then waits for its turn (autogroup, sched(7)), and
# with it a daemon that is suspended until the server has begun. The busy ones end with this script, however that ends.
row_spawn_busy_8() {
    local number busy=()
    for ((number = 0; number < $(nproc); number++)); do
        setsid bash -c 'while kill -0 "$0" 2> /dev/null; do :; done' $$ &
        pid_of[busy-$number]=$!
        busy+=("busy-$number")
    done
    spawn_row spawn-busy-8 8
    stop "${busy[@]}"
}

row_spawn_full_8() {
    start_both spawn-full-8 20000 full_service spawn
    compare spawn-full-8 echo 8 ours:20000 xinetd:20100
    sleep 1
    check_full_log ours
    check_full_log xinetd
    stop spawn-full-8-ours spawn-full-8-xinetd
}

# Work that was not done must not count as speed: a START and an EXIT line for each connection, with all that was asked for.
check_full_log() {
    local log=$work/spawn-full-8-$1.log started ended
    started=$(grep -c 'START: spawn pid=[0-9]* from=127\.0\.0\.' "$log") || true
    ended=$(grep -c 'EXIT: spawn status=0 pid=[0-9]* duration=[0-9]*(sec)' "$log") || true
    if ((started == 0 || started != ended)); then
        record spawn-full-8 errors "$1" 0 "$started START lines, $ended EXIT lines"
    fi
}
