# How cost grows: a Markdown table for each kind of growth.tsv, from the rows growth-KIND-SIZE of a run. The exponent is the slope of the
# line through the points (log size, log cost) by least squares: 0 is flat, 1 is linear. A constant part hides at small sizes what the
# largest would tell, so the slope of the last step is told too, and judged where costs may not grow faster than the size.

BEGIN {
    name["services"] = "services"; name["networks"] = "networks in only_from"; name["rules"] = "rules in hosts.deny"
}
FILENAME ~ /growth\.tsv$/ {
    if (/^#/) next
    lines++
    kind[lines] = $1; figure[lines] = $2; unit[lines] = $3; bar[lines] = $4; judged[lines] = $5; title[lines] = $6
    next
}
FILENAME ~ /results\.tsv$/ && /^growth-/ { note_size($1) }

function note_size(row,    parts) {
    split(row, parts, "-")
    if ((parts[2], parts[3]) in noted) return
    noted[parts[2], parts[3]] = 1
    size[parts[2], ++sizes[parts[2]]] = parts[3]
}
function thousands(number,    text) {
    for (text = ""; length(number) > 3; number = substr(number, 1, length(number) - 3)) text = "," substr(number, length(number) - 2) text
    return number text
}

# Least squares over the sizes that have a figure; sets last to the slope between the two largest. Empty below two of them.
function slope(k, f, s,    i, x, y, n, sx, sy, sxx, sxy, before_x, before_y) {
    n = 0
    for (i = 1; i <= sizes[k]; i++) {
        y = typical("growth-" k "-" size[k, i], f, s)
        if (y == "" || y <= 0) continue
        x = log(size[k, i]); y = log(y)
        if (n++) last = (y - before_y) / (x - before_x)
        before_x = x; before_y = y
        sx += x; sy += y; sxx += x * x; sxy += x * y
    }
    return n < 2 ? "" : (n * sxy - sx * sy) / (n * sxx - sx * sx)
}
function met(i, fit, step,    j) {
    for (j = 1; j <= sizes[kind[i]]; j++)
        if (("growth-" kind[i] "-" size[kind[i], j]) in errors) return "invalid"
    if (fit == "") return "invalid"
    return fit <= bar[i] + 0 && (judged[i] == "fit" || step <= bar[i] + 0) ? "yes" : "**no**"
}
function head(k,    i) {
    printf "\nWith more %s:\n\n| what | unit | program |", name[k]
    for (i = 1; i <= sizes[k]; i++) printf " %s |", thousands(size[k, i])
    printf " exponent (last step) | bar | met |\n|---|---|---|"
    for (i = 1; i <= sizes[k]; i++) printf "---|"
    print "---|---|---|"
}
function line(i, s,    k, j, fit) {
    k = kind[i]
    fit = slope(k, figure[i], s)
    if (fit == "" && s != "ours") return
    printf "| %s | %s | %s |", title[i], unit[i], s
    for (j = 1; j <= sizes[k]; j++) printf " %s |", shown(typical("growth-" k "-" size[k, j], figure[i], s))
    printf " %s |", fit == "" ? "–" : sprintf("%.2f (%.2f)", fit, last)
    if (s == "ours") printf " at most %s | %s |\n", bar[i], met(i, fit, last)
    else print " – | – |"
}

END {
    for (i = 1; i <= lines; i++) {
        k = kind[i]
        if (!sizes[k]) continue
        if (!headed[k]++) head(k)
        line(i, "ours"); line(i, "xinetd")
    }
    for (i = 1; i <= lines; i++)
        for (j = 1; j <= sizes[kind[i]]; j++) {
            r = "growth-" kind[i] "-" size[kind[i], j]
            if (r in errors && !told[r]++) printf "\nErrors (they make the row invalid):%s\n", errors[r]
        }
}
