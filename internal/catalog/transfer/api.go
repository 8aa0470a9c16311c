package transfer

import (
	"context"
	"database/sql"
	"net/http"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
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
		get, post = http.MethodGet, http.MethodPost
		v1        = "/api/1/transfer/"
	)
	read := schema.Of(s.model())
	byID := map[string]string{"id": "The request's id"}
	wrong := "Something is wrong with the fields named in `errors`"
	return []api.Route{
		{
			Method: get, Path: v1, ID: "list_transfers", Tag: "transfer", Summary: "List the transfer requests that the caller may see", Access: api.Anyone,
			Doc: "A `subject` or a `recipient` must be given.", Result: schema.List(read), Errors: map[int]string{400: "Neither `subject` nor `recipient`"},
			Query: []api.Param{
				{Name: "subject", Type: schema.Text(), Doc: "The id of what is to be transferred"},
				{Name: "subject_type", Type: schema.Enum(s.classes()...), Doc: "The class of what is to be transferred"},
				{Name: "recipient", Type: schema.Text(), Doc: "The id of the person or organization that is asked"},
				{Name: "status", Type: schema.Enum(states...), Doc: "Whether it was answered, and how"},
			},
			Handle: s.list,
		},
		{
			Method: post, Path: v1, ID: "request_transfer", Tag: "transfer", Summary: "Ask a person or an organization to take an object", Status: http.StatusCreated,
			Body: requestModel, Result: read, Errors: map[int]string{400: wrong, 403: "Not the caller's to give away"}, Handle: s.ask,
		},
		{
			Method: get, Path: v1 + "{id}/", ID: "get_transfer", Tag: "transfer", Summary: "Fetch a transfer request", PathDoc: byID, Result: read,
			Errors: map[int]string{403: "Not for the caller", 404: "There is no such request"}, Subject: s.subject, Handle: s.get,
		},
		{
			Method: post, Path: v1 + "{id}/", ID: "respond_to_transfer", Tag: "transfer", Summary: "Accept or refuse a transfer request", PathDoc: byID,
			Body: responseModel, Result: read, Errors: map[int]string{400: wrong, 403: "The caller was not asked", 404: "There is no such request"},
			Subject: s.subject, Handle: s.answer,
		},
	}
}

var (
	requestModel = &schema.Model{Name: "TransferRequest", Fields: []schema.Field{
		{Name: "comment", Type: schema.Text(), Doc: "Why", Example: "For you"},
		{Name: "recipient", Type: schema.Of(ref.ReferenceModel), Required: true, Doc: "The person or organization that is asked"},
		{Name: "subject", Type: schema.Of(ref.ReferenceModel), Required: true, Doc: "What is to be transferred"},
	}}
	responseModel = &schema.Model{Name: "TransferResponse", Fields: []schema.Field{
		{Name: "comment", Type: schema.Text(), Doc: "Why"},
		{Name: "response", Type: schema.Enum("accept", "refuse"), Required: true, Example: "accept"},
	}}
)

func (s *Service) model() *schema.Model {
	return &schema.Model{Name: "Transfer", Doc: "A request to take an object.", Fields: []schema.Field{
		{Name: "comment", Type: schema.Text(), ReadOnly: true, Doc: "Why"},
		{Name: "created", Type: schema.Time(), ReadOnly: true},
		{Name: "id", Type: schema.Text(), ReadOnly: true},
		{Name: "owner", Type: schema.Any(), ReadOnly: true, Doc: "Whose it is: a UserReference or an OrganizationReference"},
		{Name: "recipient", Type: schema.Any(), ReadOnly: true, Doc: "Who is asked: a UserReference or an OrganizationReference"},
		{Name: "reponse_comment", Type: schema.Text(), ReadOnly: true, Doc: "Why it was accepted or refused; the name is udata's"},
		{Name: "responded", Type: schema.Time(), ReadOnly: true, Doc: "When it was accepted or refused"},
		{Name: "status", Type: schema.Enum(states...)},
		{Name: "subject", Type: schema.Any(), ReadOnly: true, Doc: "What is to be transferred, in its short form"},
		{Name: "user", Type: schema.Of(s.refs.Model(ref.User, ref.Card)), ReadOnly: true, Doc: "Who asked"},
	}}
}

func (s *Service) subject(ctx context.Context, r *api.Request) error {
	oid, ok := id.Parse(r.PathValue("id"))
	if !ok {
		return errs.NotFound()
	}
	x, err := byID(ctx, s.db.Read(), oid)
	r.Subject = x
	return err
}

// maxListed bounds a list that has no pages.
const maxListed = 1000

