package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"ouvert/internal/kernel/backup"
	"ouvert/internal/kernel/blob"
	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
)

// secretFile is the secret that keys API tokens, in the data folder.
const secretFile = "api-token-secret"

// Say is told how far something is, a line at a time.
type Say func(format string, args ...any)

// SayTo says it to w.
func SayTo(w io.Writer) Say {
	return func(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
}

// place is where a portal lies, opened as it is: nothing is migrated.
type place struct {
	db    *db.DB
	files blob.Store
	data  string // "" on PostgreSQL
}

// existing opens a portal that is there.
func existing(ctx context.Context, database, data, files string) (p place, err error) {
	said := files != ""
	if dir, ok := strings.CutPrefix(database, "sqlite:"); ok || database == "" {
		if !ok {
			dir = data
		}
		if _, err := os.Stat(filepath.Join(dir, db.FileName)); err != nil {
			return p, fmt.Errorf("there is no portal in %s: %w", dir, err)
		}
		database, p.data = "sqlite:"+dir, dir
		if files == "" {
			files = filepath.Join(dir, "files")
		}
	} else if files == "" {
		files = filepath.Join(data, "files")
	}
	p.files, err = blob.OpenExisting(ctx, files)
	if errors.Is(err, os.ErrNotExist) {
		if p.data == "" || said { // a copy without its files would look whole
			return p, fmt.Errorf("the files of the portal are not in %s: say with --data or --blobs where they are", files)
		}
		p.files, err = blob.OpenDir(files) // it has never served
	}
	if err != nil {
		return p, err
	}
	p.db, err = db.Open(ctx, "", database)
	return p, err
}

// secret is the one that the portal made up for itself, "" when there is none.
func (p place) secret() (string, error) {
	if p.data == "" {
		return "", nil
	}
	b, err := os.ReadFile(filepath.Join(p.data, secretFile))
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(b)), err
}

// Backup writes an archive of a portal into a file that is not there yet, while
// the portal serves. The file appears when it is whole, readable by its owner
// alone.
func Backup(ctx context.Context, c Config, file string, say Say) (m backup.Manifest, err error) {
	if _, err := os.Lstat(file); !errors.Is(err, os.ErrNotExist) {
		if err == nil {
			err = fmt.Errorf("%s is there already: a backup never writes over another", file)
		}
		return m, err
	}
	p, err := existing(ctx, c.Database, c.Data, c.Blobs)
	if err != nil {
		return m, err
	}
	defer p.db.Close()
	secret, err := p.secret()
	if err != nil {
		return m, err
	}
	temp, err := os.CreateTemp(filepath.Dir(file), ".backup-*") // mode 0600
	if err != nil {
		return m, err
	}
	defer os.Remove(temp.Name())
	defer temp.Close()
	m, err = backup.Write(ctx, backup.Source{DB: p.db, Files: p.files, Secret: secret, Version: c.Version, Now: clock.System()}, temp, say)
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return m, err
	}
	// A link and no rename, which would write over what came meanwhile.
	if err := os.Link(temp.Name(), file); err != nil {
		return m, err
	}
	return m, syncFolder(filepath.Dir(file))
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// CheckBackup reads an archive to its end and tells what is in it.
func CheckBackup(ctx context.Context, file string) (backup.Head, backup.Manifest, error) {
	f, err := os.Open(file)
	if err != nil {
		return backup.Head{}, backup.Manifest{}, err
	}
	defer f.Close()
	head, m, err := backup.Check(ctx, f)
	if err != nil {
		err = fmt.Errorf("%s: %w", file, err)
	}
	return head, m, err
}

