package organization

import (
	"context"
	"slices"
	"strings"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/fold"
	"ouvert/internal/kernel/search"
)

// Filter is which organizations a list holds. Deleted ones are in none. Empty
// fields filter nothing.
type Filter struct {
	Query string
	Badge string
	// ProducerType is a kind of publisher: a badge, or NotSpecified for those
	// that have none of these badges.
	ProducerType string
	// Name is the whole name, in any case.
	Name             string
	BusinessNumberID string

	Sort       string
	Descending bool
	Limit      int
	Offset     int
}

// NotSpecified is the producer type of those who do not say what they are.
const NotSpecified = "not-specified"

// producerTypes are the badges that say what a publisher is, and NotSpecified.
var producerTypes = []string{"public-service", "local-authority", "company", "association", NotSpecified}

// sortColumns are the keys of `sort`.
var sortColumns = map[string]string{
	"name":          "o.name",
	"reuses":        "o.metric_reuses",
	"datasets":      "o.metric_datasets",
	"followers":     "o.metric_followers",
	"views":         "o.metric_views",
	"created":       "o.created_at",
	"last_modified": "o.last_modified",
}

// sortKeys in udata's order; search knows fewer.
var (
	sortKeys       = []string{"name", "reuses", "datasets", "followers", "views", "created", "last_modified"}
	searchSortKeys = []string{"reuses", "datasets", "followers", "views", "created"}
)

func (f Filter) where() *db.Where {
	w := &db.Where{}
	w.And("o.deleted IS NULL")
	if f.Badge != "" {
		w.And("o.id IN (SELECT organization FROM organization_badge WHERE kind = ?)", f.Badge)
	}
	switch f.ProducerType {
	case "":
	case NotSpecified:
		w.And("o.id NOT IN (SELECT organization FROM organization_badge WHERE kind IN ('public-service', 'local-authority', 'company', 'association'))")
	default:
		w.And("o.id IN (SELECT organization FROM organization_badge WHERE kind = ?)", f.ProducerType)
	}
	if f.Name != "" {
		w.And("o.name_plain = ?", fold.Sought(f.Name))
	}
	if f.BusinessNumberID != "" {
		w.And("o.business_number_id = ?", f.BusinessNumberID)
	}
	return w
}

func (f Filter) order() string {
	column, direction := sortColumns[f.Sort], " ASC"
	if column == "" {
		column, f.Descending = "o.created_at", true
	}
	if f.Descending {
		direction = " DESC"
	}
	order := " ORDER BY " + column + direction
	if column != "o.created_at" {
		order += ", o.created_at" + direction
	}
	return order + ", o.id" + direction
}

// Count returns how many organizations there are.
func (s *Service) Count(ctx context.Context, f Filter) (int, error) {
	if f.Query != "" {
		ids, err := s.ids(ctx, f)
		return len(ids), err
	}
	w := f.where()
	var total int
	err := s.db.Read().QueryRowContext(ctx, "SELECT count(*) FROM organization o"+w.String(), w.Args()...).Scan(&total)
	return total, err
}

// prefixed are the columns, of the table organization as o.
var prefixed = "o." + strings.Join(strings.Fields(strings.ReplaceAll(columns, ",", " ")), ", o.")

// List returns the organizations of a list.
func (s *Service) List(ctx context.Context, f Filter) ([]*Organization, error) {
	if f.Query != "" {
		ids, err := s.ids(ctx, f)
		if err != nil {
			return nil, err
		}
		return s.inOrder(ctx, search.Page(ids, f.Offset, f.Limit))
	}
	w := f.where()
	query := "SELECT " + prefixed + " FROM organization o" + w.String() + f.order()
	if f.Limit > 0 {
		query += " LIMIT " + w.Arg(f.Limit) + " OFFSET " + w.Arg(f.Offset)
	}
	return load(ctx, s.db.Read(), query, w.Args()...)
}

// filter reads the parameters of the list.
func filter(q api.Query) (f Filter, err error) {
	if f.Sort, f.Descending, err = q.Sort(sortKeys...); err != nil {
		return f, err
	}
	if f.Badge, err = q.Choice("badge", "", BadgeKinds...); err != nil {
		return f, err
	}
	f.texts(q)
	return f, nil
}

// searchFilter reads the parameters of the search.
func searchFilter(q api.Query) (f Filter, err error) {
	if f.Sort, f.Descending, err = q.Sort(searchSortKeys...); err != nil {
		return f, err
	}
	if f.Badge, err = q.Choice("badge", "", BadgeKinds...); err != nil {
		return f, err
	}
	if f.ProducerType, err = q.Choice("producer_type", "", slices.Sorted(slices.Values(producerTypes))...); err != nil {
		return f, err
	}
	f.texts(q)
	return f, nil
}

func (f *Filter) texts(q api.Query) {
	f.Query, _ = q.Get("q")
	f.Name, _ = q.Get("name")
	f.BusinessNumberID, _ = q.Get("business_number_id")
}
