package dataset

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/ref"
)

// A translator renders a message in the client's language.
type translator = func(msgid string, args ...any) string

// apply changes d as the body says and returns the names of the fields that
// are other now. What is wrong is collected in the body.
//
// Fields that the body does not name stay, but for tags and temporal_coverage:
// as in udata, a body without them takes them away – unless it says only what
// becomes of the dataset (private, archived, deleted), which is no description
// of it. creating tells that d is new.
func (s *Service) apply(ctx context.Context, tx *sql.Tx, d *Dataset, o *patch.Object, a *auth.Actor, t translator, now time.Time, creating bool) (changes []string, err error) {
	before := *d
	required(o, creating, "title", "description")
	if err := s.applyOwnership(ctx, tx, &d.Owner, &d.Organization, o, a, creating); err != nil {
		return nil, err
	}
	for _, f := range []struct {
		name  string
		limit int
		into  *string
		// keep tells that nothing is no new value.
		keep bool
	}{
		{"title", maxTitle, &d.Title, true},
		{"acronym", maxAcronym, &d.Acronym, false},
		{"description", 0, &d.Doc.Description, true},
		{"description_short", maxDescriptionShort, &d.Doc.DescriptionShort, false},
		{"access_type_reason", 0, &d.Doc.Access.Reason, false},
	} {
		if v, st := text(o, f.name, f.limit); st == patch.Set || st == patch.Null && !f.keep {
			*f.into = v
		}
	}
	if v, st := frequencyOf(o, d.Doc.Frequency); st != patch.Bad && (o.Has("frequency") || creating) {
		d.Doc.Frequency = v
	}
	if v, st := truth(o, "private"); st == patch.Set {
		d.Private = v
	}
	for _, f := range []struct {
		name string
		into *time.Time
	}{{"frequency_date", &d.Doc.FrequencyDate}, {"archived", &d.Archived}, {"deleted", &d.Deleted}} {
		if v, st := instant(o, f.name); st == patch.Set || st == patch.Null {
			*f.into = v
		}
	}
	if !onlyState(o) {
		if v, st := tags(o); st != patch.Bad {
			d.Doc.Tags = v
		}
		if v, st := temporalCoverage(o); st != patch.Bad {
			d.Doc.TemporalCoverage = v
		}
	}
	if err := s.applySpatial(ctx, tx, d, o); err != nil {
		return nil, err
	}
	if v, st := extras(o, "extras"); st == patch.Set {
		d.Doc.Extras = v
	}
	s.applyAccess(d, o, t)
	if err := s.applyLicense(ctx, tx, d, o); err != nil {
		return nil, err
	}
	if err := s.applyContactPoints(ctx, tx, d, o); err != nil {
		return nil, err
	}
	s.applyResources(d, o, t, now)
	return changed(&before, d), nil
}

// onlyState tells whether the body names nothing but what becomes of a
// dataset.
func onlyState(o *patch.Object) bool {
	return !slices.ContainsFunc(o.Names(), func(name string) bool { return name != "private" && name != "archived" && name != "deleted" })
}

func (s *Service) applyAccess(d *Dataset, o *patch.Object, t translator) {
	access := &d.Doc.Access
	if v, st := choice(o, "access_type", accessTypes, access.Type); st == patch.Set || st == patch.Null {
		access.Type = orElse(v, AccessOpen)
	}
	if v, st := choice(o, "access_type_reason_category", reasonIDs, access.ReasonCategory); st == patch.Set || st == patch.Null {
		access.ReasonCategory = v
	}
	if v, st := audiences(o); st == patch.Set || st == patch.Null {
		access.Audiences = v
	}
	if v, st := address(o, "authorization_request_url", access.RequestURL, t); st == patch.Set || st == patch.Null {
		access.RequestURL = v
	}
}

// applyLicense sets the licence. One that nobody knows is none, as in udata.
func (s *Service) applyLicense(ctx context.Context, tx *sql.Tx, d *Dataset, o *patch.Object) error {
	if !o.Has("license") {
		return nil
	}
	var name string
	_ = json.Unmarshal(o.Raw("license"), &name) // what is no text names none
	if name == d.License {
		return nil
	}
	found, err := s.refs.Find(ctx, tx, licenseClass, one(name))
	if err != nil {
		return err
	}
	d.License = ""
	if _, ok := found[name]; ok && name != licenseNone {
		d.License = name
	}
	return nil
}

func (s *Service) applyContactPoints(ctx context.Context, tx *sql.Tx, d *Dataset, o *patch.Object) error {
	const name = "contact_points"
	v, st := identifiers(o, name)
	if st != patch.Set && st != patch.Null {
		return nil
	}
	found, err := s.refs.Find(ctx, tx, contactPoint, v)
	if err != nil {
		return err
	}
	var unknown []string
	for _, oid := range v {
		if _, ok := found[oid]; !ok && !slices.Contains(d.Doc.ContactPoints, oid) {
			unknown = append(unknown, oid)
		}
	}
	if len(unknown) > 0 {
		o.Fail(name, msgIdentifiers, strings.Join(unknown, ", "))
		return nil
	}
	d.Doc.ContactPoints = v
	return nil
}

