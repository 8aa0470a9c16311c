package main_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestJobs are shown before and after they ran, with the readers of the log.
func TestJobs(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{{"jobs"}, {"jobs", "list"}} {
		r := run(t, nil, "", append(args, "--data", dir)...)
		if r.code != 0 || !strings.Contains(r.out, "site-metrics") || !strings.Contains(r.out, "no node has served yet") || !strings.Contains(r.out, "notification") {
			t.Errorf("%q ends with %d, %q, %q", args, r.code, r.out, r.err)
		}
	}
	for range 2 {
		if r := run(t, nil, "", "jobs", "run", "sessions", "--data", dir); r.code != 0 || r.out != "" {
			t.Errorf("running ends with %d, %q, %q", r.code, r.out, r.err)
		}
	}
	r := run(t, nil, "", "jobs", "list", "--json", "--data", dir)
	first, _, _ := strings.Cut(r.out, "\n")
	var s map[string]any
	if err := json.Unmarshal([]byte(first), &s); err != nil || s["name"] != "sessions" || s["ended"] == nil || s["failures"] != 0.0 || s["holder"] != nil {
		t.Errorf("it prints %q, %v", r.out, err)
	}
	if r := run(t, nil, "", "jobs", "--data", dir); !strings.Contains(r.out, "waits") {
		t.Errorf("afterwards: %q", r.out)
	}
}
