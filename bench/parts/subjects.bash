# The daemons under test: started in the foreground with the same small environment, stopped by their process id.

declare -A pid_of=()

# start NAME PORT COMMAND...   waits until PORT accepts
start() {
    local name=$1 port=$2 libraries # a machine that has libwrap installed needs none
    shift 2
    libraries=$(find "$cache" -name libwrap.so.0 -printf '%h' -quit)
    (cd / && exec env -i PATH=/usr/bin:/bin HOME=/ LANG=C.UTF-8 LD_LIBRARY_PATH="$libraries" "$@") \
        > "$work/$name.output" 2>&1 < /dev/null &
    pid_of[$name]=$!
    "$load" wait -p "$port" -t 30 || { cat "$work/$name".* >&2; die "$name did not start"; }
}

# start_super SUBJECT NAME PORT   with the configuration $work/NAME.conf; SUBJECT is ours or xinetd
start_super() {
    local subject=$1 name=$2 port=$3 options=(-f "$work/$2.conf" -dontfork -filelog "$work/$2.daemon" -pidfile "$work/$2.pid")
    case $subject in
        ours) start "$name" "$port" "$(ours_as_xinetd)" "${options[@]}" -control "$work/$2.control" ;;
        xinetd) start "$name" "$port" "$xinetd" "${options[@]}" ;;
    esac
}

# A program's name picks its personality.
ours_as_xinetd() {
    ln -sfn "$rouse" "$work/xinetd"
    printf '%s' "$work/xinetd"
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
