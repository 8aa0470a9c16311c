// Package swaggertest checks what package swagger makes of a list of routes.
// Only tests import it: kin-openapi is not part of the server.
package swaggertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
)

// Validate returns what is wrong with a Swagger 2.0 document, every fault on
// a line of its own. It reads the document as kin-openapi does, holds it
// against the rules that kin-openapi does not check in Swagger 2.0, and then
// converts it to OpenAPI 3, for which kin-openapi has a full validation.
func Validate(text []byte) error {
	text, err := safeNames(text)
	if err != nil {
		return err
	}
	var doc openapi2.T
	if err := json.Unmarshal(text, &doc); err != nil {
		return fmt.Errorf("not a Swagger document: %w", err)
	}
	if err := rules(&doc); err != nil {
		return err
	}
	v3, err := openapi2conv.ToV3(&doc)
	if err != nil {
		return fmt.Errorf("can't be converted to OpenAPI 3: %w", err)
	}
	if err := v3.Validate(context.Background()); err != nil {
		return fmt.Errorf("not valid as OpenAPI 3: %w", err)
	}
	return nil
}

var unsafe = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// safeNames renames the definitions to what OpenAPI 3 allows. Swagger 2.0
// allows any name, and udata's have spaces and parentheses. It fails when a
// reference leads nowhere.
func safeNames(text []byte) ([]byte, error) {
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("not JSON: %w", err)
	}
	definitions, _ := doc["definitions"].(map[string]any)
	renamed := make(map[string]any, len(definitions))
	used := map[string]bool{}
	for name, d := range definitions {
		safe := unsafe.ReplaceAllString(name, "_")
		if renamed[safe] != nil {
			return nil, fmt.Errorf("the definitions %q and another one are both %q in OpenAPI 3", name, safe)
		}
		renamed[safe] = d
	}
	var errs []error
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok {
				name, err := url.PathUnescape(strings.TrimPrefix(ref, "#/definitions/"))
				if err != nil || definitions[name] == nil {
					errs = append(errs, fmt.Errorf("the reference %q leads nowhere", ref))
				}
				if len(v) > 1 {
					errs = append(errs, fmt.Errorf("what stands beside the reference %q is ignored", ref))
				}
				used[name] = true
				v["$ref"] = "#/definitions/" + unsafe.ReplaceAllString(name, "_")
			}
			for key, item := range v {
				if key != "example" && key != "default" {
					walk(item)
				}
			}
		}
	}
	walk(doc)
	for name := range definitions {
		if !used[name] {
			errs = append(errs, fmt.Errorf("nothing speaks of the definition %q", name))
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	doc["definitions"] = renamed
	return json.Marshal(doc)
}

// checker collects faults.
type checker struct {
	errs []error
	doc  *openapi2.T
}

func (c *checker) fault(format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf(format, args...))
}

func rules(doc *openapi2.T) error {
	c := &checker{doc: doc}
	if doc.Swagger != "2.0" {
		c.fault("swagger is %q", doc.Swagger)
	}
	if doc.Info.Title == "" || doc.Info.Version == "" {
		c.fault("info lacks a title or a version")
	}
	if doc.BasePath != "" && !strings.HasPrefix(doc.BasePath, "/") {
		c.fault("basePath is %q", doc.BasePath)
	}
	c.noExtensions("the document", doc.Extensions)
	ids := map[string]string{}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		item := doc.Paths[path]
		if !strings.HasPrefix(path, "/") {
			c.fault("the path %q does not begin with a slash", path)
		}
		c.noExtensions(path, item.Extensions)
		operations := item.Operations()
		if len(operations) == 0 {
			c.fault("%s has no operation", path)
		}
		for method, op := range operations {
			where := method + " " + path
			if op.OperationID == "" {
				c.fault("%s has no operationId", where)
			} else if other := ids[op.OperationID]; other != "" {
				c.fault("%s and %s are both called %s", where, other, op.OperationID)
			}
			ids[op.OperationID] = where
			c.operation(where, path, op)
		}
	}
	for name, d := range doc.Definitions {
		c.schema("the definition "+name, d)
	}
	return errors.Join(c.errs...)
}

func (c *checker) noExtensions(where string, extensions map[string]any) {
	for key := range extensions {
		if !strings.HasPrefix(key, "x-") {
			c.fault("%s has the unknown member %q", where, key)
		}
	}
}

