// Package follow is the noun of following: a person who follows a reuse, a
// dataset, an organization or another person hears of it.
//
// Anyone may see who follows what. An object is followed by its id, never by
// its slug; the list is found by either – both as in udata. A follow that
// ended keeps its row, so that the counts by month stay true.
package follow

import (
	"context"
	"database/sql"
	"net/http"
	"time"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/metric"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/wire"
)

// Follow is that a person follows an object.
type Follow struct {
	ID       string
	Follower string
	Object   ref.Ref
	Since    time.Time
	// Until is when it ended, zero while it lasts.
	Until time.Time
}

// Service holds the verbs of the noun.
type Service struct {
	db    *db.DB
	refs  *ref.Registry
	links wire.Links
	clock clock.Clock
}

// New returns the noun.
func New(d *db.DB, refs *ref.Registry, l wire.Links, c clock.Clock) *Service {
	return &Service{db: d, refs: refs, links: l, clock: c}
}

// Start makes the person follow the object. started is false when they did
// already. count is how many follow it now.
func (s *Service) Start(ctx context.Context, a *auth.Actor, object ref.Ref) (count int64, started bool, err error) {
	now := s.clock()
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `INSERT INTO follow (id, follower, class, object, since) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (follower, class, object) WHERE until IS NULL DO NOTHING`,
			id.New(now), a.ID, object.Class, object.ID, now.UnixMicro())
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return err
		}
		started = n > 0
		count, err = s.settle(ctx, tx, a.ID, object, now, started, "follow:started")
		return err
	})
	return count, started, err
}

// Stop ends it; errs.NotFound when the person does not follow the object.
func (s *Service) Stop(ctx context.Context, a *auth.Actor, object ref.Ref) (count int64, err error) {
	now := s.clock()
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "UPDATE follow SET until = $1 WHERE follower = $2 AND class = $3 AND object = $4 AND until IS NULL",
			now.UnixMicro(), a.ID, object.Class, object.ID)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.NotFound()
		}
		count, err = s.settle(ctx, tx, a.ID, object, now, true, "follow:stopped")
		return err
	})
	return count, err
}

// followers says how the followers of a class follow from the table.
func followers(class string) metric.Count {
	where := " FROM follow WHERE object IN {ids} AND class = '" + class + "' AND until IS NULL"
	return metric.Statements{
		Totals: map[string]string{"followers": "SELECT object, count(*)" + where + " GROUP BY object"},
		Months: map[string]string{"followers_by_months": "SELECT object, since" + where + " AND since >= {since}"},
	}.Count(class)
}

var following = metric.Statements{Totals: map[string]string{
	"following": "SELECT follower, count(*) FROM follow WHERE follower IN {ids} AND until IS NULL GROUP BY follower",
}}.Count(ref.User)

// Counts are the counters that follow from follows.
func (s *Service) Counts() []metric.Count {
	out := []metric.Count{following}
	for _, class := range s.refs.With(func(n ref.Noun) bool { return n.Counters != nil }) {
		out = append(out, followers(class))
	}
	return out
}

// settle counts the followers and, when something changed, sets the counters
// of both sides and tells the log.
func (s *Service) settle(ctx context.Context, tx *sql.Tx, person string, object ref.Ref, now time.Time, changed bool, key string) (int64, error) {
	values, err := followers(object.Class).Of(ctx, tx, []string{object.ID}, now)
	if err != nil {
		return 0, err
	}
	count := values[object.ID]["followers"].(int64)
	if !changed {
		return count, nil
	}
	if err := s.refs.SetMetrics(ctx, tx, object, values[object.ID]); err != nil {
		return 0, err
	}
	if err := s.refs.Recount(ctx, tx, object.Class, []string{object.ID}); err != nil {
		return 0, err
	}
	if values, err = following.Of(ctx, tx, []string{person}, now); err != nil {
		return 0, err
	}
	if err := s.refs.SetMetrics(ctx, tx, ref.Ref{Class: ref.User, ID: person}, values[person]); err != nil {
		return 0, err
	}
	_, err = event.Append(ctx, tx, event.Event{At: now, Key: key, Subject: object, Actor: person, Hidden: true})
	return count, err
}

