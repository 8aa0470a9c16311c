package site

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"ouvert/internal/kernel/bloc"
	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// id of the one portal, udata's SITE_ID.
const id = "default"

// class is that of the portal in the event log.
const class = "Site"

// defaultFeedSize is udata's.
const defaultFeedSize = 20

// Site is the portal.
type Site struct {
	Title string `json:"title"`
	// OwnTitle tells that a sysadmin gave the title; otherwise it is that of
	// the settings, unless a portal was imported.
	OwnTitle bool     `json:"own_title,omitempty"`
	Keywords []string `json:"keywords"`
	// FeedSize is how many entries the Atom feeds have.
	FeedSize int                        `json:"feed_size"`
	Metrics  map[string]json.RawMessage `json:"metrics"`
	// Blocs are what stands on the lists, by the member's name.
	Blocs map[string][]bloc.Bloc `json:"blocs,omitempty"`
	// Kept is what another portal knew and this one has no use for yet.
	Kept json.RawMessage `json:"kept,omitempty"`
}

// blocNames are the lists that editors put blocs on.
var blocNames = []string{"dataservices_blocs", "datasets_blocs", "reuses_blocs"}

// Service holds the verbs of the noun.
type Service struct {
	db      *db.DB
	refs    *ref.Registry
	links   wire.Links
	clock   clock.Clock
	title   string
	version string
}

// New returns the noun. title is used until a portal was imported or a
// sysadmin gave another.
func New(d *db.DB, refs *ref.Registry, l wire.Links, c clock.Clock, title, version string) *Service {
	return &Service{db: d, refs: refs, links: l, clock: c, title: title, version: version}
}

func (s *Service) fresh() *Site {
	return &Site{Title: s.title, Keywords: []string{}, FeedSize: defaultFeedSize}
}

func (s *Service) load(ctx context.Context, q db.Querier) (*Site, error) {
	site := s.fresh()
	var doc string
	err := q.QueryRowContext(ctx, "SELECT doc FROM site WHERE id = $1", id).Scan(&doc)
	if errors.Is(err, sql.ErrNoRows) {
		site.Blocs = map[string][]bloc.Bloc{}
		return site, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(doc), site); err != nil {
		return nil, err
	}
	if !site.OwnTitle && len(site.Kept) == 0 {
		// Whoever counted the figures wrote down the title of then.
		site.Title = s.title
	}
	if site.Blocs == nil {
		// A portal that was imported before blocs were known here.
		site.Blocs = map[string][]bloc.Bloc{}
		for _, name := range blocNames {
			site.Blocs[name] = bloc.Kept(site.Kept, name)
		}
	}
	return site, nil
}

func save(ctx context.Context, tx *sql.Tx, site *Site) error {
	doc, err := json.Marshal(site)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO site (id, doc) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc", id, string(doc))
	return err
}

// change loads the portal in a transaction, lets f change it, and writes it
// with its event, which is no part of anyone's activity.
func (s *Service) change(ctx context.Context, actor, key string, f func(tx *sql.Tx, site *Site) (changes []string, err error)) (*Site, error) {
	var site *Site
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		var err error
		if site, err = s.load(ctx, tx); err != nil {
			return err
		}
		changes, err := f(tx, site)
		if err != nil {
			return err
		}
		if err := save(ctx, tx, site); err != nil {
			return err
		}
		_, err = event.Append(ctx, tx, event.Event{
			At: s.clock(), Key: key, Subject: ref.Ref{Class: class, ID: id}, Actor: actor, Changes: changes, Hidden: true,
		})
		return err
	})
	return site, err
}

// Import writes the site document of another portal: its JSON has udata's
// names, and what this portal does not know is kept.
func (s *Service) Import(ctx context.Context, tx *sql.Tx, doc json.RawMessage) error {
	site := s.fresh()
	if err := json.Unmarshal(doc, site); err != nil {
		return err
	}
	site.Kept, site.Blocs = doc, nil // load finds the blocs in what is kept
	if site.FeedSize < 1 || site.FeedSize > maxFeedSize {
		site.FeedSize = defaultFeedSize
	}
	return save(ctx, tx, site)
}

// Title returns what the portal is called.
func (s *Service) Title(ctx context.Context) (string, error) {
	site, err := s.load(ctx, s.db.Read())
	if err != nil {
		return "", err
	}
	return site.Title, nil
}

// FeedSize returns how many entries the Atom feeds have.
func (s *Service) FeedSize(ctx context.Context) (int, error) {
	site, err := s.load(ctx, s.db.Read())
	if err != nil {
		return 0, err
	}
	return site.FeedSize, nil
}

// write writes the portal. lists names the lists of blocs to write, shown is
// what they show.
func (s *Service) write(site *Site, lists []string, shown bloc.Shown) wire.Fragment {
	w := wire.NewWriter(1024)
	w.Open('{')
	for _, name := range lists {
		w.Key(name)
		bloc.Write(w, site.Blocs[name], shown)
	}
	w.Key("feed_size")
	w.Int(int64(site.FeedSize))
	w.Key("id")
	w.String(id)
	w.Key("keywords")
	w.Strings(site.Keywords)
	w.Key("metrics")
	w.Open('{')
	for _, name := range metricNames {
		w.Key(name)
		if v, ok := site.Metrics[name]; ok {
			w.Raw(v)
		} else {
			w.Int(0)
		}
	}
	w.Close('}')
	w.Key("title")
	w.String(site.Title)
	w.Key("version")
	w.String(s.version)
	w.Close('}')
	return w.Fragment()
}
