package db_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// unknown stands for a part of a statement that is no literal.
const unknown = "$?"

var placeholder = regexp.MustCompile(`\$(\d+|\?)`)

var digits = regexp.MustCompile(`\$\d`)

// TestParametersAreFirstUsedInOrder reads every SQL text of the project:
// SQLite numbers $N by first use, so $2 before $1 would silently bind the
// wrong values.
func TestParametersAreFirstUsedInOrder(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	checked := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			text, ok := sqlText(n)
			if !ok {
				return true
			}
			checked++
			next := 1
			for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
				switch num, _ := strconv.Atoi(m[1]); {
				case m[0] == unknown:
					next = 0 // parameters may stand in there
				case next == 0:
					next = num + 1
				case num > next:
					t.Errorf("%s: $%d is used before $%d in %q", files.Position(n.Pos()), num, next, text)
					return false
				case num == next:
					next++
				}
			}
			return false
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if checked < 20 {
		t.Fatalf("only %d SQL texts were found", checked)
	}
}

// sqlText joins the string literals of an expression such as
// "SELECT …" + columns + "WHERE id = $1".
func sqlText(n ast.Node) (string, bool) {
	switch e := n.(type) {
	case *ast.BinaryExpr:
		if e.Op != token.ADD {
			return "", false
		}
		l, _ := sqlText(e.X)
		r, _ := sqlText(e.Y)
		return l + " " + r, digits.MatchString(l + r)
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		s, err := strconv.Unquote(e.Value)
		return s, err == nil && digits.MatchString(s)
	case ast.Expr:
		return unknown, false
	}
	return "", false
}
