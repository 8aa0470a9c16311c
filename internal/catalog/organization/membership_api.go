package organization

import (
	"context"
	"net/http"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// memberSubject finds the organization and the person of the path; whether
// they are a member is seen later.
func (s *Service) memberSubject(ctx context.Context, r *api.Request) error {
	if err := s.subject(ctx, r); err != nil {
		return err
	}
	person, err := s.refs.Resolve(ctx, s.db.Read(), ref.User, r.PathValue("user"))
	if err != nil {
		return api.Redirect(r, "user", err)
	}
	r.Subject = place{r.Subject.(*Organization), person.Ref.ID}
	return nil
}

// place is a person in an organization, or a request to it.
type place struct {
	organization *Organization
	id           string
}

func (s *Service) requestSubject(ctx context.Context, r *api.Request) error {
	if err := s.subject(ctx, r); err != nil {
		return err
	}
	o := r.Subject.(*Organization)
	if err := requestIDSubject(ctx, r); err != nil {
		return err
	}
	r.Subject = place{o, r.Subject.(string)}
	return nil
}

// requestIDSubject reads the path's UUID.
func requestIDSubject(_ context.Context, r *api.Request) error {
	text, ok := id.ParseUUID(r.PathValue("id"))
	if !ok {
		return errs.NotFound()
	}
	r.Subject = text
	return nil
}

// answerMember writes a member as a stranger sees them, as udata does here.
func (s *Service) answerMember(ctx context.Context, r *api.Request, m Member) (*api.Response, error) {
	p, err := s.people(ctx, s.db.Read(), r.Actor, r.Lang.T, []string{m.Person})
	if err != nil {
		return nil, err
	}
	w := wire.NewWriter(512)
	p.writeMember(w, m, false)
	return api.JSON(r, w.Fragment()), nil
}

// answerRequests writes requests as those see them who may.
func (s *Service) answerRequests(ctx context.Context, r *api.Request, list []*Request, inside bool) ([]wire.Fragment, error) {
	var ids []string
	for _, m := range list {
		if m.Person != "" {
			ids = append(ids, m.Person)
		}
	}
	p, err := s.people(ctx, s.db.Read(), r.Actor, r.Lang.T, ids)
	if err != nil {
		return nil, err
	}
	out := make([]wire.Fragment, len(list))
	for i, m := range list {
		w := wire.NewWriter(512)
		m.write(w, p, inside)
		out[i] = w.Fragment()
	}
	return out, nil
}

func (s *Service) listRequests(ctx context.Context, r *api.Request) (*api.Response, error) {
	o := r.Subject.(*Organization)
	person, _ := r.Query.Get("user")
	status, _ := r.Query.Get("status")
	if !administers(r.Actor, o.ID) && !r.Actor.Is(person) {
		if person != "" {
			return nil, errs.New(http.StatusForbidden, "You can only access your own membership requests or the one of your organizations.")
		}
		return nil, errs.Forbidden()
	}
	list, err := requestsOf(ctx, s.db.Read(), o.ID, status, person)
	if err != nil {
		return nil, err
	}
	items, err := s.answerRequests(ctx, r, list, true)
	if err != nil {
		return nil, err
	}
	return api.List(r, items), nil
}

func (s *Service) ask(ctx context.Context, r *api.Request) (*api.Response, error) {
	b, err := r.Object()
	if err != nil {
		return nil, err
	}
	m, created, err := s.Ask(ctx, r.Actor, r.Subject.(*Organization).ID, b, r.Lang.T)
	if err != nil {
		return nil, err
	}
	f, err := s.answerRequests(ctx, r, []*Request{m}, true)
	if err != nil {
		return nil, err
	}
	return api.Created(r, f[0], created), nil
}

func (s *Service) accept(ctx context.Context, r *api.Request) (*api.Response, error) {
	at := r.Subject.(place)
	m, conflict, err := s.Accept(ctx, r.Actor, at.organization.ID, at.id)
	if err != nil {
		return nil, err
	}
	res, err := s.answerMember(ctx, r, m)
	if err == nil && conflict {
		res.Status = http.StatusConflict
	}
	return res, err
}

func (s *Service) refuse(ctx context.Context, r *api.Request) (*api.Response, error) {
	at := r.Subject.(place)
	if !administers(r.Actor, at.organization.ID) {
		return nil, errs.Forbidden() // before the body is looked at
	}
	b, err := r.Object()
	if err != nil {
		return nil, err
	}
	if err := s.Refuse(ctx, r.Actor, at.organization.ID, at.id, b, r.Lang.T); err != nil {
		return nil, err
	}
	return empty(), nil
}

func empty() *api.Response { return &api.Response{Body: []byte("{}")} }

func (s *Service) cancel(ctx context.Context, r *api.Request) (*api.Response, error) {
	at := r.Subject.(place)
	if err := s.Cancel(ctx, r.Actor, at.organization.ID, at.id); err != nil {
		return nil, err
	}
	return empty(), nil
}

func (s *Service) invite(ctx context.Context, r *api.Request) (*api.Response, error) {
	o := r.Subject.(*Organization)
	if !administers(r.Actor, o.ID) {
		return nil, errs.Forbidden()
	}
	b, err := r.Object()
	if err != nil {
		return nil, err
	}
	m, err := s.Invite(ctx, r.Actor, o.ID, b, r.Lang.T)
	if err != nil {
		return nil, err
	}
	// As a stranger sees them: whoever is invited has not said yes.
	f, err := s.answerRequests(ctx, r, []*Request{m}, false)
	if err != nil {
		return nil, err
	}
	return api.JSON(r, f[0]), nil
}

func (s *Service) setRole(ctx context.Context, r *api.Request) (*api.Response, error) {
	at := r.Subject.(place)
	if !administers(r.Actor, at.organization.ID) {
		return nil, errs.Forbidden()
	}
	b, err := r.Object()
	if err != nil {
		return nil, err
	}
	m, err := s.SetRole(ctx, r.Actor, at.organization.ID, at.id, b, r.Lang.T)
	if err != nil {
		return nil, err
	}
	return s.answerMember(ctx, r, m)
}

func (s *Service) removeMember(ctx context.Context, r *api.Request) (*api.Response, error) {
	at := r.Subject.(place)
	if err := s.RemoveMember(ctx, r.Actor, at.organization.ID, at.id); err != nil {
		return nil, err
	}
	return api.NoContent(), nil
}

func (s *Service) listAssignments(ctx context.Context, r *api.Request) (*api.Response, error) {
	o := r.Subject.(*Organization)
	if !administers(r.Actor, o.ID) {
		return nil, errs.Forbidden()
	}
	list, err := assignmentsOf(ctx, s.db.Read(), o.ID, "")
	if err != nil {
		return nil, err
	}
	return s.answerAssignments(ctx, r, list)
}

func (s *Service) answerAssignments(ctx context.Context, r *api.Request, list []*Assignment) (*api.Response, error) {
	items, err := s.renderAssignments(ctx, s.db.Read(), list)
	if err != nil {
		return nil, err
	}
	return api.List(r, items), nil
}

func (s *Service) setAssignments(ctx context.Context, r *api.Request) (*api.Response, error) {
	at := r.Subject.(place)
	if !administers(r.Actor, at.organization.ID) {
		return nil, errs.Forbidden()
	}
	b, err := r.Value("assignments")
	if err != nil {
		return nil, err
	}
	list, err := s.SetAssignments(ctx, r.Actor, at.organization.ID, at.id, b, r.Lang.T)
	if err != nil {
		return nil, err
	}
	return s.answerAssignments(ctx, r, list)
}

func (s *Service) listInvitations(ctx context.Context, r *api.Request) (*api.Response, error) {
	q := s.db.Read()
	list, err := invitationsOf(ctx, q, r.Actor)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(list))
	for i, m := range list {
		ids[i] = m.Organization
	}
	cards, err := s.refs.Render(ctx, q, ref.Organization, ref.Card, ids)
	if err != nil {
		return nil, err
	}
	items := make([]wire.Fragment, len(list))
	for i, m := range list {
		items[i] = m.writeInvitation(cards[m.Organization])
	}
	return api.List(r, items), nil
}

func (s *Service) answerInvitation(accept bool) func(context.Context, *api.Request) (*api.Response, error) {
	message := "Invitation refused"
	if accept {
		message = "Invitation accepted"
	}
	return func(ctx context.Context, r *api.Request) (*api.Response, error) {
		if err := s.Answer(ctx, r.Actor, r.Subject.(string), accept); err != nil {
			return nil, err
		}
		w := wire.NewWriter(64)
		w.Open('{')
		w.Key("message")
		w.String(r.Lang.T(message))
		w.Close('}')
		return api.JSON(r, w.Fragment()), nil
	}
}
