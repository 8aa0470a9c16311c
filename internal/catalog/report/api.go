package report

import (
	"context"
	"database/sql"
	"net/http"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/wire"
)

// Routes are the operations of the noun.
func (s *Service) Routes() []api.Route {
	const (
		get = http.MethodGet
		v1  = "/api/1/reports/"
	)
	model := s.model()
	read := schema.Of(model)
	byID := map[string]string{"report": "The report's id"}
	wrong := "Something is wrong with the fields named in `errors`"
	return []api.Route{
		{
			Method: get, Path: v1, ID: "list_reports", Tag: "reports", Summary: "List reports, the newest first", Access: api.Sysadmin,
			Query: append([]api.Param{
				{Name: "sort", Type: schema.Enum("reported_at", "-reported_at"), Doc: "The order, with - for descending"},
				{Name: "handled", Type: schema.Bool(), Doc: "Only those that were dismissed or whose object was deleted, or only the others"},
				{Name: "subject_type", Type: schema.Enum(subjects...), Doc: "The class of what they are about"},
			}, api.PageParams...),
			Result: schema.Of(schema.Page(model)), Handle: s.list,
		},
		{
			Method: http.MethodPost, Path: v1, ID: "create_report", Tag: "reports", Summary: "Report an object to the portal", Access: api.Anyone,
			Body: writeModel, Result: read, Status: http.StatusCreated, Errors: map[int]string{400: wrong}, Handle: s.create,
		},
		{
			Method: get, Path: v1 + "reasons/", ID: "list_reports_reasons", Tag: "reports", Summary: "List the reasons for a report", Access: api.Anyone,
			Query:  []api.Param{{Name: "lang", Type: schema.Text(), Doc: "The language of the labels: en, fr, es, de, it, pt"}},
			Result: schema.List(schema.Of(reasonModel)), Handle: listReasons,
		},
		{
			Method: get, Path: v1 + "{report}/", ID: "get_report", Tag: "reports", Summary: "Fetch a report", Access: api.Sysadmin, PathDoc: byID,
			Result: read, Errors: map[int]string{404: "There is no such report"}, Subject: s.subject, Handle: s.get,
		},
		{
			Method: http.MethodPatch, Path: v1 + "{report}/", ID: "update_report", Tag: "reports", Summary: "Dismiss a report, or change it", Access: api.Sysadmin,
			PathDoc: byID, Body: writeModel, Result: read, Example: `{"dismissed_at": "2026-01-01T12:00:00Z"}`,
			Errors: map[int]string{400: wrong, 404: "There is no such report"}, Subject: s.subject, Handle: s.update,
		},
	}
}

var (
	reasonField = schema.Field{Name: "reason", Type: schema.Enum(reasonIDs...), Required: true, Example: "spam"}
	embedField  = schema.Field{Name: "subject_embed_id", Type: schema.Text(), Doc: "The id of the part of it that is meant: a message of a discussion"}
	writeModel  = &schema.Model{Name: "Report (write)", Fields: []schema.Field{
		{Name: "dismissed_at", Type: schema.Time(), Doc: "Sysadmins: when it was dismissed; null takes that back"},
		{Name: "message", Type: schema.Text(), Doc: "More to say, at most 10000 characters"},
		reasonField,
		{Name: "subject", Type: schema.Of(ref.ReferenceModel), Required: true, Doc: "What it is about"},
		embedField,
	}}
	reasonModel = &schema.Model{Name: "ReportReason", Fields: []schema.Field{
		{Name: "label", Type: schema.Text(), Doc: "The reason in the caller's language"},
		{Name: "value", Type: schema.Text(), Doc: "The reason's identifier"},
	}}
)

func (s *Service) model() *schema.Model {
	user := schema.Of(s.refs.Model(ref.User, ref.Card))
	return &schema.Model{Name: "Report (read)", Doc: "What somebody told about an object.", Fields: []schema.Field{
		{Name: "by", Type: user, ReadOnly: true, Doc: "Who, if they were signed in"},
		{Name: "callbacks_count", Type: schema.Int(), ReadOnly: true, Doc: "What another portal put off until it is dismissed"},
		{Name: "dismissed_at", Type: schema.Time(), Doc: "When a sysadmin dismissed it"},
		{Name: "dismissed_by", Type: user},
		{Name: "id", Type: schema.Text(), ReadOnly: true, Required: true},
		{Name: "message", Type: schema.Text()},
		reasonField,
		{Name: "reported_at", Type: schema.Time(), ReadOnly: true, Required: true},
		{Name: "self_api_url", Type: schema.Text(), ReadOnly: true, Doc: "The report in this API"},
		{Name: "subject", Type: schema.Of(ref.ReferenceModel), Doc: "What it is about"},
		{Name: "subject_deleted_at", Type: schema.Time(), ReadOnly: true},
		{Name: "subject_deleted_by", Type: user, ReadOnly: true},
		embedField,
		{Name: "subject_label", Type: schema.Text(), ReadOnly: true, Doc: "The title that it had"},
	}}
}

func (s *Service) subject(ctx context.Context, r *api.Request) error {
	oid, ok := id.Parse(r.PathValue("report"))
	if !ok {
		return errs.NotFound()
	}
	x, err := byID(ctx, s.db.Read(), oid)
	r.Subject = x
	return err
}

