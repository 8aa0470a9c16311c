package ref

import (
	"context"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/wire"
)

// Loader loads those of the ids that exist, by id. From it follow a noun's Find
// and Render.
type Loader[T any] func(ctx context.Context, q db.Querier, ids []string) (map[string]T, error)

// Listed makes a Loader of a function that returns a list.
func Listed[T any](load func(ctx context.Context, q db.Querier, ids []string) ([]T, error), id func(T) string) Loader[T] {
	return func(ctx context.Context, q db.Querier, ids []string) (map[string]T, error) {
		list, err := load(ctx, q, ids)
		out := make(map[string]T, len(list))
		for _, x := range list {
			out[id(x)] = x
		}
		return out, err
	}
}

// Find is Noun.Find; object says what others may know of an object.
func (load Loader[T]) Find(object func(T) Object) func(context.Context, db.Querier, []string) (map[string]Object, error) {
	return func(ctx context.Context, q db.Querier, ids []string) (map[string]Object, error) {
		found, err := load(ctx, q, ids)
		out := make(map[string]Object, len(found))
		for oid, x := range found {
			out[oid] = object(x)
		}
		return out, err
	}
}

// Render is Noun.Render; card writes the short form, whole the others.
func (load Loader[T]) Render(card func(T) wire.Fragment, whole func(ctx context.Context, q db.Querier, form Form, found map[string]T) (map[string]wire.Fragment, error)) func(context.Context, db.Querier, Form, []string) (map[string]wire.Fragment, error) {
	return func(ctx context.Context, q db.Querier, form Form, ids []string) (map[string]wire.Fragment, error) {
		found, err := load(ctx, q, ids)
		if err != nil {
			return nil, err
		}
		if form != Card {
			return whole(ctx, q, form, found)
		}
		out := make(map[string]wire.Fragment, len(found))
		for oid, x := range found {
			out[oid] = card(x)
		}
		return out, nil
	}
}

// Resolver is Noun.Resolve; resolve finds an object by what stands in a path.
func Resolver[T any](resolve func(ctx context.Context, q db.Querier, key string) (T, error), object func(T) Object) func(context.Context, db.Querier, string) (Object, error) {
	return func(ctx context.Context, q db.Querier, key string) (Object, error) {
		x, err := resolve(ctx, q, key)
		if err != nil {
			return Object{}, err
		}
		return object(x), nil
	}
}

// RenderList renders loaded objects as a list and returns the items by id.
func RenderList[T any](found map[string]T, render func([]T) ([]wire.Fragment, error)) (map[string]wire.Fragment, error) {
	ids, list := make([]string, 0, len(found)), make([]T, 0, len(found))
	for oid, x := range found {
		ids, list = append(ids, oid), append(list, x)
	}
	items, err := render(list)
	out := make(map[string]wire.Fragment, len(items))
	for i := range items {
		out[ids[i]] = items[i]
	}
	return out, err
}

// RenderInOrder renders a list by what renders loaded objects by id.
func RenderInOrder[T any](list []T, id func(T) string, render func(map[string]T) (map[string]wire.Fragment, error)) ([]wire.Fragment, error) {
	byID := make(map[string]T, len(list))
	for _, x := range list {
		byID[id(x)] = x
	}
	found, err := render(byID)
	if err != nil {
		return nil, err
	}
	items := make([]wire.Fragment, len(list))
	for i, x := range list {
		items[i] = found[id(x)]
	}
	return items, nil
}