// Restore makes a portal of an archive, which is read to its end before
// anything is written. A portal that is there is only written over with force,
// and not while it serves.
func Restore(ctx context.Context, c Config, file string, force bool, say Say) (head backup.Head, m backup.Manifest, err error) {
	if head, m, err = CheckBackup(ctx, file); err != nil {
		return head, m, err
	}
	say("the archive of %s is whole: %d tables, %d files", head.Date.Format("2006-01-02 15:04:05Z"), len(head.Tables), m.Files)
	f, err := os.Open(file)
	if err != nil {
		return head, m, err
	}
	defer f.Close()
	r := restoring{c: c, force: force, say: say, file: f, head: head, m: m}
	run := r.sqlite
	if c.Database != "" && !strings.HasPrefix(c.Database, "sqlite:") {
		run = r.postgresql
	}
	secret, err := run(ctx)
	if err != nil || secret == "" {
		return head, m, err
	}
	return head, m, keepSecret(c.Data, secret, force, say)
}

type restoring struct {
	c     Config
	force bool
	say   Say
	file  *os.File
	head  backup.Head
	m     backup.Manifest
}

// fill fills a database and the files, and brings the schema up to date.
func (r restoring) fill(ctx context.Context, d *db.DB) (secret string, err error) {
	files, err := blob.Open(ctx, r.c.BlobsAddress())
	if err != nil {
		return "", err
	}
	if err := backup.Prepare(ctx, d, r.head.Schema, r.force); err != nil {
		return "", err
	}
	// All rows come in one transaction, so there is no half of a portal.
	if secret, err = backup.Restore(ctx, r.file, r.head, r.m, d, files, r.say); err != nil {
		return "", err
	}
	return secret, errors.Join(d.Migrate(ctx), d.End(ctx))
}

var errForce = errors.New("stop what serves it, and say --force when all that it holds shall be gone and the archive take its place")

// postgresql restores into the database as it is.
func (r restoring) postgresql(ctx context.Context) (string, error) {
	address, err := named(r.c.Database)
	if err != nil {
		return "", err
	}
	d, err := db.Open(ctx, "", address)
	if err != nil {
		return "", err
	}
	defer d.Close()
	state, err := d.State(ctx)
	if err != nil {
		return "", err
	}
	if state == db.Inhabited {
		if !r.force {
			return "", fmt.Errorf("%w in the database; %w", backup.ErrPortal, errForce)
		}
		n, err := d.Others(ctx)
		if err != nil {
			return "", err
		}
		if n > 0 {
			return "", fmt.Errorf("the database has %d other connections: stop the nodes first", n)
		}
	}
	return r.fill(ctx, d)
}

