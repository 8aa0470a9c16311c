package reuse

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"html"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/markdown"
	"ouvert/internal/kernel/web"
)

// cover is the path of the drawing that stands in for a picture.
func cover(o *web.Object) string {
	kind := o.Type
	if kind == "" {
		kind = "other"
	}
	return "/covers/" + url.PathEscape(kind) + "/" + o.ID + ".svg"
}

// hues are the colours of covers by type: ground, shapes, light.
var hues = map[string][3]string{
	"api":           {"#123a5c", "#2f6f9f", "#f0a92b"},
	"application":   {"#0c3c45", "#1f7a86", "#f0a92b"},
	"idea":          {"#5a3b0c", "#b97a1a", "#ffe0a3"},
	"news_article":  {"#4a1f2d", "#9c4160", "#f6c7b6"},
	"paper":         {"#2c2a4a", "#5c58a0", "#d9d4ff"},
	"post":          {"#3d2645", "#815291", "#f2c2e0"},
	"visualization": {"#17402c", "#2f8057", "#f3d34a"},
	"hardware":      {"#33363b", "#6b727b", "#f0a92b"},
}

// coverPage draws a cover: the same for the same id, for ever, from nothing
// but the path. It is asked for by every list, so it costs no statement.
func coverPage(v *web.View) error {
	oid, ok := strings.CutSuffix(v.PathValue("id"), ".svg")
	if !ok || len(oid) > 64 {
		return errs.NotFound()
	}
	hue, ok := hues[v.PathValue("type")]
	if !ok {
		hue = hues["application"]
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(oid)) // a hash has no errors
	seed := h.Sum64()
	next := func(n uint64) int {
		seed ^= seed << 13
		seed ^= seed >> 7
		seed ^= seed << 17
		return int(seed % n) //nolint:gosec // below n
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360" width="640" height="360"><rect width="640" height="360" fill="%s"/>`, hue[0])
	// A grid of quarter circles, squares and dots, as on a map's legend.
	const side = 80
	for y := 0; y < 360; y += side {
		for x := 0; x < 640; x += side {
			fill, opacity := hue[1], 25+next(50)
			if next(14) == 0 {
				fill, opacity = hue[2], 95
			}
			switch next(6) {
			case 0:
				fmt.Fprintf(&b, `<path d="M%d %dh%da%d %d 0 0 1-%d %dz" fill="%s" opacity=".%02d"/>`, x, y, side, side, side, side, side, fill, opacity)
			case 1:
				fmt.Fprintf(&b, `<path d="M%d %dv%da%d %d 0 0 1-%d-%dz" fill="%s" opacity=".%02d"/>`, x+side, y, side, side, side, side, side, fill, opacity)
			case 2:
				fmt.Fprintf(&b, `<circle cx="%d" cy="%d" r="%d" fill="%s" opacity=".%02d"/>`, x+side/2, y+side/2, 12+next(24), fill, opacity)
			case 3:
				fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%d" height="%d" fill="%s" opacity=".%02d"/>`, x, y, side, side, fill, opacity/2+10)
			}
		}
	}
	b.WriteString("</svg>")
	v.Writer.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	v.Writer.Header().Set("Content-Security-Policy", "default-src 'none'")
	return v.Bytes("image/svg+xml", []byte(b.String()))
}

// cardPage is a card for the frames of other sites.
func (s *Service) cardPage(v *web.View) error {
	r, err := asStranger(v)
	if err != nil {
		return err
	}
	return v.Bare("reuse/frame", r)
}

// asStranger loads the reuse of the path as a stranger sees it: what is embedded
// elsewhere does not depend on who looks.
func asStranger(v *web.View) (*shown, error) {
	v.Actor = nil
	r := &shown{}
	err := v.Object("/api/1/reuses/", r)
	return r, err
}

// badgePage draws "open data of …", for the site of the reuse itself.
func (s *Service) badgePage(v *web.View) error {
	r, err := asStranger(v)
	if err != nil {
		return err
	}
	var names []string
	seen := map[string]bool{}
	for _, d := range r.Datasets {
		if p := d.Publisher(); p != nil && !seen[p.ID] {
			seen[p.ID] = true
			names = append(names, p.Label())
		}
	}
	right := v.Lang.T("this portal")
	switch {
	case len(names) == 1:
		right = names[0]
	case len(names) > 1:
		right = v.Lang.T("%s and %d more", names[0], len(names)-1)
	}
	left := v.Lang.T("uses open data of")
	if utf8.RuneCountInString(right) > 48 {
		right = string([]rune(right)[:47]) + "…"
	}
	// Verdana of 11 pixels is 6.6 wide on the average; textLength makes it so.
	width := func(s string) int { return utf8.RuneCountInString(s)*66/10 + 20 }
	a, b := width(left), width(right)
	svg := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="24" role="img" aria-label="%s %s"><title>%s %s</title>`+
		`<clipPath id="r"><rect width="%d" height="24" rx="5"/></clipPath><g clip-path="url(#r)"><rect width="%d" height="24" fill="#0c3c45"/><rect x="%d" width="%d" height="24" fill="#f0a92b"/></g>`+
		`<g font-family="Verdana,DejaVu Sans,sans-serif" font-size="11"><text x="10" y="16" fill="#fff" textLength="%d">%s</text><text x="%d" y="16" fill="#2b1c00" textLength="%d">%s</text></g></svg>`,
		a+b, html.EscapeString(left), html.EscapeString(right), html.EscapeString(left), html.EscapeString(right),
		a+b, a, a, b, a-20, html.EscapeString(left), a+10, b-20, html.EscapeString(right))
	v.Writer.Header().Set("Cache-Control", "public, max-age=3600")
	v.Writer.Header().Set("Content-Security-Policy", "default-src 'none'")
	return v.Bytes("image/svg+xml", []byte(svg))
}

// oembedPage tells other sites how to embed a reuse (https://oembed.com).
func (s *Service) oembedPage(v *web.View) error {
	q := v.URL.Query()
	if format := q.Get("format"); format != "" && format != "json" {
		return errs.New(http.StatusNotImplemented, "The format is json.")
	}
	key, ok := strings.CutPrefix(q.Get("url"), v.Base()+"/reuses/")
	key, _, _ = strings.Cut(key, "?")
	key = strings.TrimSuffix(key, "/")
	if !ok || key == "" || strings.Contains(key, "/") {
		return errs.NotFound()
	}
	v.Actor = nil
	var r shown
	err := v.Get("/api/1/reuses/"+url.PathEscape(key)+"/", &r)
	if e := errs.As(err); e != nil && e.Location != "" {
		err = v.Get(e.Location, &r)
	}
	if err != nil {
		return err
	}
	width, height := limit(q.Get("maxwidth"), 480), limit(q.Get("maxheight"), 420)
	out := map[string]any{
		"version": "1.0", "type": "rich", "title": r.Title, "provider_url": v.Base() + "/", "width": width, "height": height, "cache_age": 3600,
		"description": markdown.Excerpt(r.Description, 200),
		"html": fmt.Sprintf(`<iframe src="%s/reuses/%s/card" width="%d" height="%d" title="%s" loading="lazy"></iframe>`,
			v.Base(), r.Slug, width, height, html.EscapeString(r.Title)),
	}
	if r.Image != "" {
		out["thumbnail_url"] = r.Image
	}
	if p := r.Publisher(); p != nil {
		out["author_name"], out["author_url"] = p.Label(), p.Link()
	}
	b, err := json.Marshal(out)
	if err != nil {
		return err
	}
	v.Writer.Header().Set("Access-Control-Allow-Origin", "*")
	v.Writer.Header().Set("Cache-Control", "public, max-age=3600")
	return v.Bytes("application/json", b)
}

func limit(text string, n int) int {
	var asked int
	if _, err := fmt.Sscan(text, &asked); err == nil && asked >= 1 && asked < n {
		return asked
	}
	return n
}
