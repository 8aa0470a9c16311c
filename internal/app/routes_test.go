package app_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/schema"
)

// call is a request that a route answers with success. The zero call is a
// request of root's without a body.
type call struct {
	who   apptest.Person
	body  any
	query string
	// path fills the path's parameters that are not those of the world.
	path   map[string]string
	header []string
	// before prepares what the call needs, told the id of the reuse.
	before func(w *world, reuse string)
}

// calls are the successful calls of the routes that need more than their
// path, by operation id.
func calls(w *world) map[string]call {
	all := map[string]call{
		"create_reuse":          {who: w.ada, body: w.body("A new one")},
		"update_reuse":          {who: w.ada, body: map[string]any{"description": "Another"}},
		"delete_reuse":          {who: w.ada},
		"add_reuse_badge":       {body: map[string]any{"kind": "gold"}},
		"delete_reuse_badge":    {path: map[string]string{"badge_kind": "gold"}, before: giveGold},
		"reuse_add_dataset":     {who: w.ada, body: map[string]any{"id": w.aDataset("Trams").ID}},
		"reuse_add_dataservice": {who: w.ada, body: map[string]any{"id": w.newDataservice("Tram API")}},
		"reuse_image":           {who: w.ada, body: picture(w.t, 8, 8), header: []string{"Content-Type", pictureType}},
		"suggest_reuses":        {query: "?q=map"},
		"unfollow_reuse":        {who: w.max, before: maxFollows},
		"follow_reuse":          {who: w.max},
		"list_reuse_followers":  {before: maxFollows},
		"get_me":                {who: w.carol},
		"get_user":              {path: map[string]string{"user": w.carol.ID}},
		"update_me":             {who: w.carol, body: map[string]any{"about": "x"}},
		"delete_me":             {who: w.Person("Leaver", false)},
		"my_avatar":             {who: w.carol, body: picture(w.t, 8, 8), header: []string{"Content-Type", pictureType}},
		"my_metrics":            {who: w.carol},
		"list_api_tokens":       {who: w.carol},
		"create_api_token":      {who: w.carol, body: map[string]any{"name": "x"}},
		"revoke_api_token":      {who: w.carol, path: map[string]string{"api_token": w.Want(201, w.carol, "POST", "/api/1/me/api_tokens/", map[string]any{}).Get("id").(string)}},
		"create_user":           {body: map[string]any{"first_name": "Neu", "last_name": "Ling", "email": "neu@example.org"}},
		"update_user":           {body: map[string]any{"about": "x"}},
		"delete_user":           {path: map[string]string{"user": w.Person("Gone", false).ID}},
		"user_avatar":           {body: picture(w.t, 8, 8), header: []string{"Content-Type", pictureType}},
		"suggest_users":         {query: "?q=a"},
		"avatars":               {path: map[string]string{"identifier": "x", "size": "32"}},
		"list_user_followers":   {path: map[string]string{"id": w.carol.ID}, before: maxFollowsCarol},
		"follow_user":           {who: w.ada, path: map[string]string{"id": w.carol.ID}},
		"unfollow_user":         {who: w.max, path: map[string]string{"id": w.carol.ID}, before: maxFollowsCarol},
		"my_reuses":             {who: w.ada},
		"my_org_reuses":         {who: w.ada},
		"redirect_resource":     {path: map[string]string{"id": w.resource}},
	}
	for _, table := range []string{"reuses", "datasets", "resources", "dataservices", "organizations", "harvests"} {
		all["get_site_"+table+"_csv"] = call{query: "?q=x"}
	}
	maps.Copy(all, talkCalls(w))
	maps.Copy(all, siteCalls(w))
	maps.Copy(all, dataserviceCalls(w))
	maps.Copy(all, datasetCalls(w))
	maps.Copy(all, organizationCalls(w))
	maps.Copy(all, placesCalls(w))
	maps.Copy(all, topicCalls(w))
	maps.Copy(all, rdfCalls())
	return all
}

