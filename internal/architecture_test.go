package internal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// TestWhoImportsWhom holds the house's one rule: cmd -> app -> {catalog/*,
// migrate/*} -> kernel/*, and no noun imports another.
func TestWhoImportsWhom(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "ouvert/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := 0
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath                         string
			Imports, TestImports, XTestImports []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		seen++
		for _, i := range p.Imports {
			if why := forbidden(room(p.ImportPath), room(i)); why != "" {
				t.Errorf("%s imports %s: %s", p.ImportPath, i, why)
			}
		}
	}
	if seen < 20 {
		t.Fatalf("only %d packages were looked at", seen)
	}
}

type place struct{ room, noun string }

func room(path string) place {
	rest, ok := strings.CutPrefix(path, "ouvert/")
	if !ok {
		return place{}
	}
	parts := strings.Split(strings.TrimPrefix(rest, "internal/"), "/")
	p := place{room: parts[0]}
	if len(parts) > 1 {
		p.noun = parts[1]
	}
	return p
}

func forbidden(from, to place) string {
	allowed := map[string][]string{
		"cmd":     {"app", "migrate", "kernel"},
		"app":     {"app", "catalog", "migrate", "kernel"},
		"migrate": {"migrate", "catalog", "kernel"},
		"catalog": {"kernel"},
		"kernel":  {"kernel"},
	}
	if to.room == "" || from == to {
		return ""
	}
	for _, a := range allowed[from.room] {
		if a == to.room {
			return ""
		}
	}
	if from.room == "catalog" && to.room == "catalog" {
		return "a noun never imports another; mention it through kernel/ref"
	}
	return from.room + " must not know " + to.room
}
