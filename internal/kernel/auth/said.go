package auth

import "ouvert/internal/kernel/wire"

// The classes of what people say to each other.
const (
	discussion = "Discussion"
	message    = "Message"
)

// Said is who said something: a person, in their own name or, when
// Organization is not "", in that of an organization.
type Said struct{ Person, Organization string }

// Speaks tells whether the actor may change what was said: who said it; for
// an organization, its admins and editors; sysadmins.
func (a *Actor) Speaks(s Said) bool {
	switch {
	case a == nil:
		return false
	case a.Sysadmin:
		return true
	case s.Organization == "":
		return a.Is(s.Person)
	}
	role := a.Memberships[s.Organization]
	return role == Admin || role == Editor
}

// CanClose tells whether the actor may close a discussion: who began it, and
// who may change what it is about.
func (a *Actor) CanClose(s Said, about Owned) bool { return a.Speaks(s) || a.CanEdit(about) }

// WriteDiscussion writes the `permissions` member of a discussion about an
// object.
func WriteDiscussion(w *wire.Writer, s Said, about Owned) { writeSaid(w, discussion, s, about) }

// WriteMessage writes the `permissions` member of a message.
func WriteMessage(w *wire.Writer, s Said) { writeSaid(w, message, s, Owned{}) }

func writeSaid(w *wire.Writer, class string, s Said, about Owned) {
	w.Key("permissions")
	w.Hole(wire.Hole{
		Class: class, ID: about.ID, Owner: about.Owner, Organization: about.Organization, Person: s.Person, Voice: s.Organization,
	}, anonymous[class])
}
