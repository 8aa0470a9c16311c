// Package metric writes the counters of an object (`metrics`).
//
// Counters that lists are sorted by are columns of the noun's table. All
// others – what another portal counted, and the counts by month – stand in
// one JSON object, which Merge changes.
package metric

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"ouvert/internal/kernel/wire"
)

// Counters is a noun's list of counters.
type Counters struct {
	// Table is the noun's SQL table.
	Table string
	// Names are all counters that an object shows, 0 when never counted.
	Names []string
	// Columns maps those that are columns to the column's name.
	Columns map[string]string
	// Also is told of what Set sets, in its transaction; nil for nothing.
	Also func(ctx context.Context, tx *sql.Tx, id string, values map[string]any) error
}

// Write writes the `metrics` object: columns are the values of the columns by
// counter, more is the JSON object of the others.
func (c Counters) Write(w *wire.Writer, columns map[string]int64, more []byte) {
	var others map[string]json.RawMessage
	if len(more) > 2 {
		_ = json.Unmarshal(more, &others) // written by Merge or an import, so valid
	}
	w.Key("metrics")
	w.Open('{')
	for _, name := range c.Names {
		w.Key(name)
		if n, ok := columns[name]; ok {
			w.Int(n)
		} else if raw, ok := others[name]; ok && string(raw) != "null" {
			w.Raw(raw)
		} else {
			w.Int(0)
		}
	}
	w.Close('}')
}

// Cells returns counters for a table, in the order of names: numbers, or JSON
// for the counts by month.
func (c Counters) Cells(names []string, columns map[string]int64, more string) []any {
	var others map[string]json.RawMessage
	if len(more) > 2 {
		_ = json.Unmarshal([]byte(more), &others) // written by Merge or an import, so valid
	}
	cells := make([]any, len(names))
	for i, name := range names {
		if n, ok := columns[name]; ok {
			cells[i] = n
		} else if raw, ok := others[name]; ok && string(raw) != "null" {
			cells[i] = raw
		} else {
			cells[i] = 0
		}
	}
	return cells
}

// Set changes counters of an object, and its revision: values are int64 for a
// column, anything that JSON can hold otherwise. Objects that are not there
// are left alone.
func (c Counters) Set(ctx context.Context, tx *sql.Tx, id string, values map[string]any) error {
	set, args := []string{"revision = revision + 1"}, []any{}
	others := map[string]any{}
	for _, name := range sortedKeys(values) {
		if column, ok := c.Columns[name]; ok {
			args = append(args, values[name])
			set = append(set, fmt.Sprintf("%s = $%d", column, len(args)))
			continue
		}
		others[name] = values[name]
	}
	if len(others) > 0 {
		var text string
		err := tx.QueryRowContext(ctx, "SELECT metrics FROM "+c.Table+" WHERE id = $1", id).Scan(&text)
		if err == sql.ErrNoRows {
			return nil
		}
		if err != nil {
			return err
		}
		merged, err := Merge([]byte(text), others)
		if err != nil {
			return err
		}
		args = append(args, string(merged))
		set = append(set, fmt.Sprintf("metrics = $%d", len(args)))
	}
	args = append(args, id)
	_, err := tx.ExecContext(ctx, fmt.Sprintf("UPDATE %s SET %s WHERE id = $%d", c.Table, strings.Join(set, ", "), len(args)), args...)
	if err != nil || c.Also == nil {
		return err
	}
	return c.Also(ctx, tx, id, values)
}

// Split takes a `metrics` object of another portal apart: the columns'
// values, and the JSON text of the others.
func (c Counters) Split(metrics map[string]any) (columns map[string]int64, others string) {
	columns, rest := map[string]int64{}, map[string]any{}
	for name := range c.Columns {
		columns[name] = 0
	}
	for name, v := range metrics {
		if _, ok := c.Columns[name]; !ok {
			rest[name] = v
			continue
		}
		switch n := v.(type) {
		case int32:
			columns[name] = int64(n)
		case int64:
			columns[name] = n
		case int:
			columns[name] = int64(n)
		case float64:
			columns[name] = int64(n)
		}
	}
	b, err := json.Marshal(rest)
	if err != nil {
		return columns, "{}"
	}
	return columns, string(b)
}

// Merge sets members of a JSON object.
func Merge(object []byte, values map[string]any) ([]byte, error) {
	m := map[string]json.RawMessage{}
	if len(object) > 0 && string(object) != "null" {
		if err := json.Unmarshal(object, &m); err != nil {
			return nil, err
		}
	}
	for name, v := range values {
		b, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		m[name] = b
	}
	return json.Marshal(m)
}

// months is how far back the counts by month go, this month included.
const months = 13

// Months returns the first instant that the counts by month include.
func Months(now time.Time) time.Time {
	return time.Date(now.Year(), now.Month()-(months-1), 1, 0, 0, 0, 0, time.UTC)
}

// ByMonth counts instants by month: {"2025-11": 0, …, "2026-11": 2}, the last
// thirteen months, the oldest first.
func ByMonth(now time.Time, at []time.Time) json.RawMessage {
	counts := map[string]int64{}
	for _, t := range at {
		counts[t.UTC().Format("2006-01")]++
	}
	w := wire.NewWriter(256)
	w.Open('{')
	for i := range months {
		key := Months(now).AddDate(0, i, 0).Format("2006-01")
		w.Key(key)
		w.Int(counts[key])
	}
	w.Close('}')
	return w.Bytes()
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
