package ref_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/wire"
)

var (
	card  = &schema.Model{Name: "Card"}
	whole = &schema.Model{Name: "Whole"}
)

// noun knows the object "1", which is called "one" and was called "uno".
func noun(class string, full *schema.Model, asked *int) ref.Noun {
	return ref.Noun{
		Class: class, Card: card, Full: full,
		Render: func(_ context.Context, _ db.Querier, form ref.Form, ids []string) (map[string]wire.Fragment, error) {
			*asked++
			text := map[ref.Form]string{ref.Card: `"card"`, ref.Full: `"full"`}[form]
			return map[string]wire.Fragment{ids[0]: {Text: []byte(text)}}, nil
		},
		Find: func(_ context.Context, _ db.Querier, ids []string) (map[string]ref.Object, error) {
			*asked++
			return map[string]ref.Object{ids[0]: {Ref: ref.Ref{Class: class, ID: ids[0]}}}, nil
		},
		Resolve: func(_ context.Context, _ db.Querier, key string) (ref.Object, error) {
			if key == "uno" {
				return ref.Object{}, errs.Moved("one")
			}
			return ref.Object{Ref: ref.Ref{Class: class, ID: "1"}}, nil
		},
		SetMetrics: func(_ context.Context, _ *sql.Tx, id string, _ map[string]any) error { return errors.New(class + id) },
	}
}

func TestRegistry(t *testing.T) {
	ctx, asked, r := t.Context(), 0, ref.NewRegistry()
	r.Register(noun(ref.Dataset, whole, &asked))
	r.Register(noun(ref.User, nil, &asked))
	if !r.Has(ref.Dataset) || r.Has(ref.Reuse) {
		t.Error("it does not know whom it knows")
	}
	if got, err := r.Render(ctx, nil, ref.Dataset, ref.Full, []string{"1"}); err != nil || string(got["1"].Text) != `"full"` {
		t.Errorf("rendered %v, %v", got, err)
	}
	if got, err := r.Find(ctx, nil, ref.User, []string{"1"}); err != nil || got["1"].Class != ref.User {
		t.Errorf("found %v, %v", got, err)
	}
	if got, err := r.Resolve(ctx, nil, ref.Dataset, "one"); err != nil || got.Ref.ID != "1" {
		t.Errorf("resolved %v, %v", got, err)
	}
	if _, err := r.Resolve(ctx, nil, ref.Dataset, "uno"); !errs.Is(err, 308) {
		t.Errorf("an old name: %v", err)
	}
	if err := r.SetMetrics(ctx, nil, ref.Ref{Class: ref.User, ID: "7"}, nil); err == nil || err.Error() != "User7" {
		t.Errorf("the counters of User 7: %v", err)
	}
	if r.Model(ref.Dataset, ref.Full) != whole || r.Model(ref.Dataset, ref.Card) != card || r.Model(ref.User, ref.Full) != card {
		t.Error("a model is another one's")
	}
}

// TestNothingCostsNothing: no ids, no statement – not even for a class that
// nobody knows.
func TestNothingCostsNothing(t *testing.T) {
	asked, r := 0, ref.NewRegistry()
	r.Register(noun(ref.Dataset, whole, &asked))
	for _, class := range []string{ref.Dataset, "Nothing"} {
		if got, err := r.Render(t.Context(), nil, class, ref.Card, nil); len(got) != 0 || err != nil {
			t.Errorf("%s: rendered %v, %v", class, got, err)
		}
		if got, err := r.Find(t.Context(), nil, class, nil); len(got) != 0 || err != nil {
			t.Errorf("%s: found %v, %v", class, got, err)
		}
	}
	if asked != 0 {
		t.Errorf("%d statements", asked)
	}
}

func TestUnknownClasses(t *testing.T) {
	ctx, r, ids := t.Context(), ref.NewRegistry(), []string{"1"}
	_, render := r.Render(ctx, nil, "Nothing", ref.Card, ids)
	_, find := r.Find(ctx, nil, "Nothing", ids)
	_, resolve := r.Resolve(ctx, nil, "Nothing", "1")
	set := r.SetMetrics(ctx, nil, ref.Ref{Class: "Nothing", ID: "1"}, nil)
	for name, err := range map[string]error{"render": render, "find": find, "resolve": resolve, "set": set} {
		if err == nil || errs.As(err) != nil { // a fault of ours, none of the client
			t.Errorf("%s: %v", name, err)
		}
	}
	panics := func(name string, f func()) {
		t.Helper()
		defer func() {
			if recover() == nil {
				t.Errorf("%s: nothing is told", name)
			}
		}()
		f()
	}
	asked := 0
	panics("a model of nothing", func() { r.Model("Nothing", ref.Card) })
	panics("a class twice", func() {
		r.Register(noun(ref.Dataset, nil, &asked))
		r.Register(noun(ref.Dataset, nil, &asked))
	})
}
