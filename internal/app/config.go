package app

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"ouvert/internal/catalog/reuse"
	"ouvert/internal/catalog/user"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/i18n"
	"ouvert/internal/kernel/legal"
)

// Config is everything that an operator decides. It is read once and handed
// down; docs/operations.md lists it.
type Config struct {
	// Data is the folder of a one-machine portal: database, files, secrets.
	Data string
	// Database is the address of a PostgreSQL database; "" is SQLite in Data.
	Database string
	// Blobs is the address of the files, a folder or s3://BUCKET…; "" is the
	// folder files in Data.
	Blobs string
	// PublicURL is where the API is reached.
	PublicURL string
	// SiteURL is the base of the page links; "" is PublicURL.
	SiteURL string
	// Title is the portal's name.
	Title string
	// Theme is a folder with what the operator changes of the pages; see
	// web.Theme. "" is none.
	Theme string
	// Lang is the portal's language.
	Lang string
	// TokenSecret keys the hashes of API tokens.
	TokenSecret string
	// PasswordSalt is what udata's password hashes were salted with.
	PasswordSalt string
	// ReuseBadges are the badges that reuses may have: "kind=Label,kind=Label".
	ReuseBadges string
	// SearchFilters has filters of the search heeded that udata ignores where
	// its search service is not installed.
	SearchFilters bool
	// FeedDelay is how long a new reuse waits for the Atom feed.
	FeedDelay time.Duration
	// BodyLimit bounds JSON bodies in bytes.
	BodyLimit int64
	// CacheSize is how many bytes of answers and of the parts that they are
	// made of are kept in memory: 0 is DefaultCacheSize, less is none.
	CacheSize int64
	// CheckKept has what is kept rendered anew before each use, for tests.
	CheckKept bool
	// Origins may send credentials across sites, beside the site itself.
	Origins []string
	// CookieDomain is the domain whose hosts all get the cookie of who signed
	// in; "" is the API's host alone.
	CookieDomain string
	// SMTP is the address of the mail server; "" writes mails into the folder
	// mail of Data.
	SMTP string
	// MailFrom is who writes mails; "" is noreply at the site's host.
	MailFrom string
	// Terms are the rules that legal notices name.
	Terms legal.Terms
	// DigestEvery is how often a person is told of notifications by mail at
	// most; 0 is never.
	DigestEvery time.Duration
	// OIDC is the OpenID Connect provider that people may sign in with.
	OIDC user.OIDC
	// Proxies are the addresses and networks of the proxies in front.
	Proxies []string
	// Version is the program's.
	Version string
}

// APIVersion is the version of udata whose API this is.
const APIVersion = "17.6.0"

// DefaultCacheSize is a quarter of the memory that the process may take –
// GOMEMLIMIT, or what the machine has –, 256 MB at most.
func DefaultCacheSize() int64 {
	const most = 256 << 20
	limit := debug.SetMemoryLimit(-1)
	if b, err := os.ReadFile("/proc/meminfo"); err == nil {
		var kb int64
		if _, err := fmt.Sscanf(string(b), "MemTotal: %d kB", &kb); err == nil {
			limit = min(limit, kb<<10)
		}
	}
	return min(limit/4, most)
}

// check completes the configuration and refuses what cannot be.
func (c *Config) check() error {
	for name, v := range map[string]string{"--public-url": c.PublicURL, "--site-url": c.SiteURL} {
		if v == "" {
			continue
		}
		u, err := url.Parse(v)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return fmt.Errorf("%s must be an http or https address, got %q", name, v)
		}
	}
	if c.Lang == "" {
		c.Lang = string(i18n.En)
	}
	if i18n.Parse(c.Lang) == "" {
		return fmt.Errorf("--lang: %q is no language that the portal speaks (en, fr, es, de, it, pt, sr, ar)", c.Lang)
	}
	if c.BodyLimit == 0 {
		c.BodyLimit = 10 << 20
	}
	if c.CacheSize == 0 {
		c.CacheSize = DefaultCacheSize()
	}
	if c.Title == "" {
		c.Title = "Open data"
	}
	if _, err := c.badges(); err != nil {
		return err
	}
	if err := c.OIDC.Check(); err != nil {
		return err
	}
	keep := c.Data
	if c.Database != "" {
		keep = "" // a secret of this machine would be another on the next node
	}
	var err error
	c.TokenSecret, err = secret(c.TokenSecret, "OUVERT_API_TOKEN_SECRET", keep, secretFile)
	return err
}

// BlobsAddress is where the files are.
func (c *Config) BlobsAddress() string {
	if c.Blobs != "" {
		return c.Blobs
	}
	return filepath.Join(c.Data, "files")
}

func (c *Config) badges() ([]reuse.Label, error) {
	var out []reuse.Label
	if strings.TrimSpace(c.ReuseBadges) == "" {
		return nil, nil
	}
	for part := range strings.SplitSeq(c.ReuseBadges, ",") {
		kind, label, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok || kind == "" || label == "" {
			return nil, fmt.Errorf("OUVERT_REUSE_BADGES must read kind=Label,kind=Label; %q does not", part)
		}
		out = append(out, reuse.Label{ID: kind, Label: label})
	}
	return out, nil
}

// secret returns the value given, the text of the file that NAME_FILE names,
// or one that was made once and is kept in the data folder, readable by its
// owner alone.
func secret(given, name, dir, file string) (string, error) {
	if given != "" {
		return given, nil
	}
	if path := os.Getenv(name + "_FILE"); path != "" {
		b, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		return notEmpty(b, path)
	}
	if dir == "" {
		return "", fmt.Errorf("set %s: with --database the secret is not made up, since all nodes need the same one", name)
	}
	path := filepath.Join(dir, file)
	b, err := os.ReadFile(path)
	if err == nil {
		return notEmpty(b, path)
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	value := auth.NewSecret()
	// Written aside and linked when it is whole: another process that starts
	// now reads all of it or nothing.
	f, err := os.CreateTemp(dir, file+".*") // mode 0600
	if err != nil {
		return "", err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(value + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", err
	}
	err = os.Link(f.Name(), path)
	if errors.Is(err, os.ErrExist) { // another process was quicker
		return secret(given, name, dir, file)
	}
	return value, err
}

// notEmpty refuses a file that a power cut left empty: it would key the tokens
// with nothing.
func notEmpty(b []byte, path string) (string, error) {
	s := strings.TrimSpace(string(b))
	if s == "" {
		return "", fmt.Errorf("the secret in %s is empty", path)
	}
	return s, nil
}
