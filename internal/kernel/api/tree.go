package api

import (
	"net/http"
	"net/url"
	"strings"
)

// tree finds the routes of a path. The standard mux refuses two patterns that
// both match some path when neither is the narrower one – as
// `datasets/community_resources/{community}/` and `datasets/{dataset}/badges/`
// do. Here, the first segment that one of them spells out decides.
type tree struct {
	fixed map[string]*tree
	// partial are segments that begin with a fixed text, "rdf.{format}".
	partial []partial
	wild    *tree
	// name is the parameter of the wild segment that leads here.
	name string
	// open are the routes of the path with a last slash, bare without one.
	open, bare *pathRoutes
}

// partial is the tree behind a fixed text and a parameter.
type partial struct {
	text string
	tree *tree
}

func (t *tree) add(p *pathRoutes) {
	for _, seg := range p.segments {
		text, name, isWild := wildcard(seg)
		switch {
		case isWild && text != "":
			t = t.behind(text, name)
		case isWild && t.wild == nil:
			t.wild = &tree{name: name}
			t = t.wild
		case isWild:
			t = t.wild
		default:
			if t.fixed == nil {
				t.fixed = map[string]*tree{}
			}
			if t.fixed[seg] == nil {
				t.fixed[seg] = &tree{}
			}
			t = t.fixed[seg]
		}
	}
	if strings.HasSuffix(p.pattern, "/") {
		t.open = p
	} else {
		t.bare = p
	}
}

// behind returns the tree behind a segment of a fixed text and a parameter.
func (t *tree) behind(text, name string) *tree {
	for _, p := range t.partial {
		if p.text == text {
			return p.tree
		}
	}
	next := &tree{name: name}
	t.partial = append(t.partial, partial{text, next})
	return next
}

// find returns the routes of a path, nil when there are none. got are its
// segments, without percent-encoding; slash tells whether it ends with one.
func (t *tree) find(got []string, slash bool) *pathRoutes {
	if len(got) == 0 {
		if slash {
			return t.open
		}
		return t.bare
	}
	if next := t.fixed[got[0]]; next != nil {
		if p := next.find(got[1:], slash); p != nil {
			return p
		}
	}
	for _, partial := range t.partial {
		if rest, ok := strings.CutPrefix(got[0], partial.text); ok && rest != "" {
			if p := partial.tree.find(got[1:], slash); p != nil {
				return p
			}
		}
	}
	if t.wild != nil && got[0] != "" {
		return t.wild.find(got[1:], slash)
	}
	return nil
}

// dispatch serves a request by its path; what no route knows is answered in
// the API's own words.
func (s *Server) dispatch(w http.ResponseWriter, r *http.Request) {
	escaped := strings.TrimPrefix(r.URL.EscapedPath(), "/")
	trimmed, slash := strings.CutSuffix(escaped, "/")
	got := strings.Split(trimmed, "/")
	for i, seg := range got {
		if plain, err := url.PathUnescape(seg); err == nil {
			got[i] = plain
		}
	}
	p := s.tree.find(got, slash)
	if p != nil {
		for i, seg := range p.segments {
			if text, name, ok := wildcard(seg); ok {
				r.SetPathValue(name, strings.TrimPrefix(got[i], text))
			}
		}
	}
	s.serve(w, r, p)
}
