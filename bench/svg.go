package main

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// The drawing: a bar for each operation and target, as long as the logarithm
// of the server's processor time a request.
const (
	barHeight, barGap, groupGap = 14, 3, 14
	labelWidth, chartWidth      = 190, 520
	margin                      = 24
)

var colours = map[string]string{kept: "#1b6e53", cold: "#57a639", top: "#8a8a8a", peer: "#b3541e"}

func (r *report) svg() string {
	most := 1.0
	for _, x := range r.Rows {
		most = max(most, x.CPU)
	}
	scale := func(us float64) float64 { return chartWidth * math.Log10(max(us, 1)) / math.Log10(most*1.5) }
	var b strings.Builder
	y := margin + 34
	before := ""
	for _, x := range r.Rows {
		if x.Operation != before {
			if before != "" {
				y += groupGap
			}
			fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end" font-weight="600">%s</text>`+"\n", labelWidth-8, y+barHeight-3, html.EscapeString(x.Operation))
			before = x.Operation
		}
		w := scale(x.CPU)
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%.0f" height="%d" fill="%s"/>`+"\n", labelWidth, y, w, barHeight, colours[x.Target])
		fmt.Fprintf(&b, `<text x="%.0f" y="%d">%s µs</text>`+"\n", labelWidth+w+6, y+barHeight-3, whole(x.CPU))
		y += barHeight + barGap
	}
	var key strings.Builder
	at := labelWidth
	for _, t := range []string{kept, cold, top, peer} {
		fmt.Fprintf(&key, `<rect x="%d" y="%d" width="11" height="11" fill="%s"/><text x="%d" y="%d">%s</text>`+"\n", at, margin+8, colours[t], at+16, margin+18, t)
		at += 115
	}
	height := y + margin
	width := labelWidth + chartWidth + 110
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" font-family="sans-serif" font-size="11">
<title>Processor time of the server a request, in µs (logarithmic; less is better)</title>
<rect width="100%%" height="100%%" fill="#fff"/>
<text x="%d" y="%d" font-size="13" font-weight="600">Processor time of the server a request, µs (logarithmic; less is better)</text>
%s%s<text x="%d" y="%d" fill="#666">%s</text>
</svg>
`, width, height, width, height, labelWidth, margin, key.String(), b.String(), labelWidth, height-8, html.EscapeString(r.Catalogue+"; "+r.Machine))
}
