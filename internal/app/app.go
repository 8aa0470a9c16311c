// Package app is the composition root: it makes the nouns from the settings
// and puts them behind one http.Handler. It is the only package that knows
// every other; nouns.go is the list to start reading from.
package app

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"strings"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/blob"
	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/i18n"
	"ouvert/internal/kernel/keep"
	"ouvert/internal/kernel/mail"
	"ouvert/internal/kernel/sitemap"
	"ouvert/internal/kernel/swagger"
	"ouvert/internal/kernel/web"
	"ouvert/internal/kernel/wire"
)

// App is a portal.
type App struct {
	Config Config
	DB     *db.DB
	Blobs  blob.Store
	Outbox *mail.Outbox
	Nouns

	// keep is what of the catalogue is kept in memory.
	keep  keep.Keep
	clock clock.Clock
	links wire.Links
	theme *web.Theme
}

// Open opens a portal: its database, brought to this version's schema, and
// its files.
func Open(ctx context.Context, c Config, now clock.Clock) (*App, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	d, err := db.Open(ctx, c.Data, c.Database)
	if err != nil {
		return nil, err
	}
	a := &App{Config: c, DB: d, clock: now, links: wire.NewLinks(c.PublicURL, c.SiteURL)}
	if err := a.open(ctx); err != nil {
		d.Close()
		return nil, err
	}
	return a, nil
}

func (a *App) open(ctx context.Context) error {
	switch state, err := a.DB.State(ctx); {
	case err != nil:
		return err
	case state == db.Unfinished:
		return errors.New("a restore or move into this database was not finished: run it again")
	}
	if err := a.DB.Migrate(ctx); err != nil {
		return err
	}
	var err error
	if a.Config.Data != "" { // what a node keeps for itself, wherever the rest is
		if err := os.MkdirAll(a.Config.Data, 0o700); err != nil {
			return err
		}
	}
	if a.Blobs, err = blob.Open(ctx, a.Config.BlobsAddress()); err != nil {
		return err
	}
	a.keep = keep.New(a.DB, a.clock, a.Config.CacheSize/2)
	if a.keep.Forms != nil {
		a.keep.Forms.Check = a.Config.CheckKept
	}
	if err := a.openOutbox(); err != nil {
		return err
	}
	if err := a.openTheme(); err != nil {
		return err
	}
	if a.Nouns, err = a.nouns(); err != nil {
		return err
	}
	return a.Spatial.Begin(ctx)
}

// Close closes the database.
func (a *App) Close() error { return a.DB.Close() }

// authenticate reads who asks from the request's headers: the API token,
// the token of a program that acts for somebody, or the cookie of who signed
// in.
func (a *App) authenticate(ctx context.Context, r *http.Request) (*auth.Actor, error) {
	if actor, known := web.Asker(ctx); known {
		return actor, nil // a page asks for its reader, who was found before
	}
	if token := r.Header.Get("X-API-KEY"); token != "" {
		return a.Users.Authenticate(ctx, token, r.UserAgent())
	}
	if actor, err := a.OAuth2.Bearer(ctx, r); actor != nil || err != nil {
		return actor, err
	}
	return a.Users.Session(ctx, r)
}

// Handler returns everything that the portal serves.
func (a *App) Handler(logger *slog.Logger) http.Handler {
	m := newMetrics(a.DB, a.readers())
	server := api.NewServer(a.Routes())
	server.Authenticate = a.authenticate
	server.Clock = a.clock
	server.DefaultLang = i18n.Parse(a.Config.Lang)
	server.BodyLimit = a.Config.BodyLimit
	server.Kept = api.NewKept(a.Config.CacheSize/2, a.DB)
	server.DB = a.DB
	m.kept("answers", server.Kept.Figures)
	m.kept("forms", a.keep.Forms.Figures)
	server.Observe = m.observe

	// The few paths that are no operation of the API. The API's own server
	// answers all others, and what nobody knows.
	fixed := map[string]http.Handler{
		"/":        http.RedirectHandler("/api/1/", http.StatusFound),
		"/healthz": http.HandlerFunc(a.health),
		"/readyz":  http.HandlerFunc(a.ready),
		"/metrics": m.handler(),
	}
	for _, base := range []string{"/api/1", "/api/2"} {
		docs := swagger.Handler(server.Routes(), swagger.Options{
			Title: a.Config.Title, Description: docsIntroduction, Version: APIVersion, BasePath: base, PublicURL: a.links.API,
		})
		for _, path := range []string{"", "/", "/swagger.json"} {
			fixed[base+path] = docs
		}
	}
	files := map[string]http.Handler{
		// The bucket is the first part of a key.
		"images":  blob.Handler(a.Blobs, "/"),
		"avatars": blob.Handler(a.Blobs, "/"),
		// Uploaded files of datasets.
		"resources": blob.Handler(a.Blobs, "/"),
	}
	site := &sitemap.Site{DB: a.DB, API: a.links.API, Pages: a.links.Site, Sections: sections}
	pages := a.site(server)
	root := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if pages != nil && pages.Serves(r) {
			pages.ServeHTTP(w, r)
			return
		}
		if h, ok := fixed[r.URL.Path]; ok {
			h.ServeHTTP(w, r)
			return
		}
		if sitemap.Serves(r.URL.Path) {
			site.ServeHTTP(w, r)
			return
		}
		bucket, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		if h, ok := files[bucket]; ok {
			h.ServeHTTP(w, r)
			return
		}
		if pages != nil && isBrowser(r) {
			if _, known := server.Allow(r.URL.Path); !known {
				pages.NotFound(w, r)
				return
			}
		}
		server.ServeHTTP(w, r)
	})
	return api.Identify(api.Log(logger, api.CORS(a.trusted(), server, root)))
}

const docsIntroduction = "The API of this portal. It is the API of udata, the software of many open-data portals: clients written for those work here."

func origin(address string) string {
	scheme, rest, _ := strings.Cut(address, "://")
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host
}
