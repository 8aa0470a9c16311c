package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	_ "github.com/pocketbase/pocketbase/migrations" // its own tables
)

// pocketBaseVersion is what go.mod names: the newest that builds with Go 1.26.
const pocketBaseVersion = "v0.39.0"

// connect opens PocketBase's database as PocketBase does, but for one thing:
// its default, synchronous(NORMAL), may lose the last writes in a power cut.
// ouvert does not, so that the two are compared at equal durability.
func connect(path string) (*dbx.DB, error) {
	return dbx.Open("sqlite", path+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=journal_size_limit(200000000)"+
		"&_pragma=synchronous(FULL)&_pragma=foreign_keys(ON)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-32000)")
}

// pocketBase fills a PocketBase with the catalogue of the ouvert at from, and
// serves it with all rules open.
func pocketBase(address, dir, from string) error {
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir, DBConnect: connect})
	if err := app.Bootstrap(); err != nil {
		return err
	}
	if err := app.RunAllMigrations(); err != nil {
		return err
	}
	app.Settings().Logs.MaxDays = 0 // no log of requests
	if err := app.Save(app.Settings()); err != nil {
		return err
	}
	if err := fill(app, from); err != nil {
		return err
	}
	return apis.Serve(app, apis.ServeConfig{HttpAddr: address})
}

// collections are the catalogue as PocketBase would have it.
func collections(app core.App) error {
	open := ""
	ids := map[string]string{}
	text := func(names ...string) (out []core.Field) {
		for _, n := range names {
			out = append(out, &core.TextField{Name: n, Max: 1 << 20})
		}
		return out
	}
	to := func(name, collection string, most int) core.Field {
		return &core.RelationField{Name: name, CollectionId: ids[collection], MaxSelect: most}
	}
	for _, c := range []struct {
		name   string
		fields func() []core.Field
		index  string
	}{
		{"people", func() []core.Field { return text("first_name", "last_name", "slug", "page", "uri", "avatar") }, ""},
		{"organizations", func() []core.Field { return text("name", "acronym", "slug", "page", "uri", "logo") }, ""},
		{"resources", func() []core.Field {
			return append(text("title", "description", "format", "mime", "url", "type", "latest", "created", "modified"),
				&core.NumberField{Name: "filesize"}, &core.JSONField{Name: "checksum"}, &core.JSONField{Name: "more"})
		}, ""},
		{"datasets", func() []core.Field {
			return append(text("title", "acronym", "description", "slug", "page", "uri", "frequency", "license", "created", "modified"),
				&core.JSONField{Name: "tags"}, &core.JSONField{Name: "metrics"}, &core.JSONField{Name: "quality"}, &core.JSONField{Name: "more"},
				to("organization", "organizations", 1), to("owner", "people", 1), to("resources", "resources", 100000))
		}, ""},
		{"reuses", func() []core.Field {
			return append(text("title", "description", "slug", "type", "topic", "url", "page", "uri", "image", "created", "modified"),
				&core.JSONField{Name: "tags"}, &core.JSONField{Name: "metrics"},
				to("organization", "organizations", 1), to("owner", "people", 1), to("datasets", "datasets", 1000))
		}, "CREATE INDEX idx_reuses_created ON reuses (created)"},
		{"follows", func() []core.Field { return []core.Field{to("follower", "people", 1), to("reuse", "reuses", 1)} }, ""},
	} {
		col := core.NewBaseCollection(c.name)
		col.ListRule, col.ViewRule, col.CreateRule, col.UpdateRule, col.DeleteRule = &open, &open, &open, &open, &open
		col.Fields.Add(c.fields()...)
		if c.index != "" {
			col.Indexes = append(col.Indexes, c.index)
		}
		if err := app.Save(col); err != nil {
			return fmt.Errorf("making %s: %w", c.name, err)
		}
		ids[c.name] = col.Id
	}
	return nil
}

type object = map[string]any

