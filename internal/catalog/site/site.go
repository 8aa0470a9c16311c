// Package site is the portal itself: its title and its figures.
//
// The figures are counted by a job, not at each request, as in udata: a home
// page that counts a million rows is no home page.
package site

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/rdf"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/wire"
)

// id of the one portal, udata's SITE_ID.
const id = "default"

// Site is the portal.
type Site struct {
	Title    string                     `json:"title"`
	Keywords []string                   `json:"keywords"`
	FeedSize int                        `json:"feed_size"`
	Metrics  map[string]json.RawMessage `json:"metrics"`
	// Kept is what another portal knew and this one has no use for yet.
	Kept json.RawMessage `json:"kept,omitempty"`
}

// metricNames are the figures that udata shows.
var metricNames = []string{
	"dataservices", "datasets", "datasets_by_months", "datasets_visits_by_months", "discussions", "discussions_by_months",
	"followers", "harvesters", "harvesters_by_months", "max_dataset_followers", "max_dataset_reuses", "max_org_datasets",
	"max_org_followers", "max_org_reuses", "max_reuse_datasets", "max_reuse_followers", "organizations",
	"organizations_by_months", "public-service", "resources", "resources_downloads_by_months", "reuses", "reuses_by_months",
	"users", "users_by_months",
}

// counts are the statements behind the figures that can be counted. As for
// udata, an archived dataset counts for nothing, an archived reuse does.
var counts = map[string]string{
	"dataservices":          "SELECT count(*) FROM dataservice WHERE NOT private AND deleted IS NULL",
	"datasets":              "SELECT count(*) FROM dataset WHERE NOT private AND deleted IS NULL AND archived IS NULL",
	"followers":             "SELECT count(*) FROM follow WHERE until IS NULL",
	"max_dataset_followers": "SELECT coalesce(max(metric_followers), 0) FROM dataset WHERE NOT private AND deleted IS NULL AND archived IS NULL",
	"max_dataset_reuses":    "SELECT coalesce(max(metric_reuses), 0) FROM dataset WHERE NOT private AND deleted IS NULL AND archived IS NULL",
	"max_org_datasets":      "SELECT coalesce(max(metric_datasets), 0) FROM organization WHERE deleted IS NULL",
	"max_org_followers":     "SELECT coalesce(max(metric_followers), 0) FROM organization WHERE deleted IS NULL",
	"max_org_reuses":        "SELECT coalesce(max(metric_reuses), 0) FROM organization WHERE deleted IS NULL",
	"max_reuse_datasets":    "SELECT coalesce(max(metric_datasets), 0) FROM reuse WHERE NOT private AND deleted IS NULL",
	"max_reuse_followers":   "SELECT coalesce(max(metric_followers), 0) FROM reuse WHERE NOT private AND deleted IS NULL",
	"organizations":         "SELECT count(*) FROM organization WHERE deleted IS NULL",
	"public-service":        "SELECT count(*) FROM organization_badge b JOIN organization o ON o.id = b.organization WHERE b.kind = 'public-service' AND o.deleted IS NULL",
	"resources":             "SELECT count(*) FROM dataset_resource r JOIN dataset d ON d.id = r.dataset WHERE NOT d.private AND d.deleted IS NULL AND d.archived IS NULL",
	"reuses":                "SELECT count(*) FROM reuse r WHERE NOT private AND deleted IS NULL AND EXISTS (SELECT 1 FROM reuse_dataset x WHERE x.reuse = r.id)",
	"users":                 "SELECT count(*) FROM person WHERE deleted IS NULL",
}

// Service holds the verbs of the noun.
type Service struct {
	db      *db.DB
	clock   clock.Clock
	title   string
	version string
}

// New returns the noun. title is used until a portal was imported.
func New(d *db.DB, c clock.Clock, title, version string) *Service {
	return &Service{db: d, clock: c, title: title, version: version}
}

