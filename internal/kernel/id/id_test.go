package id_test

import (
	"strings"
	"testing"
	"time"

	"ouvert/internal/kernel/id"
)

func TestParseUUID(t *testing.T) {
	u := id.UUID()
	if got, ok := id.ParseUUID(strings.ToUpper(u)); !ok || got != u {
		t.Errorf("%s: got %q, %v", u, got, ok)
	}
	for _, s := range []string{"", "xxx", id.New(time.Now()), u + "0", u[:35], strings.ReplaceAll(u, "-", "0"), "g" + u[1:], u[:8] + "0" + u[9:], strings.Repeat("é", 18)} {
		if got, ok := id.ParseUUID(s); ok {
			t.Errorf("%q is taken as %q", s, got)
		}
	}
}
