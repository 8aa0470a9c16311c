package organization

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/search"
)

var now = time.Date(2026, 11, 24, 12, 0, 0, 123456000, time.UTC)

func oid(n int) string { return fmt.Sprintf("5e%022x", n) }

func write(t *testing.T, d *db.DB, f func(ctx context.Context, tx *sql.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), func(tx *sql.Tx) error { return f(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func sample(n int, name string) *Organization {
	return &Organization{
		ID: oid(n), Slug: fmt.Sprintf("o-%d", n), Name: name, Acronym: "ÉÀ", CreatedAt: now.Add(time.Duration(n) * time.Second), LastModified: now,
		Members: []Member{{Person: oid(100), Role: auth.Admin, Since: now}, {Person: oid(101), Role: auth.PartialEditor}},
		Badges:  []Badge{{Kind: "certified", CreatedAt: now, CreatedBy: oid(100)}, {Kind: "company"}},
		Counts:  map[string]int64{"datasets": 1, "reuses": 2, "followers": 3, "views": 4}, Metrics: "{}",
		Doc: Doc{Description: "An **office**", BusinessNumberID: "13002526500013"},
	}
}

func TestStore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		want := sample(1, "Régie")
		write(t, d, func(ctx context.Context, tx *sql.Tx) error { return save(ctx, tx, want) })
		got, err := byID(t.Context(), d.Read(), want.ID)
		if err != nil {
			t.Fatal(err)
		}
		want.Revision = got.Revision
		if !reflect.DeepEqual(got, want) {
			t.Errorf("want %+v\ngot  %+v", want, got)
		}
		want.Members, want.Badges, want.Doc.BusinessNumberID = want.Members[1:], nil, ""
		write(t, d, func(ctx context.Context, tx *sql.Tx) error { return save(ctx, tx, want) })
		if got, err = byID(t.Context(), d.Read(), want.ID); err != nil || len(got.Members) != 1 || len(got.Badges) != 0 {
			t.Errorf("after the second save: %+v, %v", got, err)
		}
		if _, err := byID(t.Context(), d.Read(), oid(9)); !errs.Is(err, 404) {
			t.Errorf("what is not there: %v", err)
		}
	})
}

func TestLists(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := &Service{db: d, index: search.New(d)}
		first, second, third := sample(1, "Régie des bus"), sample(2, "agence"), sample(3, "Bus 100%")
		second.Badges, second.Counts["reuses"] = nil, 9
		third.Deleted = now
		write(t, d, func(ctx context.Context, tx *sql.Tx) error {
			return InsertMany(ctx, tx, []*Organization{first, second, third})
		})
		for name, c := range map[string]struct {
			f    Filter
			want []string
		}{
			"all, the newest first":   {Filter{}, []string{second.ID, first.ID}},
			"by name":                 {Filter{Sort: "name"}, []string{first.ID, second.ID}},
			"by reuses":               {Filter{Sort: "reuses", Descending: true}, []string{second.ID, first.ID}},
			"ties by age":             {Filter{Sort: "views"}, []string{first.ID, second.ID}},
			"a page":                  {Filter{Limit: 1, Offset: 1}, []string{first.ID}},
			"words without accents":   {Filter{Query: "BUS regie"}, []string{first.ID}},
			"words of the text":       {Filter{Query: "office bus"}, []string{first.ID}},
			"blanks":                  {Filter{Query: " \t"}, nil},
			"a pattern is no pattern": {Filter{Query: "%"}, nil},
			"the whole name":          {Filter{Name: "RÉGIE DES BUS"}, []string{first.ID}},
			"a part of the name":      {Filter{Name: "bus"}, nil},
			"a badge":                 {Filter{Badge: "certified"}, []string{first.ID}},
			"a kind":                  {Filter{ProducerType: "company"}, []string{first.ID}},
			"no kind":                 {Filter{ProducerType: NotSpecified}, []string{second.ID}},
			"a number":                {Filter{BusinessNumberID: "13002526500013", Badge: "company"}, []string{first.ID}},
			"NUL and broken UTF-8":    {Filter{Query: "\x00\xff", Name: "\x00"}, nil},
			"a very long text":        {Filter{Query: strings.Repeat("%é ", 50_000)}, nil},
		} {
			list, err := s.List(t.Context(), c.f)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			var got []string
			for _, o := range list {
				got = append(got, o.ID)
				if len(o.Members) != 2 {
					t.Errorf("%s: %d members", name, len(o.Members))
				}
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("%s: want %v, got %v", name, c.want, got)
			}
			c.f.Limit, c.f.Offset = 0, 0
			if total, err := s.Count(t.Context(), c.f); err != nil || name != "a page" && total != len(c.want) {
				t.Errorf("%s: counted %d, %v", name, total, err)
			}
		}
	})
}

