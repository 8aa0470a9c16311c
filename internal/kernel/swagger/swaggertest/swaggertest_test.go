package swaggertest_test

import (
	"strings"
	"testing"

	"ouvert/internal/kernel/swagger/swaggertest"
)

const sound = `{
 "swagger": "2.0", "info": {"title": "A", "version": "1"}, "basePath": "/api/1",
 "tags": [{"name": "a"}],
 "securityDefinitions": {"apikey": {"type": "apiKey", "in": "header", "name": "X-API-KEY"}},
 "paths": {"/a/{id}/": {"get": {
  "operationId": "get_a", "summary": "Get", "tags": ["a"], "security": [{"apikey": []}],
  "parameters": [
   {"name": "id", "in": "path", "required": true, "type": "string"},
   {"name": "tag", "in": "query", "type": "array", "items": {"type": "string"}, "collectionFormat": "multi"}
  ],
  "responses": {"200": {"description": "Success", "schema": {"$ref": "#/definitions/A%20%28read%29"}}}
 }}},
 "definitions": {"A (read)": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string", "enum": ["x"], "example": "x"}}}}
}`

func TestValidate(t *testing.T) {
	if err := swaggertest.Validate([]byte(sound)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, by, want string }{
		{`{`, ``, "not JSON"},
		{`"2.0"`, `"3.0"`, "swagger is"},
		{`"version": "1"`, `"version": ""`, "title or a version"},
		{`"basePath"`, `"basepath"`, "unknown member"},
		{`"tags": ["a"]`, `"tags": ["b"]`, "does not list"},
		{`"get_a"`, `""`, "no operationId"},
		{`"name": "id"`, `"name": "other"`, "the path's parameter"},
		{`"required": true, "type": "string"`, `"type": "string"`, "not required"},
		{`"in": "query"`, `"in": "cookie"`, "no such place"},
		{`"in": "query"`, `"in": "formData"`, "does not consume"},
		{`"type": "array", "items": {"type": "string"}, "collectionFormat": "multi"`, `"type": "object"`, "is an object"},
		{`"description": "Success", `, ``, "no description"},
		{`"security": [{"apikey"`, `"security": [{"other"`, "does not hold"},
		{`A%20%28read%29`, `B`, "leads nowhere"},
		{`"A (read)"`, `"A [read]": {"type": "object"}, "A (read)"`, "another one"},
		{`"A (read)"`, `"B": {"type": "object"}, "A (read)"`, "nothing speaks"},
		{`"required": ["kind"]`, `"required": ["none"]`, "does not have"},
		{`"example": "x"`, `"example": "y"`, "not one of its values"},
		{`{"type": "string", "enum"`, `{"type": "text", "enum"`, "no type that"},
		{`"type": "object", "required"`, `"type": "array", "required"`, "array of nothing"},
	} {
		text := strings.Replace(sound, c.old, c.by, 1)
		if text == sound {
			t.Fatalf("%q is not there", c.old)
		}
		if err := swaggertest.Validate([]byte(text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s -> %s: got %v, not %q", c.old, c.by, err, c.want)
		}
	}
}

const soundPage = `<!DOCTYPE html><html><head><meta charset="utf-8"><title>A</title><style>a{}</style></head>
<body><header><h1 id="top">A</h1></header><nav><a href="#top">A</a> <a href="/api/">B</a></nav>
<main><h2>B</h2><table><caption>C</caption><tr><th scope="row">D</th><td>E</td></tr></table></main><footer></footer></body></html>`

func TestCheckPage(t *testing.T) {
	if err := swaggertest.CheckPage([]byte(soundPage)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, by, want string }{
		{`</td>`, ``, "</tr> closes"},
		{`</html>`, ``, "not closed"},
		{`"#top"`, `"#bottom"`, "leads nowhere"},
		{`"/api/"`, `"//other/"`, "leaves this server"},
		{`"/api/"`, `"https://other/"`, "leaves this server"},
		{`"/api/"`, `"/api/" onclick="x()"`, "the policy forbids"},
		{`"/api/"`, `"/api/" style="x"`, "the policy forbids"},
		{`<h2>`, `<h2 id="top">`, "given twice"},
		{`<h2>B</h2>`, `<h3>B</h3>`, "follows an"},
		{` scope="row"`, ``, "no scope"},
		{`<caption>C</caption>`, ``, "0 captions"},
		{`<nav>`, `<script></script><nav>`, "there is a <script>"},
		{`<footer></footer>`, ``, "0 <footer>"},
	} {
		text := strings.Replace(soundPage, c.old, c.by, 1)
		if text == soundPage {
			t.Fatalf("%q is not there", c.old)
		}
		if err := swaggertest.CheckPage([]byte(text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s -> %s: got %v, not %q", c.old, c.by, err, c.want)
		}
	}
}
