// Package activity shows who did what: it reads the event log and keeps
// nothing of its own.
//
// An event is an activity unless it is hidden. What is about an object that
// the caller may not see is left out of the page but counts in its total, as
// in udata: pages have the same bounds for everybody.
package activity

import (
	"context"
	"database/sql"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/wire"
)

// Service reads the log.
type Service struct {
	db    *db.DB
	refs  *ref.Registry
	links wire.Links
}

// New returns the noun.
func New(d *db.DB, refs *ref.Registry, l wire.Links) *Service {
	return &Service{db: d, refs: refs, links: l}
}

// labels are what the keys of events read like, in udata's words
// (core/*/activities.py). They are message ids.
var labels = map[string]string{
	"reuse:created": "created a reuse", "reuse:updated": "updated a reuse", "reuse:deleted": "deleted a reuse",
	"reuse:discussed": "discussed a reuse", "reuse:followed": "followed a reuse",
	"dataset:created": "created a dataset", "dataset:updated": "updated a dataset", "dataset:deleted": "deleted a dataset",
	"dataset:discussed": "discussed a dataset", "dataset:followed": "followed a dataset",
	"dataset:resource:added": "added a resource", "dataset:resource:updated": "updated a resource", "dataset:resource:deleted": "removed a resource",
	"dataservice:created": "created a dataservice", "dataservice:updated": "updated a dataservice", "dataservice:deleted": "deleted a dataservice",
	"dataservice:discussed": "discussed a dataservice", "dataservice:followed": "followed a dataservice",
	"organization:created": "created an organization", "organization:updated": "updated an organization", "organization:followed": "followed an organization",
	"topic:created": "created a topic", "topic:updated": "updated a topic",
	"topic:element:created": "added an element to a topic", "topic:element:updated": "updated an element in a topic",
	"topic:element:deleted": "removed an element from a topic",
	"user:followed":         "followed a user",
}

func label(key string) string {
	if l, ok := labels[key]; ok {
		return l
	}
	return key
}

// icons are udata's, by the last word of the key.
var icons = map[string]string{
	"created": "fa fa-plus", "added": "fa fa-plus", "updated": "fa fa-pencil", "deleted": "fa fa-remove",
	"discussed": "fa fa-comments", "followed": "fa fa-eye",
}

func icon(key string) string {
	if v, ok := icons[key[strings.LastIndexByte(key, ':')+1:]]; ok {
		return v
	}
	return "fa fa-info"
}

// Routes are the operations of the noun.
func (s *Service) Routes() []api.Route {
	model := &schema.Model{Name: "Activity", Fields: []schema.Field{
		{Name: "actor", Type: schema.Of(s.refs.Model(ref.User, ref.Card)), ReadOnly: true, Doc: "Who did it"},
		{Name: "changes", Type: schema.List(schema.Text()), Doc: "The fields that changed"},
		{Name: "created_at", Type: schema.Time(), ReadOnly: true, Doc: "When"},
		{Name: "extras", Type: schema.Any()},
		{Name: "icon", Type: schema.Text(), Required: true},
		{Name: "key", Type: schema.Text(), Required: true, Doc: "What happened", Example: "reuse:created"},
		{Name: "label", Type: schema.Text(), Required: true, Doc: "What happened, in the caller's language"},
		{Name: "organization", Type: schema.Of(s.refs.Model(ref.Organization, ref.Card)), ReadOnly: true, Doc: "On whose behalf"},
		{Name: "related_to", Type: schema.Text(), Required: true, Doc: "The title of what it happened to"},
		{Name: "related_to_id", Type: schema.Text(), Required: true},
		{Name: "related_to_kind", Type: schema.Text(), Required: true},
		{Name: "related_to_url", Type: schema.Text(), Required: true, Doc: "Its page"},
	}}
	return []api.Route{{
		Method: http.MethodGet, Path: "/api/1/activity/", ID: "activity", Tag: "site", Access: api.Anyone,
		Summary: "List who did what, the newest first", Result: schema.Of(schema.Page(model)),
		Query: append([]api.Param{
			{Name: "user", Type: schema.Text(), Doc: "The id of who did it"},
			{Name: "organization", Type: schema.Text(), Doc: "The id of an organization"},
			{Name: "related_to", Type: schema.Text(), Doc: "The id of what it happened to"},
		}, api.PageParams...),
		Handle: s.list,
	}}
}

