// Package badge is what the nouns with badges share: a badge, which ones an
// object has, and the operations that give and take them.
package badge

import (
	"context"
	"net/http"
	"slices"
	"time"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/wire"
)

// Badge is a distinction that the portal gave. `udata:` names the key of
// udata's list `badges` that a field comes from.
type Badge struct {
	Kind      string    `json:"kind"`                 // udata: kind
	CreatedAt time.Time `json:"created_at,omitzero"`  // udata: created
	CreatedBy string    `json:"created_by,omitempty"` // udata: created_by
}

// Has tells whether one of the badges is of the kind.
func Has(list []Badge, kind string) bool {
	return slices.ContainsFunc(list, func(b Badge) bool { return b.Kind == kind })
}

// Without returns the badges but that of the kind; 404 when there is none.
func Without(list []Badge, kind string) ([]Badge, error) {
	if !Has(list, kind) {
		return list, errs.New(http.StatusNotFound, "Badge does not exists")
	}
	return slices.DeleteFunc(list, func(b Badge) bool { return b.Kind == kind }), nil
}

// Write writes the member `badges`.
func Write(w *wire.Writer, list []Badge) {
	w.Key("badges")
	w.Open('[')
	for _, b := range list {
		w.Open('{')
		w.Key("kind")
		w.String(b.Kind)
		w.Close('}')
	}
	w.Close(']')
}

type handler = func(context.Context, *api.Request) (*api.Response, error)

// Available answers with the badges that there are, {kind: label}, in the
// caller's language. A label is a message id.
func Available[L ~struct{ ID, Label string }](list []L) handler {
	return func(_ context.Context, r *api.Request) (*api.Response, error) {
		w := wire.NewWriter(256)
		w.Open('{')
		for i := range list {
			l := struct{ ID, Label string }(list[i])
			w.Name(l.ID)
			w.String(r.Lang.T(l.Label))
		}
		w.Close('}')
		return api.JSON(r, w.Fragment()), nil
	}
}

// Add gives the request's subject, a T, the badge that the body names: 201, or
// 200 when it has that already, which add tells.
func Add[T any](id func(T) string, add func(ctx context.Context, a *auth.Actor, oid, kind string) (added bool, err error)) handler {
	return func(ctx context.Context, r *api.Request) (*api.Response, error) {
		o, err := r.Object()
		if err != nil {
			return nil, err
		}
		kind, _ := o.String("kind")
		if err := o.Err(r.Lang.T); err != nil {
			return nil, err
		}
		added, err := add(ctx, r.Actor, id(r.Subject.(T)), kind)
		if err != nil {
			return nil, err
		}
		w := wire.NewWriter(64)
		w.Open('{')
		w.Key("kind")
		w.String(kind)
		w.Close('}')
		return api.Created(r, w.Fragment(), added), nil
	}
}

// Remove takes the badge that the path names from the request's subject, a T.
func Remove[T any](id func(T) string, remove func(ctx context.Context, a *auth.Actor, oid, kind string) error) handler {
	return func(ctx context.Context, r *api.Request) (*api.Response, error) {
		if err := remove(ctx, r.Actor, id(r.Subject.(T)), r.PathValue("badge_kind")); err != nil {
			return nil, err
		}
		return api.NoContent(), nil
	}
}
