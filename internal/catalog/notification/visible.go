package notification

import (
	"context"
	"slices"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/ref"
)

// sight is what a person may see of what notifications name, at one moment.
type sight struct {
	s      *Service
	person string
	// objects are those that exist.
	objects map[ref.Ref]ref.Object
	// about are the subjects of discussions.
	about map[string]ref.Ref
	// members are the people of organizations, by their roles' name.
	members map[string][]string
}

// visible leaves out the notifications of a person that are none of theirs any
// more: what they are about was deleted or is private, or they left the
// organization that answers for it. It returns also the objects that are named:
// a constant number of statements, and one an organization.
func (s *Service) visible(ctx context.Context, q db.Querier, person string, list []*Notification) ([]*Notification, map[ref.Ref]ref.Object, error) {
	v := &sight{s: s, person: person, members: map[string][]string{}}
	var refs []ref.Ref
	var discussions []string
	for _, n := range list {
		for _, o := range n.Objects {
			if o.Class == ref.Discussion {
				discussions = append(discussions, o.ID)
			}
			refs = append(refs, o)
		}
	}
	var err error
	if v.about, err = s.discussions.Subjects(ctx, q, once(discussions)); err != nil {
		return nil, nil, err
	}
	for _, subject := range v.about {
		refs = append(refs, subject)
	}
	if v.objects, err = s.refs.FindAll(ctx, q, refs); err != nil {
		return nil, nil, err
	}
	var out []*Notification
	for _, n := range list {
		ok, err := v.concerns(ctx, q, n)
		if err != nil {
			return nil, nil, err
		}
		if ok {
			out = append(out, n)
		}
	}
	return out, v.objects, nil
}

// concerns tells whether a notification still concerns the person. The rules
// are those by which they were told.
func (v *sight) concerns(ctx context.Context, q db.Querier, n *Notification) (bool, error) {
	all := func(names ...string) (bool, error) {
		for _, name := range names {
			if ok, err := v.sees(ctx, q, n.Objects[name]); err != nil || !ok {
				return false, err
			}
		}
		return true, nil
	}
	switch n.Kind {
	case ReuseCreated, DataserviceCreated:
		made := "reuse"
		if n.Kind == DataserviceCreated {
			made = "dataservice"
		}
		if ok, err := all(made, "dataset"); err != nil || !ok {
			return false, err
		}
		return v.answers(ctx, q, v.objects[n.Objects["dataset"]].Owned, auth.Admin)
	case Discussion:
		d := n.Objects["discussion"]
		if _, ok := v.objects[d]; !ok {
			return false, nil
		}
		return v.sees(ctx, q, v.about[d.ID])
	case TransferRequest:
		// What is offered may be private: it is offered to them.
		if x, ok := v.objects[n.Objects["transfer_subject"]]; !ok || x.Deleted {
			return false, nil
		}
		to := n.Objects["transfer_recipient"]
		if to.Class == ref.Organization {
			return v.in(ctx, q, to.ID, auth.Admin)
		}
		return to.ID == v.person, nil
	case NewBadge:
		if ok, err := all("organization"); err != nil || !ok {
			return false, err
		}
		return v.in(ctx, q, n.Objects["organization"].ID)
	case MembershipRequest:
		if ok, err := all("request_organization", "request_user"); err != nil || !ok {
			return false, err
		}
		if n.Doc.Values["kind"] == "invitation" {
			return n.Objects["request_user"].ID == v.person, nil
		}
		return v.in(ctx, q, n.Objects["request_organization"].ID, auth.Admin)
	case MembershipAccepted, MembershipRefused:
		return all("organization")
	}
	return true, nil
}

// sees tells whether the person may see an object.
func (v *sight) sees(ctx context.Context, q db.Querier, o ref.Ref) (bool, error) {
	x, ok := v.objects[o]
	if !ok || x.Deleted {
		return false, nil
	}
	if !x.Private {
		return true, nil
	}
	return v.answers(ctx, q, x.Owned)
}

// answers tells whether something is the person's, or of an organization where
// they have one of the roles, any when none is named.
func (v *sight) answers(ctx context.Context, q db.Querier, o auth.Owned, roles ...auth.Role) (bool, error) {
	if o.Organization == "" {
		return o.Owner == v.person, nil
	}
	return v.in(ctx, q, o.Organization, roles...)
}

func (v *sight) in(ctx context.Context, q db.Querier, org string, roles ...auth.Role) (bool, error) {
	key := org
	for _, r := range roles {
		key += " " + string(r)
	}
	people, ok := v.members[key]
	if !ok {
		var err error
		if people, err = v.s.members.MembersOf(ctx, q, org, roles...); err != nil {
			return false, err
		}
		v.members[key] = people
	}
	return slices.Contains(people, v.person), nil
}
