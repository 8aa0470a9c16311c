package db

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"unicode/utf8"
)

// Sum is how many rows a table has, and the SHA-256 of all of them: of their
// lines, as Dump writes them. It is the same on both engines.
type Sum struct {
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"`
}

// Summing makes a Sum of lines.
type Summing struct {
	rows int64
	hash hash.Hash
}

// NewSumming begins a Sum.
func NewSumming() *Summing { return &Summing{hash: sha256.New()} }

// Add adds a line, which ends with a line feed.
func (s *Summing) Add(line []byte) {
	s.rows++
	s.hash.Write(line)
}

// Sum ends it.
func (s *Summing) Sum() Sum { return Sum{s.rows, hex.EncodeToString(s.hash.Sum(nil))} }

// Dump calls f with each row of a table, in the order of its key, as a line:
// a JSON list of the columns' values. f must not keep the line.
func (d *DB) Dump(ctx context.Context, q Querier, t Table, f func(line []byte) error) (Sum, error) {
	values := make([]any, len(t.Columns))
	into := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		switch c.Type {
		case "text":
			into[i] = new(sql.NullString)
		case "integer":
			into[i] = new(sql.NullInt64)
		case "boolean":
			into[i] = new(sql.NullBool)
		}
	}
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	sum := NewSumming()
	err := Each(ctx, q, "SELECT "+t.columns()+" FROM "+t.Name+" ORDER BY "+t.order(d.Dialect), nil, func(rows *sql.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i := range into {
			values[i] = nil
			switch v := into[i].(type) {
			case *sql.NullString:
				if v.Valid {
					values[i] = v.String
				}
				if !utf8.ValidString(v.String) {
					return fmt.Errorf("%s holds a text that is not UTF-8: %q", t.Columns[i].Name, v.String)
				}
			case *sql.NullInt64:
				if v.Valid {
					values[i] = v.Int64
				}
			case *sql.NullBool:
				if v.Valid {
					values[i] = v.Bool
				}
			}
		}
		line.Reset()
		if err := enc.Encode(values); err != nil {
			return err
		}
		sum.Add(line.Bytes())
		return f(line.Bytes())
	})
	if err != nil {
		return Sum{}, fmt.Errorf("reading %s: %w", t.Name, err)
	}
	return sum.Sum(), nil
}

// Loader fills a table with lines.
type Loader struct {
	ctx  context.Context
	tx   *sql.Tx
	t    Table
	rows [][]any
	sum  *Summing
}

// Load begins to fill a table, which is emptied first.
func Load(ctx context.Context, tx *sql.Tx, t Table) (*Loader, error) {
	if err := Empty(ctx, tx, t); err != nil {
		return nil, err
	}
	return &Loader{ctx: ctx, tx: tx, t: t, sum: NewSumming()}, nil
}

// Empty removes all rows of a table.
func Empty(ctx context.Context, tx *sql.Tx, t Table) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM "+t.Name); err != nil {
		return fmt.Errorf("emptying %s: %w", t.Name, err)
	}
	return nil
}

// Add adds a row, in the form that Dump gives it.
func (l *Loader) Add(line []byte) error {
	fail := func(err error) error { return fmt.Errorf("row %d of %s: %w", l.sum.rows+1, l.t.Name, err) }
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.UseNumber()
	var row []any
	if err := dec.Decode(&row); err != nil {
		return fail(err)
	}
	if len(row) != len(l.t.Columns) {
		return fail(fmt.Errorf("%d values for %d columns", len(row), len(l.t.Columns)))
	}
	for i, v := range row {
		ok := v == nil
		switch l.t.Columns[i].Type {
		case "text":
			if !ok {
				_, ok = v.(string)
			}
		case "boolean":
			if !ok {
				_, ok = v.(bool)
			}
		case "integer":
			if n, is := v.(json.Number); is {
				whole, err := n.Int64()
				if err != nil {
					return fail(err)
				}
				row[i], ok = whole, true
			}
		}
		if !ok {
			return fail(fmt.Errorf("%s is no %s", l.t.Columns[i].Name, l.t.Columns[i].Type))
		}
	}
	l.sum.Add(line)
	if l.rows = append(l.rows, row); len(l.rows) >= max(1, maxParameters/len(l.t.Columns)) {
		return l.flush()
	}
	return nil
}

func (l *Loader) flush() error {
	err := InsertMany(l.ctx, l.tx, l.t.Name+" ("+l.t.columns()+")", l.rows, "")
	l.rows = l.rows[:0]
	if err != nil {
		return fmt.Errorf("filling %s: %w", l.t.Name, err)
	}
	return nil
}

// End writes what is left, and returns what was added.
func (l *Loader) End() (Sum, error) {
	if err := l.flush(); err != nil {
		return Sum{}, err
	}
	return l.sum.Sum(), nil
}
