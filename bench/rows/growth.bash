# How cost grows: the same measured at sizes that are ten or a hundred times as large as the one before. What is fitted to the figures, and
# which exponent is allowed, stands in growth.tsv.

# growth_sizes KIND   a first look leaves the largest out
growth_sizes() {
    local sizes=(100 10000 1000000)
    [[ $1 == services ]] && sizes=(10 100 1000 10000)
    [[ $quick ]] && unset "sizes[-1]"
    printf '%s\n' "${sizes[@]}"
}

growth_services_configuration() { # NAME SIZE
    defaults_section "$1"
    service daytime daytime 20000 stream
    many_services 20001 "$2"
}

growth_networks_configuration() { networks_configuration "$1" "$2" 20000; }

start_growth() { # KIND NAME SUBJECT
    case $1 in
        rules) start_with_rules "$2" 20000 "$3" ;;
        *) start_super "$3" "$2" 20000 ;;
    esac
}

# The client waits five seconds: with a million rules not every machine has read them by then.
first_answer() {
    local tries
    for ((tries = 0; tries < 12; tries++)); do
        "$load" read -p 20000 -n 1 > /dev/null && return 0
    done
    return 1
}

# Start: to the first connection that has been answered, so that whatever is read only then is in it. The median of connections: one
# client, one after the other.
growth_point() { # KIND SIZE SUBJECT ROUND
    local kind=$1 size=$2 subject=$3 round=$4 row=growth-$1-$2 name=growth-$1 began line
    began=${EPOCHREALTIME/./}
    start_growth "$kind" "$name" "$subject"
    first_answer || record "$row" errors "$subject" "$round" "no connection got an answer"
    record "$row" start "$subject" "$round" "$(awk -v us=$((${EPOCHREALTIME/./} - began)) 'BEGIN { printf "%.1f", us / 1000 }')"
    measure "$row" "$round" "$subject" read -p 20000 -t "$seconds"
    sleep 1
    record "$row" pss "$subject" "$round" "$(idle_pss "$name" 3)"
    if [[ $kind != rules ]]; then
        line=$("$load" reload "${pid_of[$name]}" "$work/$name.daemon" Reconfigured:) || record "$row" errors "$subject" "$round" "no end of the reload seen"
        record "$row" reload "$subject" "$round" "$(figure ms "$line")"
        sleep 1
        record "$row" reloaded "$subject" "$round" "$(idle_pss "$name" 3)"
    fi
    stop "$name"
}

# The two sides run one after the other: at the largest size they would be in each other's way.
growth_row() { # KIND
    local kind=$1 size subject round
    for size in $(growth_sizes "$kind"); do
        if [[ $kind == services ]] && ((size + 64 > descriptors)); then
            size=$((descriptors - 64))
            say "  no more than $descriptors descriptors: $size services"
        fi
        [[ $kind != rules ]] || rule_folder growth-rules "$size"
        [[ $kind == rules ]] || "growth_${kind}_configuration" "growth-$kind" "$size" > "$work/growth-$kind.conf"
        for ((round = 1; round <= $(memory_rounds); round++)); do
            for subject in ours xinetd; do
                growth_point "$kind" "$size" "$subject" "$round"
            done
        done
    done
}

row_growth_services() {
    more_descriptors 16384
    growth_row services
    many_descriptors=()
}

row_growth_networks() { growth_row networks; }
row_growth_rules() { ! can_have_rules || growth_row rules; }