// activity is an event as it is read.
type activity struct {
	at                           time.Time
	key, class, object           string
	actor, organization, changes string
	extras                       string
}

func (s *Service) list(ctx context.Context, r *api.Request) (*api.Response, error) {
	page, err := r.Query.Page()
	if err != nil {
		return nil, err
	}
	w := &db.Where{}
	w.And("NOT hidden")
	for _, f := range []struct{ name, cond string }{{"user", "actor = ?"}, {"related_to", "object = ?"}} {
		oid, err := r.Query.ObjectID(f.name)
		if err != nil {
			return nil, err
		}
		if oid != "" {
			w.And(f.cond, oid)
		}
	}
	org, err := r.Query.ObjectID("organization")
	if err != nil {
		return nil, err
	}
	if org != "" {
		w.And("(organization = ? OR object = ?)", org, org)
	}
	q := s.db.Read()
	var total int
	if err := q.QueryRowContext(ctx, "SELECT count(*) FROM event"+w.String(), w.Args()...).Scan(&total); err != nil {
		return nil, err
	}
	var list []activity
	query := "SELECT at, key, class, object, actor, organization, changes, extras FROM event" + w.String() +
		" ORDER BY at DESC, seq DESC LIMIT " + w.Arg(page.Limit()) + " OFFSET " + w.Arg(page.Offset())
	err = db.Each(ctx, q, query, w.Args(), func(rows *sql.Rows) error {
		var a activity
		err := rows.Scan(db.Time{T: &a.at}, &a.key, &a.class, &a.object, db.Text{S: &a.actor}, db.Text{S: &a.organization}, &a.changes, db.Text{S: &a.extras})
		list = append(list, a)
		return err
	})
	if err != nil {
		return nil, err
	}
	items, err := s.render(ctx, r, list)
	if err != nil {
		return nil, err
	}
	return api.Paginated(r, s.links, page, total, items, nil)
}

// render writes the activities whose object the caller may see.
func (s *Service) render(ctx context.Context, r *api.Request, list []activity) ([]wire.Fragment, error) {
	byClass, users, organizations := map[string][]string{}, []string{}, []string{}
	for _, a := range list {
		byClass[a.class] = append(byClass[a.class], a.object)
		if a.actor != "" {
			users = append(users, a.actor)
		}
		if a.organization != "" {
			organizations = append(organizations, a.organization)
		}
	}
	q := s.db.Read()
	objects := map[string]ref.Object{}
	for class, ids := range byClass {
		if !s.refs.Has(class) {
			continue
		}
		found, err := s.refs.Find(ctx, q, class, ids)
		if err != nil {
			return nil, err
		}
		for oid, o := range found {
			objects[class+oid] = o
		}
	}
	people, err := s.refs.Render(ctx, q, ref.User, ref.Card, users)
	if err != nil {
		return nil, err
	}
	orgs, err := s.refs.Render(ctx, q, ref.Organization, ref.Card, organizations)
	if err != nil {
		return nil, err
	}
	var items []wire.Fragment
	for _, a := range list {
		o, ok := objects[a.class+a.object]
		if !ok || (o.Private || o.Deleted) && !r.Actor.CanReadHidden(o.Owned) {
			continue
		}
		w := wire.NewWriter(1024)
		w.Open('{')
		w.Key("actor")
		w.Embed(people[a.actor])
		w.Key("changes")
		w.Raw([]byte(a.changes))
		w.Key("created_at")
		w.Time(a.at)
		w.Key("extras")
		if json.Valid([]byte(a.extras)) {
			w.Raw([]byte(a.extras))
		} else {
			w.Raw([]byte("{}"))
		}
		w.Key("icon")
		w.String(icon(a.key))
		w.Key("key")
		w.String(a.key)
		w.Key("label")
		w.String(r.Lang.T(label(a.key)))
		w.Key("organization")
		w.Embed(orgs[a.organization])
		w.Key("related_to")
		w.String(o.Title)
		w.Key("related_to_id")
		w.String(a.object)
		w.Key("related_to_kind")
		w.String(a.class)
		w.Key("related_to_url")
		w.String(o.Page)
		w.Close('}')
		items = append(items, w.Fragment())
	}
	return items, nil
}
