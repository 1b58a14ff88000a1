# The tables and charts, from the figures of the run; a full run puts the tables into docs/performance.md between its two marks, and the
# charts into docs/charts.

machine() {
    local model
    model=$(awk -F ': ' '/^model name/ { print $2; exit }' /proc/cpuinfo)
    printf '%s cores (%s), Linux %s, %s, %s\n' "$(nproc)" "$model" "$(uname -r)" "$(. /etc/os-release && printf '%s' "$PRETTY_NAME")" \
        "$(date -u +%Y-%m-%d)"
}

report() {
    local document=$repository/docs/performance.md charts=$out/charts
    {
        printf 'Command: `bench/run%s`  \nMachine: %s  \nRounds: %s of %s s, alternating; load %s at the end  \n' "${*:+ $*}" "$(machine)" \
            "$rounds" "$seconds" "$(cut -d ' ' -f 1 /proc/loadavg)"
        printf 'Endurance rows: %s connections for ours, %s for the original.\n\n' "$endurance" "$endurance_original"
        from_figures table -- "$bench/rows.tsv"
        from_figures slope growth -- "$bench/growth.tsv"
    } | tee "$out/performance.md"
    [[ $whole ]] && charts=$repository/docs/charts
    draw "$charts"
    [[ $whole ]] && put_between_marks "$document" "$out/performance.md"
    return 0
}

# from_figures SCRIPT... -- FILE [-v NAME=VALUE]   the scripts of bench/parts on a file and the figures of the run
from_figures() {
    local scripts=(-f "$bench/parts/figures.awk")
    while [[ $1 != -- ]]; do
        scripts+=(-f "$bench/parts/$1.awk")
        shift
    done
    awk -F '\t' "${scripts[@]}" "${@:3}" "$2" "$results"
}

# draw FOLDER   the charts that this run has figures for
draw() {
    local chart kind
    mkdir -p "$1"
    for chart in rate latency memory warm growth; do
        kind=bars
        [[ $chart == growth ]] && kind=lines
        if from_figures slope svg $kind -- "$bench/charts.tsv" -v chart=$chart > "$out/chart.svg"; then
            cat "$out/chart.svg" > "$1/$chart.svg"
            say "drew ${1#"$repository"/}/$chart.svg"
        fi
    done
}

put_between_marks() {
    local document=$1 tables=$2
    awk -v tables="$tables" '/^<!-- measured: begin/ { print; while ((getline line < tables) > 0) print line; skip = 1 }
        /^<!-- measured: end/ { skip = 0 } !skip && !/^<!-- measured: begin/' "$document" > "$out/document.md"
    cat "$out/document.md" > "$document"
    say "renewed ${document#"$repository"/}"
}