var inPath = regexp.MustCompile(`\{([^{}]*)\}`)

func (c *checker) operation(where, path string, op *openapi2.Operation) {
	c.noExtensions(where, op.Extensions)
	for _, name := range op.Tags {
		if c.doc.Tags.Get(name) == nil {
			c.fault("%s has the tag %q, which the document does not list", where, name)
		}
	}
	if op.Summary == "" {
		c.fault("%s has no summary", where)
	}
	missing := map[string]bool{}
	for _, m := range inPath.FindAllStringSubmatch(path, -1) {
		missing[m[1]] = true
	}
	seen := map[string]bool{}
	bodies, forms := 0, 0
	for _, p := range op.Parameters {
		at := fmt.Sprintf("%s, %s parameter %q", where, p.In, p.Name)
		c.noExtensions(at, p.Extensions)
		if seen[p.In+" "+p.Name] {
			c.fault("%s is there twice", at)
		}
		seen[p.In+" "+p.Name] = true
		switch p.In {
		case "path":
			if !missing[p.Name] || !p.Required {
				c.fault("%s is not in the path, or not required", at)
			}
			delete(missing, p.Name)
		case "body":
			bodies++
			if p.Schema == nil {
				c.fault("%s has no schema", at)
			}
			continue
		case "formData":
			forms++
		case "query", "header":
		default:
			c.fault("%s: no such place", at)
		}
		c.parameterType(at, op, p)
	}
	for name := range missing {
		c.fault("%s does not describe the path's parameter %q", where, name)
	}
	if bodies > 1 || bodies > 0 && forms > 0 {
		c.fault("%s has more than one body", where)
	}
	if forms > 0 && !slices.Contains(op.Consumes, "multipart/form-data") {
		c.fault("%s has a form and does not consume multipart/form-data", where)
	}
	if op.Responses.Len() == 0 {
		c.fault("%s has no response", where)
	}
	for code, r := range op.Responses.Map() {
		at := where + ", response " + code
		if r.Description == "" {
			c.fault("%s has no description", at)
		}
		c.noExtensions(at, r.Extensions)
		if r.Schema != nil {
			c.schema(at, r.Schema)
		}
	}
	if op.Security != nil {
		for _, requirement := range *op.Security {
			for name := range requirement {
				if c.doc.SecurityDefinitions[name] == nil {
					c.fault("%s asks for %q, which securityDefinitions does not hold", where, name)
				}
			}
		}
	}
}

func (c *checker) parameterType(at string, op *openapi2.Operation, p *openapi2.Parameter) {
	switch {
	case p.Schema != nil || p.Type == nil:
		c.fault("%s has a schema, or no type", at)
	case p.Type.Is("file"):
		if p.In != "formData" || !slices.Contains(op.Consumes, "multipart/form-data") {
			c.fault("%s is a file outside of a multipart form", at)
		}
	case p.Type.Is("array"):
		if p.Items == nil {
			c.fault("%s is an array of nothing", at)
		}
		if p.CollectionFormat == "multi" && p.In != "query" && p.In != "formData" {
			c.fault("%s can't be repeated there", at)
		}
	case p.Type.Is("object"):
		c.fault("%s is an object", at)
	}
}

var types = []string{"string", "integer", "number", "boolean", "array", "object", "file"}

func (c *checker) schema(at string, ref *openapi2.SchemaRef) {
	s := ref.Value
	if ref.Ref != "" {
		return
	}
	if s == nil {
		c.fault("%s has an empty schema", at)
		return
	}
	c.noExtensions(at, s.Extensions)
	if s.Type == nil && len(s.AllOf) == 0 || s.Type != nil && !slices.Contains(types, (*s.Type)[0]) {
		c.fault("%s has no type that Swagger 2.0 knows", at)
	}
	if s.Type.Is("array") {
		if s.Items == nil {
			c.fault("%s is an array of nothing", at)
		} else {
			c.schema(at+"[]", s.Items)
		}
	}
	for name, p := range s.Properties {
		c.schema(at+"."+name, p)
	}
	for _, name := range s.Required {
		if s.Properties[name] == nil {
			c.fault("%s requires %q, which it does not have", at, name)
		}
	}
	if s.Example != nil && len(s.Enum) > 0 && !slices.Contains(s.Enum, s.Example) {
		c.fault("%s has the example %v, which is not one of its values", at, s.Example)
	}
}
