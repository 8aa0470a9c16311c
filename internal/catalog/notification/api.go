package notification

import (
	"context"
	"net/http"
	"regexp"
	"strings"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/wire"
)

var sortColumns = map[string]string{"created": "n.created_at", "last_modified": "n.last_modified", "handled_at": "COALESCE(n.handled_at, 0)"}

var sortKeys = []string{"created", "last_modified", "handled_at"}

// Routes are the operations of the noun.
func (s *Service) Routes() []api.Route {
	const v1 = "/api/1/notifications/"
	model := &schema.Model{Name: "Notification (read)", Doc: "Something that the current person was told.", Fields: []schema.Field{
		{Name: "created_at", Type: schema.Time(), ReadOnly: true, Required: true, Doc: "When it happened"},
		{Name: "details", Type: schema.Any(), Doc: "What happened: `class` says what else is there"},
		{Name: "handled_at", Type: schema.Time(), Doc: "When it was read, or what it asks for was done"},
		{Name: "id", Type: schema.Text(), Required: true},
		{Name: "last_modified", Type: schema.Time(), ReadOnly: true, Required: true},
		{Name: "user", Type: schema.Of(s.refs.Model(ref.User, ref.Card)), ReadOnly: true},
	}}
	choices := []string{}
	for _, k := range sortKeys {
		choices = append(choices, k, "-"+k)
	}
	return append([]api.Route{
		{
			Method: http.MethodGet, Path: v1, ID: "list_notifications", Tag: "notifications", Summary: "List what the current person was told, the newest first",
			Query: append([]api.Param{
				{Name: "sort", Type: schema.Enum(choices...), Doc: "The order, with - for descending"},
				{Name: "handled", Type: schema.Bool(), Doc: "Only handled ones, or only the others"},
				{Name: "user", Type: schema.Text(), Doc: "The id of a person: nobody sees another's"},
			}, api.PageParams...),
			Result: schema.Of(schema.Page(model)), Handle: s.list,
		},
		{
			Method: http.MethodPost, Path: v1 + "{notification}/read/", ID: "read_notification", Tag: "notifications", Summary: "Mark a notification as read",
			PathDoc: map[string]string{"notification": "The notification's id"}, Result: schema.Of(model),
			Errors: map[int]string{403: "Somebody else's", 404: "There is no such notification"}, Subject: s.subject, Handle: s.read,
		},
	}, s.mailsRoutes()...)
}

var isUUID = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`).MatchString

func (s *Service) subject(ctx context.Context, r *api.Request) error {
	key := r.PathValue("notification")
	if !isUUID(key) {
		return errs.NotFound()
	}
	n, err := byID(ctx, s.db.Read(), strings.ToLower(key))
	r.Subject = n
	return err
}

func (s *Service) list(ctx context.Context, r *api.Request) (*api.Response, error) {
	page, err := r.Query.Page()
	if err != nil {
		return nil, err
	}
	key, descending, err := r.Query.Sort(sortKeys...)
	if err != nil {
		return nil, err
	}
	if key == "" {
		key, descending = "created", true
	}
	w := &db.Where{}
	w.And("n.person = ?", r.Actor.ID)
	user, err := r.Query.ObjectID("user")
	if err != nil {
		return nil, err
	}
	if user != "" {
		w.And("n.person = ?", user)
	}
	handled, given, err := r.Query.Bool("handled")
	if err != nil {
		return nil, err
	}
	switch {
	case handled:
		w.And("n.handled_at IS NOT NULL")
	case given:
		w.And("n.handled_at IS NULL")
	}
	s.upToDate(ctx)
	q := s.db.Read()
	var total int
	if err := q.QueryRowContext(ctx, "SELECT count(*) FROM notification n"+w.String(), w.Args()...).Scan(&total); err != nil {
		return nil, err
	}
	direction := " ASC"
	if descending {
		direction = " DESC"
	}
	query := "SELECT " + columns + " FROM notification n" + w.String() + " ORDER BY " + sortColumns[key] + direction + ", n.id" + direction +
		" LIMIT " + w.Arg(page.Limit()) + " OFFSET " + w.Arg(page.Offset())
	list, err := load(ctx, q, query, w.Args()...)
	if err != nil {
		return nil, err
	}
	items, err := s.render(ctx, list)
	if err != nil {
		return nil, err
	}
	return api.Paginated(r, s.links, page, total, items, nil)
}

// render writes notifications with what they name: a constant number of
// statements, however many they are.
func (s *Service) render(ctx context.Context, list []*Notification) ([]wire.Fragment, error) {
	wanted := map[bool][]ref.Ref{}
	people := make([]string, len(list))
	for i, n := range list {
		people[i] = n.Person
		for _, x := range n.mentions() {
			wanted[x.full] = append(wanted[x.full], x.Ref)
		}
	}
	parts := map[looks]wire.Fragment{}
	for full, refs := range wanted {
		form := ref.Card
		if full {
			form = ref.Full
		}
		for class, ids := range ref.ByClass(refs) {
			if !s.refs.Has(class) {
				continue
			}
			found, err := s.refs.Render(ctx, s.db.Read(), class, form, ids)
			if err != nil {
				return nil, err
			}
			for oid, f := range found {
				parts[looks{ref.Ref{Class: class, ID: oid}, full}] = f
			}
		}
	}
	users, err := s.refs.Render(ctx, s.db.Read(), ref.User, ref.Card, once(people))
	if err != nil {
		return nil, err
	}
	out := make([]wire.Fragment, len(list))
	for i, n := range list {
		out[i] = n.full(users[n.Person], parts)
	}
	return out, nil
}

func (s *Service) read(ctx context.Context, r *api.Request) (*api.Response, error) {
	n, err := s.Read(ctx, r.Actor, r.Subject.(*Notification).ID)
	if err != nil {
		return nil, err
	}
	items, err := s.render(ctx, []*Notification{n})
	if err != nil {
		return nil, err
	}
	return api.JSON(r, items[0]), nil
}
