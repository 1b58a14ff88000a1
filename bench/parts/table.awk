# Reads rows.tsv (what is measured against which bar) and the run's results.tsv; prints Markdown tables.
# A figure is the median of its rounds; a ratio the median of the rounds' own ratios, because the two sides of a round ran side by side.

FILENAME ~ /rows\.tsv$/ {
    if (/^#/) next
    rows++
    row[rows] = $1; name[rows] = $2; unit[rows] = $3; against[rows] = $4; bar_is[rows] = $5; bar[rows] = $6; title[rows] = $7
    next
}
$2 == "errors" { errors[$1] = errors[$1] "\n- " $1 ", " $3 ", round " $4 ": " $5; next }
{
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
function verdict(i, ours, quotient) {
    if (row[i] in errors) return "invalid"
    if (bar_is[i] == "-") return "–"
    if (bar_is[i] == "ours at most") return ours <= bar[i] + 0 ? "yes" : "**no**"
    if (quotient == "") return "invalid"
    if (bar_is[i] == "at least") return quotient >= bar[i] + 0 ? "yes" : "**no**"
    return quotient <= bar[i] + 0 ? "yes" : "**no**"
}

END {
    print "| row | what | unit | ours | against | ratio (lowest–highest round) | bar | met |"
    print "|---|---|---|---|---|---|---|---|"
    for (i = 1; i <= rows; i++) {
        ours = typical(row[i], name[i], "ours")
        if (ours == "") continue
        quotient = ratio(row[i], name[i], "ours", against[i])
        spread = quotient == "" ? "–" : sprintf("%.2f (%.2f–%.2f)", quotient, lowest, highest)
        printf "| %s | %s | %s | %s | %s %s | %s | %s | %s |\n", row[i], title[i], unit[i], shown(ours), against[i],
            shown(typical(row[i], name[i], against[i])), spread, bar_is[i] == "-" ? "–" : bar_is[i] " " bar[i], verdict(i, ours, quotient)
    }
    for (r in errors) printf "\nErrors (they make the row invalid):%s\n", errors[r]
    detail("rate", "conn/s")
}

# Every subject of every row that has rates: the two inetds and the machine's limit too.
function detail(figure, what,    i, j, count, list, r, done) {
    print "\n| row | subject | conn/s | p50 µs | p99 µs | of xinetd |"
    print "|---|---|---|---|---|---|"
    for (i = 1; i <= rows; i++) {
        r = row[i]
        if (r in done) continue
        done[r] = 1
        count = split(subjects[r], list, " ")
        for (j = 1; j <= count; j++) {
            if (typical(r, "rate", list[j]) == "") continue
            quotient = ratio(r, "rate", list[j], "xinetd")
            printf "| %s | %s | %s | %s | %s | %s |\n", r, list[j], shown(typical(r, "rate", list[j])), shown(typical(r, "p50", list[j])),
                shown(typical(r, "p99", list[j])), quotient == "" ? "–" : sprintf("%.2f", quotient)
        }
    }
}
