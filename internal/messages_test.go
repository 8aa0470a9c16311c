package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// translated are the functions whose text a reader may see in another
// language, with the place of the text among their arguments.
var translated = map[string]int{"T": 0, "Fail": 1, "bad": 1, "Gone": 0, "Unauthorized": 0, "BadRequest": 0, "Field": 1}

// TestMessagesAreCatalogued holds that each message of the code stands in the
// list that the translations are checked against.
func TestMessagesAreCatalogued(t *testing.T) {
	pot, err := os.ReadFile("kernel/i18n/locale/messages.pot")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	err = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "migrate") {
			return err
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			text, ok := message(n)
			if v, is := n.(*ast.ValueSpec); is && path == "kernel/patch/fields.go" && len(v.Values) == 1 {
				text, ok = literal(v.Values[0])
			}
			if !ok || text == "%s" || text == "" {
				return true
			}
			found++
			if !strings.Contains(string(pot), "msgid "+quoted(text)+"\n") {
				t.Errorf("%s: not in messages.pot: %s", files.Position(n.Pos()), quoted(text))
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 20 {
		t.Fatalf("only %d messages were found", found)
	}
}

// said are the messages in templates of pages: {{t "…"}}, and {{n … "one"
// "many"}}.
var (
	said    = regexp.MustCompile(`[{(\s]t "((?:[^"\\]|\\.)*)"`)
	counted = regexp.MustCompile(`\{n (?:\([^)]*\)|\S+) ("[^"]*") ("[^"]*")`)
)

// TestPagesAreCatalogued holds the same for the templates of pages.
func TestPagesAreCatalogued(t *testing.T) {
	pot, err := os.ReadFile("kernel/i18n/locale/messages.pot")
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, pattern := range []string{"catalog/*/pages/*.html", "kernel/web/templates/*.html"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	found := 0
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, m := range said.FindAllStringSubmatch(string(text), -1) {
			list = append(list, quoted(m[1]))
		}
		for _, m := range counted.FindAllStringSubmatch(string(text), -1) {
			list = append(list, m[1], m[2])
		}
		for _, message := range list {
			found++
			if !strings.Contains(string(pot), "msgid "+message+"\n") {
				t.Errorf("%s: not in messages.pot: %s", path, message)
			}
		}
	}
	if found < 200 {
		t.Fatalf("only %d messages were found", found)
	}
}

// message returns the literal text of a call of a translated function.
func message(n ast.Node) (string, bool) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return "", false
	}
	name := ""
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel.Name
	case *ast.Ident:
		name = f.Name
	}
	at, ok := translated[name]
	if !ok || at >= len(call.Args) {
		return "", false
	}
	return literal(call.Args[at])
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// quoted writes a text as .po files do.
func quoted(s string) string { return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"` }
