package api

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/wire"
)

// Response is what a handler answers with.
type Response struct {
	// Status is the route's own status when 0.
	Status int
	Body   []byte
	Header http.Header
	// Stream, when it is set, writes the body instead, piece by piece. When
	// it fails after the first byte the connection is cut, so that the client
	// sees that the answer is not whole.
	Stream func(w io.Writer) error
}

// JSON answers with a fragment, as the caller may see it.
func JSON(r *Request, f wire.Fragment) *Response {
	return &Response{Body: auth.Fill(f, r.Actor)}
}

// Created answers 201 with a fragment, or 200 when what was asked for was
// there already.
func Created(r *Request, f wire.Fragment, created bool) *Response {
	res := JSON(r, f)
	if created {
		res.Status = http.StatusCreated
	} else {
		res.Status = http.StatusOK
	}
	return res
}

// NoContent answers 204.
func NoContent() *Response { return &Response{Status: http.StatusNoContent} }

// List answers with an array of fragments.
func List(r *Request, items []wire.Fragment) *Response {
	w := wire.NewWriter(size(items))
	writeList(w, items)
	return JSON(r, w.Fragment())
}

// Paginated answers with a page object around the items. A page past the end
// is a 404, except for the first, as in udata. extra, when not nil, writes
// further members.
func Paginated(r *Request, links wire.Links, page Page, total int, items []wire.Fragment, extra func(w *wire.Writer)) (*Response, error) {
	if page.Number > 1 && page.Offset() >= total {
		return nil, errs.NotFound()
	}
	page = page.Within(total)
	w := wire.NewWriter(size(items) + 512)
	w.Open('{')
	w.Key("data")
	writeList(w, items)
	w.Key("next_page")
	if page.Number*page.Size < total {
		w.String(pageLink(r, links, page.Number+1, page.Size))
	} else {
		w.Null()
	}
	w.Key("page")
	w.Int(int64(page.Number))
	w.Key("page_size")
	w.Int(int64(page.Size))
	w.Key("previous_page")
	if page.Number > 1 {
		w.String(pageLink(r, links, page.Number-1, page.Size))
	} else {
		w.Null()
	}
	w.Key("total")
	w.Int(int64(total))
	if extra != nil {
		extra(w)
	}
	w.Close('}')
	return JSON(r, w.Fragment()), nil
}

// PageOf answers with the page of a list that the request asks for: count says
// how many items there are in all, load returns those of the page, render
// writes them. extra is as for Paginated.
func PageOf[T any](r *Request, links wire.Links, extra func(w *wire.Writer), count func() (int, error), load func(p Page) ([]T, error), render func([]T) ([]wire.Fragment, error)) (*Response, error) {
	page, err := r.Query.Page()
	if err != nil {
		return nil, err
	}
	total, err := count()
	if err != nil {
		return nil, err
	}
	found, err := load(page)
	if err != nil {
		return nil, err
	}
	items, err := render(found)
	if err != nil {
		return nil, err
	}
	return Paginated(r, links, page, total, items, extra)
}

// PageOfKept is PageOf for what is kept in memory: list returns the ids of the
// page's items and how many there are in all, render their forms.
func PageOfKept(r *Request, links wire.Links, extra func(w *wire.Writer), list func(p Page) ([]string, int, error), render func(ids []string) ([]wire.Fragment, error)) (*Response, error) {
	page, err := r.Query.Page()
	if err != nil {
		return nil, err
	}
	ids, total, err := list(page)
	if err != nil {
		return nil, err
	}
	items, err := render(ids)
	if err != nil {
		return nil, err
	}
	return Paginated(r, links, page, total, items, extra)
}

func size(items []wire.Fragment) int {
	n := 2
	for _, f := range items {
		n += len(f.Text) + 1
	}
	return n
}

func writeList(w *wire.Writer, items []wire.Fragment) {
	w.Open('[')
	for _, f := range items {
		w.Embed(f)
	}
	w.Close(']')
}

// pageLink is the address of another page of the same list: the caller's own
// parameters in their order, with page and page_size set in place, or added
// at the end.
func pageLink(r *Request, links wire.Links, page, size int) string {
	var b strings.Builder
	b.WriteString(links.API)
	b.WriteString(r.URL.EscapedPath())
	sep := byte('?')
	add := func(name, value string) {
		b.WriteByte(sep)
		sep = '&'
		b.WriteString(url.QueryEscape(name))
		b.WriteByte('=')
		b.WriteString(url.QueryEscape(value))
	}
	values := map[string]string{"page": strconv.Itoa(page), "page_size": strconv.Itoa(size)}
	done := map[string]bool{}
	for _, p := range r.Query {
		value, ours := values[p.Name]
		switch {
		case !ours:
			add(p.Name, p.Value)
		case !done[p.Name]:
			add(p.Name, value)
			done[p.Name] = true
		}
	}
	for _, name := range []string{"page", "page_size"} {
		if !done[name] {
			add(name, values[name])
		}
	}
	return b.String()
}
