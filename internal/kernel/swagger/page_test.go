package swagger_test

import (
	"crypto/sha256"
	"encoding/base64"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/swagger"
	"ouvert/internal/kernel/swagger/swaggertest"
)

func TestPageIsSound(t *testing.T) {
	for _, base := range []string{"/api/1", "/api/2", "/api/none"} {
		o := options
		o.BasePath = base
		if err := swaggertest.CheckPage(swagger.Page(routes(), o)); err != nil {
			t.Errorf("%s: %v", base, err)
		}
	}
}

// text is what a reader sees, by the id of the article it stands in.
func text(t *testing.T, page []byte) map[string]string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(string(page)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	var walk func(n *html.Node, article string)
	walk = func(n *html.Node, article string) {
		if n.Type == html.ElementNode && n.Data == "article" {
			for _, a := range n.Attr {
				if a.Key == "id" {
					article = a.Val
				}
			}
		}
		if n.Type == html.TextNode {
			out[article] += n.Data
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, article)
		}
	}
	walk(root, "")
	return out
}

func TestPageShowsEverything(t *testing.T) {
	articles := text(t, swagger.Page(routes(), options))
	for id, wants := range map[string][]string{
		"": {"Open data API", "1.0", "What people build with open data.", "X-API-KEY", "X-Fields", "page_size", "?lang=", "10000"},
		"create_reuse": {
			"Publish a reuse", "POST", "/api/1/reuses/", "Who may call: Signed-in people", "The caller becomes the owner, unless organization says",
			"X-Fields", "application/json", "Reuse (write)", "description*", "string (markdown)", "In Markdown", "array of string",
			"One of api application idea", `Example: "health"`, "One of a b", "201", "Created: Reuse (read)", "423", "The portal takes nothing in",
			"curl -X POST 'https://portal.example/api/1/reuses/'", `-H 'X-API-KEY: YOUR_TOKEN'`, `"description": "It'\''s a map",`,
			"fetch('https://portal.example/api/1/reuses/', {\n    method: 'POST',\n    headers: {\n      \"X-API-KEY\"",
			"    body: JSON.stringify({\n      \"title\": \"Bike map\",", "const data = await response.json();", `"created_at": "2024-09-15T09:33:10.635Z"`,
		},
		"list_reuses": {
			"Who may call: Anyone", "Query parameters", "Words to look for", "string, may be repeated", "Default: 20", "Default: false",
			"One of created -created", "200", "ReusePage", "headers: {},",
		},
		"update_reuse": {
			"Path parameters", "reuse*", "The reuse's id or slug", "The reuse is not the caller's",
			"-d '{\n  \"description\": \"text\",\n  \"title\": \"text\",\n  \"topic\": \"health\",\n  \"type\": \"api\",\n  \"url\": \"text\"\n}'",
		},
		"delete_reuse":            {"DELETE", "204", "No Content: no body", "401"},
		"feature_reuse":           {"Who may call: Sysadmins", "401", "403", "The caller is not a sysadmin"},
		"get_reuse":               {"308", "The slug has changed", "410", "Gone", "GET"},
		"reuse_image":             {"multipart/form-data", "file*", "bbox", "-F 'file=@file.png'", "body.append('file', input.files[0]);", "    body,\n"},
		"reuse_types":             {"array of ReuseType", "label"},
		"available_reuse_badges":  {"OK: object"},
		"recent_reuses_atom_feed": {"application/atom+xml", "await response.text()"},
		"get_file":                {`Fetch a <file> & "more"`, "/api/1/files/{path}"},
		"model-reuse-read":        {"A reuse, as it is answered.", "array of Badge (read)", "Read only", `Example: {"followers":3,"views":12}`, "number", "boolean"},
		"model-error":             {"message*", "errors", "request_id"},
	} {
		for _, want := range wants {
			if !strings.Contains(articles[id], want) {
				t.Errorf("%s lacks %q in:\n%s", id, want, articles[id])
			}
		}
	}
	for id, wants := range map[string][]string{
		"create_reuse": {"Read only"}, "delete_reuse": {"Sample answer", "const data", "Header parameters", "Body"}, "recent_reuses_atom_feed": {"Sample answer", "X-Fields"},
	} {
		for _, want := range wants {
			if strings.Contains(articles[id], want) {
				t.Errorf("%s has %q", id, want)
			}
		}
	}
}