// fill copies the catalogue, page by page, through ouvert's own API.
func fill(app core.App, from string) error {
	if err := collections(app); err != nil {
		return err
	}
	client := &http.Client{Timeout: time.Minute}
	have := map[string]string{} // ids of ouvert to ids of PocketBase
	for next := "http://" + from + "/api/1/reuses/?page_size=100&sort=created"; next != ""; {
		res, err := client.Get(next) //nolint:noctx // a program of minutes
		if err != nil {
			return err
		}
		var page struct {
			Data []object
			Next string `json:"next_page"`
		}
		err = json.NewDecoder(res.Body).Decode(&page)
		res.Body.Close()
		if err != nil {
			return err
		}
		if err := app.RunInTransaction(func(tx core.App) error { return copyPage(tx, page.Data, have) }); err != nil {
			return err
		}
		next = page.Next
	}
	return nil
}

func copyPage(tx core.App, reuses []object, have map[string]string) error {
	put := func(table string, o object, params dbx.Params) (string, error) {
		key, _ := o["id"].(string)
		if oid, ok := have[table+key]; ok {
			return oid, nil
		}
		params["id"] = core.GenerateDefaultRandomId()
		for k, v := range params {
			switch v.(type) {
			case nil:
				params[k] = ""
			case string, float64:
			default:
				b, err := json.Marshal(v)
				if err != nil {
					return "", err
				}
				params[k] = string(b)
			}
		}
		have[table+key], _ = params["id"].(string)
		_, err := tx.NonconcurrentDB().Insert(table, params).Execute()
		return have[table+key], err
	}
	pick := func(o object, names ...string) dbx.Params {
		p := dbx.Params{}
		for _, n := range names {
			p[n] = o[n]
		}
		return p
	}
	publisher := func(o object, p dbx.Params) (err error) {
		if x, ok := o["organization"].(object); ok {
			q := pick(x, "name", "acronym", "slug", "page", "uri", "logo")
			if p["organization"], err = put("organizations", x, q); err != nil {
				return err
			}
		}
		if x, ok := o["owner"].(object); ok {
			p["owner"], err = put("people", x, pick(x, "first_name", "last_name", "slug", "page", "uri", "avatar"))
		}
		return err
	}
	for _, r := range reuses {
		p := pick(r, "title", "description", "slug", "type", "topic", "url", "page", "uri", "image", "tags", "metrics")
		p["created"], p["modified"] = r["created_at"], r["last_modified"]
		if err := publisher(r, p); err != nil {
			return err
		}
		datasets := []string{}
		for _, d := range list(r["datasets"]) {
			q := pick(d, "title", "acronym", "description", "slug", "page", "uri", "frequency", "license", "tags", "metrics", "quality")
			q["created"], q["modified"] = d["created_at"], d["last_modified"]
			q["more"] = pick(d, "badges", "harvest", "internal", "spatial", "temporal_coverage", "extras", "archived", "deleted", "private")
			if err := publisher(d, q); err != nil {
				return err
			}
			resources := []string{}
			for _, x := range list(d["resources"]) {
				y := pick(x, "title", "description", "format", "mime", "url", "type", "latest", "filesize", "checksum")
				y["created"], y["modified"] = x["created_at"], x["last_modified"]
				y["more"] = pick(x, "extras", "harvest", "internal", "metrics", "preview_url", "schema", "filetype")
				oid, err := put("resources", x, y)
				if err != nil {
					return err
				}
				resources = append(resources, oid)
			}
			q["resources"] = resources
			oid, err := put("datasets", d, q)
			if err != nil {
				return err
			}
			datasets = append(datasets, oid)
		}
		p["datasets"] = datasets
		if _, err := put("reuses", r, p); err != nil {
			return err
		}
	}
	return nil
}

func list(v any) (out []object) {
	items, _ := v.([]any)
	for _, x := range items {
		if o, ok := x.(object); ok {
			out = append(out, o)
		}
	}
	return out
}