// Import writes a follow of another portal as it is, over the one that an
// earlier run of the same import wrote. It fails when the person follows the
// object already by another one.
func (s *Service) Import(ctx context.Context, tx *sql.Tx, f *Follow) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO follow (id, follower, class, object, since, until) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET follower = excluded.follower, class = excluded.class, object = excluded.object,
		since = excluded.since, until = excluded.until`,
		f.ID, f.Follower, f.Object.Class, f.Object.ID, f.Since.UnixMicro(), db.Micros(f.Until))
	return err
}

// InsertMany writes new follows in few statements, for made-up catalogues. It
// does not count them.
func InsertMany(ctx context.Context, tx *sql.Tx, list []Follow) error {
	rows := make([][]any, 0, len(list))
	for _, f := range list {
		rows = append(rows, []any{f.ID, f.Follower, f.Object.Class, f.Object.ID, f.Since.UnixMicro(), db.Micros(f.Until)})
	}
	return db.InsertMany(ctx, tx, "follow (id, follower, class, object, since, until)", rows, "")
}

// list returns a page of an object's followers, the first first. person, when
// not "", is the only one asked for.
func (s *Service) list(ctx context.Context, object ref.Ref, person string, p api.Page) (list []Follow, total int, err error) {
	w := &db.Where{}
	w.And("f.object = ?", object.ID)
	w.And("f.class = ?", object.Class)
	w.And("f.until IS NULL")
	if person != "" {
		w.And("f.follower = ?", person)
	}
	// People who are gone are not shown, so they do not count either.
	from := " FROM follow f JOIN person p ON p.id = f.follower" + w.String()
	if err := s.db.Read().QueryRowContext(ctx, "SELECT count(*)"+from, w.Args()...).Scan(&total); err != nil {
		return nil, 0, err
	}
	query := "SELECT f.id, f.follower, f.since" + from + " ORDER BY f.since, f.id LIMIT " + w.Arg(p.Limit()) + " OFFSET " + w.Arg(p.Offset())
	err = db.Each(ctx, s.db.Read(), query, w.Args(), func(rows *sql.Rows) error {
		var f Follow
		err := rows.Scan(&f.ID, &f.Follower, db.Time{T: &f.Since})
		list = append(list, f)
		return err
	})
	return list, total, err
}

var countModel = &schema.Model{Name: "FollowersCount", Fields: []schema.Field{
	{Name: "followers", Type: schema.Int(), Doc: "How many follow it now"},
}}

// Routes are the follower operations of a class: plural is its path
// ("reuses"), singular ends its operation ids ("reuse").
func (s *Service) Routes(class, plural, singular string) []api.Route {
	page := &schema.Model{Name: "Follow", Fields: []schema.Field{
		{Name: "follower", Type: schema.Of(s.refs.Model(ref.User, ref.Card)), ReadOnly: true},
		{Name: "id", Type: schema.Text(), ReadOnly: true},
		{Name: "since", Type: schema.Time(), ReadOnly: true, Doc: "Since when they follow it"},
	}}
	path := "/api/1/" + plural + "/{id}/followers/"
	byID := map[string]string{"id": "The id"}
	missing := map[int]string{404: "There is no such object"}
	count := schema.Of(countModel)
	return []api.Route{
		{
			Method: http.MethodGet, Path: path, ID: "list_" + singular + "_followers", Tag: plural, Access: api.Anyone,
			Summary: "List who follows a " + singular, PathDoc: map[string]string{"id": "The id or slug"}, Errors: missing, Result: schema.Of(schema.Page(page)),
			Query:   append([]api.Param{{Name: "user", Type: schema.Text(), Doc: "Only this person, by id"}}, api.PageParams...),
			Subject: s.subject(class, true), Handle: s.followers,
		},
		{
			Method: http.MethodPost, Path: path, ID: "follow_" + singular, Tag: plural, Status: http.StatusCreated,
			Summary: "Follow a " + singular, PathDoc: byID, Result: count, Errors: map[int]string{200: "It was followed already", 404: missing[404]},
			Subject: s.subject(class, false), Handle: s.start,
		},
		{
			Method: http.MethodDelete, Path: path, ID: "unfollow_" + singular, Tag: plural,
			Summary: "Follow a " + singular + " no more", PathDoc: byID, Result: count, Errors: map[int]string{404: "There is no such object, or it was not followed"},
			Subject: s.subject(class, false), Handle: s.stop,
		},
	}
}

// subject finds the object of the path, by its slug too where that is
// allowed.
func (s *Service) subject(class string, slug bool) func(context.Context, *api.Request) error {
	return func(ctx context.Context, r *api.Request) error {
		key := r.PathValue("id")
		if _, ok := id.Parse(key); !ok && !slug {
			return errs.NotFound()
		}
		found, err := s.refs.Resolve(ctx, s.db.Read(), class, key)
		if errs.Is(err, http.StatusPermanentRedirect) {
			return errs.NotFound()
		}
		r.Subject = found
		return err
	}
}

func (s *Service) followers(ctx context.Context, r *api.Request) (*api.Response, error) {
	page, err := r.Query.Page()
	if err != nil {
		return nil, err
	}
	person, _ := r.Query.Get("user")
	if person != "" {
		oid, ok := id.Parse(person)
		if !ok {
			return nil, errs.NotFound()
		}
		person = oid
	}
	list, total, err := s.list(ctx, r.Subject.(ref.Object).Ref, person, page)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(list))
	for i, f := range list {
		ids[i] = f.Follower
	}
	cards, err := s.refs.Render(ctx, s.db.Read(), ref.User, ref.Card, ids)
	if err != nil {
		return nil, err
	}
	items := make([]wire.Fragment, len(list))
	for i, f := range list {
		w := wire.NewWriter(512)
		w.Open('{')
		w.Key("follower")
		w.Embed(cards[f.Follower])
		w.Key("id")
		w.String(f.ID)
		w.Key("since")
		w.Time(f.Since)
		w.Close('}')
		items[i] = w.Fragment()
	}
	return api.Paginated(r, s.links, page, total, items, nil)
}

func (s *Service) start(ctx context.Context, r *api.Request) (*api.Response, error) {
	object := r.Subject.(ref.Object).Ref
	if object.Class == ref.User && r.Actor.Is(object.ID) {
		return nil, errs.New(http.StatusForbidden, "You can't follow yourself")
	}
	count, started, err := s.Start(ctx, r.Actor, object)
	if err != nil {
		return nil, err
	}
	return api.Created(r, writeCount(count), started), nil
}

func (s *Service) stop(ctx context.Context, r *api.Request) (*api.Response, error) {
	count, err := s.Stop(ctx, r.Actor, r.Subject.(ref.Object).Ref)
	if err != nil {
		return nil, err
	}
	return api.JSON(r, writeCount(count)), nil
}

func writeCount(n int64) wire.Fragment {
	w := wire.NewWriter(32)
	w.Open('{')
	w.Key("followers")
	w.Int(n)
	w.Close('}')
	return w.Fragment()
}
