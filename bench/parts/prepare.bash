# What must be there before the first measurement: the originals, the load generator, the servers.

cache=$repository/.cache/originals
rouse=${ROUSE_BIN:-$repository/out/bin/roused}
load=$out/load
echo_server=$out/echo
tiny_server=$out/tiny
limit=$out/limit
epoll_echo=$out/epoll-echo
datagram_echo=$out/datagram-echo
bare_relay=$out/relay
forking_echo=$out/forking-echo
xinetd=$cache/xinetd/usr/sbin/xinetd
inetd=$cache/openbsd-inetd/usr/sbin/inetd
tcpserver=$cache/ucspi-tcp/usr/bin/tcpserver
tcpsvd=$cache/ipsvd/usr/bin/tcpsvd
socket_activate=$cache/systemd/usr/bin/systemd-socket-activate

check_machine() {
    [[ -x $rouse ]] || die "no $rouse: run 'make build' first, or set ROUSE_BIN"
    ((EUID == 0)) || die "needs root: the services run as other users, in a network namespace of their own"
    command -v gcc unshare > /dev/null || die "needs gcc and unshare"
}

# The tests run the same originals, from the same cache.
fetch_originals() {
    [[ -x $xinetd && -x $inetd && -x $tcpserver ]] || "$repository/tests/tools/fetch-originals" xinetd openbsd-inetd ucspi-tcp >&2 ||
        die "the originals could not be fetched"
    [[ -x $tcpsvd ]] || "$repository/tests/tools/fetch-originals" ipsvd >&2 || say "tcpsvd is left out"
    [[ -x $socket_activate ]] || "$repository/tests/tools/fetch-originals" systemd >&2 || say "systemd-socket-activate is left out"
}

# The libraries that the originals need and this machine does not have.
find_libraries() {
    library_path=$(find "$cache/libs" -name '*.so*' -printf '%h\n' 2> /dev/null | sort -u | paste -sd :) || true
}

compile_programs() {
    local flags=(-std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra)
    mkdir -p "$out"
    gcc "${flags[@]}" -o "$load" "$bench"/load/*.c
    gcc "${flags[@]}" -o "$limit" "$bench/servers/limit.c"
    gcc "${flags[@]}" -o "$epoll_echo" "$bench/servers/epoll-echo.c"
    gcc "${flags[@]}" -o "$datagram_echo" "$bench/servers/datagram-echo.c"
    gcc "${flags[@]}" -o "$bare_relay" "$bench/servers/relay.c"
    gcc "${flags[@]}" -static -o "$forking_echo" "$bench/servers/forking-echo.c"
    gcc "${flags[@]}" -static -o "$echo_server" "$bench/servers/echo.c"
    gcc "${flags[@]}" -static -nostdlib -nostartfiles -fno-stack-protector -o "$tiny_server" "$bench/servers/tiny.c"
}
