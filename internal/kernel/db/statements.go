package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"strings"

	_ "modernc.org/sqlite" // registers "sqlite"
)

// SQLite's statements are kept compiled on each connection: compiling one costs
// as much as a small query. pgx does the same by itself.
const (
	maxStatements = 200
	// Longer ones have lists of ids, and hardly come again with as many.
	maxStatementText = 4 << 10
)

// openSQLiteFile opens a database by the driver's own address.
func openSQLiteFile(address string) (*sql.DB, error) {
	plain, err := sql.Open("sqlite", "")
	if err != nil {
		return nil, err
	}
	defer plain.Close()
	return sql.OpenDB(sqliteConnector{plain.Driver(), address}), nil
}

type sqliteConnector struct {
	driver  driver.Driver
	address string
}

func (c sqliteConnector) Driver() driver.Driver { return c.driver }

func (c sqliteConnector) Connect(context.Context) (driver.Conn, error) {
	inner, err := c.driver.Open(c.address)
	if err != nil {
		return nil, err
	}
	return &sqliteConn{innerConn: inner.(innerConn), statements: map[string]statement{}}, nil
}

// innerConn is what the driver's connections can do.
type innerConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// sqliteConn is a connection with its compiled statements. database/sql gives a
// connection to one goroutine at a time.
type sqliteConn struct {
	innerConn
	// statements are those that no rows are being read from.
	statements map[string]statement
}

// take returns the compiled statement of a text, and leaves none behind: the
// same text may be run again before its rows were read to their end.
func (c *sqliteConn) take(ctx context.Context, text string) (statement, error) {
	if s, ok := c.statements[text]; ok {
		delete(c.statements, text)
		return s, nil
	}
	s, err := c.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.(statement), nil
}

func (c *sqliteConn) put(text string, s statement) {
	if old, ok := c.statements[text]; ok {
		_ = old.Close() // it ran to its end
	} else if len(c.statements) >= maxStatements {
		for t, any := range c.statements { // some other one
			delete(c.statements, t)
			_ = any.Close()
			break
		}
	}
	c.statements[text] = s
}

func kept(text string) bool {
	return len(text) <= maxStatementText && !strings.Contains(text, ";") // scripts are many statements
}

// ExecContext implements driver.ExecerContext.
func (c *sqliteConn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	if !kept(text) {
		return c.innerConn.ExecContext(ctx, text, args)
	}
	s, err := c.take(ctx, text)
	if err != nil {
		return nil, err
	}
	res, err := s.ExecContext(ctx, args)
	if err != nil {
		_ = s.Close() // err says what was wrong
		return nil, err
	}
	c.put(text, s)
	return res, nil
}

// QueryContext implements driver.QueryerContext.
func (c *sqliteConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	if !kept(text) {
		return c.innerConn.QueryContext(ctx, text, args)
	}
	s, err := c.take(ctx, text)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		_ = s.Close() // err says what was wrong
		return nil, err
	}
	return &sqliteRows{rows, c, text, s}, nil
}

// Close implements driver.Conn.
func (c *sqliteConn) Close() error {
	for _, s := range c.statements {
		_ = s.Close() // the connection says it too
	}
	return c.innerConn.Close()
}

// sqliteRows gives its statement back.
type sqliteRows struct {
	driver.Rows
	conn *sqliteConn
	text string
	of   statement
}

// Close implements driver.Rows.
func (r *sqliteRows) Close() error {
	err := r.Rows.Close()
	if r.of == nil {
		return err
	}
	if err != nil {
		_ = r.of.Close()
	} else {
		r.conn.put(r.text, r.of)
	}
	r.of = nil
	return err
}
