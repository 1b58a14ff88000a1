# Rows that start a server for each connection.

start_spawning() {
    local row=$1
    start_both "$row" 20000 spawn_service spawn
    printf '127.0.0.1:20200 stream tcp nowait root %s echo\n' "$echo_server" > "$work/inetd.conf"
    start inetd 20200 "$inetd" -i -R 1000000000 "$work/inetd.conf"
    start tcpserver 20300 "$tcpserver" -q -H -R -l 0 -c 1000 -b 128 127.0.0.1 20300 "$echo_server"
    start limit 20400 "$limit" 20400 "$echo_server"
}

spawn_row() {
    local row=$1 clients=$2
    start_spawning "$row"
    compare "$row" echo "$clients" ours:20000 xinetd:20100 inetd:20200 tcpserver:20300 limit:20400
    stop "$row-ours" "$row-xinetd" inetd tcpserver limit
}

row_spawn_8() { spawn_row spawn-8 8; }
row_spawn_64() { spawn_row spawn-64 64; }
row_spawn_1() { spawn_row spawn-1 1; }

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
