# Configurations, the same for both sides. The rate limit is off and every number of instances unlimited, or the load would trip them;
# hosts.allow and hosts.deny are left out of it, so that both sides do the same work whatever this machine's say.

defaults_section() {
    cat <<TEXT
defaults
{
	cps = 0 0
	instances = UNLIMITED
	per_source = UNLIMITED
	log_type = FILE $work/$1.log
}
TEXT
}

# service NAME ID PORT stream|dgram LINE...
service() {
    local name=$1 id=$2 port=$3 socket_type=$4 type=UNLISTED wait=no protocol=tcp
    shift 4
    [[ $name == spawn || $name == relay ]] || type='INTERNAL UNLISTED'
    [[ $socket_type == dgram ]] && wait=yes protocol=udp
    cat <<TEXT
service $name
{
	type = $type
	id = $id
	socket_type = $socket_type
	protocol = $protocol
	port = $port
	bind = 127.0.0.1
	wait = $wait
	flags = NOLIBWRAP
	user = root
TEXT
    (($#)) && printf '\t%s\n' "$@"
    printf '}\n'
}

spawn_service() {
    local id=$1 port=$2
    service spawn "$id" "$port" stream "server = ${3:-$echo_server}"
}

# Everything that an administrator may set for a server, and everything logged.
full_service() {
    local id=$1 port=$2
    service spawn "$id" "$port" stream "server = $echo_server" "server_args = one two" "group = nogroup" "groups = yes" "nice = 1" \
        "umask = 027" "rlimit_files = 256" "rlimit_cpu = 60" "only_from = 10.0.0.0/8 192.168.0.0/16 127.0.0.0/8" \
        "log_on_success = HOST PID EXIT DURATION" "log_on_failure = HOST ATTEMPT" | sed 's/user = root/user = nobody/'
}

# The fourteen services of the memory rows: the built-ins of both kinds, and four servers.
fourteen_services() {
    local port=$1 name number
    for name in echo discard daytime time chargen; do
        service "$name" "$name-stream" $((port++)) stream
        service "$name" "$name-dgram" $((port++)) dgram
    done
    for number in 1 2 3 4; do
        spawn_service "spawn-$number" $((port++))
    done
}
