package app_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
	"ouvert/internal/kernel/swagger/swaggertest"
)

var update = flag.Bool("update", false, "write the goldens anew")

// TestSwaggerGolden: the description of the API changes only where somebody
// meant it to. `go test ./internal/app/ -update` writes it anew.
func TestSwaggerGolden(t *testing.T) {
	p := apptest.New(t, app.Config{})
	for _, version := range []string{"1", "2"} {
		text := p.Want(200, nobody, "GET", "/api/"+version+"/swagger.json", nil).Text
		if err := swaggertest.Validate([]byte(text)); err != nil {
			t.Errorf("version %s: %v", version, err)
		}
		golden := filepath.Join("testdata", "swagger-v"+version+".json")
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(golden, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if text != string(want) {
			t.Errorf("%s is not what it was at %s; if that is meant, run go test ./internal/app/ -update", golden, firstChange(string(want), text))
		}
	}
}

func firstChange(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return "\n- " + a[i] + "\n+ " + b[i]
		}
	}
	return "its end"
}

// udataOperations are the operations about reuses of udata 17.6, from its
// /api/1/swagger.json and /api/2/swagger.json.
var udataOperations = map[string][]string{
	"1": {
		"GET /me/org_reuses/ my_org_reuses",
		"GET /me/reuses/ my_reuses",
		"GET /organizations/{org}/reuses/ list_organization_reuses",
		"GET /reuses/ list_reuses",
		"POST /reuses/ create_reuse",
		"GET /reuses/badges/ available_reuse_badges",
		"GET /reuses/recent.atom recent_reuses_atom_feed",
		"GET /reuses/suggest/ suggest_reuses",
		"GET /reuses/topics/ reuse_topics",
		"GET /reuses/types/ reuse_types",
		"DELETE /reuses/{id}/followers/ unfollow_reuse",
		"GET /reuses/{id}/followers/ list_reuse_followers",
		"POST /reuses/{id}/followers/ follow_reuse",
		"DELETE /reuses/{reuse}/ delete_reuse",
		"GET /reuses/{reuse}/ get_reuse",
		"PUT /reuses/{reuse}/ update_reuse",
		"POST /reuses/{reuse}/badges/ add_reuse_badge",
		"DELETE /reuses/{reuse}/badges/{badge_kind}/ delete_reuse_badge",
		"POST /reuses/{reuse}/dataservices/ reuse_add_dataservice",
		"POST /reuses/{reuse}/datasets/ reuse_add_dataset",
		"DELETE /reuses/{reuse}/featured/ unfeature_reuse",
		"POST /reuses/{reuse}/featured/ feature_reuse",
		"POST /reuses/{reuse}/image/ reuse_image",
	},
	"2": {"GET /reuses/ list_reuses", "GET /reuses/search/ search_reuses"},
}

func TestUdataOperationsAreThere(t *testing.T) {
	p := apptest.New(t, app.Config{})
	for version, want := range udataOperations {
		var document struct {
			Paths map[string]map[string]struct{ OperationID string }
		}
		text := p.Want(200, nobody, "GET", "/api/"+version+"/swagger.json", nil).Text
		if err := json.Unmarshal([]byte(text), &document); err != nil {
			t.Fatal(err)
		}
		var got []string
		for path, operations := range document.Paths {
			for method, o := range operations {
				got = append(got, strings.ToUpper(method)+" "+path+" "+o.OperationID)
			}
		}
		for _, operation := range want {
			if !slices.Contains(got, operation) {
				t.Errorf("version %s lacks %s", version, operation)
			}
		}
	}
}

// TestDocumentationPage: the page for people is sound HTML, at both of its
// addresses.
func TestDocumentationPage(t *testing.T) {
	p := apptest.New(t, app.Config{Title: "A <portal>"})
	for _, path := range []string{"/api/1", "/api/1/", "/api/2", "/api/2/"} {
		page := p.Want(200, nobody, "GET", path, nil)
		if err := swaggertest.CheckPage([]byte(page.Text)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if got := page.Header.Get("Content-Type"); got != "text/html; charset=utf-8" {
			t.Errorf("%s is %s", path, got)
		}
		if !strings.Contains(page.Text, "A &lt;portal&gt;") {
			t.Errorf("%s does not name the portal", path)
		}
	}
}
