// Package auth says who asks and what they may do.
//
// An Actor is loaded once a request, with everything the rules need, so that
// each rule is a pure function. The rules are udata's (core/dataset and
// core/organization permissions).
package auth

import (
	"context"

	"ouvert/internal/kernel/wire"
)

// Role is what a member may do in an organization.
type Role string

// The roles, from most to least.
const (
	Admin         Role = "admin"
	Editor        Role = "editor"
	PartialEditor Role = "partial_editor"
)

// Roles in udata's order.
var Roles = []Role{Admin, Editor, PartialEditor}

// Valid tells whether r is a role.
func (r Role) Valid() bool { return r == Admin || r == Editor || r == PartialEditor }

// Label is the role's English name, a message id.
func (r Role) Label() string {
	switch r {
	case Admin:
		return "Administrator"
	case Editor:
		return "Editor"
	case PartialEditor:
		return "Partial editor"
	}
	return string(r)
}

// Actor is the person on whose behalf a request runs. A nil Actor is an
// anonymous one.
type Actor struct {
	ID       string
	Sysadmin bool
	// Memberships is the actor's role in each of their organizations.
	Memberships map[string]Role
	// Assigned holds the ids of the objects that were assigned to the actor
	// as a partial editor.
	Assigned map[string]bool
	// Lang is the person's own language, "" when not chosen.
	Lang string
	// Delegated tells that a program asks for the person, with an OAuth 2
	// token that ends: it must not get rights that last.
	Delegated bool
}

// Owned is an object that belongs to a person or an organization.
type Owned struct {
	ID, Owner, Organization string
}

// Anonymous tells whether nobody is signed in.
func (a *Actor) Anonymous() bool { return a == nil }

// IsSysadmin tells whether the actor runs the portal.
func (a *Actor) IsSysadmin() bool { return a != nil && a.Sysadmin }

// Is tells whether the actor is the given person.
func (a *Actor) Is(user string) bool { return a != nil && user != "" && a.ID == user }

// MemberOf tells whether the actor is in the organization, in any role.
func (a *Actor) MemberOf(org string) bool {
	return a != nil && org != "" && a.Memberships[org] != ""
}

// AdminOf tells whether the actor administers the organization.
func (a *Actor) AdminOf(org string) bool {
	return a != nil && org != "" && a.Memberships[org] == Admin
}

// CanEdit tells whether the actor may change the object: its owner, the
// organization's admins and editors, a partial editor to whom it is assigned,
// and sysadmins.
func (a *Actor) CanEdit(o Owned) bool {
	switch {
	case a == nil:
		return false
	case a.Sysadmin, a.Is(o.Owner):
		return true
	case o.Organization == "":
		return false
	}
	switch a.Memberships[o.Organization] {
	case Admin, Editor:
		return true
	case PartialEditor:
		return a.Assigned[o.ID]
	}
	return false
}

// CanReadHidden tells whether the actor may see the object while it is
// private or deleted: its owner, any member of its organization, sysadmins.
func (a *Actor) CanReadHidden(o Owned) bool {
	return a != nil && (a.Sysadmin || a.Is(o.Owner) || a.MemberOf(o.Organization))
}

// CanPublishFor tells whether the actor may make objects of an organization:
// any member may, a partial editor is then assigned to what they made.
func (a *Actor) CanPublishFor(org string) bool {
	return a != nil && (a.Sysadmin || a.MemberOf(org))
}

// The classes that have permissions, with the members that udata shows.
// Each list stands in the order in which they are written.
var permissionNames = map[string][]string{
	"Reuse":             {"delete", "edit"},
	"Dataservice":       {"delete", "edit"},
	"Dataset":           {"delete", "edit", "edit_resources"},
	"CommunityResource": {"delete", "edit"},
	"Organization":      {"delete", "edit", "harvest", "members", "private"},
	discussion:          {"close", "delete", "edit"},
	message:             {"delete", "edit"},
}

var anonymous = map[string]string{}

func init() {
	for class := range permissionNames {
		anonymous[class] = string(appendPermissions(nil, nil, wire.Hole{Class: class}))
	}
}

// WritePermissions writes the object's `permissions` member.
func WritePermissions(w *wire.Writer, class string, o Owned) {
	w.Key("permissions")
	w.Hole(wire.Hole{Class: class, ID: o.ID, Owner: o.Owner, Organization: o.Organization}, anonymous[class])
}

// Fill returns the fragment as the actor may see it.
func Fill(f wire.Fragment, a *Actor) []byte {
	if a == nil || len(f.Holes) == 0 {
		return f.Text
	}
	out := make([]byte, 0, len(f.Text))
	at := 0
	for _, h := range f.Holes {
		out = append(out, f.Text[at:h.Start]...)
		out = appendPermissions(out, a, h)
		at = h.End
	}
	return append(out, f.Text[at:]...)
}

func appendPermissions(dst []byte, a *Actor, h wire.Hole) []byte {
	dst = append(dst, '{')
	for i, name := range permissionNames[h.Class] {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '"')
		dst = append(dst, name...)
		dst = append(dst, '"', ':')
		if a.has(name, h) {
			dst = append(dst, "true"...)
		} else {
			dst = append(dst, "false"...)
		}
	}
	return append(dst, '}')
}

func (a *Actor) has(name string, h wire.Hole) bool {
	if a == nil {
		return false
	}
	if h.Class == "Organization" {
		if name == "private" {
			return a.Sysadmin || a.MemberOf(h.ID)
		}
		return a.Sysadmin || a.AdminOf(h.ID)
	}
	owned := Owned{ID: h.ID, Owner: h.Owner, Organization: h.Organization}
	switch said := (Said{Person: h.Person, Organization: h.Voice}); {
	case h.Class == discussion && name == "close":
		return a.CanClose(said, owned)
	case h.Class == discussion, h.Class == message:
		return a.Speaks(said)
	}
	return a.CanEdit(owned)
}

type actorKey struct{}

// With returns a context that carries the actor.
func With(ctx context.Context, a *Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// From returns the context's actor; nil is anonymous.
func From(ctx context.Context) *Actor {
	a, _ := ctx.Value(actorKey{}).(*Actor)
	return a
}
