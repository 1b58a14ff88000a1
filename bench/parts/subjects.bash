# The daemons under test: started in the foreground with the same small environment, stopped by their process id.

declare -A pid_of=()
many_descriptors=()

# start NAME PORT COMMAND...   waits until PORT accepts
start() {
    local name=$1 port=$2
    shift 2
    (cd / && exec env -i PATH=/usr/bin:/bin HOME=/ LANG=C.UTF-8 LD_LIBRARY_PATH="$library_path" "$@") \
        > "$work/$name.output" 2>&1 < /dev/null &
    pid_of[$name]=$!
    "$load" wait -p "$port" -t 30 || { tail -n 20 "$work/$name".{output,daemon} >&2 2> /dev/null; die "$name did not start"; }
}

# start_super SUBJECT NAME PORT   with the configuration $work/NAME.conf; SUBJECT is ours or xinetd
start_super() {
    local subject=$1 name=$2 port=$3 options=(-f "$work/$2.conf" -dontfork -filelog "$work/$2.daemon" -pidfile "$work/$2.pid")
    case $subject in
        ours) start "$name" "$port" "${many_descriptors[@]}" "$(ours_as_xinetd)" "${options[@]}" -control "$work/$2.control" ;;
        xinetd) start "$name" "$port" "${many_descriptors[@]}" "$xinetd" "${options[@]}" ;;
    esac
}

# start_program SUBJECT PORT   any of the programs that start a server for each connection, with one service; false where it cannot be had.
# tcpserver, tcpsvd and systemd-socket-activate serve one program on one address, and know neither limits by source nor a log to a file.
start_program() {
    local subject=$1 port=$2
    case $subject in
        ours | xinetd)
            { defaults_section "one-$subject"; spawn_service spawn "$port"; } > "$work/one-$subject.conf"
            start_super "$subject" "one-$subject" "$port"
            pid_of[$subject]=${pid_of[one-$subject]}
            unset "pid_of[one-$subject]"
            ;;
        inetd)
            printf '127.0.0.1:%s stream tcp nowait root %s echo\n' "$port" "$echo_server" > "$work/inetd.conf"
            start inetd "$port" "$inetd" -i -R 1000000000 "$work/inetd.conf"
            ;;
        tcpserver) start tcpserver "$port" "$tcpserver" -q -H -R -l 0 -c 1000 -b 128 127.0.0.1 "$port" "$echo_server" ;;
        tcpsvd)
            [[ -x $tcpsvd ]] || return 1
            start tcpsvd "$port" "$tcpsvd" -l 0 -c 1000 -b 128 127.0.0.1 "$port" "$echo_server"
            ;;
        systemd)
            [[ -x $socket_activate ]] || return 1
            start systemd "$port" env SYSTEMD_LOG_LEVEL=err "$socket_activate" -l "127.0.0.1:$port" --accept --inetd "$echo_server"
            ;;
        limit) start limit "$port" "$limit" "$port" "$echo_server" ;;
    esac
}

# A program's name picks its personality.
ours_as_xinetd() {
    ln -sfn "$rouse" "$work/xinetd"
    printf '%s' "$work/xinetd"
}

# hold COUNT PORT   opens connections that send a byte and get it back, and leaves them open until let_go
hold() {
    local answer
    coproc holder { "${many_descriptors[@]}" "$load" idle -p "$2" -n "$1" -t 120; }
    read -r -t 60 answer <&"${holder[0]}" || answer="no answer"
    [[ $answer == ready ]] || die "$1 idle connections to port $2: $answer"
}

let_go() {
    exec {holder[1]}>&-
    wait "$holder_PID" || true
    sleep 1 # an original's many children end first, or it would wait for each of them
}

# more_descriptors WANTED   sets descriptors, and many_descriptors, which goes before a command; where the limit cannot be raised, what it is
more_descriptors() {
    descriptors=$1
    prlimit "--nofile=$1:$1" true 2> /dev/null || descriptors=$(ulimit -Hn)
    many_descriptors=(prlimit "--nofile=$descriptors:$descriptors")
}

stop() {
    local name pid tries
    for name; do
        pid=${pid_of[$name]}
        unset "pid_of[$name]"
        kill -TERM "$pid" 2> /dev/null || true
        for ((tries = 0; tries < 250; tries++)); do
            kill -0 "$pid" 2> /dev/null || break
            sleep 0.02
        done
        kill -KILL "$pid" 2> /dev/null && say "bench: $name had to be killed"
        wait "$pid" 2> /dev/null || true
    done
}

clean_up() {
    stop "${!pid_of[@]}"
    [[ -n ${work:-} ]] && rm -rf "$work"
    return 0
}
