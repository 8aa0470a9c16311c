package db

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"regexp"
	"strings"
	"testing/fstest"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the schema to this binary's version. It takes a lock, so
// several nodes may start at once, and only ever goes forward.
func (d *DB) Migrate(ctx context.Context) error {
	p, err := d.provider()
	if err != nil {
		return err
	}
	results, err := p.Up(ctx)
	// SQLite has no lock that would outlast a step: a process that started at
	// the same time may have made a step first, which then need not be made.
	for try := 0; try < 3 && err != nil && d.Dialect == SQLite && ctx.Err() == nil; try++ {
		results, err = p.Up(ctx)
	}
	for _, r := range results {
		slog.Info("migrated the database", "step", r.Source.Path, "took", r.Duration)
	}
	return err
}

func (d *DB) provider() (*goose.Provider, error) {
	files, err := migrationFiles(d.Dialect)
	if err != nil {
		return nil, err
	}
	if d.Dialect == PostgreSQL {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		return goose.NewProvider(goose.DialectPostgres, d.write, files, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(goose.DialectSQLite3, d.write, files)
}

// migrationFiles returns the migrations for an engine. They are written once,
// in PostgreSQL's words. SQLite compares text byte by byte unless told
// otherwise and knows no collation "C", so that clause is taken out for it.
func migrationFiles(dialect Dialect) (fs.FS, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	out := fstest.MapFS{}
	for _, name := range names {
		text, err := migrations.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if dialect == SQLite {
			text = []byte(strings.ReplaceAll(string(text), ` COLLATE "C"`, ""))
		}
		text = touches.ReplaceAllFunc(text, func(line []byte) []byte {
			m := touches.FindSubmatch(line)
			return []byte(touchTriggers(dialect, string(m[1]), string(m[2]), string(m[3])))
		})
		out[strings.TrimPrefix(name, "migrations/")] = &fstest.MapFile{Data: text}
	}
	return out, nil
}

// touches is the line of a migration that asks for the triggers of a table:
// "-- touches TABLE CLASS COLUMN".
var touches = regexp.MustCompile(`(?m)^-- touches (\S+) (\S+) (\S+)$`)

// touchTriggers are the statements that make each change of a row leave word in
// the table touched (see generation.go). Engines have no common way to say it.
func touchTriggers(dialect Dialect, table, class, column string) string {
	var b strings.Builder
	word := func(row string) string {
		return fmt.Sprintf("SELECT n + 1, '%s', %s.%s FROM generation WHERE %s.%s IS NOT NULL", class, row, column, row, column)
	}
	for _, t := range []struct{ verb, words string }{
		{"INSERT", word("NEW")},
		{"UPDATE", word("NEW") + " UNION " + word("OLD")}, // what belonged to one may belong to another now
		{"DELETE", word("OLD")},
	} {
		name := table + "_" + strings.ToLower(t.verb) + "_touches"
		insert := "INSERT INTO touched " + t.words
		b.WriteString("-- +goose StatementBegin\n")
		if dialect == PostgreSQL {
			fmt.Fprintf(&b, "CREATE FUNCTION %s() RETURNS trigger AS $$ BEGIN %s; RETURN NULL; END $$ LANGUAGE plpgsql;\n", name, insert)
			b.WriteString("-- +goose StatementEnd\n")
			fmt.Fprintf(&b, "CREATE TRIGGER %s AFTER %s ON %s FOR EACH ROW EXECUTE FUNCTION %s();\n", name, t.verb, table, name)
		} else {
			fmt.Fprintf(&b, "CREATE TRIGGER %s AFTER %s ON %s BEGIN %s; END;\n", name, t.verb, table, insert)
			b.WriteString("-- +goose StatementEnd\n")
		}
	}
	return b.String()
}

// Version returns the schema's version, for /readyz and `ouvert version`.
func (d *DB) Version(ctx context.Context) (int64, error) {
	p, err := d.provider()
	if err != nil {
		return 0, err
	}
	return p.GetDBVersion(ctx)
}

var _ Execer = (*sql.Tx)(nil)
