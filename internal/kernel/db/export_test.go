package db

import "context"

// NewerSchema writes that a migration was made that this program does not know.
func (d *DB) NewerSchema(ctx context.Context) error {
	_, err := d.write.ExecContext(ctx, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, TRUE)")
	return err
}
