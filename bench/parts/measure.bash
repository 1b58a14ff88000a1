# Rounds of load, alternating between the subjects, every figure written down as it comes.

record() { # ROW FIGURE SUBJECT ROUND VALUE
    local IFS=$'\t'
    printf '%s\n' "$*" >> "$results"
}

figure() { # NAME LINE
    local value=" $2 "
    value=${value#* "$1"=}
    printf '%s' "${value%% *}"
}

# footprint NAME FIGURE   pss (KiB), processes, zombies or descriptors of a running daemon
footprint() { figure "$2" "$("$load" footprint "${pid_of[$1]}")"; }

# measure ROW ROUND SUBJECT LOAD-ARGUMENTS...
measure() {
    local row=$1 round=$2 subject=$3 line name
    shift 3
    line=$("$load" "$@") || true
    for name in rate p50 p99; do
        record "$row" "$name" "$subject" "$round" "$(figure "$name" "$line")"
    done
    if [[ $(figure errors "$line") != 0 ]]; then
        record "$row" errors "$subject" "$round" "${line#* errors=}"
        say "  $subject, round $round: $line"
    fi
}

# compare ROW MODE CLIENTS[/PROCESSES] SUBJECT:PORT...   a short warm-up, then the rounds: A B A B ...
compare() {
    local row=$1 mode=$2 clients=$3 round subject split=()
    shift 3
    [[ $clients != */* ]] || split=(-P "${clients#*/}")
    clients=${clients%/*}
    for subject; do
        "$load" "$mode" -p "${subject#*:}" -c "$clients" "${split[@]}" -t 0.2 > /dev/null || true
    done
    for ((round = 1; round <= rounds; round++)); do
        for subject; do
            measure "$row" "$round" "${subject%:*}" "$mode" -p "${subject#*:}" -c "$clients" "${split[@]}" -t "$seconds"
        done
    done
}

# start_both ROW PORT FUNCTION...   each side with its own configuration, which FUNCTION... PORT writes, on PORT and PORT + 100
start_both() {
    local row=$1 port=$2 subject
    shift 2
    for subject in ours xinetd; do
        { defaults_section "$row-$subject"; "$@" "$port"; } > "$work/$row-$subject.conf"
        start_super "$subject" "$row-$subject" "$port"
        ((port += 100))
    done
}
