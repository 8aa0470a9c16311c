// Package csvtable writes the catalogue as tables, in the one way that udata's
// exports have (core/frontend/csv.py): `;` between cells, every text quoted,
// numbers and truth values not, and what Python would print for the rest.
package csvtable

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"ouvert/internal/kernel/api"
)

// Produces is the media type of a table.
const Produces = "text/csv; charset=utf-8"

// batch is how many objects are in memory at a time.
const batch = 200

// Answer streams a table. The file is called after name and now. rows writes
// the objects with the ids that it is given, a batch at a time and in their
// order.
func Answer(name string, now time.Time, columns []string, ids []string, rows func(ids []string, row Row) error) *api.Response {
	file := name + "-" + now.UTC().Format("2006-01-02-15-04") + ".csv"
	return &api.Response{
		Header: http.Header{"Content-Disposition": {"attachment; filename=" + file}},
		Stream: func(w io.Writer) error {
			b := bufio.NewWriterSize(w, 32<<10)
			head := make([]any, len(columns))
			for i, c := range columns {
				head[i] = c
			}
			row := func(cells ...any) error {
				if len(cells) != len(columns) {
					return fmt.Errorf("the table %s has %d columns, a row %d", name, len(columns), len(cells))
				}
				return write(b, cells)
			}
			if err := write(b, head); err != nil {
				return err
			}
			for len(ids) > 0 {
				n := min(len(ids), batch)
				if err := rows(ids[:n], row); err != nil {
					return err
				}
				ids = ids[n:]
			}
			return b.Flush()
		},
	}
}

// Row writes one row. A cell is a text, a number, a truth value, an instant
// (the zero one is empty), nil or JSON.
type Row func(cells ...any) error

func write(b *bufio.Writer, cells []any) error {
	for i, c := range cells {
		if i > 0 {
			_ = b.WriteByte(';')
		}
		switch v := c.(type) {
		case nil:
			text(b, "")
		case string:
			text(b, v)
		case bool:
			_, _ = b.WriteString(truth(v))
		case int:
			_, _ = b.WriteString(strconv.Itoa(v))
		case int64:
			_, _ = b.WriteString(strconv.FormatInt(v, 10))
		case float64:
			_, _ = b.WriteString(float(v))
		case time.Time:
			text(b, Time(v))
		case json.RawMessage:
			raw(b, v)
		default:
			return fmt.Errorf("a table has no form for %T", c)
		}
	}
	_, err := b.WriteString("\r\n") // an earlier error is told again
	return err
}

func text(b *bufio.Writer, s string) {
	_ = b.WriteByte('"')
	_, _ = b.WriteString(strings.ReplaceAll(s, `"`, `""`))
	_ = b.WriteByte('"')
}

// raw writes JSON: numbers and truth values bare, all else as a text.
func raw(b *bufio.Writer, v json.RawMessage) {
	value, err := decode(v)
	if err != nil {
		text(b, string(v))
		return
	}
	switch x := value.(type) {
	case nil:
		text(b, "")
	case string:
		text(b, x)
	case bool, json.Number:
		_, _ = b.WriteString(python(x))
	default:
		text(b, python(x))
	}
}

// Time writes an instant as Python's isoformat does, without its offset and
// with six digits of a second that has a fraction.
func Time(t time.Time) string {
	switch t = t.UTC().Truncate(time.Microsecond); {
	case t.IsZero():
		return ""
	case t.Nanosecond() == 0:
		return t.Format("2006-01-02T15:04:05")
	default:
		return t.Format("2006-01-02T15:04:05.000000")
	}
}

// OrFalse is an instant, or False when there is none: udata's `archived`.
func OrFalse(t time.Time) any {
	if t.IsZero() {
		return false
	}
	return t
}
