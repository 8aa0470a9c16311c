package db

import (
	"database/sql"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// openPool makes the pool of connections to PostgreSQL. The address is libpq's:
// several hosts, which are tried in their order (with
// target_session_attrs=read-write until one is the primary), TLS by sslmode and
// sslrootcert; and the pool's own parameters in the words of pgxpool.
func openPool(address string) (*sql.DB, error) {
	c, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, err // which hides the password
	}
	size := max(8, 4*runtime.GOMAXPROCS(0))
	idle, life := 5*time.Minute, 30*time.Minute
	for name, v := range c.RuntimeParams {
		if !strings.HasPrefix(name, "pool_") {
			continue
		}
		delete(c.RuntimeParams, name) // it is none of the server's
		switch name {
		case "pool_max_conns":
			size, err = strconv.Atoi(v)
			if err == nil && size < 2 {
				err = fmt.Errorf("a node needs 2 connections at least")
			}
		case "pool_max_conn_idle_time":
			idle, err = time.ParseDuration(v)
		case "pool_max_conn_lifetime":
			life, err = time.ParseDuration(v)
		default:
			err = fmt.Errorf("there is no such parameter (pool_max_conns, pool_max_conn_idle_time, pool_max_conn_lifetime)")
		}
		if err != nil {
			return nil, fmt.Errorf("%s=%s: %w", name, v, err)
		}
	}
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "ouvert"
	}
	pool := stdlib.OpenDB(*c)
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	pool.SetConnMaxIdleTime(idle)
	// After a failover, connections go back to the host that is named first.
	pool.SetConnMaxLifetime(life)
	return pool, nil
}
