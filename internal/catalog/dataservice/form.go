package dataservice

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"unicode/utf8"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/slug"
	"ouvert/internal/kernel/weburl"
)

// licenseClass is the class of licences, whose ids are words.
const licenseClass = "License"

// Limits: udata's, in characters, and how much one dataservice may name.
const (
	maxAcronym = 128
	minTag     = 3
	maxTag     = 96
	maxLinks   = 5000
)

const (
	msgTooMany = "At most %d may be named"
	msgTooLong = "String value is too long"
	msgNoOwner = "A dataservice belongs to a person or an organization: name the new owner or the organization"
)

// The choices are udata's (core/dataservices/models.py,
// core/access_type/constants.py).
const (
	accessOpen       = "open"
	accessRestricted = "restricted"
)

var (
	formats          = []string{"REST", "WMS", "WSL"}
	accessTypes      = []string{accessOpen, "open_with_account", accessRestricted}
	accessRoles      = []string{"local_authority_and_administration", "company_and_association", "private"}
	accessConditions = []string{"yes", "no", "under_condition"}
	// reasonCategories are why access may be restricted: article 13 (1) of the
	// INSPIRE directive, a to h.
	reasonCategories = []string{
		"confidentiality_of_proceedings_of_public_authorities", "international_relations_public_security_or_national_defence",
		"course_of_justice_or_fair_trial", "confidentiality_of_commercial_or_industrial_information", "intellectual_property_rights",
		"confidentiality_of_personal_data", "protection_of_voluntary_information_suppliers", "protection_of_environment",
	}
)

// apply changes d as the body says and returns the names of the fields whose
// value is another now. Fields that the body does not name stay; those that
// nobody may write are ignored. creating tells that d is new, so that the
// required fields must be there. What is wrong is collected in the body.
func (s *Service) apply(ctx context.Context, tx *sql.Tx, d *Dataservice, o *patch.Object, a *auth.Actor, t translator, creating bool) (changes []string, err error) {
	if creating {
		o.Require("title")
	} else {
		o.NotBlank("title")
	}
	before := *d
	if err := s.refs.ReadOwner(ctx, tx, o, a, &d.Owner, &d.Organization, creating, msgNoOwner); err != nil {
		return nil, err
	}
	applyTexts(d, o, t)
	applyAccess(d, o)
	if v, st := availability(o); st == patch.Set || st == patch.Null {
		d.Doc.Availability = v
	}
	if v, st := o.Bool("private"); st == patch.Set || st == patch.Null {
		d.Private = v
	}
	if v, st := o.Time("archived_at"); st == patch.Set || st == patch.Null {
		d.Archived = v.UTC()
	}
	if v, st := o.Time("deleted_at"); st == patch.Set || st == patch.Null {
		d.Deleted = v.UTC() // deleting and restoring are events of their own
	}
	if v, st := tags(o); st == patch.Set || st == patch.Null {
		d.Doc.Tags = v
	}
	if v, st := o.Extras("extras"); st == patch.Set || st == patch.Null {
		d.Doc.Extras = v
	}
	if err := s.applyLinks(ctx, tx, d, o); err != nil {
		return nil, err
	}
	return changed(&before, d), nil
}

// applyTexts sets what is a text, an address or a choice.
func applyTexts(d *Dataservice, o *patch.Object, t translator) {
	if v, st := o.Text("title"); st == patch.Set {
		d.Title = v
	}
	switch v, st := o.Text("acronym"); {
	case utf8.RuneCountInString(v) > maxAcronym:
		o.Fail("acronym", msgTooLong)
	case st == patch.Set || st == patch.Null:
		d.Acronym = v
	}
	for name, into := range map[string]*string{
		"description": &d.Doc.Description, "rate_limiting": &d.Doc.RateLimiting, "access_type_reason": &d.Doc.Access.Reason,
	} {
		if v, st := o.Text(name); st == patch.Set || st == patch.Null {
			*into = v
		}
	}
	for name, into := range map[string]*string{
		"authorization_request_url":   &d.Doc.Access.RequestURL,
		"availability_url":            &d.Doc.AvailabilityURL,
		"base_api_url":                &d.Doc.BaseAPIURL,
		"business_documentation_url":  &d.Doc.BusinessDocumentationURL,
		"machine_documentation_url":   &d.Doc.MachineDocumentationURL,
		"rate_limiting_url":           &d.Doc.RateLimitingURL,
		"technical_documentation_url": &d.Doc.TechnicalDocumentationURL,
	} {
		if v, st := address(o, name, *into, t); st == patch.Set || st == patch.Null {
			*into = v
		}
	}
	for name, x := range map[string]struct {
		into    *string
		allowed []string
	}{
		"access_type":                 {&d.Doc.Access.Type, accessTypes},
		"access_type_reason_category": {&d.Doc.Access.ReasonCategory, reasonCategories},
		"format":                      {&d.Doc.Format, formats},
	} {
		if v, st := o.Enum(name, x.allowed); st == patch.Set || st == patch.Null {
			*x.into = v
		}
	}
}

