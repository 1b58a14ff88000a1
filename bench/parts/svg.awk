# What the charts are drawn with. A chart has a ground of its own in both schemes, so that it can be read on whatever page it stands.
# All numbers are rounded the same way on every machine: the same figures give the same file.

BEGIN {
    called["ours"] = "Rouse"; called["inetd"] = "openbsd-inetd"; called["systemd"] = "systemd-socket-activate"
    called["limit"] = "bare C"; called["direct"] = "loopback alone"
}
FILENAME ~ /charts\.tsv$/ {
    if (/^#/ || $1 != chart) next
    panels++
    row[panels] = $2; name[panels] = $3; second[panels] = $4; unit[panels] = $5; heading[panels] = $6
    next
}

function program(s) { return s in called ? called[s] : s }
function kind_of(s) { return s == "ours" ? "ours" : (s == "limit" || s == "direct" ? "limit" : "other") }
function escaped(text) { gsub(/&/, "\\&amp;", text); gsub(/</, "\\&lt;", text); gsub(/>/, "\\&gt;", text); return text }
function at(number) { return sprintf("%.1f", number) }
function put(element) { body = body "  " element "\n" }
function text(x, y, class, words) { put("<text x=\"" at(x) "\" y=\"" at(y) "\" class=\"" class "\">" escaped(words) "</text>") }
function rect(x, y, w, h, class) {
    put("<rect x=\"" at(x) "\" y=\"" at(y) "\" width=\"" at(w) "\" height=\"" at(h) "\" class=\"" class "\"/>")
}
function path(points, class) { put("<path d=\"" points "\" class=\"" class "\"/>") }

function finish(width, height, title, description) {
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" aria-labelledby=\"t d\">\n",
        width, height, width, height
    printf "  <title id=\"t\">%s</title>\n  <desc id=\"d\">%s</desc>\n  <style>\n", escaped(title), escaped(description)
    print "    .ground { fill: #ffffff; } text { fill: #1f2328; font: 12px sans-serif; } .heading { font-weight: bold; } .small { fill: #59636e; font-size: 11px; }"
    print "    .ours { fill: #0969da; } .other { fill: #818b98; } .limit { fill: #d1d9e0; } .end { text-anchor: end; } .middle { text-anchor: middle; }"
    print "    .tail { fill: none; stroke: #818b98; stroke-width: 2; } .grid { fill: none; stroke: #d1d9e0; }"
    print "    .line-ours { fill: none; stroke: #0969da; stroke-width: 2.5; } .line-other { fill: none; stroke: #818b98; stroke-width: 2; stroke-dasharray: 5 3; }"
    print "    @media (prefers-color-scheme: dark) {"
    print "      .ground { fill: #0d1117; } text { fill: #f0f6fc; } .small { fill: #9198a1; } .ours { fill: #4493f8; } .other { fill: #656c76; } .limit { fill: #2f3742; }"
    print "      .tail { stroke: #9198a1; } .grid { stroke: #2f3742; } .line-ours { stroke: #4493f8; } .line-other { stroke: #9198a1; }"
    print "    }\n  </style>"
    printf "  <rect width=\"%d\" height=\"%d\" class=\"ground\"/>\n%s</svg>\n", width, height, body
}
