# Command line and progress lines.

all_rows=(spawn-8 spawn-64 spawn-1 spawn-busy-8 spawn-full-8 echo daytime datagrams datagram-rate flow idle-one idle-memory idle-connections
    endurance endurance-echo networks rules reload thousand refused attack
    redirect-bytes redirect-connections redirect-round-trips redirect-idle backend cold-start calls catalogue growth-services growth-networks
    growth-rules warm-static warm-perl warm-python warm-sshd warm-shared warm-shared-perl)

usage() {
    cat <<TEXT
usage: bench/run [--quick] [--rounds N] [--seconds S] [ROW...]
Without rows: all of them; a full run also renews docs/performance.md.
rows: ${all_rows[*]}
ROUSE_BIN  the daemon under test (default out/bin/roused)
TEXT
}

read_options() {
    rounds=11 seconds=1 endurance=100000 endurance_original=10000 quick=
    rows=()
    while (($#)); do
        case $1 in
            --quick) quick=yes rounds=3 seconds=0.4 endurance=1500 endurance_original=300 ;;
            --rounds) rounds=${2:?--rounds needs a number}; shift ;;
            --seconds) seconds=${2:?--seconds needs a number}; shift ;;
            -h | --help) usage; exit 0 ;;
            *)
                [[ " ${all_rows[*]} " == *" $1 "* ]] || { usage >&2; exit 2; }
                rows+=("$1")
                ;;
        esac
        shift
    done
    whole=
    if ((${#rows[@]} == 0)); then
        rows=("${all_rows[@]}")
        [[ $quick ]] || whole=yes
    fi
}

say() { printf '%s\n' "$*" >&2; }
die() { say "bench: $*"; exit 1; }
