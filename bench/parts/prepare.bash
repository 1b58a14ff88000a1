# What must be there before the first measurement: the originals, the load generator, the servers.

cache=$repository/.cache/originals
rouse=${ROUSE_BIN:-$repository/out/bin/roused}
load=$out/load
echo_server=$out/echo
tiny_server=$out/tiny
limit=$out/limit
xinetd=$cache/xinetd/usr/sbin/xinetd
inetd=$cache/openbsd-inetd/usr/sbin/inetd
tcpserver=$cache/ucspi-tcp/usr/bin/tcpserver

check_machine() {
    [[ -x $rouse ]] || die "no $rouse: run 'make build' first, or set ROUSE_BIN"
    ((EUID == 0)) || die "needs root: the services run as other users, in a network namespace of their own"
    command -v gcc unshare > /dev/null || die "needs gcc and unshare"
}

# The tests fetch the same originals; what they leave out is fetched here, into the same places.
fetch_originals() {
    local package
    [[ -x $repository/tests/tools/fetch-originals ]] && "$repository/tests/tools/fetch-originals" >&2
    for package in xinetd libwrap0 openbsd-inetd ucspi-tcp; do
        fetch_package "$package"
    done
}

fetch_package() {
    local package=$1 download
    [[ $package == libwrap0 && $(find "$cache" -name 'libwrap.so.0' -print -quit 2> /dev/null) ]] && return
    [[ -d $cache/$package/usr ]] && return
    say "fetching $package"
    mkdir -p "$cache"
    download=$(mktemp -d)
    (cd "$download" && apt-get -qq -o APT::Sandbox::User=root download "$package") || die "cannot fetch $package"
    dpkg -x "$download"/*.deb "$download/unpacked"
    rm -rf "${cache:?}/$package"
    mv "$download/unpacked" "$cache/$package"
    rm -rf "$download"
}

compile_programs() {
    local flags=(-std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror)
    mkdir -p "$out"
    gcc "${flags[@]}" -o "$load" "$bench"/load/*.c
    gcc "${flags[@]}" -o "$limit" "$bench/servers/limit.c"
    gcc "${flags[@]}" -static -o "$echo_server" "$bench/servers/echo.c"
    gcc "${flags[@]}" -static -nostdlib -nostartfiles -fno-stack-protector -o "$tiny_server" "$bench/servers/tiny.c"
}
