package intake

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"ouvert/internal/catalog/follow"
	"ouvert/internal/catalog/organization"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/ref"
)

// object reads a reference to an object of any class that the portal has.
func (r *Run) object(rec *Record, key string) (ref.Ref, error) {
	class, oid := rec.Generic(key)
	switch {
	case oid == "":
		return ref.Ref{}, fmt.Errorf("%s refers to nothing", key)
	case class == "":
		return ref.Ref{}, fmt.Errorf("%s refers to %s of no class", key, oid)
	case r.nouns[class].Find == nil:
		return ref.Ref{}, fmt.Errorf("the class %s is %s", class, notServed)
	}
	return ref.Ref{Class: class, ID: oid}, nil
}

func (r *Run) assignment(rec *Record, _ string) (*item, error) {
	oid, err := objectID(rec)
	if err != nil {
		return nil, err
	}
	person, org := rec.Ref("user"), rec.Ref("organization")
	object, err := r.object(rec, "subject")
	switch {
	case err != nil:
		return nil, err
	case person == "" || org == "":
		return nil, errors.New("it names no person or no organization")
	}
	as := &organization.Assignment{ID: oid, Person: person, Organization: org, Object: object, CreatedAt: rec.Created(oid, "created_at")}
	return &item{
		needs: []mention{{ref.User, person, "its person"}, {ref.Organization, org, "its organization"}, {object.Class, object.ID, "its subject"}},
		write: func(ctx context.Context, tx *sql.Tx) error {
			return r.target.Organizations.ImportAssignment(ctx, tx, as)
		},
	}, nil
}

func (r *Run) follow(rec *Record, _ string) (*item, error) {
	oid, err := objectID(rec)
	if err != nil {
		return nil, err
	}
	f := &follow.Follow{ID: oid, Follower: rec.Ref("follower"), Since: rec.Created(oid, "since"), Until: rec.Time("until")}
	if f.Object, err = r.object(rec, "following"); err != nil {
		return nil, err
	}
	if f.Follower == "" {
		return nil, errors.New("it is nobody's")
	}
	return &item{
		needs: []mention{{ref.User, f.Follower, "its person"}, {f.Object.Class, f.Object.ID, "what it follows,"}},
		write: func(ctx context.Context, tx *sql.Tx) error { return r.target.Follows.Import(ctx, tx, f) },
	}, nil
}

// oldSlug reads a slug that leads to another, which may lead to a third.
func (r *Run) oldSlug(rec *Record, _ string) (*item, error) {
	if _, err := objectID(rec); err != nil {
		return nil, err
	}
	class, old, current := rec.Text("namespace"), rec.Text("old_slug"), rec.Text("new_slug")
	n := r.nouns[class]
	switch {
	case n.keep == nil:
		return nil, fmt.Errorf("the class %q is %s", class, notServed)
	case old == "" || current == "":
		return nil, errors.New("it lacks a slug")
	case old == current:
		return nil, errors.New("it leads to itself")
	}
	it := &item{}
	it.write = func(ctx context.Context, tx *sql.Tx) error {
		owner, err := bySlug(ctx, tx, n, old)
		if err != nil && !errors.Is(err, errLater) {
			return err
		}
		target, err := bySlug(ctx, tx, n, current)
		if err != nil && !errors.Is(err, errLater) {
			return err
		}
		inUse := err == nil && target.Slug == current
		if owner.Slug == old && !inUse {
			// udata has been seen to write the two the wrong way round.
			it.notes.Add("it leads from a slug in use to one that is not: turned round")
			return n.keep(ctx, tx, current, owner.Ref.ID)
		}
		if err != nil {
			return err
		}
		return n.keep(ctx, tx, old, target.Ref.ID)
	}
	return it, nil
}

// bySlug finds the object that has a slug, or had it; errLater when there is
// none.
func bySlug(ctx context.Context, q db.Querier, n noun, slug string) (ref.Object, error) {
	o, err := n.Resolve(ctx, q, slug)
	if e := errs.As(err); e != nil && e.Location != "" {
		o, err = n.Resolve(ctx, q, e.Location)
	}
	if errs.As(err) != nil {
		return ref.Object{}, errLater
	}
	return o, err
}

// activityClass takes the class of an activity apart: "Activity.UserUpdatedReuse".
var activityClass = regexp.MustCompile(`^(?:Activity\.)?User(Created|Updated|Deleted|Discussed|Followed)(Reuse|Dataset|Dataservice|Organization|User|Topic|TopicElement)$`)

// resourceActivities are the classes that do not follow from their name.
var resourceActivities = map[string]string{
	"UserAddedResourceToDataset":     "dataset:resource:added",
	"UserUpdatedResource":            "dataset:resource:updated",
	"UserRemovedResourceFromDataset": "dataset:resource:deleted",
}

// activityKey returns the key of an activity and the class of its subject, ""
// when the class of the activity is unknown.
func activityKey(class string) (key, subject string) {
	if key := resourceActivities[strings.TrimPrefix(class, "Activity.")]; key != "" {
		return key, ref.Dataset
	}
	m := activityClass.FindStringSubmatch(class)
	if m == nil {
		return "", ""
	}
	what, subject := strings.ToLower(m[2]), m[2]
	if subject == "TopicElement" { // it tells of the topic
		what, subject = "topic:element", ref.Topic
	}
	return what + ":" + strings.ToLower(m[1]), subject
}

func (r *Run) activity(rec *Record, _ string) (*item, error) {
	oid, err := objectID(rec)
	if err != nil {
		return nil, err
	}
	class, _ := rec.get("_cls").(string)
	key, subject := activityKey(class)
	if key == "" {
		return nil, fmt.Errorf("the kind of activity %q is unknown", class)
	}
	e := &event.Event{
		At: rec.Created(oid, "created_at"), Key: key, Subject: ref.Ref{Class: subject}, Actor: rec.Ref("actor"),
		Organization: rec.Ref("organization"), Changes: rec.Texts("changes"), Extras: rec.Raw("extras"), Origin: oid,
	}
	if e.Subject.ID, _ = identify(rec.get("related_to")); e.Subject.ID == "" {
		return nil, errors.New("related_to refers to nothing")
	}
	it := &item{event: e}
	it.refer(ref.User, "its actor", e.Actor)
	it.refer(ref.Organization, "its organization", e.Organization)
	if r.nouns[subject].Find != nil {
		it.refer(subject, "what it tells of,", e.Subject.ID)
	}
	it.write = func(ctx context.Context, tx *sql.Tx) error {
		_, err := event.Append(ctx, tx, *e)
		return err
	}
	return it, nil
}
