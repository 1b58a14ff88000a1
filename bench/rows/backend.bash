# Servers that sleep (start = on-demand-resident). Nobody else has them: what is awake is held against a redirect of the same daemon, and a cold
# start against the moment at which the server listens.

far=20500
asleep=20600 # and the ports after it: a backend for each service

backend_services() { # PORT
    service relay relay "$1" stream "redirect = 127.0.0.1 $far"
    service spawn awake $(($1 + 1)) stream "server = $load" "server_args = far -p $asleep" "start = on-demand-resident" \
        "backend = 127.0.0.1 $asleep" "idle_timeout = UNLIMITED"
}

row_backend() {
    start far "$far" "$load" far -p "$far"
    { defaults_section backend; backend_services 20000; } > "$work/backend.conf"
    start_super ours backend 20000
    compare backend echo 8 ours:20001 redirect:20000
    stop backend far
}

# cold_starts ID PORT ROUNDS   one line for each: how late the first connection was accepted, or what went wrong
cold_starts() {
    local round ended answer

    # Not all in the same moment: a hundred processes would then wait for each other.
    sleep "$(awk "BEGIN { print ($2 % 20) * 0.11 }")"
    for ((round = 1; round <= $3; round++)); do
        answer=
        if exec 3<> "/dev/tcp/127.0.0.1/$2"; then
            read -r -t 20 answer <&3 || answer="no answer"
            exec 3>&-
        fi
        echo "${answer:-refused}"
        # The clients' own work must not be what is measured: they look seldom.
        for ((ended = 0; ended < 100; ended++)); do
            sleep 0.7
            (($(grep -c "service $1: its server has ended" "$work/cold.daemon") >= round)) && break
        done
    done
}

row_cold_start() {
    local services=20 each=25 number late=$out/late
    [[ -z $quick ]] || services=5 each=2
    gcc -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -static -o "$late" "$bench/servers/late.c"
    {
        defaults_section cold
        service spawn ready 20099 stream "server = $echo_server"
        for ((number = 0; number < services; number++)); do
            service spawn "cold-$number-" $((20000 + number)) stream "server = $late" "server_args = $((asleep + number)) 1000" \
                "start = on-demand-resident" "backend = 127.0.0.1 $((asleep + number))" "idle_timeout = 1"
        done
    } > "$work/cold.conf"
    start_super ours cold 20099
    for ((number = 0; number < services; number++)); do
        cold_starts "cold-$number-" $((20000 + number)) $each > "$work/cold.$number" &
    done
    wait $(jobs -p | grep -vx "${pid_of[cold]}")
    local failed
    failed=$(cat "$work"/cold.[0-9]* | grep -cvE '^[0-9]+$' || true)
    record cold-start failed ours 1 "$failed"
    record cold-start p99 ours 1 "$(cat "$work"/cold.[0-9]* | grep -E '^[0-9]+$' | sort -n | awk '{ v[NR] = $1 } END { i = int((NR * 99 + 99) / 100); print NR ? v[i] : 0 }')"
    stop cold
}
