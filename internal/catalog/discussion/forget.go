package discussion

import (
	"context"
	"database/sql"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
)

// gone is what a message reads whose words were taken away, as in udata.
const gone = "DELETED"

// ForgetPerson takes away what a person said: the discussions in which nobody else
// spoke, and the words of their messages elsewhere.
func (s *Service) ForgetPerson(ctx context.Context, tx *sql.Tx, person string, by *auth.Actor) error {
	ids, err := db.Strings(ctx, tx, "SELECT DISTINCT discussion FROM discussion_message WHERE person = $1 ORDER BY discussion", person)
	if err != nil {
		return err
	}
	list, err := byIDs(ctx, tx, ids)
	if err != nil {
		return err
	}
	now := s.clock()
	for _, d := range list {
		alone := true
		for i := range d.Messages {
			m := &d.Messages[i]
			if m.Person != person {
				alone = false
				continue
			}
			m.Content = gone
		}
		if !alone {
			if err := save(ctx, tx, d); err != nil {
				return err
			}
			if err := s.tell(ctx, tx, now, "discussion:updated", d, by, ""); err != nil {
				return err
			}
			continue
		}
		if err := remove(ctx, tx, d.ID); err != nil {
			return err
		}
		if err := s.recount(ctx, tx, d.Subject); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, now, "discussion:deleted", d, by, ""); err != nil {
			return err
		}
	}
	return nil
}
