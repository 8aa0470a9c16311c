package web

import (
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ouvert/internal/kernel/markdown"
)

// Theme is what an operator changes of the pages, without a rebuild: a folder
// with any of
//
//	theme.css      after the portal's own style, for colours: --accent, …
//	logo.svg       or logo.png, beside the portal's name
//	footer.md      what the footer says, in Markdown
//	pages/NAME.md  a page at /pages/NAME, linked from the footer; its title
//	               is its first line, without the #
//
// It is read once, when the portal starts.
type Theme struct {
	// Style and Logo are addresses, "" when there is none.
	Style, Logo string
	Footer      template.HTML
	Pages       []ThemePage

	files map[string]themeFile
}

// ThemePage is a page of the operator's.
type ThemePage struct {
	Name, Title string
	Text        template.HTML
}

type themeFile struct {
	bytes []byte
	kind  string
}

// OpenTheme reads a folder; "" is no theme.
func OpenTheme(dir string) (*Theme, error) {
	t := &Theme{files: map[string]themeFile{}}
	if dir == "" {
		return t, nil
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("--theme: %q is no folder", dir)
	}
	for _, f := range []struct {
		name, kind string
		into       *string
	}{
		{"theme.css", "text/css; charset=utf-8", &t.Style}, {"logo.png", "image/png", &t.Logo}, {"logo.svg", "image/svg+xml", &t.Logo},
	} {
		b, err := os.ReadFile(filepath.Join(dir, f.name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		ext := filepath.Ext(f.name)
		name := strings.TrimSuffix(f.name, ext) + "." + digest(b) + ext
		t.files[name], *f.into = themeFile{b, f.kind}, staticPath+name
	}
	b, err := os.ReadFile(filepath.Join(dir, "footer.md"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	t.Footer = template.HTML(markdown.HTML(string(b))) //nolint:gosec // sanitized there
	pages, err := filepath.Glob(filepath.Join(dir, "pages", "*.md"))
	if err != nil {
		return nil, err
	}
	slices.Sort(pages)
	for _, path := range pages {
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		title, text, _ := strings.Cut(string(b), "\n")
		t.Pages = append(t.Pages, ThemePage{
			Name: strings.TrimSuffix(filepath.Base(path), ".md"), Title: strings.TrimSpace(strings.TrimLeft(title, "#")),
			Text: template.HTML(markdown.HTML(text)), //nolint:gosec // sanitized there
		})
	}
	return t, nil
}

// ThemePage finds a page of the operator's.
func (v *View) ThemePage(name string) (ThemePage, bool) {
	i := slices.IndexFunc(v.site.Theme.Pages, func(p ThemePage) bool { return p.Name == name })
	if i < 0 {
		return ThemePage{}, false
	}
	return v.site.Theme.Pages[i], true
}
