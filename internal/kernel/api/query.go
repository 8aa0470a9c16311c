package api

import (
	"math"
	"net/url"
	"strconv"
	"strings"

	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/id"
)

// Query is a query string as pairs in their order, which the addresses of the
// next and previous page keep. The first value of a name counts, as in udata.
type Query []Pair

// Pair is one `name=value`.
type Pair struct{ Name, Value string }

// Limits of a query string.
const (
	// maxQueryPairs counts no page and page_size, so that the address of the
	// next page, which has both, is never refused.
	maxQueryPairs = 256
	// maxQuery bounds the text in bytes as it is written anew in the address
	// of the next page, for the same reason: headers are bounded.
	maxQuery = 62 << 10
	// MaxPageSize is the largest page that is served. udata knows no limit;
	// ten thousand full objects are more than anyone reads at once.
	MaxPageSize = 10000
	// MaxPage bounds the page number, so that page × page_size is no overflow.
	MaxPage = 1_000_000
)

// ParseQuery reads a query string. What is not valid percent-encoding is
// kept as it stands; what is no text, invalid UTF-8 and NUL, becomes U+FFFD.
func ParseQuery(raw string) (Query, error) {
	if raw == "" {
		return nil, nil
	}
	var q Query
	counted, size, seen := 0, 0, map[string]bool{}
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		p := Pair{unescape(name), unescape(value)}
		if paging := p.Name == "page" || p.Name == "page_size"; !paging || seen[p.Name] {
			counted, size = counted+1, size+len(url.QueryEscape(p.Name))+len(url.QueryEscape(p.Value))+2
		}
		switch seen[p.Name] = true; {
		case counted > maxQueryPairs:
			return nil, errs.BadRequest("The query string has more than %d parameters.", maxQueryPairs)
		case size > maxQuery:
			return nil, errs.BadRequest("The query string is longer than %d bytes.", maxQuery)
		}
		q = append(q, p)
	}
	return q, nil
}

func unescape(s string) string {
	if u, err := url.QueryUnescape(s); err == nil {
		s = u
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// Get returns the first value of a parameter, and whether it was given.
func (q Query) Get(name string) (string, bool) {
	for _, p := range q {
		if p.Name == name {
			return p.Value, true
		}
	}
	return "", false
}

// All returns every value of a parameter.
func (q Query) All(name string) []string {
	var out []string
	for _, p := range q {
		if p.Name == name {
			out = append(out, p.Value)
		}
	}
	return out
}

// Bool reads a truth as udata does: "true", "1" and "on" in any case are
// true, "false", "0" and the empty text are false. given is false when the
// parameter is absent.
func (q Query) Bool(name string) (value, given bool, err error) {
	s, ok := q.Get(name)
	if !ok {
		return false, false, nil
	}
	switch strings.ToLower(s) {
	case "true", "1", "on":
		return true, true, nil
	case "false", "0", "":
		return false, true, nil
	}
	return false, false, errs.Query(name, "Invalid literal for boolean(): %s", s)
}

// Choice reads one of the allowed values; "" when the parameter is absent.
func (q Query) Choice(name, doc string, allowed ...string) (string, error) {
	s, ok := q.Get(name)
	if !ok {
		return "", nil
	}
	for _, a := range allowed {
		if s == a {
			return s, nil
		}
	}
	return "", errs.Query(name, "%sThe value '%s' is not a valid choice for '%s'.", doc, s, name)
}

// Sort reads a sort key with an optional leading "-".
func (q Query) Sort(allowed ...string) (key string, descending bool, err error) {
	choices := make([]string, 0, 2*len(allowed))
	for _, a := range allowed {
		choices = append(choices, a, "-"+a)
	}
	s, err := q.Choice("sort", "The field (and direction) on which sorting apply ", choices...)
	if err != nil || s == "" {
		return "", false, err
	}
	key, descending = strings.CutPrefix(s, "-")
	return key, descending, nil
}

// ObjectID reads an object id; "" when the parameter is absent.
func (q Query) ObjectID(name string) (string, error) {
	s, ok := q.Get(name)
	if !ok {
		return "", nil
	}
	oid, ok := id.Parse(s)
	if !ok {
		return "", &errs.Error{
			Status:  400,
			Message: "`" + name + "` must be an identifier",
			Fields:  map[string]string{name: "must be an identifier"},
		}
	}
	return oid, nil
}

// Page is which part of a list is asked for.
type Page struct{ Number, Size int }

// Limit is how many items are read for the page.
func (p Page) Limit() int { return min(p.Size, MaxPageSize) }

// Offset is how many items come before the page.
func (p Page) Offset() int { return (p.Number - 1) * p.Limit() }

// Within is the page as it was served, in a list of total items. Who asks for
// "everything" with a large page_size gets it when everything is at most
// MaxPageSize items, and pages of MaxPageSize otherwise.
func (p Page) Within(total int) Page {
	if total > MaxPageSize {
		p.Size = p.Limit()
	}
	return p
}

// Page reads `page` and `page_size`.
func (q Query) Page() (Page, error) {
	number, err := q.positive("page", "The page to fetch", 1, MaxPage)
	if err != nil {
		return Page{}, err
	}
	size, err := q.positive("page_size", "The page size to fetch", 20, math.MaxInt32)
	if err != nil {
		return Page{}, err
	}
	return Page{Number: number, Size: size}, nil
}

// MaxSuggestions is the most that is suggested. udata knows no limit.
const MaxSuggestions = 1000

// Suggest reads `q`, which must be there, and `size`. As udata's database reads
// it, a size of 0 is no limit and the sign is none.
func (q Query) Suggest(byDefault int) (text string, size int, err error) {
	text, ok := q.Get("q")
	if !ok {
		return "", 0, errs.Query("q", "The string to autocomplete/suggest Missing required parameter in the query string")
	}
	v, ok := q.Get("size")
	if !ok {
		return text, byDefault, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		return "", 0, errs.Query("size", "The amount of suggestion to fetch invalid literal for int() with base 10: '%s'", clip(v))
	}
	if n = max(n, -n); n <= 0 || n > MaxSuggestions {
		n = MaxSuggestions
	}
	return text, n, nil
}

func (q Query) positive(name, doc string, byDefault, most int) (int, error) {
	s, ok := q.Get(name)
	if !ok {
		return byDefault, nil
	}
	n, err := strconv.Atoi(strings.TrimSpace(s))
	switch {
	case err != nil && isDigits(strings.TrimSpace(s)):
		return 0, errs.Query(name, "%s %s is too large", doc, clip(s))
	case err != nil:
		return 0, errs.Query(name, "%s %s is not a valid integer", doc, clip(s))
	case n < 1:
		return 0, errs.Query(name, "%s Invalid %s: %d. %s must be a positive integer", doc, name, n, name)
	case n > most:
		return 0, errs.Query(name, "%s %d is too large, at most %d", doc, n, most)
	}
	return n, nil
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}
