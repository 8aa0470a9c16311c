package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"ouvert/internal/app"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/legal"
)

type serveCmd struct {
	settings
	Listen      string        `help:"Address to listen on." default:"127.0.0.1:7000"`
	PublicURL   string        `help:"Where the API is reached; http://LISTEN by default." name:"public-url" placeholder:"URL"`
	SiteURL     string        `help:"Base of the page links, for portals whose web front stands elsewhere; the public URL by default." name:"site-url" placeholder:"URL"`
	Title       string        `help:"The portal's name." default:"Open data"`
	Theme       string        `help:"Folder with the portal's colours, logo, footer and legal pages; see docs/operations.md." type:"path" placeholder:"DIR"`
	Lang        string        `help:"The portal's language: en, fr, es, de, it, pt, sr, ar." default:"en"`
	DigestEvery time.Duration `name:"digest-every" help:"How often a person is told of notifications by mail at most; 0 is never." default:"1h"`
	FeedDelay   time.Duration `help:"How long a new reuse waits before it is in the Atom feed." default:"10h"`
	Origins     []string      `help:"Web fronts that may send credentials, beside the site itself." placeholder:"URL"`
	Cookie      string        `help:"Domain whose hosts all get the cookie of who signed in; the API's host alone by default." name:"cookie-domain" placeholder:"DOMAIN"`
	MailFrom    string        `help:"Who writes the mails; noreply at the site's host by default." placeholder:"ADDRESS"`
	Terms       string        `help:"Where the terms of use stand, which legal notices name." name:"terms-url" placeholder:"URL"`
	Article     string        `help:"The point of the terms of use about what is removed." name:"terms-article" placeholder:"TEXT"`
	Appeal      string        `help:"Where the administrative court takes appeals against a removal." name:"appeal-url" placeholder:"URL"`
	Proxies     []string      `help:"Addresses or networks of the proxies in front, which are believed about where a request comes from." default:"127.0.0.0/8,::1" placeholder:"NETWORK"`
	BodyLimit   int64         `help:"Largest JSON body in bytes." default:"10485760"`
	CacheSize   int64         `help:"Bytes of answers kept in memory, -1 for none; by default a quarter of the memory, 256 MB at most." name:"cache-size" placeholder:"BYTES"`
	OIDC        oidcFlags     `embed:"" prefix:"oidc-"`
	Filters     bool          `help:"Heed producer_type, format_family and archived in searches, which udata ignores without its search service." name:"search-filters"`
	Demo        bool          `help:"Fill an empty portal with a made-up catalogue and print how to sign in."`
}

// oidcFlags are about the OpenID Connect provider.
type oidcFlags struct {
	Issuer    string   `help:"Address of an OpenID Connect provider that people may sign in with; none by default." placeholder:"URL"`
	ClientID  string   `help:"What the provider calls this portal." placeholder:"ID"`
	Scopes    []string `help:"What the provider is asked to tell of people." default:"openid,profile,email" placeholder:"SCOPE"`
	ACRValues string   `help:"How sure the provider has to be of who it is, in its own words." name:"acr-values" placeholder:"TEXT"`
	Register  bool     `help:"Make an account for people of the provider who have none; by default. Without, they are refused." default:"true" negatable:""`
}

func (f *oidcFlags) set(c *app.OIDC) {
	c.Issuer, c.ClientID, c.Scopes, c.ACRValues, c.Register = f.Issuer, f.ClientID, f.Scopes, f.ACRValues, f.Register
}

// The limits of a connection. A slow client holds a connection, not a worker,
// but files and memory are finite.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 2 * time.Minute
	writeTimeout      = 5 * time.Minute
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 64 << 10
	stopTimeout       = 25 * time.Second
)

// Run serves until the context ends, then finishes the requests in flight.
func (c *serveCmd) Run(ctx context.Context) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	a, err := c.open(ctx, func(cfg *app.Config) {
		cfg.PublicURL, cfg.SiteURL, cfg.Title, cfg.Lang = c.PublicURL, c.SiteURL, c.Title, c.Lang
		if cfg.PublicURL == "" {
			cfg.PublicURL = "http://" + listener.Addr().String()
		}
		cfg.Theme = c.Theme
		cfg.CookieDomain, cfg.Proxies, cfg.MailFrom = c.Cookie, c.Proxies, c.MailFrom
		cfg.Terms = legal.Terms{URL: c.Terms, Article: c.Article, AppealURL: c.Appeal}
		cfg.CacheSize, cfg.SearchFilters = c.CacheSize, c.Filters || c.Demo
		c.OIDC.set(&cfg.OIDC)
		cfg.FeedDelay, cfg.Origins, cfg.BodyLimit, cfg.DigestEvery = c.FeedDelay, c.Origins, c.BodyLimit, c.DigestEvery
	})
	if err != nil {
		return err
	}
	defer a.Close()
	logger := c.logger()
	if a.DB.Dialect == db.PostgreSQL && a.Config.Blobs == "" {
		logger.Warn("files are kept in the data folder of this node: with several nodes, say with --blobs where all find them", "folder", a.Config.BlobsAddress())
	}
	if c.Demo {
		if err := c.demo(ctx, a); err != nil {
			return err
		}
	}
	requests := newBatch(os.Stderr, c.logFormat)
	defer requests.out.flush()
	server := &http.Server{
		Handler:           a.Handler(slog.New(requests)),
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
	}
	go a.Background(ctx)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	logger.Info("serving", "address", "http://"+listener.Addr().String(), "public_url", a.Config.PublicURL, "version", version)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	logger.Info("stopping: requests in flight are finished")
	stop, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	if err := server.Shutdown(stop); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("some requests were cut off: %w", err)
	}
	return nil
}

// demo fills an empty portal and says how to use it.
func (c *serveCmd) demo(ctx context.Context, a *app.App) error {
	d, err := a.Demo(ctx, os.Stderr)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stdout, `
  The demonstration portal is at   %s
  Its API is described at          %s/api/1/
  Its administrator is             %s
  who signs in with the password   %s
  or the API token                 %s

  Try:  curl '%s/api/1/reuses/?page_size=1'
        curl -H 'X-API-KEY: %s' %s/api/1/me/

`, a.Config.PublicURL, a.Config.PublicURL, d.Email, d.Password, d.Token, a.Config.PublicURL, d.Token, a.Config.PublicURL)
	return nil
}
