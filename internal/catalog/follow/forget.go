package follow

import (
	"context"
	"database/sql"
	"time"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/ref"
)

// Forget ends what a person follows, and who follows them, as when their
// account is deleted.
func (s *Service) Forget(ctx context.Context, tx *sql.Tx, person string, now time.Time) error {
	type pair struct {
		follower string
		object   ref.Ref
	}
	var list []pair
	err := db.Each(ctx, tx, `SELECT follower, class, object FROM follow
		WHERE (follower = $1 OR (object = $1 AND class = $2)) AND until IS NULL`, []any{person, ref.User},
		func(rows *sql.Rows) error {
			var p pair
			err := rows.Scan(&p.follower, &p.object.Class, &p.object.ID)
			list = append(list, p)
			return err
		})
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE follow SET until = $1
		WHERE (follower = $2 OR (object = $2 AND class = $3)) AND until IS NULL`, now.UnixMicro(), person, ref.User); err != nil {
		return err
	}
	for _, p := range list {
		if !s.refs.Has(p.object.Class) {
			continue
		}
		if _, err := s.settle(ctx, tx, p.follower, p.object, now, true, "follow:stopped"); err != nil {
			return err
		}
	}
	return nil
}

// Count returns how many follow the objects, all together.
func (s *Service) Count(ctx context.Context, q db.Querier, class string, objects []string) (total int64, err error) {
	err = db.EachIn(ctx, q, "SELECT class, count(*) FROM follow WHERE object IN {ids} AND until IS NULL GROUP BY class", objects, func(rows *sql.Rows) error {
		var c string
		var n int64
		err := rows.Scan(&c, &n)
		if c == class {
			total += n
		}
		return err
	})
	return total, err
}
