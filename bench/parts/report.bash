# The tables, from the figures of the run; a full run puts them into docs/performance.md between its two marks.

machine() {
    local model
    model=$(awk -F ': ' '/^model name/ { print $2; exit }' /proc/cpuinfo)
    printf '%s cores (%s), Linux %s, %s, %s\n' "$(nproc)" "$model" "$(uname -r)" "$(. /etc/os-release && printf '%s' "$PRETTY_NAME")" \
        "$(date -u +%Y-%m-%d)"
}

report() {
    local document=$repository/docs/performance.md
    {
        printf 'Command: `bench/run%s`  \nMachine: %s  \nRounds: %s of %s s, alternating; load %s at the end  \n' "${*:+ $*}" "$(machine)" \
            "$rounds" "$seconds" "$(cut -d ' ' -f 1 /proc/loadavg)"
        printf 'Endurance rows: %s connections for ours, %s for the original.\n\n' "$endurance" "$endurance_original"
        awk -F '\t' -f "$bench/parts/table.awk" "$bench/rows.tsv" "$results"
    } | tee "$out/performance.md"
    [[ $whole ]] && put_between_marks "$document" "$out/performance.md"
    return 0
}

put_between_marks() {
    local document=$1 tables=$2
    awk -v tables="$tables" '/^<!-- measured: begin/ { print; while ((getline line < tables) > 0) print line; skip = 1 }
        /^<!-- measured: end/ { skip = 0 } !skip && !/^<!-- measured: begin/' "$document" > "$out/document.md"
    cat "$out/document.md" > "$document"
    say "renewed ${document#"$repository"/}"
}
