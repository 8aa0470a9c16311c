package db_test

import (
	"net/url"
	"strings"
	"testing"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
)

// TestAddressOfPostgreSQL: several hosts, the size of the pool, TLS.
func TestAddressOfPostgreSQL(t *testing.T) {
	address := dbtest.PostgreSQLAddress(t)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	with := func(host, more string) string {
		v := *u
		v.Host = host
		v.RawQuery += more
		return v.String()
	}
	for what, good := range map[string]string{
		"a pool":         with(u.Host, "&pool_max_conns=3&pool_max_conn_idle_time=1m&pool_max_conn_lifetime=1h"),
		"a dead host":    with("127.0.0.1:1,"+u.Host, "&connect_timeout=2"),
		"the primary":    with("127.0.0.1:1,"+u.Host, "&target_session_attrs=read-write"),
		"TLS if it does": with(u.Host, "&sslmode=prefer"),
	} {
		d, err := db.Open(t.Context(), "", good)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		var name string
		if err := d.Read().QueryRowContext(t.Context(), "SHOW application_name").Scan(&name); err != nil || name != "ouvert" {
			t.Errorf("%s: it is called %q, %v", what, name, err)
		}
		if read, _ := d.Stats(); what == "a pool" && read.MaxOpenConnections != 3 {
			t.Errorf("the pool has %d connections", read.MaxOpenConnections)
		}
		d.Close()
	}
	u.User = url.UserPassword("ouvert", "hidden")
	for bad, want := range map[string]string{
		with(u.Host, "&pool_max_conns=1"):                     "2 connections",
		with(u.Host, "&pool_max_conns=many"):                  "pool_max_conns=many",
		with(u.Host, "&pool_max_conn_lifetime=long"):          "pool_max_conn_lifetime=long",
		with(u.Host, "&pool_colour=red"):                      "no such parameter",
		with(u.Host, "&sslmode=perhaps"):                      "sslmode",
		with("127.0.0.1:1,127.0.0.1:2", "&connect_timeout=2"): "127.0.0.1:2",
		// No TLS there, and none is done without when it is required.
		strings.Replace(with(u.Host, ""), "sslmode=disable", "sslmode=require", 1): "TLS",
		// A primary is no standby.
		with(u.Host, "&target_session_attrs=standby"): "standby",
	} {
		d, err := db.Open(t.Context(), "", bad)
		if err == nil {
			d.Close()
			t.Errorf("%s is let in", bad)
		} else if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v, want %s", bad, err, want)
		}
	}
}

// TestOlderProgramOnNewerSchema: during an upgrade, nodes of the version before
// may start again when the schema is the new one already.
func TestOlderProgramOnNewerSchema(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		before := columns(t, d)
		if err := d.NewerSchema(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := d.Migrate(t.Context()); err != nil {
			t.Errorf("an older node does not start: %v", err)
		}
		if after := columns(t, d); len(after) != len(before) {
			t.Errorf("an older node changed the schema: %v", after)
		}
	})
}
