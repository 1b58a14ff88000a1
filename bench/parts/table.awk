# Prints Markdown tables from rows.tsv (what is measured against which bar) and the figures of figures.awk.

FILENAME ~ /rows\.tsv$/ {
    if (/^#/) next
    rows++
    row[rows] = $1; name[rows] = $2; unit[rows] = $3; against[rows] = $4; bar_is[rows] = $5; bar[rows] = $6; title[rows] = $7
    next
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
    detail()
}

# Every subject of every row that has rates: the two inetds and the machine's limit too.
function detail(    i, j, count, list, r, done, begun) {
    for (i = 1; i <= rows; i++) {
        r = row[i]
        if (r in done) continue
        done[r] = 1
        count = split(subjects[r], list, " ")
        for (j = 1; j <= count; j++) {
            if (typical(r, "rate", list[j]) == "") continue
            if (!begun++) print "\n| row | subject | conn/s | p50 µs | p99 µs | of xinetd |\n|---|---|---|---|---|---|"
            quotient = ratio(r, "rate", list[j], "xinetd")
            printf "| %s | %s | %s | %s | %s | %s |\n", r, list[j], shown(typical(r, "rate", list[j])), shown(typical(r, "p50", list[j])),
                shown(typical(r, "p99", list[j])), quotient == "" ? "–" : sprintf("%.2f", quotient)
        }
    }
}
