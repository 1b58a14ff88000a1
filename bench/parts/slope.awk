# The sizes of the rows growth-KIND-SIZE of a run, and the exponent of a figure. That is the slope of the line through the points (log size,
# log cost) by least squares: 0 is flat, 1 is linear. A constant part hides at small sizes what the largest would tell, so the slope of the
# last step is found too.

BEGIN {
    title_of["services"] = "services"; title_of["networks"] = "networks in only_from"; title_of["rules"] = "rules in hosts.deny"
}
FILENAME ~ /results\.tsv$/ && /^growth-/ { note_size($1) }

# Two digits, and no minus before nothing.
function power(number,    text) { text = sprintf("%.2f", number); return text == "-0.00" ? "0.00" : text }
function note_size(row,    parts) {
    split(row, parts, "-")
    if ((parts[2], parts[3]) in noted) return
    noted[parts[2], parts[3]] = 1
    size[parts[2], ++sizes[parts[2]]] = parts[3]
}

# A figure at a size; none where that side's own connections failed. The sides ran one after the other: the other's failures are its own.
function point(k, n, f, s) { return ("growth-" k "-" n, s) in wrong ? "" : typical("growth-" k "-" n, f, s) }

# Least squares over the sizes that have a figure; sets last to the slope between the two largest. Empty below two of them.
function slope(k, f, s,    i, x, y, n, sx, sy, sxx, sxy, before_x, before_y) {
    n = 0
    for (i = 1; i <= sizes[k]; i++) {
        y = point(k, size[k, i], f, s)
        if (y == "" || y <= 0) continue
        x = log(size[k, i]); y = log(y)
        if (n++) last = (y - before_y) / (x - before_x)
        before_x = x; before_y = y
        sx += x; sy += y; sxx += x * x; sxy += x * y
    }
    return n < 2 ? "" : (n * sxy - sx * sy) / (n * sxx - sx * sx)
}
