package id_test

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ouvert/internal/kernel/id"
)

var now = time.Date(2026, 11, 24, 12, 0, 0, 999, time.UTC)

// TestNew: ids are different however many make them at once, and begin with
// the second in which they were made.
func TestNew(t *testing.T) {
	const makers, each = 8, 1000
	got := make([][]string, makers)
	var wait sync.WaitGroup
	for i := range makers {
		wait.Go(func() {
			for range each {
				got[i] = append(got[i], id.New(now))
			}
		})
	}
	wait.Wait()
	seen := map[string]bool{}
	for _, oid := range slices.Concat(got...) {
		if parsed, ok := id.Parse(oid); !ok || parsed != oid || oid[:8] != "6b057c40" { // 2026-11-24T12:00:00Z
			t.Fatalf("the id is %q", oid)
		}
		seen[oid] = true
	}
	if len(seen) != makers*each {
		t.Errorf("%d ids are different", len(seen))
	}
	if a, b := id.New(now), id.New(now.Add(time.Second)); a >= b {
		t.Errorf("%s of a second earlier sorts behind %s", a, b)
	}
}

func TestParse(t *testing.T) {
	for s, want := range map[string]string{
		"5e000000000000000000000a":  "5e000000000000000000000a",
		"5E000000000000000000000A":  "5e000000000000000000000a",
		"":                          "",
		"5e000000000000000000000":   "",
		"5e000000000000000000000ab": "",
		"5e000000000000000000000g":  "",
		"5e00000000000000000000 a":  "",
		"5e0000000000000000000éa":   "",
		strings.Repeat("\x00", 24):  "",
	} {
		if got, ok := id.Parse(s); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", s, got, ok)
		}
	}
}

func TestUUID(t *testing.T) {
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	a, b := id.UUID(), id.UUID()
	if !form.MatchString(a) || a == b {
		t.Errorf("the UUIDs are %s, %s", a, b)
	}
	if got := id.FormatUUID([16]byte{0xff, 1, 2, 3, 4, 5, 0xff, 7, 0xff, 9, 10, 11, 12, 13, 14, 15}); got != "ff010203-0405-4f07-bf09-0a0b0c0d0e0f" {
		t.Errorf("the bytes are written as %s", got)
	}
}
