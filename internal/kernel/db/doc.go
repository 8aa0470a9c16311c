// Package db opens the catalogue's database and hands out its two doors: Read
// for queries, Write for transactions.
//
// SQL is written once for SQLite and PostgreSQL. The rules that make this
// work, each guarded by a test:
//
//   - parameters are $1…$N, first used in ascending order: SQLite numbers them
//     by first use, so another order would silently bind the wrong values;
//   - ids are 24 hexadecimal digits as TEXT, instants are microseconds since
//     1970 UTC as BIGINT, truths are BOOLEAN;
//   - what is filtered or sorted stands in columns or side tables, the rest in
//     one JSON text that SQL never looks into;
//   - text that is compared or sorted is declared COLLATE "C" in migrations
//     (byte order, as MongoDB sorts); see migrate.go for SQLite.
//
// What truly differs between the two engines stands in dialect.go.
package db
