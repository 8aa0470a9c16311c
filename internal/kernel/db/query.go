package db

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ouvert/internal/kernel/fold"
)

// Where collects the conditions and arguments of a statement whose filters
// are not known before it runs. The zero value is ready.
type Where struct {
	conds []string
	args  []any
}

// And adds a condition. Each `?` in it becomes the next $N, so arguments
// always come in ascending order.
func (w *Where) And(cond string, args ...any) {
	w.conds = append(w.conds, w.number(cond, args))
}

// Words asks for each word of a query in a column that holds folded text, in any
// order; for nothing when the query is empty.
func (w *Where) Words(column, query string) {
	if query == "" {
		return
	}
	words, blank := fold.Words(query)
	if blank {
		w.And("1 = 0") // as in udata: blanks find nothing
	}
	for _, word := range words {
		w.And(column+` LIKE ? ESCAPE '\'`, "%"+Like(word)+"%")
	}
}

func (w *Where) number(cond string, args []any) string {
	var b strings.Builder
	for _, a := range args {
		i := strings.IndexByte(cond, '?')
		b.WriteString(cond[:i])
		w.args = append(w.args, a)
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(len(w.args)))
		cond = cond[i+1:]
	}
	b.WriteString(cond)
	return b.String()
}

// Arg adds an argument that stands outside of the conditions (LIMIT), and
// returns its placeholder.
func (w *Where) Arg(a any) string {
	w.args = append(w.args, a)
	return "$" + strconv.Itoa(len(w.args))
}

// String returns " WHERE …", or "" when there is no condition.
func (w *Where) String() string {
	if len(w.conds) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conds, " AND ")
}

// Copy returns a Where that has the same conditions, to add others to.
func (w *Where) Copy() *Where {
	return &Where{conds: slices.Clone(w.conds), args: slices.Clone(w.args)}
}

// Key returns a text that is the same for two of the same conditions and
// arguments.
func (w *Where) Key() string {
	var b strings.Builder
	b.WriteString(w.String())
	for _, a := range w.args {
		fmt.Fprintf(&b, "\x00%T\x01%v", a, a)
	}
	return b.String()
}

// Args returns the arguments collected so far.
func (w *Where) Args() []any { return w.args }

// In returns "($n,$n+1,…)" for a list of strings, first being the number of
// its first placeholder, and the list as arguments. An empty list gives
// "(NULL)", which nothing is in.
func In(first int, list []string) (string, []any) {
	if len(list) == 0 {
		return "(NULL)", nil
	}
	var b strings.Builder
	args := make([]any, len(list))
	for i, s := range list {
		if i == 0 {
			b.WriteByte('(')
		} else {
			b.WriteByte(',')
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(first + i))
		args[i] = s
	}
	b.WriteByte(')')
	return b.String(), args
}

// maxIn bounds the ids of one IN list, for the reason of maxParameters.
const maxIn = 500

// EachIn runs a query for a list of ids, in as many statements as engines
// like, and calls f for each row. The query holds {ids} where the list goes,
// and no other parameter. Rows are in the query's order within a statement
// alone.
func EachIn(ctx context.Context, q Querier, query string, ids []string, f func(rows *sql.Rows) error) error {
	for len(ids) > 0 {
		n := min(len(ids), maxIn)
		in, args := In(1, ids[:n])
		if err := Each(ctx, q, strings.Replace(query, "{ids}", in, 1), args, f); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

// Values returns "($1,$2),($3,$4)…" for rows rows of cols columns.
func Values(rows, cols int) string {
	var b strings.Builder
	n := 0
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for c := range cols {
			if c > 0 {
				b.WriteByte(',')
			}
			n++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
		}
		b.WriteByte(')')
	}
	return b.String()
}

// maxParameters is how many parameters a statement of ours has at most.
// SQLite takes 32 766, but looks each $N up among all others: 150 000 rows in
// statements of 30 000 parameters took 212 s, of 200 parameters 3.4 s.
const maxParameters = 240

// InsertMany runs "INSERT INTO into VALUES (…),(…)…" in as few statements as
// the engines allow. Each row has the same number of values. tail is added
// ("ON CONFLICT DO NOTHING", or "").
func InsertMany(ctx context.Context, tx Execer, into string, rows [][]any, tail string) error {
	for len(rows) > 0 {
		cols := len(rows[0])
		n := min(len(rows), max(1, maxParameters/cols))
		args := make([]any, 0, n*cols)
		for _, r := range rows[:n] {
			args = append(args, r...)
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO "+into+" VALUES "+Values(n, cols)+" "+tail, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// Each runs a query and calls f for each row.
func Each(ctx context.Context, q Querier, query string, args []any, f func(rows *sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Strings runs a query of one text column and returns the values.
func Strings(ctx context.Context, q Querier, query string, args ...any) ([]string, error) {
	var out []string
	err := Each(ctx, q, query, args, func(rows *sql.Rows) error {
		var s string
		if err := rows.Scan(&s); err != nil {
			return err
		}
		out = append(out, s)
		return nil
	})
	return out, err
}

// Micros writes an instant for the database; the zero time is NULL.
func Micros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// Null writes a text for the database; "" is NULL.
func Null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// Time reads an instant that may be NULL.
type Time struct{ T *time.Time }

// Scan implements sql.Scanner.
func (t Time) Scan(v any) error {
	var n sql.NullInt64
	if err := n.Scan(v); err != nil {
		return err
	}
	*t.T = time.Time{}
	if n.Valid {
		*t.T = time.UnixMicro(n.Int64).UTC()
	}
	return nil
}

// Text reads a text that may be NULL; NULL is "".
type Text struct{ S *string }

// Scan implements sql.Scanner.
func (t Text) Scan(v any) error {
	var n sql.NullString
	if err := n.Scan(v); err != nil {
		return err
	}
	*t.S = n.String
	return nil
}

// Like escapes s for use inside a LIKE pattern with ESCAPE '\'.
func Like(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}
