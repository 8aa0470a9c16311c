package swagger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/schema"
)

// call is a sample request, before it is written in one language or another.
type call struct {
	method, url string
	headers     [][2]string
	// body is JSON; "" when there is none.
	body string
	form []schema.Field
	// reads is how the answer is read: "json", "text" or "".
	reads string
}

func newCall(r *api.Route, publicURL string) call {
	c := call{method: r.Method, url: strings.TrimSuffix(publicURL, "/") + plainPath(r.Path), form: formSample(r.Form)}
	if r.Access != api.Anyone {
		c.headers = append(c.headers, [2]string{"X-API-KEY", "YOUR_TOKEN"})
	}
	if r.Example != "" || r.Body != nil {
		c.headers = append(c.headers, [2]string{"Content-Type", jsonType})
	}
	switch {
	case r.Example != "":
		c.body = indented(r.Example)
	case r.Body != nil:
		c.body = string(bytes.TrimSpace(encode(bodySample(r.Body), "  ")))
	}
	switch {
	case !answers(r):
	case r.Produces == "":
		c.reads = "json"
	default:
		c.reads = "text"
	}
	return c
}

// indented lays JSON out; what is none is left as it stands.
func indented(text string) string {
	var b bytes.Buffer
	if json.Indent(&b, []byte(text), "", "  ") != nil {
		return text
	}
	return strings.TrimSpace(b.String())
}

func formSample(fields []schema.Field) []schema.Field {
	required := slices.DeleteFunc(slices.Clone(fields), func(f schema.Field) bool { return !f.Required })
	if len(required) > 0 {
		return required
	}
	return fields
}

// curl writes the call for a shell.
func (c call) curl() string {
	if strings.HasPrefix(c.url, "/") {
		c.url = "https://portal.example" + c.url
	}
	words := []string{"curl " + shellQuote(c.url)}
	if c.method != http.MethodGet {
		words[0] = "curl -X " + c.method + " " + shellQuote(c.url)
	}
	for _, h := range c.headers {
		words = append(words, "-H "+shellQuote(h[0]+": "+h[1]))
	}
	for _, f := range c.form {
		words = append(words, "-F "+shellQuote(f.Name+"="+formValue(f)))
	}
	if c.body != "" {
		words = append(words, "-d "+shellQuote(c.body))
	}
	return strings.Join(words, " \\\n  ")
}

func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func formValue(f schema.Field) string {
	if f.Type.Kind == schema.File {
		return "@" + f.Name + ".png"
	}
	v := f.Example
	if v == nil {
		v = Sample(f.Type)
	}
	if s, ok := v.(string); ok {
		return s
	}
	b, _ := json.Marshal(v) // made of a Sample or an Example, which encode has seen
	return string(b)
}

// fetch writes the call in JavaScript, in the layout of data.gouv.fr's page.
func (c call) fetch() string {
	var b strings.Builder
	if len(c.form) > 0 {
		b.WriteString("const body = new FormData();\n")
		for _, f := range c.form {
			value := scriptQuote(formValue(f))
			if f.Type.Kind == schema.File {
				value = "input.files[0]"
			}
			fmt.Fprintf(&b, "body.append(%s, %s);\n", scriptQuote(f.Name), value)
		}
	}
	fmt.Fprintf(&b, "const response = await fetch(%s, {\n    method: %s,\n", scriptQuote(c.url), scriptQuote(c.method))
	if len(c.headers) == 0 {
		b.WriteString("    headers: {},\n")
	} else {
		b.WriteString("    headers: {\n")
		for i, h := range c.headers {
			comma := ","
			if i == len(c.headers)-1 {
				comma = ""
			}
			fmt.Fprintf(&b, "      %q: %q%s\n", h[0], h[1], comma)
		}
		b.WriteString("    },\n")
	}
	switch {
	case len(c.form) > 0:
		b.WriteString("    body,\n")
	case c.body != "":
		fmt.Fprintf(&b, "    body: JSON.stringify(%s),\n", strings.ReplaceAll(c.body, "\n", "\n    "))
	}
	b.WriteString("});")
	if c.reads != "" {
		fmt.Fprintf(&b, "\nconst data = await response.%s();", c.reads)
	}
	return b.String()
}

func scriptQuote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`).Replace(s) + "'"
}
