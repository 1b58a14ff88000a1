# Memory, descriptors and zombies of a daemon and of everything it started.

process_tree() {
    local pid=$1 child
    printf '%s\n' "$pid"
    for child in $(cat /proc/"$pid"/task/*/children 2> /dev/null); do
        process_tree "$child"
    done
}

tree_pss() { # KiB; a process that is gone counts nothing
    local pid
    for pid in $(process_tree "$1"); do
        cat "/proc/$pid/smaps_rollup" 2> /dev/null || true
    done | awk '$1 == "Pss:" { sum += $2 } END { print sum + 0 }'
}

descriptors() {
    local entries=(/proc/"$1"/fd/*)
    printf '%s' "${#entries[@]}"
}

zombies() {
    local pid count=0
    for pid in $(process_tree "$1"); do
        grep -qs '^State:.Z' "/proc/$pid/status" && ((++count))
    done
    printf '%s' "$count"
}
