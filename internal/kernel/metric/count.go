package metric

import (
	"context"
	"database/sql"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"ouvert/internal/kernel/db"
)

// Values are counters of an object by name: an int64 or, for the counts by
// month, a json.RawMessage.
type Values = map[string]any

// Count is how counters of a class follow from the facts of one noun. It is
// the only place where that is said: the noun's writes set counters by it, and
// `ouvert verify` compares with it.
type Count struct {
	// Class is the class of the objects that have the counters.
	Class string
	// Names are the counters.
	Names []string
	// Of counts for objects. Each of the ids has all of the names.
	Of func(ctx context.Context, q db.Querier, ids []string, now time.Time) (map[string]Values, error)
}

// Statements are the statements behind a Count. Each holds {ids} where the
// list of objects goes, and yields the object's id first.
type Statements struct {
	// Totals yield the id and a number, by counter.
	Totals map[string]string
	// Months yield the id and an instant for each thing that happened, by
	// counter. {since} is the first instant that matters, in microseconds.
	Months map[string]string
}

// Count returns the statements as a Count.
func (s Statements) Count(class string) Count {
	c := Count{Class: class, Of: s.of}
	for name := range s.Totals {
		c.Names = append(c.Names, name)
	}
	for name := range s.Months {
		c.Names = append(c.Names, name)
	}
	return c
}

func (s Statements) of(ctx context.Context, q db.Querier, ids []string, now time.Time) (map[string]Values, error) {
	out := make(map[string]Values, len(ids))
	for _, oid := range ids {
		out[oid] = Values{}
		for name := range s.Totals {
			out[oid][name] = int64(0)
		}
	}
	for name, query := range s.Totals {
		err := db.EachIn(ctx, q, query, ids, func(rows *sql.Rows) error {
			var oid string
			var n int64
			err := rows.Scan(&oid, &n)
			if err == nil {
				out[oid][name] = n
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	since := strconv.FormatInt(Months(now).UnixMicro(), 10)
	for name, query := range s.Months {
		at := map[string][]time.Time{}
		err := db.EachIn(ctx, q, strings.ReplaceAll(query, "{since}", since), ids, func(rows *sql.Rows) error {
			var oid string
			var t time.Time
			err := rows.Scan(&oid, db.Time{T: &t})
			at[oid] = append(at[oid], t)
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, oid := range ids {
			out[oid][name] = ByMonth(now, at[oid])
		}
	}
	return out, nil
}

// Read returns the counters that objects show, as they stand in the table:
// those of the ids that exist.
func (c Counters) Read(ctx context.Context, q db.Querier, ids []string) (map[string]map[string]json.RawMessage, error) {
	names, columns := make([]string, 0, len(c.Columns)), ""
	for _, name := range c.Names {
		if column, ok := c.Columns[name]; ok {
			names, columns = append(names, name), columns+", "+column
		}
	}
	out := make(map[string]map[string]json.RawMessage, len(ids))
	err := db.EachIn(ctx, q, "SELECT id, metrics"+columns+" FROM "+c.Table+" WHERE id IN {ids}", ids, func(rows *sql.Rows) error {
		var oid, text string
		numbers := make([]int64, len(names))
		into := []any{&oid, &text}
		for i := range numbers {
			into = append(into, &numbers[i])
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		values := map[string]json.RawMessage{}
		if len(text) > 2 {
			if err := json.Unmarshal([]byte(text), &values); err != nil {
				values = map[string]json.RawMessage{} // all of it differs then
			}
		}
		for i, name := range names {
			values[name] = json.RawMessage(strconv.FormatInt(numbers[i], 10))
		}
		out[oid] = values
		return nil
	})
	return out, err
}

// Same tells whether a counter that stands somewhere is what was counted. One
// that is missing was never counted, which is 0; so is a month that it lacks,
// since counts by month are only written when something happens.
func Same(stands json.RawMessage, counted any) bool {
	switch want := counted.(type) {
	case int64:
		if len(stands) == 0 || string(stands) == "null" {
			return want == 0
		}
		// Another portal may have written 3.0.
		n, err := strconv.ParseFloat(string(stands), 64)
		return err == nil && n == float64(want)
	case json.RawMessage:
		var counts, months map[string]float64
		if json.Unmarshal(want, &counts) != nil {
			return false
		}
		if len(stands) > 0 && json.Unmarshal(stands, &months) != nil {
			// A portal that never counted wrote 0 or a list for what is empty.
			months = nil
		}
		for month, n := range counts {
			if months[month] != n {
				return false
			}
		}
		return true
	}
	return false
}
