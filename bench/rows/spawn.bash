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
row_spawn_1() { spawn_row spawn-1 1; }

row_spawn_full_8() {
    start_both spawn-full-8 20000 full_service spawn
    compare spawn-full-8 echo 8 ours:20000 xinetd:20100
    stop spawn-full-8-ours spawn-full-8-xinetd
}
