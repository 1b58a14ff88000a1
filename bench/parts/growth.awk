# How cost grows: a Markdown table for each kind of growth.tsv. Where costs may not grow faster than the size, the last step is judged with
# the exponent.

FILENAME ~ /growth\.tsv$/ {
    if (/^#/) next
    lines++
    kind[lines] = $1; figure[lines] = $2; unit[lines] = $3; bar[lines] = $4; judged[lines] = $5; title[lines] = $6
    next
}

function met(i, fit, step,    j) {
    for (j = 1; j <= sizes[kind[i]]; j++)
        if (("growth-" kind[i] "-" size[kind[i], j], "ours") in wrong) return "invalid"
    if (fit == "") return "invalid"
    return fit <= bar[i] + 0 && (judged[i] == "fit" || step <= bar[i] + 0) ? "yes" : "**no**"
}
function head(k,    i) {
    printf "\nWith more %s:\n\n| what | unit | program |", title_of[k]
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
    for (j = 1; j <= sizes[k]; j++) printf " %s |", shown(point(k, size[k, j], figure[i], s))
    printf " %s |", fit == "" ? "–" : power(fit) " (" power(last) ")"
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
            if (r in errors && !told[r]++) printf "\nErrors (they make that side's figures invalid):%s\n", errors[r]
        }
}
