# How cost grows: small panels, a column for each kind, a row for each figure; both axes are logarithmic, so that what is linear rises by
# one decade a decade and what is flat stays flat.

function decade(value) { return log(value) / log(10) }
function x_of(k, n) { return left + 46 + (decade(n) - decade(size[k, 1])) / span(k) * (W - 70) }
function span(k) { return sizes[k] < 2 ? 1 : decade(size[k, sizes[k]]) - decade(size[k, 1]) }
function y_of(v) { return top + 20 + (high - decade(v)) / (high - low) * (H - 40) }
function short(v) { return v >= 1000000 ? v / 1000000 "M" : (v >= 1000 ? v / 1000 "k" : v "") }
function reach(k, f,    j, s, v, names, n) { # the decades that hold every figure of a panel
    low = 99; high = -99; n = split("ours xinetd", names, " ")
    for (s = 1; s <= n; s++)
        for (j = 1; j <= sizes[k]; j++) {
            v = point(k, size[k, j], f, names[s])
            if (v == "" || v <= 0) continue
            if (floor(decade(v)) < low) low = floor(decade(v))
            if (-floor(-decade(v)) > high) high = -floor(-decade(v))
        }
    if (low == high) high++
    return low < high
}
function floor(v,    whole) { whole = int(v); return whole > v ? whole - 1 : whole }
function curve(k, f, s,    j, v, points) {
    for (j = 1; j <= sizes[k]; j++) {
        v = point(k, size[k, j], f, s)
        if (v != "" && v > 0) points = points (points == "" ? "M" : "L") at(x_of(k, size[k, j])) " " at(y_of(v))
    }
    if (points != "") path(points, s == "ours" ? "line-ours" : "line-other")
}
function panel(i,    k, f, d, j, fit) {
    k = row[i]; f = name[i]
    if (!reach(k, f)) return
    text(left + 46, top + 12, "heading", heading[i] ", " unit[i])
    for (d = low; d <= high; d++) {
        path("M" at(left + 46) " " at(y_of(10 ^ d)) "H" at(left + W - 24), "grid")
        text(left + 42, y_of(10 ^ d) + 4, "small end", short(10 ^ d))
    }
    for (j = 1; j <= sizes[k]; j++) text(x_of(k, size[k, j]), top + H - 6, "small middle", short(size[k, j]))
    curve(k, f, "xinetd")
    curve(k, f, "ours")
    fit = slope(k, f, "ours")
    if (fit != "") text(left + W - 24, top + 12, "small end", "n^" power(fit))
    drawn++
}

END {
    W = 250; H = 150
    column["services"] = 0; column["networks"] = 1; column["rules"] = 2
    for (p = 1; p <= panels; p++) {
        left = 4 + column[row[p]] * W; top = 52 + line_of[row[p]]++ * H
        if (line_of[row[p]] == 1) text(left + 46, 42, "heading", title_of[row[p]])
        panel(p)
        if (top + H > bottom) bottom = top + H
    }
    if (!drawn) exit 1
    path("M12.0 16.0h26", "line-ours"); text(44, 20, "", "Rouse")
    path("M92.0 16.0h26", "line-other"); text(124, 20, "", "xinetd")
    finish(760, bottom + 8, "How cost grows with services, networks in only_from and rules in hosts.deny",
        "Start, memory and the median time of a connection, both axes logarithmic: linear rises by one decade a decade, flat stays flat.")
}
