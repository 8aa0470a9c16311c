// Package ref lets nouns mention each other without importing each other.
//
// A noun registers under its class ("Dataset") how its objects are found, how
// they look inside of others, and how a counter of theirs is set. Another
// noun then asks by class.
package ref

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/keep"
	"ouvert/internal/kernel/metric"
	"ouvert/internal/kernel/rdf"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/wire"
)

// The classes, as the API names them.
const (
	Reuse        = "Reuse"
	Dataset      = "Dataset"
	Dataservice  = "Dataservice"
	Organization = "Organization"
	User         = "User"
	Topic        = "Topic"
	Post         = "Post"
	Discussion   = "Discussion"
)

// Ref names one object.
type Ref struct{ Class, ID string }

// Form is how an object looks inside of another.
type Form int

// The forms.
const (
	// Card is the short reference {class, id, title, uri, page, …}.
	Card Form = iota
	// Full is the whole object, as udata embeds datasets in reuses.
	Full
	// Light is the object without what it is made of, for lists of cards.
	Light
)

// Object is what other nouns may know of an object.
type Object struct {
	Ref
	auth.Owned
	Slug, Title string
	// Page is the address of its web page.
	Page    string
	Private bool
	Deleted bool
}

// Noun is what a noun offers to the others.
type Noun struct {
	Class string
	// Card, Full and Light describe the forms; Full and Light are nil for a noun that is
	// never embedded whole.
	Card, Full, Light *schema.Model
	// Render returns the wire forms of those of the ids that exist, one
	// statement (or a constant number) for all of them.
	Render func(ctx context.Context, q db.Querier, form Form, ids []string) (map[string]wire.Fragment, error)
	// Find returns those of the ids that exist, deleted and private ones
	// included.
	Find func(ctx context.Context, q db.Querier, ids []string) (map[string]Object, error)
	// Resolve finds an object by what stands in a path: its id, its slug or
	// an old slug. It returns errs.NotFound, or errs.Moved with the current
	// slug as Location when the text is not the canonical one.
	Resolve func(ctx context.Context, q db.Querier, key string) (Object, error)
	// SetMetrics sets counters of an object in the transaction of the fact
	// that moved them. Values are int64 or json.RawMessage. It is nil for a
	// noun without counters.
	SetMetrics func(ctx context.Context, tx *sql.Tx, id string, metrics map[string]any) error
	// Counters are those that SetMetrics sets, nil when there are none.
	Counters *metric.Counters

	// What follows is nil, or "", for a noun that has no such thing.

	// Describe tells of those of the ids that everybody may see in RDF: with
	// Card how others mention them alone, with Full all that is told of them.
	Describe func(ctx context.Context, q db.Querier, form Form, ids []string) (map[string]rdf.Description, error)
	// Table is the SQL table of objects that belong to somebody; its columns
	// id, owner and organization are there for others to join.
	Table string
	// Uses returns the datasets that an object was made with, in its order.
	Uses func(ctx context.Context, q db.Querier, id string) ([]string, error)
	// SetOwner gives an object to a person or an organization, with all that
	// counts for the old and the new owner, and its event: by did it.
	SetOwner func(ctx context.Context, tx *sql.Tx, id string, to Ref, by *auth.Actor) error
	// Recount counts anew what the organizations of objects count by way of
	// them – who follows the objects, what was made with them – after that
	// has changed.
	Recount func(ctx context.Context, tx *sql.Tx, ids []string) error
}

// Registry is the list of nouns.
type Registry struct {
	nouns map[string]Noun
	// Keep is what is kept in memory of what they read; the zero Keep keeps
	// nothing.
	Keep keep.Keep
}

// NewRegistry returns an empty registry.
func NewRegistry() *Registry { return &Registry{nouns: map[string]Noun{}} }

// Register adds a noun. Each class is registered once, before the first
// request.
func (r *Registry) Register(n Noun) {
	if _, ok := r.nouns[n.Class]; ok {
		panic("ref: class registered twice: " + n.Class)
	}
	r.nouns[n.Class] = n
}

// Noun returns the noun of a class.
func (r *Registry) Noun(class string) (Noun, error) {
	n, ok := r.nouns[class]
	if !ok {
		return Noun{}, fmt.Errorf("ref: no noun is registered for class %q", class)
	}
	return n, nil
}

// Has tells whether the class is registered.
func (r *Registry) Has(class string) bool {
	_, ok := r.nouns[class]
	return ok
}

// Render renders objects of one class; see Noun.Render. No ids cost nothing.
func (r *Registry) Render(ctx context.Context, q db.Querier, class string, form Form, ids []string) (map[string]wire.Fragment, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	n, err := r.Noun(class)
	if err != nil {
		return nil, err
	}
	keep.Mention(ctx, class, ids...)
	return n.Render(ctx, q, form, ids)
}

// Find finds objects of one class; see Noun.Find.
func (r *Registry) Find(ctx context.Context, q db.Querier, class string, ids []string) (map[string]Object, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	n, err := r.Noun(class)
	if err != nil {
		return nil, err
	}
	keep.Mention(ctx, class, ids...)
	return n.Find(ctx, q, ids)
}

// Describe tells of objects of one class in RDF; see Noun.Describe.
func (r *Registry) Describe(ctx context.Context, q db.Querier, class string, form Form, ids []string) (map[string]rdf.Description, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	n, err := r.Noun(class)
	if err != nil {
		return nil, err
	}
	if n.Describe == nil {
		return nil, fmt.Errorf("ref: the class %q has no description in RDF", class)
	}
	return n.Describe(ctx, q, form, ids)
}

// Resolve resolves a path segment; see Noun.Resolve.
func (r *Registry) Resolve(ctx context.Context, q db.Querier, class, key string) (Object, error) {
	n, err := r.Noun(class)
	if err != nil {
		return Object{}, err
	}
	return n.Resolve(ctx, q, key)
}

// SetMetrics sets counters; see Noun.SetMetrics.
func (r *Registry) SetMetrics(ctx context.Context, tx *sql.Tx, to Ref, metrics map[string]any) error {
	n, err := r.Noun(to.Class)
	if err != nil {
		return err
	}
	return n.SetMetrics(ctx, tx, to.ID, metrics)
}

// Recount tells the noun of a class that something changed which is counted
// by way of its objects; see Noun.Recount.
func (r *Registry) Recount(ctx context.Context, tx *sql.Tx, class string, ids []string) error {
	if n, ok := r.nouns[class]; ok && n.Recount != nil && len(ids) > 0 {
		return n.Recount(ctx, tx, ids)
	}
	return nil
}

// With returns the classes for which has is true, in alphabetical order.
func (r *Registry) With(has func(n Noun) bool) []string {
	var out []string
	for class, n := range r.nouns {
		if has(n) {
			out = append(out, class)
		}
	}
	slices.Sort(out)
	return out
}

// Model describes a form of a class. It panics for a class that is not
// registered: routes are listed after the nouns.
func (r *Registry) Model(class string, form Form) *schema.Model {
	n, err := r.Noun(class)
	if err != nil {
		panic(err)
	}
	switch {
	case form == Full && n.Full != nil:
		return n.Full
	case form == Light && n.Light != nil:
		return n.Light
	}
	return n.Card
}
