package organization

import (
	"context"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// people are those whom an answer mentions, as its caller may see them.
type people struct {
	cards    map[string]wire.Fragment
	contacts map[string]contact
	actor    *auth.Actor
	label    func(role string) string
}

// people loads what is shown of people: a constant number of statements.
func (s *Service) people(ctx context.Context, q db.Querier, a *auth.Actor, label func(string, ...any) string, ids []string) (people, error) {
	p := people{actor: a, label: func(msgid string) string { return label(msgid) }}
	var err error
	if p.cards, err = s.refs.Render(ctx, q, ref.User, ref.Card, ids); err != nil {
		return p, err
	}
	p.contacts, err = contactsOf(ctx, q, ids)
	return p, err
}

// has tells whether there still is such a person.
func (p people) has(person string) bool { return len(p.cards[person].Text) > 0 }

// write writes a person with their address: whole for sysadmins, masked for
// others. inside tells that the caller sees the organization from within: they
// also see when the person last signed in.
func (p people) write(w *wire.Writer, person string, inside bool) {
	c := p.contacts[person]
	w.Open('{')
	w.Key("email")
	if p.actor.IsSysadmin() {
		w.StringOrNull(c.email)
	} else {
		w.String(maskEmail(c.email, inside))
	}
	w.Key("last_login_at")
	if inside || p.actor.IsSysadmin() {
		w.Time(c.lastLogin)
	} else {
		w.Null()
	}
	w.Members(p.cards[person].Text)
	w.Close('}')
}

// writeMember writes a member.
func (p people) writeMember(w *wire.Writer, m Member, inside bool) {
	w.Open('{')
	w.Key("label")
	w.String(p.label(m.Role.Label()))
	w.Key("role")
	w.String(string(m.Role))
	w.Key("since")
	w.Time(m.Since)
	w.Key("user")
	p.write(w, m.Person, inside)
	w.Close('}')
}

// render writes whole organizations with their members as the actor may see
// them, in a constant number of statements.
func (s *Service) render(ctx context.Context, a *auth.Actor, label func(string, ...any) string, list []*Organization) ([]wire.Fragment, error) {
	return s.renderFrom(ctx, s.db.Read(), a, label, list)
}

// renderFrom is render through a door of the caller's.
func (s *Service) renderFrom(ctx context.Context, q db.Querier, a *auth.Actor, label func(string, ...any) string, list []*Organization) ([]wire.Fragment, error) {
	var ids []string
	for _, o := range list {
		for _, m := range o.Members {
			ids = append(ids, m.Person)
		}
	}
	p, err := s.people(ctx, q, a, label, ids)
	if err != nil {
		return nil, err
	}
	out := make([]wire.Fragment, len(list))
	for i, o := range list {
		w := wire.NewWriter(512 * (1 + len(o.Members)))
		w.Open('[')
		for _, m := range o.Members {
			if p.has(m.Person) {
				p.writeMember(w, m, a.IsSysadmin() || a.MemberOf(o.ID))
			}
		}
		w.Close(']')
		out[i] = o.full(s.links, w.Bytes())
	}
	return out, nil
}

// write writes a request as those see it who may; inside as for people.write.
func (m *Request) write(w *wire.Writer, p people, inside bool) {
	w.Open('{')
	m.writeAssignments(w)
	w.Key("comment")
	w.StringOrNull(m.Comment)
	w.Key("created")
	w.Time(m.CreatedAt)
	w.Key("email")
	w.StringOrNull(m.Email)
	w.Key("id")
	w.String(m.ID)
	w.Key("kind")
	w.String(m.Kind)
	w.Key("role")
	w.String(string(m.Role))
	w.Key("status")
	w.String(m.Status)
	w.Key("user")
	if p.has(m.Person) {
		p.write(w, m.Person, inside)
	} else {
		w.Null()
	}
	w.Close('}')
}

func (m *Request) writeAssignments(w *wire.Writer) {
	w.Key("assignments")
	w.Open('[')
	for _, object := range m.Assignments {
		w.Open('{')
		w.Key("class")
		w.String(object.Class)
		w.Key("id")
		w.String(object.ID)
		w.Close('}')
	}
	w.Close(']')
}

// writeInvitation writes an invitation as the one sees it who is invited.
func (m *Request) writeInvitation(organization wire.Fragment) wire.Fragment {
	w := wire.NewWriter(1024)
	w.Open('{')
	m.writeAssignments(w)
	w.Key("comment")
	w.StringOrNull(m.Comment)
	w.Key("created")
	w.Time(m.CreatedAt)
	w.Key("id")
	w.String(m.ID)
	w.Key("organization")
	w.Embed(organization)
	w.Key("role")
	w.String(string(m.Role))
	w.Close('}')
	return w.Fragment()
}