func (s *Service) list(ctx context.Context, r *api.Request) (*api.Response, error) {
	w := &db.Where{}
	for _, f := range []struct{ name, cond string }{{"subject", "object = ?"}, {"recipient", "recipient = ?"}} {
		oid, err := r.Query.ObjectID(f.name)
		if err != nil {
			return nil, err
		}
		if oid != "" {
			w.And(f.cond, oid)
		}
	}
	if len(w.Args()) == 0 {
		return nil, errs.BadRequest("Please provide at least a `subject` or a `recipient`")
	}
	for _, f := range []struct {
		name, cond string
		choices    []string
	}{{"subject_type", "class = ?", s.classes()}, {"status", "status = ?", states}} {
		v, err := r.Query.Choice(f.name, "", f.choices...)
		if err != nil {
			return nil, err
		}
		if v != "" {
			w.And(f.cond, v)
		}
	}
	var list []*Transfer
	query := "SELECT " + columns + " FROM transfer" + w.String() + " ORDER BY created_at DESC, id DESC LIMIT " + w.Arg(maxListed)
	err := db.Each(ctx, s.db.Read(), query, w.Args(), func(rows *sql.Rows) error {
		x, err := scan(rows)
		list = append(list, x)
		return err
	})
	if err != nil {
		return nil, err
	}
	if list, err = s.seen(ctx, r.Actor, list); err != nil {
		return nil, err
	}
	items, err := s.render(ctx, list)
	if err != nil {
		return nil, err
	}
	return api.List(r, items), nil
}

// seen returns those of the requests that the actor may see.
func (s *Service) seen(ctx context.Context, a *auth.Actor, list []*Transfer) ([]*Transfer, error) {
	about := make([]ref.Ref, len(list))
	for i, x := range list {
		about[i] = x.Subject
	}
	found, err := s.refs.FindAll(ctx, s.db.Read(), about)
	var out []*Transfer
	for _, x := range list {
		if canAnswer(a, x.Recipient) || canGive(a, found[x.Subject].Owned) {
			out = append(out, x)
		}
	}
	return out, err
}

// render writes requests with what they mention: a constant number of
// statements, however many they are.
func (s *Service) render(ctx context.Context, list []*Transfer) ([]wire.Fragment, error) {
	var mentions []ref.Ref
	for _, x := range list {
		mentions = append(mentions, x.Owner, x.Recipient, x.Subject, ref.Ref{Class: ref.User, ID: x.Person})
	}
	cards := map[string]map[string]wire.Fragment{}
	for class, ids := range ref.ByClass(mentions) {
		if !s.refs.Has(class) {
			continue
		}
		var err error
		if cards[class], err = s.refs.Render(ctx, s.db.Read(), class, ref.Card, ids); err != nil {
			return nil, err
		}
	}
	out := make([]wire.Fragment, len(list))
	for i, x := range list {
		w := wire.NewWriter(2048)
		w.Open('{')
		w.Key("comment")
		w.StringOrNull(x.Comment)
		w.Key("created")
		w.Time(x.CreatedAt)
		w.Key("id")
		w.String(x.ID)
		w.Key("owner")
		w.Embed(cards[x.Owner.Class][x.Owner.ID])
		w.Key("recipient")
		w.Embed(cards[x.Recipient.Class][x.Recipient.ID])
		w.Key("reponse_comment")
		w.StringOrNull(x.ResponseComment)
		w.Key("responded")
		w.Time(x.Responded)
		w.Key("status")
		w.String(x.Status)
		w.Key("subject")
		w.Embed(cards[x.Subject.Class][x.Subject.ID])
		w.Key("user")
		w.Embed(cards[ref.User][x.Person])
		w.Close('}')
		out[i] = w.Fragment()
	}
	return out, nil
}

func (s *Service) written(ctx context.Context, r *api.Request, x *Transfer, err error) (*api.Response, error) {
	if err != nil {
		return nil, err
	}
	items, err := s.render(ctx, []*Transfer{x})
	if err != nil {
		return nil, err
	}
	return api.JSON(r, items[0]), nil
}

func (s *Service) ask(ctx context.Context, r *api.Request) (*api.Response, error) {
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	x, err := s.Ask(ctx, r.Actor, o, r.Lang.T)
	return s.written(ctx, r, x, err)
}

func (s *Service) get(ctx context.Context, r *api.Request) (*api.Response, error) {
	list, err := s.seen(ctx, r.Actor, []*Transfer{r.Subject.(*Transfer)})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errs.Forbidden()
	}
	return s.written(ctx, r, list[0], nil)
}

func (s *Service) answer(ctx context.Context, r *api.Request) (*api.Response, error) {
	x := r.Subject.(*Transfer)
	if !canAnswer(r.Actor, x.Recipient) {
		return nil, errs.Forbidden() // before the body is looked at
	}
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	o.Require("response")
	response, _ := o.Enum("response", []string{"accept", "refuse"})
	comment, _ := o.Text("comment")
	if err := o.Err(r.Lang.T); err != nil {
		return nil, err
	}
	x, err = s.Answer(ctx, r.Actor, x.ID, response == "accept", comment)
	return s.written(ctx, r, x, err)
}