func (s *Service) load(ctx context.Context, q db.Querier) (*Site, error) {
	site := &Site{Title: s.title, Keywords: []string{}, FeedSize: 20}
	var doc string
	err := q.QueryRowContext(ctx, "SELECT doc FROM site WHERE id = $1", id).Scan(&doc)
	if errors.Is(err, sql.ErrNoRows) {
		return site, nil
	}
	if err != nil {
		return nil, err
	}
	return site, json.Unmarshal([]byte(doc), site)
}

func save(ctx context.Context, tx *sql.Tx, site *Site) error {
	doc, err := json.Marshal(site)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO site (id, doc) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc", id, string(doc))
	return err
}

// Import writes the site document of another portal: its JSON has udata's
// names, and what this portal does not know is kept.
func (s *Service) Import(ctx context.Context, tx *sql.Tx, doc json.RawMessage) error {
	site := &Site{Title: s.title, Keywords: []string{}, FeedSize: 20}
	if err := json.Unmarshal(doc, site); err != nil {
		return err
	}
	site.Kept = doc
	return save(ctx, tx, site)
}

// Recount counts the portal's figures.
func (s *Service) Recount(ctx context.Context) error {
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		site, err := s.load(ctx, tx)
		if err != nil {
			return err
		}
		if site.Metrics == nil {
			site.Metrics = map[string]json.RawMessage{}
		}
		for name, query := range counts {
			var n int64
			if err := tx.QueryRowContext(ctx, query).Scan(&n); err != nil {
				return err
			}
			if site.Metrics[name], err = json.Marshal(n); err != nil {
				return err
			}
		}
		if err := save(ctx, tx, site); err != nil {
			return err
		}
		_, err = event.Append(ctx, tx, event.Event{At: s.clock(), Key: "site:counted", Subject: ref.Ref{Class: "Site", ID: id}, Hidden: true})
		return err
	})
}

// Routes are the operations of the noun.
func (s *Service) Routes() []api.Route {
	model := &schema.Model{Name: "Site (read)", Fields: []schema.Field{
		{Name: "feed_size", Type: schema.Int()},
		{Name: "id", Type: schema.Text(), ReadOnly: true, Required: true},
		{Name: "keywords", Type: schema.List(schema.Text())},
		{Name: "metrics", Type: schema.Any(), ReadOnly: true, Doc: "The portal's figures, counted once a day"},
		{Name: "title", Type: schema.Text(), Required: true},
		{Name: "version", Type: schema.Text(), ReadOnly: true},
	}}
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/api/1/site/", ID: "get_site", Tag: "site", Access: api.Anyone,
			Summary: "Fetch the portal", Result: schema.Of(model), Handle: s.get,
		},
		{
			Method: http.MethodGet, Path: "/api/1/site/context.jsonld", ID: "get_site_json_ld_context", Tag: "site", Access: api.Anyone,
			Summary: "The JSON-LD context of the portal's descriptions", Produces: rdf.JSONLD.MediaType, Handle: jsonldContext,
		},
	}
}

func jsonldContext(context.Context, *api.Request) (*api.Response, error) {
	return &api.Response{Body: rdf.Context}, nil
}

// Title is what the portal is called.
func (s *Service) Title(ctx context.Context) (string, error) {
	site, err := s.load(ctx, s.db.Read())
	if err != nil {
		return "", err
	}
	return site.Title, nil
}

func (s *Service) get(ctx context.Context, r *api.Request) (*api.Response, error) {
	site, err := s.load(ctx, s.db.Read())
	if err != nil {
		return nil, err
	}
	w := wire.NewWriter(1024)
	w.Open('{')
	w.Key("feed_size")
	w.Int(int64(site.FeedSize))
	w.Key("id")
	w.String(id)
	w.Key("keywords")
	w.Value(site.Keywords)
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
	return api.JSON(r, w.Fragment()), nil
}
