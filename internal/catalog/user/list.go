package user

import (
	"context"
	"database/sql"
	"strings"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/fold"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// sortColumns are the keys of `sort`. Nobody counts who looks at a person;
// `views` is there for udata's clients.
var sortColumns = map[string]string{
	"last_name":  "last_name",
	"first_name": "first_name",
	"datasets":   "metric_datasets",
	"reuses":     "metric_reuses",
	"followers":  "metric_followers",
	"views":      "created_at",
	"created":    "created_at",
}

var sortKeys = []string{"last_name", "first_name", "datasets", "reuses", "followers", "views", "created"}

// Filter is which people a list holds; deleted ones never.
type Filter struct {
	// Query must be in the name, in any case and without accents.
	Query string
	// ByEmail looks in the addresses too.
	ByEmail    bool
	Sort       string
	Descending bool
	Limit      int
	Offset     int
}

// Bounds of a text that is looked for: its bytes, and its words, of which one
// character may fold to several.
const (
	maxQuery = 1000
	maxWords = 32
)

func (f Filter) where() *db.Where {
	w := &db.Where{}
	w.And("deleted IS NULL")
	words := strings.Fields(fold.Text(strings.ToValidUTF8(f.Query[:min(len(f.Query), maxQuery)], "")))
	for _, word := range words[:min(len(words), maxWords)] {
		pattern := "%" + db.Like(word) + "%"
		if f.ByEmail {
			w.And(`(search LIKE ? ESCAPE '\' OR email LIKE ? ESCAPE '\')`, pattern, pattern)
		} else {
			w.And(`search LIKE ? ESCAPE '\'`, pattern)
		}
	}
	return w
}

// List returns people, the newest first by default.
func (s *Service) List(ctx context.Context, f Filter) ([]*User, error) {
	column, direction := sortColumns[f.Sort], " ASC"
	if column == "" {
		column, f.Descending = "created_at", true
	}
	if f.Descending {
		direction = " DESC"
	}
	w := f.where()
	query := "SELECT " + columns + " FROM person" + w.String() + " ORDER BY " + column + direction + ", id" + direction +
		" LIMIT " + w.Arg(f.Limit) + " OFFSET " + w.Arg(f.Offset)
	var out []*User
	err := db.Each(ctx, s.db.Read(), query, w.Args(), func(rows *sql.Rows) error {
		u, err := scan(rows)
		out = append(out, u)
		return err
	})
	return out, err
}

// Count returns how many people there are.
func (s *Service) Count(ctx context.Context, f Filter) (int, error) {
	w := f.where()
	var total int
	err := s.db.Read().QueryRowContext(ctx, "SELECT count(*) FROM person"+w.String(), w.Args()...).Scan(&total)
	return total, err
}

// render writes people with their organizations. confidential tells whether
// the caller may see addresses.
func (s *Service) render(ctx context.Context, list []*User, confidential bool) ([]wire.Fragment, error) {
	return s.renderFrom(ctx, s.db.Read(), list, confidential)
}

// renderFrom is render through a door of the caller's.
func (s *Service) renderFrom(ctx context.Context, q db.Querier, list []*User, confidential bool) ([]wire.Fragment, error) {
	people := make([]string, len(list))
	for i, u := range list {
		people[i] = u.ID
	}
	of, err := s.others.Memberships.OrganizationsOf(ctx, q, people)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, ids := range of {
		all = append(all, ids...)
	}
	cards, err := s.refs.Render(ctx, q, ref.Organization, ref.Card, unique(all))
	if err != nil {
		return nil, err
	}
	out := make([]wire.Fragment, len(list))
	for i, u := range list {
		organizations := make([]wire.Fragment, 0, len(of[u.ID]))
		for _, oid := range of[u.ID] {
			if card, ok := cards[oid]; ok {
				organizations = append(organizations, card)
			}
		}
		out[i] = u.full(s.links, organizations, confidential)
	}
	return out, nil
}

func unique(ids []string) []string {
	seen := make(map[string]bool, len(ids))
	var out []string
	for _, oid := range ids {
		if !seen[oid] {
			seen[oid] = true
			out = append(out, oid)
		}
	}
	return out
}

// suggestion writes the form that completes what a person types.
func (u *User) suggestion(l wire.Links, confidential bool) wire.Fragment {
	w := wire.NewWriter(256)
	w.Open('{')
	w.Key("avatar_url")
	w.StringOrNull(u.thumbnail(l))
	w.Key("email")
	if confidential {
		w.StringOrNull(u.Email)
	} else {
		w.StringOrNull(hint(u.Email))
	}
	w.Key("first_name")
	w.String(u.FirstName)
	w.Key("id")
	w.String(u.ID)
	w.Key("last_name")
	w.String(u.LastName)
	w.Key("slug")
	w.String(u.Slug)
	w.Close('}')
	return w.Fragment()
}
