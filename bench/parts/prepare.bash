# What must be there before the first measurement: the originals, the load generator, the servers.

cache=$repository/.cache/originals
rouse=${ROUSE_BIN:-$repository/out/bin/roused}
load=$out/load
echo_server=$out/echo
tiny_server=$out/tiny
limit=$out/limit
epoll_echo=$out/epoll-echo
datagram_echo=$out/datagram-echo
xinetd=$cache/xinetd/usr/sbin/xinetd
inetd=$cache/openbsd-inetd/usr/sbin/inetd
tcpserver=$cache/ucspi-tcp/usr/bin/tcpserver

check_machine() {
    [[ -x $rouse ]] || die "no $rouse: run 'make build' first, or set ROUSE_BIN"
    ((EUID == 0)) || die "needs root: the services run as other users, in a network namespace of their own"
    command -v gcc unshare > /dev/null || die "needs gcc and unshare"
}

# The tests run the same originals, from the same cache.
fetch_originals() {
    [[ -x $xinetd && -x $inetd && -x $tcpserver ]] || "$repository/tests/tools/fetch-originals" xinetd openbsd-inetd ucspi-tcp >&2 ||
        die "the originals could not be fetched"
}

compile_programs() {
    local flags=(-std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra)
    mkdir -p "$out"
    gcc "${flags[@]}" -o "$load" "$bench"/load/*.c
    gcc "${flags[@]}" -o "$limit" "$bench/servers/limit.c"
    gcc "${flags[@]}" -o "$epoll_echo" "$bench/servers/epoll-echo.c"
    gcc "${flags[@]}" -o "$datagram_echo" "$bench/servers/datagram-echo.c"
    gcc "${flags[@]}" -static -o "$echo_server" "$bench/servers/echo.c"
    gcc "${flags[@]}" -static -nostdlib -nostartfiles -fno-stack-protector -o "$tiny_server" "$bench/servers/tiny.c"
}