func TestRequestsStore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		asked := &Request{
			ID: "00000000-0000-4000-8000-000000000001", Organization: oid(1), Kind: Asked, Status: Pending, Person: oid(7), Role: auth.Editor,
			Comment: "please", CreatedAt: now, CreatedBy: oid(7),
		}
		invited := &Request{
			ID: "00000000-0000-4000-8000-000000000002", Organization: oid(1), Kind: Invited, Status: Refused, Email: "x@example.org", Role: auth.PartialEditor,
			CreatedAt: now.Add(time.Second), HandledAt: now.Add(time.Minute), HandledBy: oid(8), RefusalComment: "no",
			Assignments: []ref.Ref{{Class: ref.Dataset, ID: oid(3)}},
		}
		write(t, d, func(ctx context.Context, tx *sql.Tx) error {
			if err := save(ctx, tx, sample(1, "x")); err != nil {
				return err
			}
			for _, m := range []*Request{invited, asked, asked} {
				if err := saveRequest(ctx, tx, m); err != nil {
					return err
				}
			}
			return nil
		})
		got, err := requestsOf(t.Context(), d.Read(), oid(1), "", "")
		if err != nil || !reflect.DeepEqual(got, []*Request{asked, invited}) {
			t.Errorf("got %+v, %v", got, err)
		}
		if m, err := pendingOf(t.Context(), d.Read(), oid(1), oid(7)); err != nil || !reflect.DeepEqual(m, asked) {
			t.Errorf("what waits: %+v, %v", m, err)
		}
		if m, err := pendingOf(t.Context(), d.Read(), oid(2), oid(7)); err != nil || m != nil {
			t.Errorf("what waits elsewhere: %+v, %v", m, err)
		}
		if _, err := requestOf(t.Context(), d.Read(), oid(2), asked.ID); !errs.Is(err, 404) {
			t.Errorf("another organization's: %v", err)
		}
	})
}

// TestWhoseInvitation: an address is somebody's once they have shown it.
func TestWhoseInvitation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(ctx context.Context, tx *sql.Tx) error {
			if err := save(ctx, tx, sample(1, "x")); err != nil {
				return err
			}
			for n, confirmed := range map[int]any{7: now.UnixMicro(), 8: nil} {
				_, err := tx.ExecContext(ctx, `INSERT INTO person (id, slug, email, first_name, last_name, active, sysadmin, created_at, confirmed_at,
					metric_datasets, metric_reuses, metric_followers, metric_following, metrics, doc, revision)
					VALUES ($1, $2, $3, 'A', 'B', TRUE, FALSE, 0, $4, 0, 0, 0, 0, '{}', '{}', 1)`,
					oid(n), oid(n), fmt.Sprintf("p%d@example.org", n), confirmed)
				if err != nil {
					return err
				}
				if err := saveRequest(ctx, tx, &Request{
					ID: fmt.Sprintf("00000000-0000-4000-8000-00000000000%d", n), Organization: oid(1), Kind: Invited, Status: Pending,
					Email: fmt.Sprintf("p%d@example.org", n), Role: auth.Admin, CreatedAt: now,
				}); err != nil {
					return err
				}
			}
			return nil
		})
		for n, want := range map[int]int{7: 1, 8: 0} {
			if got, err := invitationsOf(t.Context(), d.Read(), &auth.Actor{ID: oid(n)}); err != nil || len(got) != want {
				t.Errorf("person %d: want %d, got %d, %v", n, want, len(got), err)
			}
		}
	})
}

func TestSiret(t *testing.T) {
	for s, want := range map[string]string{
		"": "", "13002526500013": "", "35600000000048": "", "00000000000000": "",
		"123": "A siret number is made of 14 digits", "130 025 265 00013": "A siret number is made of 14 digits",
		"tttttttttttttt": "A siret number is only made of digits", "13002526500o13": "A siret number is only made of digits",
		"١٣٠٠٢٥٢٦٥٠٠٠١٣": "A siret number is only made of digits",
		"12345678901234": "Invalid Siret number", "13002526600013": "Invalid Siret number",
	} {
		if got := siretProblem(s); got != want {
			t.Errorf("%q: want %q, got %q", s, want, got)
		}
	}
}

func FuzzSiret(f *testing.F) {
	f.Add("13002526500013")
	f.Add("é\x00\xff1234567890")
	f.Fuzz(func(t *testing.T, s string) {
		if siretProblem(s) != "" || s == "" {
			return
		}
		if len(s) != 14 || strings.Trim(s, "0123456789") != "" {
			t.Errorf("%q is taken", s)
		}
	})
}

func TestMaskEmail(t *testing.T) {
	for _, c := range []struct{ email, stranger, member string }{
		{"carol@example.com", "***@example.com", "ca***@example.com"},
		{"bob@example.com", "***@example.com", "bo*@example.com"},
		{"ab@example.com", "***@example.com", "ab*@example.com"},
		{"é@example.com", "***@example.com", "é*@example.com"},
		{"", "***", "***"},
	} {
		if got := maskEmail(c.email, false); got != c.stranger {
			t.Errorf("%q to a stranger: %q", c.email, got)
		}
		if got := maskEmail(c.email, true); got != c.member || !utf8.ValidString(got) {
			t.Errorf("%q to a member: %q", c.email, got)
		}
	}
}