// applyOwnership sets the owner or the organization: oneself, or an
// organization that one publishes for. It serves datasets and community
// resources.
func (s *Service) applyOwnership(ctx context.Context, tx *sql.Tx, owner, organization *string, o *patch.Object, a *auth.Actor, creating bool) error {
	newOwner, ownerState := o.Ref("owner")
	newOrg, orgState := o.Ref("organization")
	if ownerState == patch.Set && newOwner != *owner {
		switch found, err := s.refs.Find(ctx, tx, ref.User, []string{newOwner}); {
		case err != nil:
			return err
		case len(found) == 0:
			o.Fail("owner", "User does not exists")
		case !a.IsSysadmin() && !a.Is(newOwner):
			o.Fail("owner", "You can only set yourself as owner")
		}
		*owner = newOwner
		if orgState != patch.Set {
			*organization = ""
		}
	}
	if orgState == patch.Set && newOrg != *organization {
		switch found, err := s.refs.Find(ctx, tx, ref.Organization, []string{newOrg}); {
		case err != nil:
			return err
		case len(found) == 0 || found[newOrg].Deleted:
			o.Fail("organization", "Organization does not exists")
		case !a.CanPublishFor(newOrg):
			o.Fail("organization", "Permission denied for this organization")
		}
		*organization = newOrg
		*owner = "" // it has one publisher
	}
	if creating && *owner == "" && *organization == "" {
		*owner = a.ID
	}
	return nil
}

// frequencyOf reads how often the data changes.
func frequencyOf(o *patch.Object, current string) (string, patch.State) {
	raw := o.Raw("frequency")
	if raw == nil || raw[0] == 'n' || raw[0] == '[' && empty(raw) {
		return FrequencyUnknown, patch.Null
	}
	name := unquoted(raw)
	if now, ok := formerFrequencies[name]; ok {
		name = now
	}
	if _, ok := frequencies[name]; !ok && name != current || name == "" {
		o.Fail("frequency", "'%s' is not a valid UpdateFrequency", clip(unquoted(raw)))
		return "", patch.Bad
	}
	return name, patch.Set
}

// applyResources sets the resources: those with an id that is known change,
// the others are new, and those that are not named are gone.
func (s *Service) applyResources(d *Dataset, o *patch.Object, t translator, now time.Time) {
	const name = "resources"
	items, st := list(o, name, maxResources)
	if st == patch.Null {
		o.Fail(name, msgList)
	}
	if st != patch.Set {
		return
	}
	var out []Resource
	for i, raw := range items {
		if empty(raw) {
			continue
		}
		inner, err := patch.Parse(raw)
		if err != nil {
			o.Fail(name, patch.NotObject)
			return
		}
		r := Resource{ID: id.UUID(), CreatedInternal: now, ModifiedInternal: now}
		was, _ := inner.String("id")
		at := d.find(was)
		if at >= 0 {
			r = d.Resources[at]
		}
		before := r
		applyResource(&r, inner, t, at < 0)
		if inner.Errors() != nil {
			fromInner(o, inner, name, "#"+itoa(i+1)+" ", t)
			return
		}
		if at >= 0 && !sameResource(&before, &r) {
			r.ModifiedInternal = now
		}
		out = append(out, r)
	}
	d.Resources = out
}

// find returns the place of a resource, -1 when the dataset has none with the
// id.
func (d *Dataset) find(resource string) int {
	if resource == "" {
		return -1
	}
	return slices.IndexFunc(d.Resources, func(r Resource) bool { return r.ID == resource })
}

// applyResource changes a resource as the body says. What this portal holds
// keeps its address.
func applyResource(r *Resource, o *patch.Object, t translator, creating bool) {
	hosted := !creating && r.Filetype != FiletypeRemote
	required(o, creating, "title")
	if !hosted {
		required(o, creating, "url")
		if v, st := address(o, "url", r.URL, t); st == patch.Set {
			r.URL = v
		}
	}
	required(o, false, "filetype", "type")
	if v, st := text(o, "title", maxTitle); st == patch.Set {
		r.Title = v
	}
	if v, st := choice(o, "filetype", []string{FiletypeFile, FiletypeRemote}, ""); st == patch.Set {
		if !creating && v != orElse(r.Filetype, FiletypeFile) {
			o.Fail("filetype", msgFiletype)
		}
		r.Filetype = v
	} else if st == patch.Absent && creating {
		r.Filetype = FiletypeFile
	}
	if v, st := choice(o, "type", ResourceTypes, r.Type); st == patch.Set {
		r.Type = v
	} else if st == patch.Absent && creating {
		r.Type = "other"
	}
	if v, st := o.Text("format"); st == patch.Set || st == patch.Null {
		r.Format = strings.ToLower(strings.TrimSpace(v))
	}
	if v, st := text(o, "mime", 0); st == patch.Set || st == patch.Null {
		r.Mime = v
	}
	switch v, st := text(o, "description", 0); st {
	case patch.Set:
		r.Description = &v
	case patch.Null:
		r.Description = nil
	}
	switch v, st := whole(o, "filesize"); st {
	case patch.Set:
		r.Filesize = &v
	case patch.Null:
		r.Filesize = nil
	}
	if v, st := checksumOf(o, t); st == patch.Set || st == patch.Null {
		r.Checksum = v
	}
	if v, st := schemaOf(o, r.Schema, t); st == patch.Set || st == patch.Null {
		r.Schema = v
	}
	if v, st := extras(o, "extras"); st == patch.Set {
		r.Extras = v
	}
}

const msgFiletype = "Cannot modify filetype after creation"
