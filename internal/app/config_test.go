package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ouvert/internal/app"
	"ouvert/internal/kernel/clock"
)

// open opens a portal that is closed at the end of the test.
func open(t *testing.T, c app.Config) (*app.App, error) {
	t.Helper()
	a, err := app.Open(t.Context(), c, clock.System)
	if err == nil {
		t.Cleanup(func() { a.Close() })
	}
	return a, err
}

// TestSecretIsMadeOnce and kept where nobody else reads it.
func TestSecretIsMadeOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "portal")
	first, err := open(t, app.Config{Data: dir})
	if err != nil {
		t.Fatal(err)
	}
	second, err := open(t, app.Config{Data: dir})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := first.Config.TokenSecret, second.Config.TokenSecret; a != b || len(a) < 40 {
		t.Errorf("the secrets are %q, %q", a, b)
	}
	info, err := os.Stat(filepath.Join(dir, "api-token-secret"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
	other, err := open(t, app.Config{Data: t.TempDir()})
	if err != nil || other.Config.TokenSecret == first.Config.TokenSecret {
		t.Errorf("another portal has the same secret, or %v", err)
	}
	given, err := open(t, app.Config{Data: dir, TokenSecret: "given"})
	if err != nil || given.Config.TokenSecret != "given" {
		t.Errorf("a given secret became %q, %v", given.Config.TokenSecret, err)
	}
}

// TestDefaults: the zero configuration works.
func TestDefaults(t *testing.T) {
	a, err := open(t, app.Config{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if c := a.Config; c.Lang != "en" || c.BodyLimit != 10<<20 || c.Title == "" {
		t.Errorf("the configuration is %+v", c)
	}
}

func TestRefusedConfigurations(t *testing.T) {
	for _, c := range []struct {
		config app.Config
		want   string
	}{
		{app.Config{PublicURL: "portal.example"}, "--public-url"},
		{app.Config{PublicURL: "ftp://portal.example"}, "--public-url"},
		{app.Config{PublicURL: "http://"}, "--public-url"},
		{app.Config{SiteURL: "//portal.example"}, "--site-url"},
		{app.Config{SiteURL: "http://portal.example:port"}, "--site-url"},
		{app.Config{Lang: "xx"}, "--lang"},
		{app.Config{ReuseBadges: "gold"}, "OUVERT_REUSE_BADGES"},
		{app.Config{ReuseBadges: "gold=Gold,"}, "OUVERT_REUSE_BADGES"},
		{app.Config{ReuseBadges: "=Gold"}, "OUVERT_REUSE_BADGES"},
		{app.Config{ReuseBadges: "gold="}, "OUVERT_REUSE_BADGES"},
		{app.Config{Database: "mysql://x"}, "OUVERT_API_TOKEN_SECRET"},
		{app.Config{Database: "mysql://x", TokenSecret: "s"}, "postgres://"},
	} {
		c.config.Data = t.TempDir()
		if _, err := open(t, c.config); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %s", c.config, err, c.want)
		}
		if left, _ := os.ReadDir(c.config.Data); len(left) != 0 && c.config.Database == "" {
			t.Errorf("%+v: left behind are %v", c.config, left)
		}
	}
}