func TestPageWithoutPublicURL(t *testing.T) {
	o := options
	o.PublicURL = ""
	got := text(t, swagger.Page(routes(), o))["delete_reuse"]
	for _, want := range []string{"curl -X DELETE 'https://portal.example/api/1/reuses/{reuse}/'", "fetch('/api/1/reuses/{reuse}/', {"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
}

func TestPageEscapes(t *testing.T) {
	const evil = `<script>alert("'")</script>&`
	m := &schema.Model{Name: evil, Doc: evil, Fields: []schema.Field{{Name: evil, Type: schema.Type{Kind: schema.String, Format: evil, Enum: []string{evil}}, Doc: "`" + evil + "`", Example: evil}}}
	r := &api.Route{
		Method: "POST", Path: "/api/1/x/", ID: "x", Tag: evil, Summary: evil, Doc: evil + " `" + evil + "` `", Body: m, Result: schema.Of(m),
		Query: []api.Param{{Name: evil, Type: schema.Type{Kind: schema.String, Format: evil}, Doc: evil, Default: evil}}, Errors: map[int]string{400: evil},
	}
	o := swagger.Options{Title: evil, Description: evil, Version: evil, BasePath: "/api/1", Tags: map[string]string{evil: evil}}
	page := swagger.Page([]*api.Route{r}, o)
	if err := swaggertest.CheckPage(page); err != nil {
		t.Error(err)
	}
	if !strings.Contains(text(t, page)["x"], evil) {
		t.Error("the text is not shown as it stands")
	}
}

func TestHandler(t *testing.T) {
	h := swagger.Handler(routes(), options)
	ask := func(method, path string, header http.Header) *http.Response {
		r := httptest.NewRequest(method, path, nil)
		for k, v := range header {
			r.Header[k] = v
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Result()
	}
	for _, c := range []struct {
		method, path string
		status       int
		contentType  string
	}{
		{"GET", "/api/1", 200, "text/html; charset=utf-8"},
		{"GET", "/api/1/", 200, "text/html; charset=utf-8"},
		{"HEAD", "/api/1/", 200, "text/html; charset=utf-8"},
		{"GET", "/api/1/swagger.json", 200, "application/json"},
		{"GET", "/api/1/other", 404, "text/plain; charset=utf-8"},
		{"POST", "/api/1/", 405, "text/plain; charset=utf-8"},
	} {
		res := ask(c.method, c.path, nil)
		if res.StatusCode != c.status || res.Header.Get("Content-Type") != c.contentType {
			t.Errorf("%s %s: %d %s", c.method, c.path, res.StatusCode, res.Header.Get("Content-Type"))
		}
		if c.status != 200 {
			continue
		}
		etag := res.Header.Get("ETag")
		if again := ask(c.method, c.path, http.Header{"If-None-Match": {etag}}); etag == "" || again.StatusCode != 304 {
			t.Errorf("%s %s with its ETag %s: %d", c.method, c.path, etag, again.StatusCode)
		}
	}
}

func TestPolicyNamesTheStyle(t *testing.T) {
	w := httptest.NewRecorder()
	swagger.Handler(routes(), options).ServeHTTP(w, httptest.NewRequest("GET", "/api/1/", nil))
	_, rest, _ := strings.Cut(w.Body.String(), "<style>")
	inside, _, ok := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(inside))
	want := "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	if policy := w.Header().Get("Content-Security-Policy"); !ok || !strings.Contains(policy, want) || !strings.HasPrefix(policy, "default-src 'none'") {
		t.Errorf("the policy is %s, without %s", policy, want)
	}
	if len(inside) > 40<<10 {
		t.Errorf("the style has %d bytes", len(inside))
	}
}

// WCAG 2.2, 1.4.3: 4.5 to 1.
func TestContrast(t *testing.T) {
	style, err := os.ReadFile("style.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, ok := strings.Cut(string(style), "prefers-color-scheme: dark")
	if !ok {
		t.Fatal("the style has no dark colours")
	}
	for scheme, css := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`).FindAllStringSubmatch(css, -1) {
			colours[m[1]] = m[2]
		}
		var pairs [][2]string
		for _, over := range []string{"text", "quiet", "link", "name", "star", "get", "post", "put", "delete"} {
			pairs = append(pairs, [2]string{over, "page"}, [2]string{over, "raised"})
		}
		for _, method := range []string{"get", "post", "put", "delete"} {
			pairs = append(pairs, [2]string{method, method + "-tint"}, [2]string{method, "line"}) // line is under a pointed-at link
		}
		for _, p := range append(pairs, [2]string{"text", "line"}) {
			if c := contrast(colours[p[0]], colours[p[1]]); c < 4.5 {
				t.Errorf("%s: %s on %s has a contrast of %.2f", scheme, p[0], p[1], c)
			}
		}
	}
}

func contrast(a, b string) float64 {
	l := []float64{luminance(a), luminance(b)}
	slices.Sort(l)
	return (l[1] + .05) / (l[0] + .05)
}

func luminance(hex string) float64 {
	sum := 0.0
	for i, weight := range []float64{.2126, .7152, .0722} {
		if len(hex) != 6 {
			return math.NaN()
		}
		n, _ := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		v := float64(n) / 255
		if v <= .04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum
}
