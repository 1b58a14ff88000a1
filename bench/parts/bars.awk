# A panel for each row of the chart, a bar for each program: the figure, and where there is a second one (the 99th percentile) a line up
# to that. Each panel has a scale of its own, because what its row measures is a thing of its own. A line that would make the bars too
# short to be compared is cut off, and has no end mark. A row that is invalid is left out.

function bar(i, s, y, scale,    first, more, end, cut, words) {
    first = typical(row[i], name[i], s)
    more = second[i] == "-" ? "" : typical(row[i], second[i], s)
    text(LABELS - 8, y + 12, s == "ours" ? "heading end" : "end", program(s))
    rect(LABELS, y + 2, first * scale < 1 ? 1 : first * scale, 12, kind_of(s))
    words = label(first)
    if (more != "") {
        cut = more * scale > LONGEST + 1
        end = cut ? LONGEST : more * scale
        path("M" at(LABELS + first * scale) " " at(y + 8) "H" at(LABELS + end) (cut ? "" : "M" at(LABELS + end) " " at(y + 4) "v8.0"), "tail")
        words = words " / " label(more)
    }
    text(LABELS + (more > first ? end : first * scale) + 6, y + 12, "small", words)
}
function label(value) { return value < 10 ? sprintf("%.2f", value) + 0 : thousands(sprintf("%d", value + 0.5)) }
function largest_of(r, f, list, count,    j, v, largest) {
    for (j = 1; j <= count; j++) {
        v = typical(r, f, list[j])
        if (v > largest) largest = v
    }
    return largest + 0
}
function panel(i, y,    list, count, j, largest, tail) {
    count = split(subjects[row[i]], list, " ")
    largest = largest_of(row[i], name[i], list, count)
    if (!largest || row[i] in errors) return y
    tail = second[i] == "-" ? 0 : largest_of(row[i], second[i], list, count)
    if (tail > largest) largest = tail > 3 * largest ? 3 * largest : tail
    text(12, y + 12, "heading", heading[i])
    text(WIDTH - 12, y + 12, "small end", unit[i] (second[i] == "-" ? "" : ", median / 99th percentile"))
    y += 18
    for (j = 1; j <= count; j++) {
        if (typical(row[i], name[i], list[j]) == "") continue
        bar(i, list[j], y, LONGEST / largest)
        y += 18
    }
    drawn++
    return y + 14
}

END {
    WIDTH = 760; LABELS = 176; LONGEST = 460
    y = 14
    for (p = 1; p <= panels; p++) y = panel(p, y)
    if (!drawn) exit 1
    words["rate"] = "How much each program does in a second: longer is better"
    words["latency"] = "How long a connection takes: shorter is better"
    words["warm"] = "Servers started before their connection (ours) and for it (cold)"
    words["memory"] = "Memory of each program, proportional set size: shorter is better"
    text(12, y + 8, "small", words[chart] ". Medians of one run; each panel has its own scale.")
    finish(WIDTH, y + 20, words[chart], "Bars for each program, one panel for each row of docs/performance.md.")
}