// named gives our connections a name of their own.
func named(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", errors.New("the database address can't be read")
	}
	q := u.Query()
	q.Set("application_name", db.Restoring)
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// sqlite restores into a folder of its own, and renames the database when it
// is whole: whatever falls when, there is the old portal or the new one.
func (r restoring) sqlite(ctx context.Context) (string, error) {
	if dir, ok := strings.CutPrefix(r.c.Database, "sqlite:"); ok {
		r.c.Data = dir
	}
	target := filepath.Join(r.c.Data, db.FileName)
	switch _, err := os.Stat(target); {
	case err == nil:
		if err := r.vacate(ctx); err != nil {
			return "", err
		}
	case !errors.Is(err, os.ErrNotExist):
		return "", err
	}
	if err := os.MkdirAll(r.c.Data, 0o700); err != nil {
		return "", err
	}
	temp, err := os.MkdirTemp(r.c.Data, ".restore-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(temp)
	d, err := db.Open(ctx, temp, "")
	if err != nil {
		return "", err
	}
	secret, err := r.fill(ctx, d)
	// The last connection that is closed brings its log into the file.
	if err := errors.Join(err, d.Close()); err != nil {
		return "", err
	}
	if left, err := filepath.Glob(filepath.Join(temp, db.FileName+"-*")); err != nil || len(left) > 0 {
		return "", errors.Join(err, fmt.Errorf("the database was not closed: %v", left))
	}
	// Else the log of the old one would be taken for one of the new.
	for _, side := range []string{"-wal", "-shm"} {
		if err := os.Remove(target + side); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
	}
	if err := os.Rename(filepath.Join(temp, db.FileName), target); err != nil {
		return "", err
	}
	return secret, syncFolder(r.c.Data)
}

// vacate refuses what must not be written over.
func (r restoring) vacate(ctx context.Context) error {
	d, err := db.Open(ctx, r.c.Data, "")
	if err != nil {
		return err
	}
	state, err := d.State(ctx)
	if err = errors.Join(err, d.Close()); err != nil {
		return err
	}
	if state == db.Inhabited && !r.force {
		return fmt.Errorf("%w in %s; %w", backup.ErrPortal, r.c.Data, errForce)
	}
	if err := db.Alone(ctx, r.c.Data); err != nil {
		return fmt.Errorf("the portal in %s is being served: stop it first (%w)", r.c.Data, err)
	}
	return nil
}

// keepSecret writes the secret of an archive into the data folder, where serve
// finds it, unless the operator has one elsewhere.
func keepSecret(data, secret string, force bool, say Say) error {
	path := filepath.Join(data, secretFile)
	given := os.Getenv("OUVERT_API_TOKEN_SECRET")
	if given != "" && given != secret || os.Getenv("OUVERT_API_TOKEN_SECRET_FILE") != "" && given == "" {
		say("Note: the archive has a secret for API tokens; OUVERT_API_TOKEN_SECRET must be the same, or its tokens won't work.")
		return nil
	}
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if force {
		flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, flags, 0o600)
	if errors.Is(err, os.ErrExist) {
		old, err := os.ReadFile(path)
		if err == nil && strings.TrimSpace(string(old)) != secret {
			say("Note: %s is another secret than the archive's and stays; API tokens of the archive won't work with it.", path)
		}
		return err
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(secret + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	say("the secret of the API tokens is in %s; with --database, give it as OUVERT_API_TOKEN_SECRET_FILE", path)
	return nil
}

// Address is one side of a move: a database, and files; "" is the folder files
// beside an SQLite database.
type Address struct{ Database, Blobs string }

// Move makes a portal move, see backup.Move.
func Move(ctx context.Context, from, to Address, again bool, say Say) (backup.Moved, error) {
	if from.Database == to.Database {
		return backup.Moved{}, errors.New("the portal is there already: both are the same database")
	}
	for _, a := range []Address{from, to} {
		if !strings.HasPrefix(a.Database, "sqlite:") && a.Blobs == "" {
			return backup.Moved{}, errors.New("say where the files of the PostgreSQL side are: --from-blobs, --blobs")
		}
	}
	source, err := existing(ctx, from.Database, "", from.Blobs)
	if err != nil {
		return backup.Moved{}, fmt.Errorf("from: %w", err)
	}
	defer source.db.Close()
	dir, local := strings.CutPrefix(to.Database, "sqlite:")
	if to.Blobs == "" {
		to.Blobs = filepath.Join(dir, "files")
	}
	if to.Blobs == from.Blobs {
		say("the files stay where they are, in %s", blob.Redact(to.Blobs))
		source.files = nil
	}
	files, err := blob.Open(ctx, to.Blobs)
	if err != nil {
		return backup.Moved{}, fmt.Errorf("to: %w", err)
	}
	d, err := db.Open(ctx, "", to.Database)
	if err != nil {
		return backup.Moved{}, fmt.Errorf("to: %w", err)
	}
	defer d.Close()
	moved, err := backup.Move(ctx, source.db, source.files, d, files, again, say)
	if errors.Is(err, backup.ErrPortal) {
		err = fmt.Errorf("%w; say --again when it came from the same source and shall be made equal to it: what was written there since is lost", err)
	}
	if err != nil {
		return moved, err
	}
	secret, err := source.secret()
	if err != nil {
		return moved, err
	}
	switch {
	case secret != "" && local:
		err = keepSecret(dir, secret, false, say)
	case secret != "":
		say("API tokens work on when OUVERT_API_TOKEN_SECRET_FILE=%s", filepath.Join(source.data, secretFile))
	case local:
		say("API tokens work on with the same OUVERT_API_TOKEN_SECRET")
	}
	return moved, err
}
