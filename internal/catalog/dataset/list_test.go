package dataset

import (
	"strings"
	"testing"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/kernel/territory"
)

// TestList: one dataset that has everything, one that has nothing, and three
// that not everybody may see.
func TestList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := newService(d)
		rich := sample("01", func(d *Dataset) {
			d.Title, d.Acronym, d.License, d.Featured = "Qualité de l'eau", "QDE", "lov2", true
			d.CreatedInternal, d.LastUpdate = at("2020-01-01T00:00:00Z"), at("2026-01-01T00:00:00Z")
			d.Counts = map[string]int64{"reuses": 3, "followers": 2, "views": 1}
			d.Doc.Tags = []string{"eau", "plage"}
			d.Doc.Badges = []Badge{{Kind: "hvd"}}
			d.Doc.Access.Type = "restricted"
			d.Doc.Spatial = &territory.Coverage{Zones: []string{"fr:region:11"}, Granularity: "poi"}
			d.Doc.TemporalCoverage = &TemporalCoverage{Start: "2020-01-01", End: "2020-12-31"}
			d.Resources[0].Format = "pdf"
			d.Resources[0].Schema = &Schema{Name: "etalab/x", Version: "1.0"}
		})
		poor := sample("02", func(d *Dataset) {
			d.Title, d.Organization, d.Owner, d.Acronym, d.License = "Budget", "", "5e0000000000000000000002", "", ""
			d.CreatedInternal, d.LastUpdate = at("2021-01-01T00:00:00Z"), at("2025-01-01T00:00:00Z")
			d.Counts, d.Doc = nil, Doc{}
			d.Resources = nil
		})
		private := sample("03", func(d *Dataset) { d.Private = true })
		deleted := sample("04", func(d *Dataset) { d.Deleted = asked; d.Organization, d.Owner = "", "5e0000000000000000000002" })
		archived := sample("05", func(d *Dataset) { d.Archived = asked })
		imported(t, d, s, rich, poor, private, deleted, archived)
		list := func(f Filter, scope Scope, a *auth.Actor) string {
			t.Helper()
			found, err := s.List(t.Context(), f, scope, a)
			if err != nil {
				t.Fatal(err)
			}
			_, n, err := s.pageIDs(t.Context(), f, scope, a, 1, 0)
			if err != nil || f.Limit == 0 && n != len(found) {
				t.Errorf("counted %d of %d, %v", n, len(found), err)
			}
			var out []string
			for _, d := range found {
				out = append(out, d.ID[22:])
			}
			return strings.Join(out, " ")
		}
		yes, no := true, false
		for name, c := range map[string]struct {
			f    Filter
			want string
		}{
			"nothing":        {Filter{}, "02 01"},
			"title":          {Filter{Sort: "title"}, "02 01"},
			"-title":         {Filter{Sort: "title", Descending: true}, "01 02"},
			"last_update":    {Filter{Sort: "last_update"}, "02 01"},
			"-reuses":        {Filter{Sort: "reuses", Descending: true}, "01 02"},
			"views":          {Filter{Sort: "views"}, "02 01"},
			"page":           {Filter{Limit: 1, Offset: 1}, "01"},
			"q":              {Filter{Query: "EAU qualite"}, "01"},
			"q, acronym":     {Filter{Query: "qde"}, "01"},
			"q, blanks":      {Filter{Query: "  "}, ""},
			"q, wildcards":   {Filter{Query: "%"}, ""},
			"title, acronym": {Filter{Title: "qd"}, "01"},
			"owner":          {Filter{Owner: "5e0000000000000000000002"}, "02"},
			"organization":   {Filter{Organization: "5e0000000000000000000065"}, "01"},
			"tags":           {Filter{Tags: []string{"eau", "plage"}}, "01"},
			"tags, one only": {Filter{Tags: []string{"eau", "x"}}, ""},
			"license":        {Filter{License: "lov2"}, "01"},
			"badge":          {Filter{Badge: "hvd"}, "01"},
			"open":           {Filter{AccessType: "open"}, "02"},
			"restricted":     {Filter{AccessType: "restricted"}, "01"},
			"granularity":    {Filter{Granularity: "poi"}, "01"},
			"zone":           {Filter{Zone: "fr:region:11"}, "01"},
			"within":         {Filter{Covers: "2020-01-01-2020-12-31"}, "01"},
			"not within":     {Filter{Covers: "2020-01-02-2020-12-31"}, ""},
			"nonsense":       {Filter{Covers: "xxx"}, ""},
			"format":         {Filter{Format: "pdf"}, "01"},
			"schema":         {Filter{Schema: "etalab/x"}, "01"},
			"version":        {Filter{SchemaVersion: "1.0"}, "01"},
			"featured":       {Filter{Featured: &yes}, "01"},
			"not featured":   {Filter{Featured: &no}, "02"},
			"archived":       {Filter{Archived: &yes}, ""},
			"followed":       {Filter{FollowedBy: "5e0000000000000000000002"}, ""},
			"reuse":          {Filter{Reuse: "5e0000000000000000000002"}, ""},
			"dataservice":    {Filter{Dataservice: "5e0000000000000000000002"}, ""},
		} {
			if got := list(c.f, Listed, nil); got != c.want {
				t.Errorf("%s: %q, want %q", name, got, c.want)
			}
		}
		owner, root := &auth.Actor{ID: "5e0000000000000000000002"}, &auth.Actor{ID: "5e0000000000000000000001", Sysadmin: true}
		for _, c := range []struct {
			f     Filter
			scope Scope
			a     *auth.Actor
			want  string
		}{
			{Filter{Sort: "created"}, Seen, root, "01 02"},
			{Filter{IsDeleted: &yes}, Listed, owner, "04"},
			{Filter{IsDeleted: &yes}, Listed, root, "04"},
			{Filter{Private: &yes}, Listed, owner, ""},
			{Filter{Private: &yes}, Listed, root, "03"},
			{Filter{Archived: &yes}, NotHidden, nil, "05"},
			{Filter{MyOrganizations: owner.ID, Archived: &no, IsDeleted: &no}, Everything, owner, "02"},
		} {
			if got := list(c.f, c.scope, c.a); got != c.want {
				t.Errorf("%+v in %d: %q, want %q", c.f, c.scope, got, c.want)
			}
		}
	})
}
