# The figures of a run, for the tables and the charts: the last file is results.tsv, with a line for each figure of each round.
# A figure is the median of its rounds; a ratio the median of the rounds' own ratios, because the two sides of a round ran side by side.

FILENAME ~ /results\.tsv$/ {
    if ($2 == "errors") { errors[$1] = errors[$1] "\n- " $1 ", " $3 ", round " $4 ": " $5; wrong[$1, $3] = 1; next }
    value[$1, $2, $3, $4] = $5
    if (!(($1, $3) in seen)) { seen[$1, $3] = 1; subjects[$1] = subjects[$1] " " $3 }
    if ($4 > rounds[$1, $2, $3]) rounds[$1, $2, $3] = $4
}

function median(list, count,    i, j, held) {
    for (i = 2; i <= count; i++) {
        held = list[i]
        for (j = i - 1; j >= 1 && list[j] > held; j--) list[j + 1] = list[j]
        list[j + 1] = held
    }
    return count % 2 ? list[(count + 1) / 2] : (list[count / 2] + list[count / 2 + 1]) / 2
}
function typical(r, f, s,    i, list, count) {
    count = rounds[r, f, s]
    for (i = 1; i <= count; i++) list[i] = value[r, f, s, i] + 0
    return count ? median(list, count) : ""
}
function ratio(r, f, s, t,    i, list, count) {
    count = 0
    for (i = 1; i <= rounds[r, f, s]; i++)
        if (value[r, f, t, i] > 0) list[++count] = value[r, f, s, i] / value[r, f, t, i]
    if (!count) return ""
    middle = median(list, count); lowest = list[1]; highest = list[count]
    return middle
}
function shown(number) {
    if (number == "") return "–"
    if (number >= 100 || number == int(number)) return sprintf("%d", number + 0.5)
    return sprintf("%.1f", number)
}
function thousands(number,    text) {
    for (text = ""; length(number) > 3; number = substr(number, 1, length(number) - 3)) text = "," substr(number, length(number) - 2) text
    return number text
}