// openToAnyone are the operations that change something and ask for no
// account.
var openToAnyone = []string{"create_report", "set_notification_mails"}

func giveGold(w *world, reuse string) {
	w.Want(201, w.root, "POST", one(reuse)+"badges/", map[string]any{"kind": "gold"})
}

func maxFollows(w *world, reuse string) {
	w.Want(201, w.max, "POST", one(reuse)+"followers/", nil)
}

func maxFollowsCarol(w *world, _ string) {
	if got := w.Do(w.max, "POST", "/api/1/users/"+w.carol.ID+"/followers/", nil); got.Status/100 != 2 {
		w.t.Fatalf("following a person: %d %s", got.Status, got.Text)
	}
}

// path fills a route's parameters.
func (w *world) path(r *api.Route, reuse string, more map[string]string) string {
	var b strings.Builder
	for seg := range strings.SplitSeq(r.Path, "/") {
		text, name, ok := strings.Cut(seg, "{")
		b.WriteString("/" + text)
		if !ok {
			continue
		}
		name = strings.TrimSuffix(name, "}")
		value, ok := map[string]string{
			"reuse": reuse, "id": reuse, "dataset": w.dataset, "dataservice": w.dataservice, "org": w.organization, "user": w.ada.ID,
		}[name]
		if v, given := more[name]; given {
			value, ok = v, true
		}
		if !ok {
			value = unknown
		}
		b.WriteString(value)
	}
	return strings.TrimPrefix(b.String(), "/")
}

// TestEveryRoute visits every route: as a stranger, as somebody without
// rights, and successfully, when the answer must be what the route says.
func TestEveryRoute(t *testing.T) {
	eachWorld(t, app.Config{ReuseBadges: "gold=Gold"}, func(t *testing.T, w *world) {
		calls, whole := calls(w), w.wholeReuse()
		for _, route := range w.Routes() {
			if route.Tag == "sign-in" {
				continue // forms of a browser, no part of the API: see signin_test.go and register_test.go
			}
			t.Run(route.ID, func(t *testing.T) {
				w.t = t
				closed(t, w, &route, w.path(&route, whole, calls[route.ID].path))
				unknownObject(t, w, &route)
				reuse := whole
				if route.Method != http.MethodGet { // leaves the whole one as it is
					reuse = w.publish(w.ada, route.ID, "datasets", []string{w.dataset}, "dataservices", []string{w.dataservice})
				}
				success(t, w, &route, reuse, calls[route.ID])
			})
		}
	})
}

// closed holds the gate against what the route says of it.
func closed(t *testing.T, w *world, route *api.Route, path string) {
	t.Helper()
	stranger := w.Do(nobody, route.Method, path, nil).Status
	switch route.Access {
	case api.Anyone:
		if route.Method != http.MethodGet && !slices.Contains(openToAnyone, route.ID) {
			t.Errorf("anyone may %s", route.Method)
		}
		if stranger == http.StatusUnauthorized || stranger >= 500 {
			t.Errorf("a stranger gets %d", stranger)
		}
		return
	case api.Sysadmin:
		if got := w.Do(w.max, route.Method, path, nil).Status; got != http.StatusForbidden {
			t.Errorf("somebody who is no sysadmin gets %d", got)
		}
	default:
	}
	if stranger != http.StatusUnauthorized {
		t.Errorf("a stranger gets %d", stranger)
	}
}

// unknownObject asks for things that are not there.
func unknownObject(t *testing.T, w *world, route *api.Route) {
	t.Helper()
	if !strings.Contains(route.Path, "{") {
		return
	}
	nowhere := map[string]string{}
	for _, name := range []string{"reuse", "id", "dataset", "dataservice", "org", "user", "badge_kind"} {
		nowhere[name] = unknown
	}
	path := w.path(route, "", nowhere)
	for _, who := range []apptest.Person{nobody, w.max, w.root} {
		got := w.Do(who, route.Method, path, nil)
		allowed := []int{http.StatusNotFound}
		if route.Access != api.Anyone && who == nobody {
			allowed = append(allowed, http.StatusUnauthorized)
		}
		if !slices.Contains(allowed, got.Status) {
			t.Errorf("%s %s: got %d %s", route.Method, path, got.Status, got.Text)
		}
	}
}

