package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"ouvert/internal/kernel/i18n"
	"ouvert/internal/kernel/markdown"
)

//go:embed templates/*.html
var own embed.FS

//go:embed static/style.css
var style []byte

//go:embed static/script.js
var script []byte

const staticPath = "/static/"

// The names change with what the files hold, so that browsers may keep them.
var (
	styleName  = "style." + digest(style) + ".css"
	scriptName = "script." + digest(script) + ".js"
)

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:6])
}

// static serves the shell's own files and those of the theme.
func (s *Site) static(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	var b []byte
	switch name := r.PathValue("file"); name {
	case styleName:
		b = style
		h.Set("Content-Type", "text/css; charset=utf-8")
	case scriptName:
		b = script
		h.Set("Content-Type", "text/javascript; charset=utf-8")
	default:
		f, ok := s.Theme.files[name]
		if !ok {
			s.NotFound(w, r)
			return
		}
		b = f.bytes
		h.Set("Content-Type", f.kind)
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'") // an SVG opened by itself runs nothing
	}
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(b)
}

// parse reads all templates, once a language: what they say is looked up
// while they run.
func parse(nouns []Pages) map[i18n.Lang]*template.Template {
	out := map[i18n.Lang]*template.Template{}
	for _, l := range Langs {
		t := template.New("").Funcs(funcs(l))
		read(t, own, "templates", "")
		for _, n := range nouns {
			t.Funcs(n.Funcs)
			if n.Templates != nil {
				read(t, n.Templates, "pages", n.Name+"/")
			}
		}
		out[l] = t
	}
	return out
}

func read(t *template.Template, files fs.FS, dir, prefix string) {
	names, err := fs.Glob(files, dir+"/*.html")
	if err != nil || len(names) == 0 {
		panic(fmt.Sprintf("web: no templates for %q: %v", prefix, err))
	}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			panic(err)
		}
		template.Must(t.New(prefix + strings.TrimSuffix(path.Base(name), ".html")).Parse(string(text)))
	}
}

func funcs(l i18n.Lang) template.FuncMap {
	return template.FuncMap{
		"t":         l.T,
		"n":         func(n int, one, many string) string { return Plural(l, n, one, many) },
		"num":       func(n int) string { return Number(l, n) },
		"size":      func(n int64) string { return Size(l, n) },
		"date":      func(t any) string { return Date(l, instant(t)) },
		"iso":       func(t any) string { return instant(t).UTC().Format(time.RFC3339) },
		"md":        func(s string) template.HTML { return template.HTML(ugc(markdown.HTML(s))) }, //nolint:gosec // sanitized there
		"excerpt":   markdown.Excerpt,
		"host":      host,
		"query":     url.QueryEscape,
		"initial":   initial,
		"dict":      dict,
		"list":      func(v ...any) []any { return v },
		"icon":      icon,
		"fieldName": func(name string) string { return fieldNames[name] },
		"add":       func(a, b int) int { return a + b },
	}
}

func instant(v any) time.Time {
	switch t := v.(type) {
	case time.Time:
		return t
	case *time.Time:
		if t != nil {
			return *t
		}
	}
	return time.Time{}
}

// ugc marks links in what people wrote, which lead anywhere, and moves their
// headings below those of the page.
func ugc(s string) string {
	s = strings.ReplaceAll(s, `rel="nofollow"`, `rel="nofollow ugc"`)
	return headings.Replace(s)
}

var headings = strings.NewReplacer(
	"<h1", "<h3", "</h1>", "</h3>", "<h2", "<h3", "</h2>", "</h3>", "<h3", "<h4", "</h3>", "</h4>", "<h4", "<h5", "</h4>", "</h5>", "<h5", "<h6", "</h5>", "</h6>")

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return address
	}
	return strings.TrimPrefix(u.Host, "www.")
}

// initial is the letter that stands for what has no picture.
func initial(s string) string {
	for _, r := range s {
		return strings.ToUpper(string(r))
	}
	return "?"
}

func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict wants pairs")
	}
	out := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is no name", pairs[i])
		}
		out[name] = pairs[i+1]
	}
	return out, nil
}

// icons are strokes in a square of 24.
var icons = map[string]string{
	"search":   `<circle cx="11" cy="11" r="7"/><path d="m20 20-4-4"/>`,
	"star":     `<path d="m12 3 2.8 5.7 6.2.9-4.5 4.4 1.1 6.2L12 17.3l-5.6 2.9 1.1-6.2L3 9.6l6.2-.9z"/>`,
	"eye":      `<path d="M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12z"/><circle cx="12" cy="12" r="3"/>`,
	"data":     `<ellipse cx="12" cy="5.5" rx="8" ry="3"/><path d="M4 5.5v13c0 1.7 3.6 3 8 3s8-1.3 8-3v-13M4 12c0 1.7 3.6 3 8 3s8-1.3 8-3"/>`,
	"out":      `<path d="M14 4h6v6M20 4l-9 9M19 14v6H4V5h6"/>`,
	"people":   `<circle cx="9" cy="8" r="4"/><path d="M2 21c0-4 3-7 7-7s7 3 7 7M16 4.5a4 4 0 0 1 0 7M22 21c0-3-1.500-5.500-4-6.500"/>`,
	"talk":     `<path d="M4 5h16v11H9l-5 4z"/>`,
	"flag":     `<path d="M5 21V4h13l-2.500 4L18 12H5"/>`,
	"download": `<path d="M12 3v12m-5-5 5 5 5-5M4 20h16"/>`,
	"edit":     `<path d="m4 20 1-5L16 4l4 4L9 19z"/>`,
	"check":    `<path d="m4 13 5 5L20 6"/>`,
	"plus":     `<path d="M12 4v16M4 12h16"/>`,
	"lock":     `<rect x="5" y="11" width="14" height="10" rx="2"/><path d="M8 11V7a4 4 0 0 1 8 0v4"/>`,
	"api":      `<path d="m8 6-6 6 6 6M16 6l6 6-6 6M14 3l-4 18"/>`,
}

func icon(name string) (template.HTML, error) {
	path, ok := icons[name]
	if !ok {
		return "", fmt.Errorf("web: there is no icon %q", name)
	}
	return template.HTML(`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">` + path + `</svg>`), nil //nolint:gosec // our own
}
