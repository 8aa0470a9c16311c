package contactpoint

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/wire"
)

// newRegistry returns the noun among stand-ins for those that it mentions.
func newRegistry(d *db.DB) (*Service, *ref.Registry) {
	refs := ref.NewRegistry()
	for _, class := range []string{ref.User, ref.Organization} {
		refs.Register(ref.Noun{
			Class: class,
			Card:  &schema.Model{Name: class},
			Render: func(_ context.Context, _ db.Querier, _ ref.Form, ids []string) (map[string]wire.Fragment, error) {
				out := map[string]wire.Fragment{}
				for _, oid := range ids {
					out[oid] = wire.Fragment{Text: []byte(`{"class":"` + class + `","id":"` + oid + `"}`)}
				}
				return out, nil
			},
		})
	}
	s := New(d, refs, wire.NewLinks("http://portal.test", ""), clock.Fixed(time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)))
	refs.Register(s.Noun())
	return s, refs
}

func imported(t *testing.T, d *db.DB, s *Service, list ...*ContactPoint) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *sql.Tx) error {
		for _, c := range list {
			if err := s.Import(t.Context(), tx, c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestContactPoints(t *testing.T) {
	// The first is one of data.gouv.fr, with what udata 17.6 answered for it.
	const sirene = "6661de0a74aa271846b1d35d"
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, refs := newRegistry(d)
		imported(t, d, s,
			&ContactPoint{ID: sirene, Name: "Support", Email: "x@example.org"},
			&ContactPoint{ID: "5e0000000000000000000001", Name: "Ada", Owner: "5e00000000000000000000aa", Role: "creator"},
			&ContactPoint{ID: "5e0000000000000000000002", Name: "Etalab", Organization: "5e00000000000000000000bb"},
		)
		// A second run writes over the first.
		imported(t, d, s, &ContactPoint{ID: sirene, Name: "Support API SIRENE", Email: "sirene@insee.fr", ContactForm: "http://www.davis.com/", Role: "contact"})
		want := map[string]string{
			sirene: `{"contact_form":"http://www.davis.com/","email":"sirene@insee.fr","id":"6661de0a74aa271846b1d35d",` +
				`"name":"Support API SIRENE","organization":null,"owner":null,"role":"contact"}`,
			"5e0000000000000000000001": `{"contact_form":null,"email":null,"id":"5e0000000000000000000001","name":"Ada","organization":null,` +
				`"owner":{"class":"User","id":"5e00000000000000000000aa"},"role":"creator"}`,
			"5e0000000000000000000002": `{"contact_form":null,"email":null,"id":"5e0000000000000000000002","name":"Etalab",` +
				`"organization":{"class":"Organization","id":"5e00000000000000000000bb"},"owner":null,"role":null}`,
		}
		ids := []string{"5effffffffffffffffffffff"}
		for oid := range want {
			ids = append(ids, oid)
		}
		got, err := refs.Render(t.Context(), d.Read(), Class, ref.Card, ids)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(want) {
			t.Errorf("%d of %d", len(got), len(want))
		}
		for oid, w := range want {
			if string(got[oid].Text) != w {
				t.Errorf("got  %s\nwant %s", got[oid].Text, w)
			}
			var m map[string]any
			if err := json.Unmarshal(got[oid].Text, &m); err != nil {
				t.Fatal(err)
			}
			for name := range m {
				if refs.Model(Class, ref.Card).Field(name) == nil {
					t.Errorf("%s is not described", name)
				}
			}
		}
		found, err := refs.Find(t.Context(), d.Read(), Class, ids)
		if err != nil || len(found) != 3 || found[sirene].Title != "Support API SIRENE" || found["5e0000000000000000000001"].Owner != "5e00000000000000000000aa" {
			t.Errorf("found %+v, %v", found, err)
		}
		if o, err := refs.Resolve(t.Context(), d.Read(), Class, sirene); err != nil || o != found[sirene] {
			t.Errorf("resolved %+v, %v", o, err)
		}
		for _, key := range []string{"5effffffffffffffffffffff", "support", "\x00"} {
			if _, err := refs.Resolve(t.Context(), d.Read(), Class, key); !errs.Is(err, 404) {
				t.Errorf("%q: %v", key, err)
			}
		}
	})
}

func TestManyIDs(t *testing.T) {
	d := dbtest.SQLite(t)
	s, refs := newRegistry(d)
	var list []*ContactPoint
	var ids []string
	for i := range 1001 {
		c := &ContactPoint{ID: fmt.Sprintf("5e0000000000000000%06x", i), Name: "x"}
		list, ids = append(list, c), append(ids, c.ID)
	}
	imported(t, d, s, list...)
	got, err := refs.Render(t.Context(), d.Read(), Class, ref.Card, ids)
	if err != nil || len(got) != len(ids) {
		t.Errorf("%d of %d, %v", len(got), len(ids), err)
	}
}