// applyAccess sets who may use the API. As in udata only a restricted one
// tells different groups different things.
func applyAccess(d *Dataservice, o *patch.Object) {
	if v, st := audiences(o); st == patch.Set || st == patch.Null {
		d.Doc.Access.Audiences = v
	}
	if d.Doc.Access.Type != accessRestricted {
		d.Doc.Access.Audiences = nil
	}
}

// applyLinks sets the licence, the contact points and the datasets. What is
// there already may stay, also when it is gone meanwhile.
func (s *Service) applyLinks(ctx context.Context, tx *sql.Tx, d *Dataservice, o *patch.Object) error {
	switch v, st := o.Text("license"); {
	case st == patch.Null:
		d.Doc.License = ""
	case st == patch.Set && v != d.Doc.License:
		found, err := s.refs.Find(ctx, tx, licenseClass, []string{v})
		if err != nil {
			return err
		}
		if _, ok := found[v]; !ok {
			o.Fail("license", patch.UnknownRef, clip(v))
		}
		d.Doc.License = v
	}
	for _, field := range []struct {
		name, class string
		list        *[]string
	}{{"contact_points", contactPoint, &d.Doc.ContactPoints}, {"datasets", ref.Dataset, &d.Datasets}} {
		if patch.IsLink(o.Raw(field.name)) {
			continue
		}
		v, st := o.Refs(field.name)
		if st != patch.Set {
			continue
		}
		if len(v) > maxLinks {
			o.Fail(field.name, msgTooMany, maxLinks)
			continue
		}
		found, err := s.refs.Find(ctx, tx, field.class, v)
		if err != nil {
			return err
		}
		for _, oid := range v {
			if _, ok := found[oid]; !ok && !slices.Contains(*field.list, oid) {
				o.Fail(field.name, patch.UnknownRef, oid)
			}
		}
		*field.list = v
	}
	return nil
}

// address reads the address of a page or an API. current may stay, even when
// older rules took it.
func address(o *patch.Object, name, current string, t translator) (string, patch.State) {
	v, st := o.Text(name)
	if st != patch.Set || v == current {
		return v, st
	}
	clean, err := weburl.Default.Check(v)
	if err != nil {
		var bad *weburl.Error
		if errors.As(err, &bad) {
			o.Fail(name, "%s", bad.Message(t))
		} else {
			o.Fail(name, "%s", err.Error())
		}
		return "", patch.Bad
	}
	return clean, patch.Set
}

// availability reads a share of the time, in percent.
func availability(o *patch.Object) (*float64, patch.State) {
	const name = "availability"
	raw := o.Raw(name)
	switch {
	case raw == nil:
		return nil, patch.Absent
	case raw[0] == 'n':
		return nil, patch.Null
	}
	text := string(raw)
	if raw[0] == '"' {
		var st patch.State
		if text, st = o.Text(name); st != patch.Set {
			return nil, st
		}
	}
	v, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || v != v:
		o.Fail(name, "A number is expected")
	case v < 0 || v > 100:
		o.Fail(name, "A percentage lies between 0 and 100")
	default:
		return &v, patch.Set
	}
	return nil, patch.Bad
}

