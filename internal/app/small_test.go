package app_test

import (
	"strings"
	"testing"
	"time"

	"ouvert/internal/app"
)

// The address of the next page is never refused, whatever it was made of.
func TestNextPageIsAccepted(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		for range 3 {
			w.publish(w.ada, "Map")
		}
		for _, query := range []string{
			strings.Repeat("a=1&", 256), strings.Repeat("a=1&", 255) + "page_size=1", "a=" + strings.Repeat("ü", 9000),
		} {
			at := "/api/1/reuses/?" + query
			if !strings.Contains(at, "page_size") {
				at += "&page_size=1"
			}
			for range 3 {
				next, ok := w.Want(200, nobody, "GET", at, nil).Get("next_page").(string)
				if !ok {
					break
				}
				at = strings.TrimPrefix(next, "http://portal.test")
			}
			if !strings.Contains(at, "page=3") {
				t.Errorf("%.30s: it ended at %.60s", query, at[max(0, len(at)-60):])
			}
		}
	})
}

// Masks are checked against the form that the header asks for.
func TestMaskFollowsTheHeader(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		whole := []string{"X-Get-Datasets-Full-Objects", "True", "X-Fields"}
		light := "/api/2/datasets/" + w.dataset + "/"
		if got := w.Want(200, nobody, "GET", light, nil, append(whole, "license{id},frequency{id,label}")...).Text; got != `{"frequency":{"id":"daily","label":"Daily"},"license":{"id":"notspecified"}}` &&
			got != `{"frequency":{"id":"daily","label":"Daily"},"license":{"id":"lov2"}}` {
			t.Errorf("the dataset is %s", got)
		}
		for _, list := range []string{"/api/2/datasets/", "/api/2/datasets/search/"} {
			if got := w.Want(200, nobody, "GET", list, nil, append(whole, "data{frequency{id}}")...).Text; got != `{"data":[{"frequency":{"id":"daily"}}]}` {
				t.Errorf("%s: %s", list, got)
			}
		}
		w.Want(400, nobody, "GET", light, nil, "X-Fields", "license{id}")
		if got := w.Want(200, nobody, "GET", light, nil, "X-Fields", "frequency").Text; got != `{"frequency":"daily"}` {
			t.Errorf("without the header: %s", got)
		}
	})
}

// An organization's counts by month follow from who follows its reuses and
// datasets at once. What is made with its datasets is counted when something
// else of theirs is, as in udata.
func TestOrganizationCountsByWayOfOthers(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		oid := w.publish(w.eve, "Map", "organization", w.organization, "datasets", []string{w.dataset})
		month := time.Time(w.Now()).Format("2006-01")
		check := func(reuses, datasets, made float64) {
			t.Helper()
			got := w.Want(200, nobody, "GET", "/api/1/organizations/"+w.organization+"/", nil)
			for name, want := range map[string]float64{
				"reuses_followers_by_months": reuses, "datasets_followers_by_months": datasets, "datasets_reuses_by_months": made,
			} {
				months, _ := got.Get("metrics." + name).(map[string]any)
				n, _ := months[month].(float64)
				if n != want {
					t.Errorf("%s: %v, want %v", name, n, want)
				}
			}
		}
		check(0, 0, 0)
		w.Want(201, w.max, "POST", one(oid)+"followers/", nil)
		w.Want(201, w.max, "POST", "/api/1/datasets/"+w.dataset+"/followers/", nil)
		check(1, 1, 1)
		w.publish(w.ada, "Another", "datasets", []string{w.dataset})
		check(1, 1, 1)
		w.Want(200, w.max, "DELETE", one(oid)+"followers/", nil)
		check(0, 1, 1)
		w.Want(204, w.max, "DELETE", "/api/1/me/", nil)
		check(0, 0, 2)
	})
}

// What somebody asked for waits no longer when their account is gone.
func TestDeletedAccountsAskForNothing(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		path := "/api/1/organizations/" + w.organization + "/membership/"
		w.Want(201, w.max, "POST", path, map[string]any{"comment": "Please"})
		w.Want(201, w.carol, "POST", "/api/1/organizations/"+w.organization+"/member/", map[string]any{"user": w.ada.ID, "role": "editor"})
		waiting := func() int {
			return len(w.Want(200, w.carol, "GET", path+"?status=pending", nil).Body.([]any))
		}
		before := waiting()
		if before == 0 {
			t.Fatal("nothing waits")
		}
		w.Want(204, w.max, "DELETE", "/api/1/me/", nil)
		w.Want(204, w.root, "DELETE", "/api/1/users/"+w.ada.ID+"/", nil)
		if n := waiting(); n != 0 {
			t.Errorf("%d still wait of %d", n, before)
		}
		if got := w.Want(200, w.carol, "GET", path+"?status=canceled", nil).Body.([]any); len(got) != before {
			t.Errorf("%d are cancelled of %d", len(got), before)
		}
		if got := w.Want(200, w.carol, "GET", "/api/1/notifications/?handled=false", nil); got.Get("total") != 0. {
			t.Errorf("carol is still asked: %s", got.Text)
		}
	})
}