// success makes the call that should succeed, and holds the answer against
// the route's description.
func success(t *testing.T, w *world, route *api.Route, reuse string, c call) {
	t.Helper()
	if route.Method != http.MethodGet && c.who == nobody && route.Access != api.Sysadmin {
		t.Fatalf("no successful call of %s is known: add one to calls", route.ID)
	}
	if c.who == nobody {
		c.who = w.root
	}
	if c.before != nil {
		c.before(w, reuse)
	}
	got := w.Do(c.who, route.Method, w.path(route, reuse, c.path)+c.query, c.body, c.header...)
	want := route.Status
	if want == 0 {
		want = http.StatusOK
	}
	if got.Status != want {
		t.Fatalf("want %d, got %d %s", want, got.Status, got.Text)
	}
	described := route.Result.Kind != schema.String
	contentType := got.Header.Get("Content-Type")
	switch {
	case route.Produces != "":
		if contentType != route.Produces {
			t.Errorf("the content type is %q", contentType)
		}
	case !described:
		if got.Text != "" {
			t.Errorf("there is an answer that is not described: %s", got.Text)
		}
	case contentType != "application/json":
		t.Errorf("the content type is %q", contentType)
	default:
		for _, fault := range faults(got.Body, route.Result, "answer") {
			t.Error(fault)
		}
	}
	if route.Method != http.MethodGet {
		return
	}
	head := w.Do(c.who, http.MethodHead, w.path(route, reuse, c.path)+c.query, nil)
	if head.Status != got.Status || head.Text != "" || head.Header.Get("Content-Type") != contentType {
		t.Errorf("HEAD answers %d %q %q", head.Status, head.Header.Get("Content-Type"), head.Text)
	}
}

// TestTheWorldIsWhole sees to it that the tests above look at something: what
// is never there could not be described wrongly.
func TestTheWorldIsWhole(t *testing.T) {
	w := newWorld(t, app.Config{ReuseBadges: "gold=Gold"})
	reuse := w.wholeReuse()
	giveGold(w, reuse)
	results := map[string]schema.Type{}
	for _, r := range w.Routes() {
		results[r.ID] = r.Result
	}
	for _, c := range []struct {
		path, operation string
		// empty are the parts that no object of the world has.
		empty []string
	}{
		{one(reuse), "get_reuse", []string{
			"datasets.0.archived", "datasets.0.community_resources",
			"datasets.0.contact_point.owner.avatar", "datasets.0.contact_point.owner.avatar_thumbnail",
			"datasets.0.contact_points.0.owner.avatar", "datasets.0.contact_points.0.owner.avatar_thumbnail",
			"datasets.0.deleted", "datasets.0.owner", "datasets.0.resources.0.preview_url",
			"deleted", "organization", "owner.avatar", "owner.avatar_thumbnail",
		}},
		{"/api/1/dataservices/" + w.dataservice + "/", "get_dataservice", []string{
			"archived_at", "contact_points.0.owner.avatar", "contact_points.0.owner.avatar_thumbnail", "deleted_at",
			"owner.avatar", "owner.avatar_thumbnail",
		}},
		{"/api/1/organizations/town/", "get_organization", []string{
			"deleted", "members.0.user.avatar", "members.0.user.avatar_thumbnail", "members.0.user.last_login_at",
		}},
	} {
		got := empty(w.Want(200, w.root, "GET", c.path, nil).Body, results[c.operation], "")
		for i := range got {
			got[i] = strings.TrimPrefix(got[i], ".")
		}
		slices.Sort(got)
		if !slices.Equal(got, c.empty) {
			t.Errorf("%s: nothing is said of\n%q\nwant\n%q", c.operation, got, c.empty)
		}
	}
}
