# Rows about servers that are started before their connection (docs/warm.md): the same server cold and warm, by one daemon in one run.

warm_service() { # ID PORT START LINE...
    local id=$1 port=$2 start=$3
    shift 3
    service spawn "$id" "$port" stream ${start:+"start = $start"} "$@"
}

# start_warm ROW LINE...   cold on port 20000, warm on 20001, shared on 20002
start_warm() {
    local row=$1
    shift
    {
        defaults_section "$row-ours"
        warm_service cold 20000 "" "$@"
        warm_service warm 20001 "warm 4" "$@"
        warm_service shared 20002 "warm shared" "$@"
    } > "$work/$row-ours.conf"
    start_super ours "$row-ours" 20000
}

# first_byte ROW PAUSE_MS MESSAGE [PORT]   PORT: of a server that runs on its own; between two connections there is time to start the next server, as there is between people's
first_byte() {
    local row=$1 pause=$2 message=$3 standalone=${4:-} round line subject
    [[ -x $out/first ]] || gcc -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -o "$out/first" "$bench/warm/first.c"
    sleep 1
    for ((round = 1; round <= rounds; round++)); do
        while read -r line; do
            subject=cold
            [[ $line == port=20001* ]] && subject=ours
            [[ $standalone && $line == "port=$standalone "* ]] && subject=standalone
            record "$row" p50 "$subject" "$round" "$(figure p50 "$line")"
            record "$row" p99 "$subject" "$round" "$(figure p99 "$line")"
            [[ $(figure errors "$line") == 0 ]] || record "$row" errors "$subject" "$round" "$line"
        done < <("$out/first" "$([[ $quick ]] && echo 8 || echo 25)" "$pause" "$message" 20000 20001 ${standalone:+"$standalone"})
    done
    stop "$row-ours"
}

# without ROW PROGRAM   true, and said, where a row's server is not on this machine
without() {
    [[ -x $2 ]] && return 1
    say "  $1 is left out: there is no $2"
}

row_warm_static() {
    start_warm warm-static "server = $echo_server"
    first_byte warm-static 10 hello
}

row_warm_perl() {
    without warm-perl /usr/bin/perl && return
    start_warm warm-perl "server = /usr/bin/perl" "server_args = $bench/warm/echo.pl"
    first_byte warm-perl 60 hello
}

row_warm_python() {
    without warm-python /usr/bin/python3 && return
    start_warm warm-python "server = /usr/bin/python3" "server_args = $bench/warm/echo.py"
    start standalone 20003 /usr/bin/python3 "$bench/warm/standalone.py" 20003
    first_byte warm-python 120 hello 20003
    stop standalone
}

# sshd wants a user and a folder of its own: both exist only in the mount namespace that this daemon lives in.
row_warm_sshd() {
    local sshd=$cache/openssh-server/usr/sbin/sshd libraries
    without warm-sshd "$sshd" && return
    libraries=$(find "$cache/libs" "$cache"/../originals/libs -name '*.so.*' -printf '%h\n' 2> /dev/null | sort -u | paste -sd:)
    ssh-keygen -q -t ed25519 -N "" -f "$work/host"
    printf 'HostKey %s\nUsePAM no\nStrictModes no\nUseDNS no\n' "$work/host" > "$work/sshd_config"
    { cat /etc/passwd && printf 'sshd:x:60999:65534::/run/sshd:/usr/sbin/nologin\n'; } > "$work/passwd"
    {
        defaults_section warm-sshd-ours
        warm_service cold 20000 "" "server = $sshd" "server_args = -i -f $work/sshd_config" "env = LD_LIBRARY_PATH=$libraries"
        warm_service warm 20001 "warm 4" "server = $sshd" "server_args = -i -f $work/sshd_config" "env = LD_LIBRARY_PATH=$libraries"
    } > "$work/warm-sshd-ours.conf"
    # shellcheck disable=SC2016
    start warm-sshd-ours 20000 unshare -m --propagation private sh -c \
        'mount --bind "$1" /etc/passwd && mount -t tmpfs -o mode=755 none /run && mkdir -m 755 /run/sshd && shift && exec "$@"' sh \
        "$work/passwd" "$(ours_as_xinetd)" -f "$work/warm-sshd-ours.conf" -dontfork -filelog "$work/warm-sshd.daemon" \
        -pidfile "$work/warm-sshd.pid" -control none
    first_byte warm-sshd 60 ""
}

# Copies of one parked server, in a closed loop: what it saves of the work, not only of the waiting.
row_warm_shared() {
    start_warm warm-shared "server = $echo_server"
    start limit 20003 "$forking_echo" 20003
    sleep 1
    compare warm-shared echo 8 ours:20002 cold:20000 limit:20003
    stop warm-shared-ours limit
}

row_warm_shared_perl() {
    without warm-shared-perl /usr/bin/perl && return
    start_warm warm-shared-perl "server = /usr/bin/perl" "server_args = $bench/warm/echo.pl"
    sleep 1
    compare warm-shared-perl echo 4 ours:20002 cold:20000
    stop warm-shared-perl-ours
}
