package app_test

import (
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
	"ouvert/internal/catalog/dataservice"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/migrate/mongodump"
)

// happens appends an event that another noun's verb would.
func (s *stage) happens(t *testing.T, e event.Event) {
	t.Helper()
	e.At, e.Hidden = s.Now(), true
	err := s.DB.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := event.Append(t.Context(), tx, e)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (s *stage) joins(t *testing.T, what string, who apptest.Person, kind string) {
	t.Helper()
	s.happens(t, event.Event{
		Key: "organization:membership:" + what, Subject: ref.Ref{Class: ref.Organization, ID: stageOrg},
		Extras: []byte(`{"user":"` + who.ID + `","kind":"` + kind + `"}`),
	})
}

func TestWhoIsToldOfMemberships(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		s.joins(t, "requested", s.stranger, "request")
		s.joins(t, "requested", s.stranger, "request")
		s.wantTold(t, s.admin, "MembershipRequest ReuseCreated")
		s.wantTold(t, s.editor, "")
		a := s.Want(200, s.admin, "GET", "/api/1/notifications/", nil)
		if a.Get("data.0.details.request_user.first_name") != "Sven" || a.Get("data.0.details.request_organization.name") != "Service" || a.Get("data.0.details.kind") != "request" {
			t.Errorf("the request: %s", a.Text)
		}
		s.joins(t, "accepted", s.stranger, "request")
		s.wantTold(t, s.admin, "MembershipRequest! ReuseCreated")
		s.wantTold(t, s.stranger, "MembershipAccepted")
		s.joins(t, "requested", s.owner, "invitation")
		s.wantTold(t, s.owner, "MembershipRequest")
		s.joins(t, "canceled", s.owner, "invitation")
		s.wantTold(t, s.owner, "MembershipRequest!")
		s.joins(t, "requested", s.owner, "request")
		s.joins(t, "refused", s.owner, "request")
		s.wantTold(t, s.owner, "MembershipRefused MembershipRequest!")
		s.joins(t, "requested", s.stranger, "request")
		s.wantTold(t, s.admin, "MembershipRequest MembershipRequest! MembershipRequest! ReuseCreated")
		s.happens(t, event.Event{Key: "user:deleted", Subject: ref.Ref{Class: ref.User, ID: s.stranger.ID}})
		s.wantTold(t, s.admin, "MembershipRequest! ReuseCreated")
		s.wantTold(t, s.stranger, "")
		s.joins(t, "requested", apptest.Person{ID: unknown}, "invitation") // nobody is there to be told

		s.happens(t, event.Event{
			Key: "organization:badge:added", Subject: ref.Ref{Class: ref.Organization, ID: stageOrg}, Extras: []byte(`{"kind":"certified"}`),
		})
		s.wantTold(t, s.partial, "NewBadge")
		if a := s.Want(200, s.partial, "GET", "/api/1/notifications/", nil); a.Get("data.0.details.kind") != "certified" {
			t.Errorf("the badge: %s", a.Text)
		}
		s.happens(t, event.Event{Key: "organization:deleted", Subject: ref.Ref{Class: ref.Organization, ID: stageOrg}})
		s.wantTold(t, s.partial, "")
		s.wantTold(t, s.owner, "")
	})
}

func TestWhoIsToldOfADataservice(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		const id = "5e0000000000000000000003"
		err := s.DB.Write(t.Context(), func(tx *sql.Tx) error {
			return s.Dataservices.Import(t.Context(), tx, &dataservice.Dataservice{
				ID: id, Slug: "api", Title: "API", Owner: s.stranger.ID, Datasets: []string{stageDataset, stageDataset, unknown},
				CreatedAt: apptest.Start, LastModified: apptest.Start,
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		s.happens(t, event.Event{Key: "dataservice:created", Subject: ref.Ref{Class: ref.Dataservice, ID: id}, Actor: s.stranger.ID})
		s.happens(t, event.Event{Key: "dataservice:created", Subject: ref.Ref{Class: ref.Dataservice, ID: unknown}}) // gone by now
		s.wantTold(t, s.admin, "DataserviceCreated ReuseCreated")
		if a := s.Want(200, s.admin, "GET", "/api/1/notifications/", nil); a.Get("data.0.details.dataservice.title") != "API" || a.Get("data.0.details.dataset.title") != "Budget" {
			t.Errorf("the notification: %s", a.Text)
		}
		s.happens(t, event.Event{Key: "dataset:deleted", Subject: ref.Ref{Class: ref.Dataset, ID: stageDataset}})
		s.wantTold(t, s.admin, "")
	})
}

// The readers run in the background too: nobody has to ask.
func TestNotificationsComeByThemselves(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		go s.Background(t.Context())
		s.open(s.stranger, "Reuse", s.reuse)
		for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(5 * time.Millisecond) {
			n, err := db.Strings(t.Context(), s.DB.Read(), "SELECT id FROM notification WHERE person = $1", s.owner.ID)
			if err != nil {
				t.Fatal(err)
			}
			if len(n) == 1 {
				return
			}
			if time.Now().After(deadline) {
				t.Fatal("nobody was told")
			}
		}
	})
}

// The answers that a real udata gave to what it held are ours to what was
// imported of it.
func TestRecordedTalk(t *testing.T) {
	shared := filepath.Join("..", "..", "..", "shared", "dumps")
	if _, err := os.Stat(shared); err != nil {
		t.Skipf("%s is not there: the project's shared folder does not stand beside the repository", shared)
	}
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) { recordedTalk(t, p, shared) })
}

func recordedTalk(t *testing.T, p *apptest.Portal, shared string) {
	p = apptest.New(t, app.Config{TokenSecret: "sample-token-secret", Database: p.Config.Database})
	if _, err := mongodump.Import(t.Context(), filepath.Join(shared, "real-sample"), p.MigrateTarget(), mongodump.Options{Now: apptest.Start}); err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{"126", "129", "132", "138", "139", "142", "143", "146", "147"} {
		files, err := filepath.Glob(filepath.Join(shared, "real-sample-answers", n+"-*.json"))
		if err != nil || len(files) != 1 {
			t.Fatalf("the answer %s: %v, %v", n, files, err)
		}
		text, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		var want struct {
			Path    string
			Headers map[string]string
			Body    any
		}
		if err := json.Unmarshal([]byte(strings.ReplaceAll(string(text), "{{base}}", "http://portal.test")), &want); err != nil {
			t.Fatal(err)
		}
		got := p.Want(200, apptest.Person{Token: want.Headers["X-API-KEY"]}, "GET", want.Path, nil)
		if w, g := talkWithoutPictures(want.Body), talkWithoutPictures(got.Body); !reflect.DeepEqual(w, g) {
			t.Errorf("%s %s:\nwant %v\n got %v", n, want.Path, w, g)
		}
	}
}

// withoutPictures drops the addresses of pictures, which are ours.
func talkWithoutPictures(v any) any {
	switch x := v.(type) {
	case map[string]any:
		for k := range x {
			switch k {
			case "avatar", "avatar_thumbnail", "logo", "logo_thumbnail", "image", "image_thumbnail":
				delete(x, k)
			default:
				x[k] = talkWithoutPictures(x[k])
			}
		}
	case []any:
		for i := range x {
			x[i] = talkWithoutPictures(x[i])
		}
	}
	return v
}
