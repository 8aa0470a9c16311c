package license

import (
	"context"
	"database/sql"

	"ouvert/internal/kernel/db"
)

// Service holds the verbs of the noun.
type Service struct {
	db *db.DB
}

// New returns the noun.
func New(d *db.DB) *Service { return &Service{db: d} }

// All returns every licence, in the order of their ids.
func (s *Service) All(ctx context.Context) ([]License, error) { return all(ctx, s.db.Read()) }

// Import writes a licence of another portal as it is, over the one that is
// there under its id.
func (s *Service) Import(ctx context.Context, tx *sql.Tx, l *License) error {
	return save(ctx, tx, l)
}
