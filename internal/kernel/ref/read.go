package ref

import (
	"context"
	"slices"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/patch"
)

// Read reads a reference to an object of one of the classes from a body, and
// finds the object. ok is false when the field is absent or null, or when
// something is wrong with it, which is collected in the body.
func (r *Registry) Read(ctx context.Context, q db.Querier, o *patch.Object, name string, classes []string) (found Object, ok bool, err error) {
	class, oid, state := o.ClassRef(name)
	if state != patch.Set {
		return Object{}, false, nil
	}
	switch {
	case !r.Has(class):
		o.Fail(name, `Model "%s" does not exist`, class)
		return Object{}, false, nil
	case !slices.Contains(classes, class):
		o.Fail(name, `An object of the class "%s" cannot be named here`, class)
		return Object{}, false, nil
	}
	list, err := r.Find(ctx, q, class, []string{oid})
	if err != nil {
		return Object{}, false, err
	}
	found, ok = list[oid]
	if !ok {
		o.Fail(name, patch.UnknownRef, oid)
	}
	return found, ok, nil
}

// ByClass gathers the ids of references by their class, each once.
func ByClass(list []Ref) map[string][]string {
	out := map[string][]string{}
	seen := map[Ref]bool{}
	for _, x := range list {
		if x.ID != "" && !seen[x] {
			seen[x] = true
			out[x.Class] = append(out[x.Class], x.ID)
		}
	}
	return out
}

// FindAll finds objects of any classes; those of classes that are not
// registered are not found.
func (r *Registry) FindAll(ctx context.Context, q db.Querier, list []Ref) (map[Ref]Object, error) {
	out := map[Ref]Object{}
	for class, ids := range ByClass(list) {
		if !r.Has(class) {
			continue
		}
		found, err := r.Find(ctx, q, class, ids)
		if err != nil {
			return nil, err
		}
		for oid, o := range found {
			out[Ref{class, oid}] = o
		}
	}
	return out, nil
}
