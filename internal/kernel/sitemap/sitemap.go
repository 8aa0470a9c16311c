// Package sitemap tells search engines of the portal's pages: an index of
// parts, as https://www.sitemaps.org/protocol.html has it.
//
// A noun with pages registers a Section. The index counts them when it is
// asked for; a part is streamed, a thousand pages in memory at a time.
package sitemap

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/xml"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/db"
)

const (
	// PartSize is how many pages a part lists at most: the protocol's limit.
	PartSize = 50_000
	batch    = 1000
)

// Section is the pages of one noun.
type Section struct {
	// Name is that of the parts: reuses_1.xml.
	Name string
	// From selects the pages that everybody may see: "FROM reuse r WHERE …".
	// Its rows have the columns that ID, Path and Modified name.
	From string
	// ID is the column that orders and identifies them, Modified when one was
	// last changed, in microseconds.
	ID, Modified string
	// Path is an expression for the page's path from the site's root on.
	Path string
}

// Site is a portal's pages.
type Site struct {
	DB *db.DB
	// API is where the parts are reached, Pages the base of the pages; both
	// without a slash at their end.
	API, Pages string
	Sections   []Section
}

// Paths are those that a Site serves, but for the parts, which stand below
// /sitemaps/.
const (
	RobotsPath = "/robots.txt"
	IndexPath  = "/sitemap.xml"
	partsPath  = "/sitemaps/"
)

// Serves tells whether the path is one of the site's.
func Serves(path string) bool {
	return path == RobotsPath || path == IndexPath || strings.HasPrefix(path, partsPath)
}

// ServeHTTP answers for the index, its parts and robots.txt.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	var err error
	switch {
	case r.URL.Path == RobotsPath:
		robots(w, s.API)
	case r.URL.Path == IndexPath:
		err = s.index(w, r)
	default:
		err = s.part(w, r, strings.TrimPrefix(r.URL.Path, partsPath))
	}
	if err == nil || r.Context().Err() != nil {
		return
	}
	slog.ErrorContext(r.Context(), "the sitemap could not be written", "path", r.URL.Path, "error", err)
	// Whether or not something was sent: a part that ends early must not look
	// whole.
	panic(http.ErrAbortHandler)
}

// robots keeps crawlers to the pages: the API tells the same things, one
// request a thing.
func robots(w http.ResponseWriter, api string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "User-agent: *\nDisallow: /api/\nSitemap: "+api+IndexPath+"\n")
}

// header is that of every document.
func header(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
}

func (s *Site) index(w http.ResponseWriter, r *http.Request) error {
	var b strings.Builder
	b.WriteString(xml.Header + `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n")
	for _, sec := range s.Sections {
		var total int
		if err := s.DB.Read().QueryRowContext(r.Context(), "SELECT count(*) "+sec.From).Scan(&total); err != nil {
			return err
		}
		for n := 1; (n-1)*PartSize < total; n++ {
			var newest sql.NullInt64
			err := s.DB.Read().QueryRowContext(r.Context(), "SELECT max(x.modified) FROM (SELECT "+sec.Modified+" AS modified "+sec.From+
				" ORDER BY "+sec.ID+" LIMIT $1 OFFSET $2) x", PartSize, (n-1)*PartSize).Scan(&newest)
			if err != nil {
				return err
			}
			b.WriteString("<sitemap><loc>" + escape(s.API+partsPath+sec.Name+"_"+strconv.Itoa(n)+".xml") + "</loc><lastmod>" +
				instant(newest.Int64) + "</lastmod></sitemap>\n")
		}
	}
	b.WriteString("</sitemapindex>\n")
	header(w)
	_, _ = io.WriteString(w, b.String()) // a client that went away
	return nil
}

// find returns the section and the number of a part: "reuses_1.xml".
func (s *Site) find(name string) (Section, int, bool) {
	name, isXML := strings.CutSuffix(name, ".xml")
	of, number, ok := strings.Cut(name, "_")
	n, err := strconv.Atoi(number)
	if !isXML || !ok || err != nil || n < 1 || n > 1_000_000 || strconv.Itoa(n) != number {
		return Section{}, 0, false
	}
	for _, sec := range s.Sections {
		if sec.Name == of {
			return sec, n, true
		}
	}
	return Section{}, 0, false
}

func (s *Site) part(w http.ResponseWriter, r *http.Request, name string) error {
	sec, n, ok := s.find(name)
	if !ok {
		http.NotFound(w, r)
		return nil
	}
	ctx := r.Context()
	first, err := s.pages(ctx, sec, "", (n-1)*PartSize, batch)
	if err != nil {
		return err
	}
	if len(first) == 0 && n > 1 {
		http.NotFound(w, r)
		return nil
	}
	header(w)
	if r.Method == http.MethodHead {
		return nil
	}
	out := bufio.NewWriterSize(api.Patient(w), 32<<10)
	_, _ = out.WriteString(xml.Header + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n")
	for written, list := 0, first; len(list) > 0; {
		for _, p := range list {
			_, _ = out.WriteString("<url><loc>" + escape(s.Pages+p.path) + "</loc><lastmod>" + instant(p.modified) + "</lastmod></url>\n")
		}
		written += len(list)
		more := min(batch, PartSize-written)
		if more == 0 || len(list) < batch {
			break
		}
		if list, err = s.pages(ctx, sec, list[len(list)-1].id, 0, more); err != nil {
			return err
		}
	}
	_, _ = out.WriteString("</urlset>\n")
	_ = out.Flush() // a client that went away
	return nil
}

type page struct {
	id, path string
	modified int64
}

// pages returns the next pages of a section: those after an id, without the
// first so many.
func (s *Site) pages(ctx context.Context, sec Section, after string, skip, limit int) (list []page, err error) {
	query := "SELECT " + sec.ID + ", " + sec.Path + ", " + sec.Modified + " " + sec.From + " AND " + sec.ID + " > $1 ORDER BY " + sec.ID +
		" LIMIT $2 OFFSET $3"
	err = db.Each(ctx, s.DB.Read(), query, []any{after, limit, skip}, func(rows *sql.Rows) error {
		var p page
		err := rows.Scan(&p.id, &p.path, &p.modified)
		list = append(list, p)
		return err
	})
	return list, err
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a builder has no errors
	return b.String()
}

func instant(micros int64) string { return time.UnixMicro(micros).UTC().Format("2006-01-02T15:04:05Z") }
