package db

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"
)

// Table is a table of the schema, as both engines have it.
type Table struct {
	Name    string
	Columns []Column
	// Key are the columns of the primary key, or all columns when there is none.
	Key []string
	// Parents are the tables that its rows name by foreign keys.
	Parents []string
}

// Column is a column of a table.
type Column struct {
	Name string `json:"name"`
	// Type is text, integer or boolean.
	Type string `json:"type"`
}

// types are the types of columns, by what migrations call them.
var types = map[string]string{"TEXT": "text", "BIGINT": "integer", "INTEGER": "integer", "BOOLEAN": "boolean"}

// Latest returns the version of the schema that this program's migrations make.
func Latest() (int64, error) {
	d := DB{Dialect: SQLite}
	memory, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return 0, err
	}
	defer memory.Close()
	d.read, d.write = memory, memory
	p, err := d.provider()
	if err != nil {
		return 0, err
	}
	sources := p.ListSources()
	return sources[len(sources)-1].Version, nil
}

// Tables returns the tables of a version of the schema, in an order in which
// they can be filled: those that are named by others come before them, those
// that triggers write when others are filled come last.
//
// It asks the migrations and not a database, by running them on an empty one
// in memory, so that there is one way to ask for both engines.
func Tables(ctx context.Context, version int64) ([]Table, error) {
	memory, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	defer memory.Close()
	memory.SetMaxOpenConns(1) // another connection would be another database
	files, err := migrationFiles(SQLite)
	if err != nil {
		return nil, err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, memory, files)
	if err != nil {
		return nil, err
	}
	if _, err := p.UpTo(ctx, version); err != nil {
		return nil, err
	}
	names, err := Strings(ctx, memory, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> $1 ORDER BY name", goose.DefaultTablename)
	if err != nil {
		return nil, err
	}
	triggers, err := Strings(ctx, memory, "SELECT sql FROM sqlite_master WHERE type = 'trigger'")
	if err != nil {
		return nil, err
	}
	var tables, late []Table
	for _, name := range names {
		t, err := table(ctx, memory, name)
		if err != nil {
			return nil, err
		}
		written := regexp.MustCompile(`(?i)\b(INTO|UPDATE|FROM)\s+"?` + regexp.QuoteMeta(name) + `\b`)
		if slices.ContainsFunc(triggers, func(sql string) bool {
			_, body, _ := strings.Cut(sql, "BEGIN")
			return written.MatchString(body)
		}) {
			late = append(late, t)
		} else {
			tables = append(tables, t)
		}
	}
	return append(inOrder(tables), late...), nil
}

func table(ctx context.Context, q Querier, name string) (Table, error) {
	t := Table{Name: name}
	type keyed struct {
		place int
		name  string
	}
	var key []keyed
	err := Each(ctx, q, "SELECT name, type, pk FROM pragma_table_info($1) ORDER BY cid", []any{name}, func(rows *sql.Rows) error {
		var c Column
		var declared string
		var pk int
		if err := rows.Scan(&c.Name, &declared, &pk); err != nil {
			return err
		}
		if c.Type = types[declared]; c.Type == "" {
			return fmt.Errorf("column %s of %s is %s, which a backup can't hold", c.Name, name, declared)
		}
		if pk > 0 {
			key = append(key, keyed{pk, c.Name})
		}
		t.Columns = append(t.Columns, c)
		return nil
	})
	if err != nil {
		return t, err
	}
	slices.SortFunc(key, func(a, b keyed) int { return a.place - b.place })
	for _, k := range key {
		t.Key = append(t.Key, k.name)
	}
	if t.Key == nil {
		for _, c := range t.Columns {
			t.Key = append(t.Key, c.Name)
		}
	}
	t.Parents, err = Strings(ctx, q, `SELECT DISTINCT "table" FROM pragma_foreign_key_list($1) WHERE "table" <> $1 ORDER BY 1`, name)
	return t, err
}

// inOrder puts parents before their children.
func inOrder(tables []Table) []Table {
	var out []Table
	done := map[string]bool{}
	var visit func(t Table)
	visit = func(t Table) {
		if done[t.Name] {
			return
		}
		done[t.Name] = true
		for _, parent := range t.Parents {
			if i := slices.IndexFunc(tables, func(t Table) bool { return t.Name == parent }); i >= 0 {
				visit(tables[i])
			}
		}
		out = append(out, t)
	}
	for _, t := range tables {
		visit(t)
	}
	return out
}

// columns are the names of the columns, for SQL.
func (t Table) columns() string {
	var names []string
	for _, c := range t.Columns {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}

// order sorts the rows, alike on both engines.
func (t Table) order(dialect Dialect) string {
	var out []string
	for _, k := range t.Key {
		i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == k })
		if dialect == PostgreSQL && t.Columns[i].Type == "text" {
			k += ` COLLATE "C"`
		}
		out = append(out, k+" NULLS FIRST")
	}
	return strings.Join(out, ", ")
}