func (s *Service) list(ctx context.Context, r *api.Request) (*api.Response, error) {
	page, err := r.Query.Page()
	if err != nil {
		return nil, err
	}
	_, descending, err := r.Query.Sort("reported_at")
	if err != nil {
		return nil, err
	}
	w := &db.Where{}
	class, err := r.Query.Choice("subject_type", "", subjects...)
	if err != nil {
		return nil, err
	}
	if class != "" {
		w.And("class = ?", class)
	}
	handled, given, err := r.Query.Bool("handled")
	if err != nil {
		return nil, err
	}
	switch {
	case handled:
		w.And("(dismissed_at IS NOT NULL OR deleted_at IS NOT NULL)")
	case given:
		w.And("dismissed_at IS NULL AND deleted_at IS NULL")
	}
	s.upToDate(ctx)
	q := s.db.Read()
	var total int
	if err := q.QueryRowContext(ctx, "SELECT count(*) FROM report"+w.String(), w.Args()...).Scan(&total); err != nil {
		return nil, err
	}
	direction := " DESC"
	if v, _ := r.Query.Get("sort"); v != "" && !descending {
		direction = " ASC"
	}
	var list []*Report
	query := "SELECT " + columns + " FROM report" + w.String() + " ORDER BY reported_at" + direction + ", id" + direction +
		" LIMIT " + w.Arg(page.Limit()) + " OFFSET " + w.Arg(page.Offset())
	err = db.Each(ctx, q, query, w.Args(), func(rows *sql.Rows) error {
		x, err := scan(rows)
		list = append(list, x)
		return err
	})
	if err != nil {
		return nil, err
	}
	items, err := s.render(ctx, list)
	if err != nil {
		return nil, err
	}
	return api.Paginated(r, s.links, page, total, items, nil)
}

func (s *Service) render(ctx context.Context, list []*Report) ([]wire.Fragment, error) {
	var mentions []ref.Ref
	for _, x := range list {
		for _, person := range []string{x.Person, x.DismissedBy, x.DeletedBy} {
			mentions = append(mentions, ref.Ref{Class: ref.User, ID: person})
		}
	}
	users, err := s.refs.Render(ctx, s.db.Read(), ref.User, ref.Card, ref.ByClass(mentions)[ref.User])
	if err != nil {
		return nil, err
	}
	out := make([]wire.Fragment, len(list))
	for i, x := range list {
		out[i] = x.full(s.links, users)
	}
	return out, nil
}

func (x *Report) full(l wire.Links, users map[string]wire.Fragment) wire.Fragment {
	w := wire.NewWriter(1024)
	w.Open('{')
	w.Key("by")
	w.Embed(users[x.Person])
	w.Key("callbacks_count")
	w.Int(x.Callbacks)
	w.Key("dismissed_at")
	w.Time(x.Dismissed)
	w.Key("dismissed_by")
	w.Embed(users[x.DismissedBy])
	w.Key("id")
	w.String(x.ID)
	w.Key("message")
	w.StringOrNull(x.Message)
	w.Key("reason")
	w.String(x.Reason)
	w.Key("reported_at")
	w.Time(x.ReportedAt)
	w.Key("self_api_url")
	w.String(l.API + "/api/1/reports/" + x.ID + "/")
	w.Key("subject")
	w.Reference(x.Subject.Class, x.Subject.ID)
	w.Key("subject_deleted_at")
	w.Time(x.Deleted)
	w.Key("subject_deleted_by")
	w.Embed(users[x.DeletedBy])
	w.Key("subject_embed_id")
	w.StringOrNull(x.Embed)
	w.Key("subject_label")
	w.StringOrNull(x.Label)
	w.Close('}')
	return w.Fragment()
}

func (s *Service) written(ctx context.Context, r *api.Request, x *Report, err error) (*api.Response, error) {
	if err != nil {
		return nil, err
	}
	items, err := s.render(ctx, []*Report{x})
	if err != nil {
		return nil, err
	}
	return api.JSON(r, items[0]), nil
}

func (s *Service) create(ctx context.Context, r *api.Request) (*api.Response, error) {
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	x, err := s.File(ctx, r.Actor, o, r.Lang.T)
	return s.written(ctx, r, x, err)
}

func (s *Service) get(ctx context.Context, r *api.Request) (*api.Response, error) {
	s.upToDate(ctx)
	x, err := byID(ctx, s.db.Read(), r.Subject.(*Report).ID)
	return s.written(ctx, r, x, err)
}

func (s *Service) update(ctx context.Context, r *api.Request) (*api.Response, error) {
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	x, err := s.Update(ctx, r.Actor, r.Subject.(*Report).ID, o, r.Lang.T)
	return s.written(ctx, r, x, err)
}

func listReasons(_ context.Context, r *api.Request) (*api.Response, error) {
	w := wire.NewWriter(512)
	w.Open('[')
	for _, x := range reasons {
		w.Open('{')
		w.Key("label")
		w.String(r.Lang.T(x.Label))
		w.Key("value")
		w.String(x.ID)
		w.Close('}')
	}
	w.Close(']')
	return api.JSON(r, w.Fragment()), nil
}
