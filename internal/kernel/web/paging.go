package web

import (
	"net/url"
	"strconv"
)

// List is a page of a list of the API.
type List[T any] struct {
	Data  []T `json:"data"`
	Page  int `json:"page"`
	Size  int `json:"page_size"`
	Total int `json:"total"`
}

// Pager leads through the pages of a list.
type Pager struct {
	Page, Pages    int
	Previous, Next string
	Links          []PageLink
}

// PageLink leads to one page; Number 0 is a gap.
type PageLink struct {
	Number  int
	Link    string
	Current bool
}

// Pager makes the links of a list that has so many pages.
func (v *View) Pager(page, size, total int) *Pager {
	if size < 1 || total <= size {
		return nil
	}
	p := &Pager{Page: page, Pages: (total + size - 1) / size}
	last := 0
	for n := 1; n <= p.Pages; n++ {
		if n > 1 && n < p.Pages && (n < page-1 || n > page+1) {
			continue
		}
		if n > last+1 {
			p.Links = append(p.Links, PageLink{})
		}
		p.Links = append(p.Links, PageLink{n, v.With("page", strconv.Itoa(n)), n == page})
		last = n
	}
	if page > 1 {
		p.Previous = v.With("page", strconv.Itoa(page-1))
	}
	if page < p.Pages {
		p.Next = v.With("page", strconv.Itoa(page+1))
	}
	return p
}

// With is the address of this page with one parameter set otherwise, "" to
// take it away. All but the page number itself start over on the first page.
func (v *View) With(name, value string) string {
	q := v.URL.Query()
	q.Del(langName)
	if name != "page" || value == "1" {
		q.Del("page")
	}
	if value == "" {
		q.Del(name)
	} else if name != "page" || value != "1" {
		q.Set(name, value)
	}
	if len(q) == 0 {
		return v.URL.EscapedPath()
	}
	return v.URL.EscapedPath() + "?" + q.Encode()
}

// Ask makes the query for a list of the API from those parameters of the page
// that it knows. A page number that is none is the first.
func (v *View) Ask(size int, names ...string) url.Values {
	given, q := v.URL.Query(), url.Values{}
	for _, name := range names {
		for _, value := range given[name] {
			if value != "" {
				q.Add(name, value)
			}
		}
	}
	if n, err := strconv.Atoi(given.Get("page")); err == nil && n > 1 {
		q.Set("page", strconv.Itoa(n))
	}
	q.Set("page_size", strconv.Itoa(size))
	return q
}
