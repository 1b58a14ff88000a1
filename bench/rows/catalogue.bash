# chkconfig on a host with very many services. There is no original to run beside it here: the time alone is told.

# timed FIGURE ROUND COMMAND...
timed() {
    local name=$1 round=$2 began
    shift 2
    began=${EPOCHREALTIME/./}
    "$@" > "$work/catalogue.out" 2>&1 || record catalogue errors ours "$round" "$(head -n 1 "$work/catalogue.out")"
    record catalogue "$name" ours "$round" "$(awk -v us=$((${EPOCHREALTIME/./} - began)) 'BEGIN { printf "%.1f", us / 1000 }')"
}

row_catalogue() {
    local round chkconfig=$repository/out/bin/chkconfig
    "$load" catalogue "$work/catalogue" 5000 1000
    printf '# chkconfig: 345 50 50\n' > "$work/catalogue/etc/init.d/xinetd"
    "$chkconfig" --root "$work/catalogue" --add xinetd
    "$chkconfig" --root "$work/catalogue" s4999 on
    for ((round = 1; round <= rounds; round++)); do
        timed list "$round" "$chkconfig" --root "$work/catalogue" --list
        timed on "$round" "$chkconfig" --root "$work/catalogue" --level 3 s4999 on
        timed off "$round" "$chkconfig" --root "$work/catalogue" --level 3 s4999 off
    done
}
