package ref

import (
	"context"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/patch"
)

// ReadOwner sets whose an object is from the members "owner" and "organization"
// of a body (udata: core/owned.py). Only a sysadmin may give an object away
// after it was made; naming whose it is already is no change. null may only
// take away when the body names somebody else: nobody is the message otherwise.
// What is wrong is collected in the body.
func (r *Registry) ReadOwner(ctx context.Context, q db.Querier, o *patch.Object, a *auth.Actor, owner, organization *string, creating bool, nobody string) error {
	before := auth.Owned{Owner: *owner, Organization: *organization}
	person, personState := o.Ref("owner")
	org, orgState := o.Ref("organization")
	if personState == patch.Set && person != before.Owner {
		switch found, err := r.Find(ctx, q, User, []string{person}); {
		case err != nil:
			return err
		case len(found) == 0:
			o.Fail("owner", patch.UnknownRef, person)
		case !creating && !a.IsSysadmin():
			o.Fail("owner", "Cannot modify %s after creation", "owner")
		case !a.IsSysadmin() && !a.Is(person):
			o.Fail("owner", "You can only set yourself as owner")
		}
		*owner = person
		if orgState != patch.Set {
			*organization = ""
		}
	}
	if orgState == patch.Set && org != before.Organization {
		switch found, err := r.Find(ctx, q, Organization, []string{org}); {
		case err != nil:
			return err
		case len(found) == 0:
			o.Fail("organization", patch.UnknownRef, org)
		case !creating && !a.IsSysadmin():
			o.Fail("organization", "Cannot modify %s after creation", "organization")
		case !a.CanPublishFor(org):
			o.Fail("organization", "Permission denied for this organization")
		}
		*organization = org
		if personState != patch.Set {
			*owner = ""
		}
	}
	if !creating && personState == patch.Null && before.Owner != "" {
		if orgState != patch.Set {
			o.Fail("owner", nobody)
		}
		*owner = ""
	}
	if !creating && orgState == patch.Null && before.Organization != "" {
		if personState != patch.Set {
			o.Fail("organization", nobody)
		}
		*organization = ""
	}
	return nil
}
