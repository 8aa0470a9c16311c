package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
)

// TestWriteTogether: of many who write at the same time – some of whom fail,
// panic, or give up in the middle of a long statement – each is told the truth
// about its own write.
func TestWriteTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		bad := errors.New("no")
		var acknowledged sync.Map
		var all sync.WaitGroup
		for who := range 8 {
			all.Add(1)
			go func() {
				defer all.Done()
				for i := range 40 {
					oid := fmt.Sprintf("%d-%d", who, i)
					ctx, cancel := context.WithCancel(t.Context())
					write := func(then func(tx *sql.Tx) error) (err error) {
						defer func() {
							if v := recover(); v != nil {
								err = fmt.Errorf("%v", v)
							}
						}()
						return d.Write(ctx, func(tx *sql.Tx) error {
							if err := addLicense(t.Context(), tx, oid); err != nil {
								return err
							}
							return then(tx)
						})
					}
					var err error
					fails := true
					switch (who + i) % 8 {
					case 1:
						err = write(func(*sql.Tx) error { return bad })
					case 2:
						err = write(func(*sql.Tx) error { panic("oh") })
					case 3: // interrupted, which on SQLite ends the transaction
						err = write(func(tx *sql.Tx) error {
							time.AfterFunc(time.Millisecond, cancel)
							_, err := tx.ExecContext(ctx, `INSERT INTO license (id, title, doc)
								WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)
								SELECT '`+oid+`-' || i, 'x', '{}' FROM n`)
							return err
						})
					case 4:
						err = write(func(tx *sql.Tx) error {
							_, err := tx.ExecContext(t.Context(), "INSERT INTO nothing VALUES (1)")
							return err
						})
					case 5:
						cancel()
						err = write(func(*sql.Tx) error { return nil })
					default:
						fails = false
						if err = write(func(*sql.Tx) error { return nil }); err == nil {
							acknowledged.Store(oid, true)
						}
					}
					cancel()
					if (err != nil) != fails {
						t.Errorf("%s: %v", oid, err)
					}
				}
			}()
		}
		all.Wait()
		there := map[string]bool{}
		err := db.Each(t.Context(), d.Read(), "SELECT id FROM license", nil, func(rows *sql.Rows) error {
			var oid string
			err := rows.Scan(&oid)
			there[oid] = true
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		acknowledged.Range(func(oid, _ any) bool {
			n++
			if !there[oid.(string)] {
				t.Errorf("%s was acknowledged and is lost", oid)
			}
			return true
		})
		if len(there) != n || n != 8*40*3/8 {
			t.Errorf("%d rows, %d acknowledged", len(there), n)
		}
	})
}

// Writers who come while one writes share its flush.
func TestWriteJoins(t *testing.T) {
	d := dbtest.SQLite(t)
	entered, goOn := make(chan bool), make(chan bool)
	var all sync.WaitGroup
	first := make(chan *sql.Tx, 1)
	all.Add(1)
	go func() {
		defer all.Done()
		_ = d.Write(t.Context(), func(tx *sql.Tx) error {
			first <- tx
			entered <- true
			<-goOn
			return nil
		})
	}()
	<-entered
	var joined atomic.Int64
	mine := <-first
	for range 10 {
		all.Add(1)
		go func() {
			defer all.Done()
			_ = d.Write(t.Context(), func(tx *sql.Tx) error {
				if tx == mine {
					joined.Add(1)
				}
				return nil
			})
		}()
	}
	time.Sleep(100 * time.Millisecond) // for them to come
	close(goOn)
	all.Wait()
	if joined.Load() == 0 {
		t.Error("nobody joined")
	}
}
