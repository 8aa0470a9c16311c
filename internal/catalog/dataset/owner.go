package dataset

import (
	"context"
	"database/sql"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/ref"
)

// setOwner gives the dataset to a person or an organization; see
// ref.Noun.SetOwner.
func (s *Service) setOwner(ctx context.Context, tx *sql.Tx, oid string, to ref.Ref, by *auth.Actor) error {
	now := s.clock()
	found, err := byIDs(ctx, tx, []string{oid})
	if err != nil {
		return err
	}
	d := found[oid]
	if d == nil {
		return errs.NotFound()
	}
	owner, org := "", to.ID
	if to.Class == ref.User {
		owner, org = to.ID, ""
	}
	_, err = tx.ExecContext(ctx, "UPDATE dataset SET owner = $1, organization = $2, last_modified = $3, revision = revision + 1 WHERE id = $4",
		db.Null(owner), db.Null(org), now.UnixMicro(), oid)
	if err != nil {
		return err
	}
	for _, of := range []ref.Ref{
		{Class: ref.User, ID: d.Owner}, {Class: ref.Organization, ID: d.Organization}, to,
	} {
		if err := s.countOf(ctx, tx, of); err != nil {
			return err
		}
	}
	_, err = event.Append(ctx, tx, event.Event{
		At: now, Key: "dataset:updated", Subject: ref.Ref{Class: ref.Dataset, ID: oid}, Actor: by.ID, Organization: org,
		Changes: []string{"owner", "organization"},
	})
	return err
}

// countOf counts the datasets of a person or an organization that everybody
// sees.
func (s *Service) countOf(ctx context.Context, tx *sql.Tx, of ref.Ref) error {
	if of.ID == "" {
		return nil
	}
	column := "organization"
	if of.Class == ref.User {
		column = "owner"
	}
	var n int64
	err := tx.QueryRowContext(ctx, "SELECT count(*) FROM dataset WHERE "+column+" = $1 AND NOT private AND deleted IS NULL AND archived IS NULL", of.ID).Scan(&n)
	if err != nil {
		return err
	}
	return s.refs.SetMetrics(ctx, tx, of, map[string]any{"datasets": n})
}
