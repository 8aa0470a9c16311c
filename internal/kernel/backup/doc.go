// Package backup copies a whole portal: into an archive and back (Write,
// Check, Restore), or from one database and store of files into others (Move).
//
// A copy knows no engine. Rows are lines of JSON, table by table, in the order
// of the primary key, as db.Dump gives them; so what was SQLite may become
// PostgreSQL and the reverse, and one checksum a table tells that both hold
// the same. All rows are those of one instant, while the portal serves. Files
// never change, so they are copied before the rows, and those that came until
// then after them: whatever the rows name is in the copy.
//
// # The archive
//
// A tar file in zstd, with these entries in this order:
//
//	ouvert-backup.json      Head: what this is
//	files/KEY               files of the portal
//	rows/TABLE/000001.ndjson …  the rows, some megabytes at a time
//	files/KEY               files that came meanwhile
//	secret/api-token-secret the secret that keys API tokens, when the portal made it up
//	manifest.json           Manifest: name, size and SHA-256 of each entry before it
//
// An archive that was cut short has no manifest. Check reads all of it before
// Restore writes anything. It holds password hashes and addresses of people:
// who has it has the portal.
package backup
