package app_test

import (
	"net/http"
	"strings"
	"testing"

	"ouvert/internal/app/apptest"
)

// rest writes the tail of a row: nothing, n times.
func rest(n int) string { return strings.Repeat(`;""`, n) }

func TestTables(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		var nobody apptest.Person
		ada := p.Person("Ada", false)
		org := p.Want(201, ada, "POST", "/api/1/organizations/", body{"name": "La Ville", "description": "d", "acronym": "LV"}).Get("id").(string)
		set := p.Want(201, ada, "POST", "/api/1/datasets/", body{
			"title": "Arrêts \"bus\"", "description": "un;\ndeux", "frequency": "unknown", "organization": org, "tags": []string{"bus"},
		}).Get("id").(string)
		res := p.Want(201, ada, "POST", "/api/1/datasets/"+set+"/resources/", body{
			"title": "a", "url": "https://files.example.com/a.csv", "filetype": "remote", "type": "main", "format": "csv", "extras": body{"k": body{"n": 1, "x": nil}},
		}).Get("id").(string)
		made := minimal("Carte", "https://www.example.com/carte")
		made["datasets"], made["organization"] = []string{set}, org
		reuse := p.Want(201, ada, "POST", "/api/1/reuses/", made).Get("id").(string)
		hidden := minimal("Cachée", "https://www.example.com/cachee")
		hidden["datasets"], hidden["organization"], hidden["private"] = []string{set}, org, true
		p.Want(201, ada, "POST", "/api/1/reuses/", hidden)
		p.Want(201, ada, "POST", "/api/1/datasets/", body{"title": "Secret", "description": "d", "frequency": "unknown", "organization": org, "private": true})

		for path, want := range map[string]struct {
			file string
			rows []string
		}{
			"/api/1/site/reuses.csv?organization=" + org: {"reuses", []string{
				`"` + reuse + `";"Carte";"carte";"https://www.example.org/reuses/carte";"api";"A description";"https://www.example.com/carte";"La Ville";"` + org + `";"";"";"";False;"2026-11-24T12:00:00`,
				`;False;"health";"";"` + set + `";0;0;1;0;0;0`,
			}},
			"/api/1/site/datasets.csv?organization=" + org: {"datasets", []string{
				`"` + set + `";"Arrêts ""bus""";"arrets-bus";"";"https://www.example.org/datasets/arrets-bus";"La Ville";"` + org + `";"";"";"un;` + "\n" + `deux";"";"unknown";`,
				`;"bus";False;1;1;"csv"` + rest(10) + `;"0.22";0;0;1;"{'2025-11': 0, `,
				`, '2026-11': 1}";0;0;0;0;0`,
			}},
			"/api/1/site/resources.csv?organization=" + org: {"resources", []string{
				`"` + set + `";"Arrêts ""bus""";"arrets-bus";"https://www.example.org/datasets/arrets-bus";"La Ville";"` + org + `";"";False;False;"` + res + `";"https://files.example.com/a.csv";"a";"";"remote";"main";"csv";"";"";"";"";"`,
				`;0` + rest(6) + `;"{'k': {'n': 1, 'x': None}}"`,
			}},
			"/api/1/site/organizations.csv?q=ville": {"organizations", []string{
				`"` + org + `";"La Ville";"LV";"la-ville";"https://www.example.org/organizations/la-ville";"d";"";"";"2026-11-24T12:00:00`,
				`;"";1;0;0;`,
			}},
			"/api/1/site/dataservices.csv?organization=" + org:     {"dataservices", nil},
			"/api/1/organizations/la-ville/datasets.csv":           {"la-ville-datasets", []string{`"` + set + `";"Arrêts ""bus"""`}},
			"/api/1/organizations/la-ville/datasets-resources.csv": {"la-ville-datasets-resources", []string{`"` + set + `";"Arrêts ""bus"""`}},
			"/api/1/organizations/" + org + "/dataservices.csv":    {"la-ville-dataservices", nil},
		} {
			a := p.Want(200, nobody, "GET", path, nil)
			rows := strings.Split(a.Text, "\r\n")
			if n := min(len(want.rows), 1) + 2; len(rows) != n || rows[n-1] != "" {
				t.Errorf("%s: %d lines, want %d:\n%s", path, len(rows), n, a.Text)
				continue
			}
			at := 0
			for _, part := range want.rows {
				i := strings.Index(rows[1][at:], part)
				if i < 0 || (at == 0 && i != 0) {
					t.Errorf("%s: %s\nlacks %s", path, rows[1], part)
					break
				}
				at += i + len(part)
			}
			if h := a.Header; h.Get("Content-Type") != "text/csv; charset=utf-8" || h.Get("Content-Disposition") != "attachment; filename="+want.file+"-2026-11-24-12-00.csv" || h.Get("Content-Length") != "" {
				t.Errorf("%s: headers %v", path, h)
			}
		}
		for _, table := range []string{"datasets", "resources", "reuses", "organizations", "dataservices"} {
			path := "/api/1/site/" + table + ".csv"
			p.Want(http.StatusNotFound, nobody, "GET", path, nil) // udata's nightly file, which is not made
			p.Want(200, nobody, "HEAD", path+"?q=x", nil)
			if table != "organizations" {
				p.Want(400, nobody, "GET", path+"?organization=nope", nil)
			}
		}
		p.Want(http.StatusNotFound, nobody, "GET", "/api/1/organizations/none/datasets.csv", nil)
	})
}