// audiences reads who may use the API.
func audiences(o *patch.Object) ([]Audience, patch.State) {
	const name = "access_audiences"
	raw := o.Raw(name)
	switch {
	case raw == nil:
		return nil, patch.Absent
	case raw[0] == 'n':
		return nil, patch.Null
	}
	var items []json.RawMessage
	if raw[0] != '[' || json.Unmarshal(raw, &items) != nil {
		o.Fail(name, "A list is expected")
		return nil, patch.Bad
	}
	var out []Audience
	for _, item := range items {
		inner, err := patch.Parse(item)
		if err != nil {
			o.Fail(name, patch.NotObject)
			return nil, patch.Bad
		}
		var a Audience
		inner.Require("role", "condition")
		a.Role, _ = inner.Enum("role", accessRoles)
		a.Condition, _ = inner.Enum("condition", accessConditions)
		for _, problem := range inner.Errors() {
			o.Fail(name, "%s", problem)
			return nil, patch.Bad
		}
		if slices.ContainsFunc(out, func(b Audience) bool { return b.Role == a.Role }) {
			o.Fail(name, "You can only set one condition for a given access audience role")
			return nil, patch.Bad
		}
		out = append(out, a)
	}
	return out, patch.Set
}

// tags reads a list of strings, or one string with commas, and returns them
// normalised, in their order, each once.
func tags(o *patch.Object) ([]string, patch.State) {
	raw, st := o.Strings("tags")
	if st != patch.Set {
		return nil, st
	}
	var out []string
	for _, t := range raw {
		tag := slug.Tag(t)
		if n := utf8.RuneCountInString(tag); n < minTag || n > maxTag {
			o.Fail("tags", `Tag "%s" must be between %d and %d characters long.`, clip(tag), minTag, maxTag)
			return nil, patch.Bad
		}
		if !slices.Contains(out, tag) {
			out = append(out, tag)
		}
	}
	return out, patch.Set
}

// clip shortens a text of the client's for a message.
func clip(s string) string { return patch.Clip(s, 100) }

// changed names the fields whose value is another, for the activities.
func changed(a, b *Dataservice) []string {
	var out []string
	for _, f := range []struct {
		name string
		same bool
	}{
		{"owner", a.Owner == b.Owner},
		{"organization", a.Organization == b.Organization},
		{"title", a.Title == b.Title},
		{"acronym", a.Acronym == b.Acronym},
		{"description", a.Doc.Description == b.Doc.Description},
		{"base_api_url", a.Doc.BaseAPIURL == b.Doc.BaseAPIURL},
		{"machine_documentation_url", a.Doc.MachineDocumentationURL == b.Doc.MachineDocumentationURL},
		{"technical_documentation_url", a.Doc.TechnicalDocumentationURL == b.Doc.TechnicalDocumentationURL},
		{"business_documentation_url", a.Doc.BusinessDocumentationURL == b.Doc.BusinessDocumentationURL},
		{"rate_limiting", a.Doc.RateLimiting == b.Doc.RateLimiting},
		{"rate_limiting_url", a.Doc.RateLimitingURL == b.Doc.RateLimitingURL},
		{"availability", reflect.DeepEqual(a.Doc.Availability, b.Doc.Availability)},
		{"availability_url", a.Doc.AvailabilityURL == b.Doc.AvailabilityURL},
		{"format", a.Doc.Format == b.Doc.Format},
		{"license", a.Doc.License == b.Doc.License},
		{"tags", slices.Equal(slices.Sorted(slices.Values(a.Doc.Tags)), slices.Sorted(slices.Values(b.Doc.Tags)))},
		{"private", a.Private == b.Private},
		{"contact_points", slices.Equal(a.Doc.ContactPoints, b.Doc.ContactPoints)},
		{"archived_at", a.Archived.Equal(b.Archived)},
		{"datasets", slices.Equal(a.Datasets, b.Datasets)},
		{"access_type", a.Doc.Access.Type == b.Doc.Access.Type},
		{"access_audiences", slices.Equal(a.Doc.Access.Audiences, b.Doc.Access.Audiences)},
		{"authorization_request_url", a.Doc.Access.RequestURL == b.Doc.Access.RequestURL},
		{"access_type_reason_category", a.Doc.Access.ReasonCategory == b.Doc.Access.ReasonCategory},
		{"access_type_reason", a.Doc.Access.Reason == b.Doc.Access.Reason},
	} {
		if !f.same {
			out = append(out, f.name)
		}
	}
	return out
}
