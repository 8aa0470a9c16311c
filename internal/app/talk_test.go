package app_test

import (
	"database/sql"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
	"ouvert/internal/catalog/dataset"
	"ouvert/internal/catalog/organization"
	"ouvert/internal/kernel/auth"
)

const (
	stageOrg     = "5e0000000000000000000001"
	stageDataset = "5e0000000000000000000002"
)

// stage is a portal with an organization, its dataset, and people.
type stage struct {
	*apptest.Portal
	admin, editor, partial, owner, stranger, sysadmin apptest.Person
	// reuse is the owner's, and uses the dataset.
	reuse string
}

func newStage(t *testing.T, p *apptest.Portal) *stage {
	t.Helper()
	s := &stage{Portal: p}
	s.admin, s.editor, s.partial = p.Person("Adam", false), p.Person("Edith", false), p.Person("Paul", false)
	s.owner, s.stranger, s.sysadmin = p.Person("Olga", false), p.Person("Sven", false), p.Person("Root", true)
	err := p.DB.Write(t.Context(), func(tx *sql.Tx) error {
		err := p.Organizations.Import(t.Context(), tx, &organization.Organization{
			ID: stageOrg, Slug: "service", Name: "Service", CreatedAt: apptest.Start, LastModified: apptest.Start,
			Members: []organization.Member{
				{Person: s.admin.ID, Role: auth.Admin}, {Person: s.editor.ID, Role: auth.Editor}, {Person: s.partial.ID, Role: auth.PartialEditor},
			},
		})
		if err != nil {
			return err
		}
		return p.Datasets.Import(t.Context(), tx, &dataset.Dataset{
			ID: stageDataset, Slug: "budget", Title: "Budget", Organization: stageOrg, CreatedInternal: apptest.Start, ModifiedInternal: apptest.Start,
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	body := minimal("Carte", "https://www.example.com/carte")
	body["datasets"] = []string{stageDataset}
	s.reuse = p.Want(201, s.owner, "POST", "/api/1/reuses/", body).Get("id").(string)
	return s
}

func subjectOf(class, id string) map[string]any { return map[string]any{"class": class, "id": id} }

// open opens a discussion and returns its path.
func (s *stage) open(who apptest.Person, class, id string) string {
	return "/api/1/discussions/" + s.Want(201, who, "POST", "/api/1/discussions/",
		map[string]any{"title": "Une question", "comment": "Quoi ?", "subject": subjectOf(class, id)}).Get("id").(string) + "/"
}

// told returns what a person is told: the classes of details, the newest
// first, with the statuses of discussions; "!" marks what is handled.
func (s *stage) told(who apptest.Person) string {
	a := s.Want(200, who, "GET", "/api/1/notifications/", nil)
	var out []string
	for _, n := range a.Get("data").([]any) {
		text := strings.TrimSuffix(apptest.At(n, "details.class").(string), "NotificationDetails")
		if status, ok := apptest.At(n, "details.status").(string); ok {
			text += ":" + status
		}
		if apptest.At(n, "handled_at") != nil {
			text += "!"
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

func (s *stage) wantTold(t *testing.T, who apptest.Person, want string) {
	t.Helper()
	if got := s.told(who); got != want {
		t.Errorf("told %q, want %q", got, want)
	}
}

func onStage(t *testing.T, f func(t *testing.T, s *stage)) {
	t.Helper()
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) { f(t, newStage(t, p)) })
}

func (s *stage) metrics(t *testing.T, all, open float64) {
	t.Helper()
	got := s.Want(200, nobody, "GET", "/api/1/reuses/"+s.reuse+"/", nil)
	if got.Get("metrics.discussions") != all || got.Get("metrics.discussions_open") != open {
		t.Errorf("metrics %v, want %v discussions, %v open", got.Get("metrics"), all, open)
	}
}

func TestDiscussionFromItsOpeningToItsEnd(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		path := s.open(s.stranger, "Reuse", s.reuse)
		s.metrics(t, 1, 1)
		d := s.Want(200, s.owner, "POST", path, map[string]any{"comment": "Réponse", "close": false})
		if d.Get("discussion.1.content") != "Réponse" || d.Get("permissions.close") != true || d.Get("permissions.edit") != false {
			t.Errorf("the answer: %s", d.Text)
		}
		s.Want(403, s.editor, "POST", path, map[string]any{"comment": "x", "close": true})
		s.Want(400, s.editor, "POST", path, map[string]any{})
		s.Want(400, s.editor, "POST", path, map[string]any{"comment": "x", "organization": unknown})
		s.Want(400, s.stranger, "POST", path, map[string]any{"comment": "x", "organization": stageOrg})
		s.Want(200, s.editor, "POST", path, map[string]any{"comment": "Nous", "organization": map[string]any{"id": stageOrg}})
		// What was said in the name of an organization is its admins' and editors'.
		s.Want(200, s.admin, "PUT", path+"comments/2/", map[string]any{"comment": "Nous tous"})
		s.Want(403, s.partial, "PUT", path+"comments/2/", map[string]any{"comment": "x"})
		s.Want(403, s.owner, "DELETE", path+"comments/2/", nil)
		s.Want(204, s.admin, "DELETE", path+"comments/2/", nil)
		s.Want(404, s.admin, "DELETE", path+"comments/2/", nil)
		s.Want(404, s.admin, "DELETE", path+"comments/99999999999999999999/", nil)
		s.Want(404, s.admin, "DELETE", path+"comments/x/", nil)
		s.Want(400, s.stranger, "PUT", path, map[string]any{"title": " "})
		s.Want(400, s.stranger, "PUT", path+"comments/0/", map[string]any{"comment": strings.Repeat("é", 50_001)})
		s.Want(200, s.stranger, "PUT", path+"comments/0/", map[string]any{"comment": strings.Repeat("é", 50_000)})
		closed := s.Want(200, s.owner, "POST", path, map[string]any{"close": true})
		if closed.Get("closed") == nil || closed.Get("closed_by.first_name") != "Olga" {
			t.Errorf("closed: %s", closed.Text)
		}
		s.metrics(t, 1, 0)
		s.Want(403, s.sysadmin, "POST", path, map[string]any{"comment": "x"})
		s.Want(403, s.owner, "DELETE", path, nil)
		s.Want(204, s.stranger, "DELETE", path, nil)
		s.Want(404, s.stranger, "DELETE", path, nil)
		s.metrics(t, 0, 0)
		// One activity, whatever was said.
		if a := s.Want(200, nobody, "GET", "/api/1/activity/?user="+s.stranger.ID, nil); a.Get("total") != 1.0 || a.Get("data.0.key") != "reuse:discussed" {
			t.Errorf("the activity: %s", a.Text)
		}
	})
}

func TestDiscussionIsRefused(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		for _, c := range []struct {
			field string
			body  any
		}{
			{"subject", map[string]any{"title": "t", "comment": "c"}},
			{"subject", map[string]any{"title": "t", "comment": "c", "subject": subjectOf("Nope", s.reuse)}},
			{"subject", map[string]any{"title": "t", "comment": "c", "subject": subjectOf("User", s.owner.ID)}},
			{"subject", map[string]any{"title": "t", "comment": "c", "subject": subjectOf("Reuse", unknown)}},
			{"subject", map[string]any{"title": "t", "comment": "c", "subject": subjectOf("Reuse", "x\u0000")}},
			{"comment", map[string]any{"title": "t", "subject": subjectOf("Reuse", s.reuse)}},
			{"comment", map[string]any{"title": "t", "comment": 1, "subject": subjectOf("Reuse", s.reuse)}},
			{"title", map[string]any{"title": []int{}, "comment": "c", "subject": subjectOf("Reuse", s.reuse)}},
			{"extras", map[string]any{"title": "t", "comment": "c", "extras": 1, "subject": subjectOf("Reuse", s.reuse)}},
			{"organization", map[string]any{"title": "t", "comment": "c", "organization": 1, "subject": subjectOf("Reuse", s.reuse)}},
		} {
			a := s.Want(400, s.stranger, "POST", "/api/1/discussions/", c.body)
			if a.Get("errors") != nil && a.Get("errors."+c.field) == nil {
				t.Errorf("%v: %s", c.body, a.Text)
			}
		}
		if a := s.Do(s.stranger, "POST", "/api/1/discussions/", map[string]any{"title": "t"}); a.Get("errors.discussion.0.content") == nil && a.Get("errors.discussion") == nil {
			t.Errorf("the place of udata's error: %s", a.Text)
		}
		s.Want(401, nobody, "POST", "/api/1/discussions/", map[string]any{})
		s.Want(400, s.stranger, "POST", "/api/1/discussions/", "not JSON")
		s.metrics(t, 0, 0)
	})
}

func TestDiscussionsAreFound(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		first := s.open(s.stranger, "Reuse", s.reuse)
		s.open(s.owner, "Dataset", stageDataset)
		s.Want(200, s.owner, "POST", first, map[string]any{"comment": "L'Été", "close": true})
		for query, want := range map[string]float64{
			"": 2, "?for=" + s.reuse: 1, "?for=" + s.reuse + "&for=" + stageDataset: 2, "?for=" + unknown: 0, "?org=" + stageOrg: 1,
			"?user=" + s.owner.ID: 2, "?user=" + s.stranger.ID: 1, "?closed=true": 1, "?closed=false": 1, "?q=ete": 1, "?q=%22ete%22+question": 1,
			"?q=%00%FF": 0, "?q=%20": 0, "?q=" + strings.Repeat("a", 60_000): 0, "?sort=-discussion.posted_on": 2, "?sort=closed": 2, "?sort=title": 2,
		} {
			if a := s.Want(200, nobody, "GET", "/api/1/discussions/"+query, nil); a.Get("total") != want {
				t.Errorf("%.80s: total %v, want %v", query, a.Get("total"), want)
			}
		}
		for _, query := range []string{"?for=x", "?user=x", "?closed=x", "?sort=x", "?page=0", "?for=%00"} {
			s.Want(400, nobody, "GET", "/api/1/discussions/"+query, nil)
		}
		for _, query := range []string{"?org=x", "?org=" + unknown, "?page=3"} {
			s.Want(404, nobody, "GET", "/api/1/discussions/"+query, nil)
		}
		order := func(query string) string {
			a := s.Want(200, nobody, "GET", "/api/1/discussions/"+query, nil)
			return strings.Join([]string{a.Get("data.0.subject.class").(string), a.Get("data.1.subject.class").(string)}, " ")
		}
		for query, want := range map[string]string{
			"": "Dataset Reuse", "?sort=created": "Reuse Dataset", "?sort=closed": "Dataset Reuse", "?sort=-closed": "Reuse Dataset",
			"?sort=-discussion.posted_on": "Reuse Dataset", "?sort=discussion.posted_on": "Reuse Dataset",
		} {
			if got := order(query); got != want {
				t.Errorf("%q: %s, want %s", query, got, want)
			}
		}
		for path, want := range map[string]int{
			"/api/1/organizations/service/discussions/": 1, "/api/1/me/org_discussions/": 1, "/api/1/me/org_discussions/?q=QUEST": 1, "/api/1/me/org_discussions/?q=quoi": 0,
		} {
			if a := s.Want(200, s.editor, "GET", path, nil); len(a.Body.([]any)) != want {
				t.Errorf("%s: %s", path, a.Text)
			}
		}
		for query, want := range map[string]float64{"": 2, "?q=ete": 1, "?closed=true&sort=-created": 1, "?last_update_range=last_30_days": 2} {
			if a := s.Want(200, nobody, "GET", "/api/2/discussions/search/"+query, nil); a.Get("total") != want || a.Get("facets") == nil {
				t.Errorf("search %q: %s", query, a.Text)
			}
		}
		s.Want(200, s.admin, "POST", s.open(s.admin, "Dataset", stageDataset), map[string]any{"comment": "Un \"mot\"\nencore", "close": true, "organization": stageOrg})
		table := s.Want(200, nobody, "GET", "/api/1/organizations/service/discussions.csv", nil)
		rows := strings.Split(table.Text, "\r\n")
		if len(rows) != 4 || !strings.HasPrefix(rows[0], `"id";"user";"subject";"subject_class"`) ||
			!strings.Contains(rows[1], `;"Adam Test";"Budget";"Dataset";"`+stageDataset+`";"Une question";2;"`+s.admin.ID+`";"Quoi ?`+"\n"+`Un ""mot"" encore";"2026-11-24T12:00:00.`) ||
			!strings.HasSuffix(rows[1], `;"Adam Test";"`+s.admin.ID+`";"Service";"`+stageOrg+`"`) || !strings.HasSuffix(rows[2], `;"";"";"";"";""`) {
			t.Errorf("the table:\n%s", table.Text)
		}
		if h := table.Header; h.Get("Content-Type") != "text/csv; charset=utf-8" || h.Get("Content-Disposition") != "attachment; filename=service-discussions-2026-11-24-12-00.csv" {
			t.Errorf("the table's headers: %v", h)
		}
		s.Pass(60 * 24 * time.Hour)
		if a := s.Want(200, nobody, "GET", "/api/2/discussions/search/?last_update_range=last_30_days", nil); a.Get("total") != 0.0 {
			t.Errorf("what was said long ago is found: %s", a.Text)
		}
	})
}

// Two people who answer at the same time are both heard.
func TestAnswersAtTheSameTime(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		path := s.open(s.stranger, "Reuse", s.reuse)
		const answers = 8
		done := make(chan int, answers)
		for range answers {
			go func() { done <- s.Do(s.owner, "POST", path, map[string]any{"comment": "x"}).Status }()
		}
		for range answers {
			if status := <-done; status != http.StatusOK {
				t.Errorf("an answer got %d", status)
			}
		}
		if d := s.Want(200, nobody, "GET", path, nil); len(d.Get("discussion").([]any)) != answers+1 {
			t.Errorf("%d messages", len(d.Get("discussion").([]any)))
		}
	})
}

func TestWhoIsToldWhat(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		s.Want(401, nobody, "GET", "/api/1/notifications/", nil)
		// The reuse was made with the organization's dataset: its admins hear of it.
		s.wantTold(t, s.admin, "ReuseCreated")
		s.wantTold(t, s.editor, "")
		n := s.Want(200, s.admin, "GET", "/api/1/notifications/?page_size=1", nil)
		if n.Get("data.0.details.reuse.title") != "Carte" || n.Get("data.0.details.dataset.title") != "Budget" || n.Get("data.0.user.first_name") != "Adam" {
			t.Errorf("the notification: %s", n.Text)
		}
		// A discussion: all members hear of it, but who opened it.
		path := s.open(s.editor, "Dataset", stageDataset)
		s.wantTold(t, s.admin, "Discussion:new_discussion ReuseCreated")
		s.wantTold(t, s.partial, "Discussion:new_discussion")
		s.wantTold(t, s.editor, "")
		// Who answers has handled it; all others who have a part in it are told.
		comment := s.Want(200, s.admin, "POST", path, map[string]any{"comment": "Voilà"})
		s.wantTold(t, s.admin, "Discussion:new_discussion! ReuseCreated")
		s.wantTold(t, s.editor, "Discussion:new_comment")
		message := comment.Get("discussion.1.id").(string)
		if a := s.Want(200, s.editor, "GET", "/api/1/notifications/", nil); a.Get("data.0.details.message_id") != message {
			t.Errorf("the comment's notification: %s", a.Text)
		}
		s.Want(200, s.stranger, "POST", path, map[string]any{"comment": "Merci"})
		s.Want(200, s.editor, "POST", path, map[string]any{"comment": "Fini", "close": true})
		s.wantTold(t, s.stranger, "Discussion:closed")
		s.wantTold(t, s.editor, "Discussion:new_comment! Discussion:new_comment!")
		// A message that is taken back takes what was told of it along.
		s.Want(204, s.admin, "DELETE", path+"comments/1/", nil)
		s.wantTold(t, s.editor, "Discussion:new_comment!")
		s.Want(204, s.editor, "DELETE", path, nil)
		s.wantTold(t, s.stranger, "")
		s.wantTold(t, s.admin, "ReuseCreated")
		s.Want(204, s.owner, "DELETE", "/api/1/reuses/"+s.reuse+"/", nil)
		s.wantTold(t, s.admin, "")
	})
}

func TestNotificationsAreRead(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		path := s.open(s.stranger, "Reuse", s.reuse)
		list := "/api/1/notifications/"
		id := s.Want(200, s.owner, "GET", list, nil).Get("data.0.id").(string)
		read := list + id + "/read/"
		s.Want(401, nobody, "POST", read, nil)
		s.Want(403, s.sysadmin, "POST", read, nil)
		first := s.Want(200, s.owner, "POST", read, nil)
		if again := s.Want(200, s.owner, "POST", read, nil); first.Get("handled_at") == nil || again.Text != first.Text {
			t.Errorf("read twice: %s then %s", first.Text, again.Text)
		}
		for _, key := range []string{unknown, "x", "%00", "00000000-0000-4000-8000-000000000000"} {
			s.Want(404, s.owner, "POST", list+key+"/read/", nil)
		}
		s.Want(200, s.stranger, "POST", path, map[string]any{"comment": "Alors ?"})
		for query, want := range map[string]float64{
			"": 2, "?handled=true": 1, "?handled=false": 1, "?sort=created": 2, "?sort=-handled_at": 2, "?user=" + s.owner.ID: 2, "?user=" + s.stranger.ID: 0,
		} {
			if a := s.Want(200, s.owner, "GET", list+query, nil); a.Get("total") != want {
				t.Errorf("%s: %v, want %v", query, a.Get("total"), want)
			}
		}
		for _, query := range []string{"?handled=x", "?sort=x", "?user=x"} {
			s.Want(400, s.owner, "GET", list+query, nil)
		}
		// What was handled long ago goes, the rest stays.
		s.Pass(91 * 24 * time.Hour)
		if err := s.Notifications.Expire(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.wantTold(t, s.owner, "Discussion:new_comment")
	})
}

func TestTransfer(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		const path = "/api/1/transfer/"
		ask := map[string]any{"subject": subjectOf("Reuse", s.reuse), "recipient": subjectOf("Organization", stageOrg), "comment": "À vous"}
		s.Want(401, nobody, "POST", path, ask)
		s.Want(403, s.stranger, "POST", path, ask)
		for field, body := range map[string]map[string]any{
			"recipient": {"subject": subjectOf("Reuse", s.reuse), "recipient": subjectOf("User", s.owner.ID)},
			"subject":   {"subject": subjectOf("License", s.reuse), "recipient": subjectOf("User", s.admin.ID)},
		} {
			if a := s.Want(400, s.owner, "POST", path, body); a.Get("errors."+field) == nil {
				t.Errorf("%v: %s", body, a.Text)
			}
		}
		s.Want(400, s.owner, "POST", path, map[string]any{})
		s.Want(400, s.owner, "POST", path, map[string]any{"subject": subjectOf("Reuse", s.reuse), "recipient": subjectOf("Reuse", s.reuse)})
		made := s.Want(201, s.owner, "POST", path, ask)
		if made.Get("status") != "pending" || made.Get("owner.first_name") != "Olga" || made.Get("recipient.name") != "Service" || made.Get("subject.title") != "Carte" {
			t.Errorf("the request: %s", made.Text)
		}
		s.wantTold(t, s.admin, "TransferRequest ReuseCreated")
		s.Want(201, s.owner, "POST", path, ask) // asked again, told once
		s.wantTold(t, s.admin, "TransferRequest ReuseCreated")
		s.wantTold(t, s.editor, "")

		one := path + made.Get("id").(string) + "/"
		for _, c := range []struct {
			who  apptest.Person
			seen int
		}{{nobody, 0}, {s.stranger, 0}, {s.editor, 0}, {s.admin, 2}, {s.owner, 2}, {s.sysadmin, 2}} {
			for _, query := range []string{"?recipient=" + stageOrg, "?subject=" + s.reuse + "&subject_type=Reuse&status=pending"} {
				if a := s.Want(200, c.who, "GET", path+query, nil); len(a.Body.([]any)) != c.seen {
					t.Errorf("%s sees %s", query, a.Text)
				}
			}
			if c.who != nobody {
				s.Want(map[bool]int{true: 200, false: 403}[c.seen > 0], c.who, "GET", one, nil)
			}
		}
		for _, query := range []string{"", "?status=pending", "?subject=x", "?recipient=" + stageOrg + "&status=x", "?recipient=" + stageOrg + "&subject_type=x"} {
			s.Want(400, s.admin, "GET", path+query, nil)
		}
		s.Want(403, s.editor, "POST", one, map[string]any{"response": "accept"})
		s.Want(403, s.owner, "POST", one, map[string]any{"response": "accept"})
		s.Want(400, s.admin, "POST", one, map[string]any{"response": "maybe"})
		s.Want(400, s.admin, "POST", one, map[string]any{})
		done := s.Want(200, s.admin, "POST", one, map[string]any{"response": "accept", "comment": "Merci"})
		if done.Get("status") != "accepted" || done.Get("reponse_comment") != "Merci" || done.Get("responded") == nil {
			t.Errorf("the answer: %s", done.Text)
		}
		s.Want(400, s.admin, "POST", one, map[string]any{"response": "refuse"}) // once
		s.wantTold(t, s.admin, "TransferRequest! ReuseCreated")
		reuse := s.Want(200, nobody, "GET", "/api/1/reuses/"+s.reuse+"/", nil)
		if reuse.Get("owner") != nil || reuse.Get("organization.name") != "Service" {
			t.Errorf("the reuse is whose: %s", reuse.Text)
		}
		if org := s.Want(200, nobody, "GET", "/api/1/organizations/service/", nil); org.Get("metrics.reuses") != 1.0 {
			t.Errorf("the organization's reuses: %v", org.Get("metrics.reuses"))
		}
		if who := s.Want(200, nobody, "GET", "/api/1/users/"+s.owner.ID+"/", nil); who.Get("metrics.reuses") != 0.0 {
			t.Errorf("the former owner's reuses: %v", who.Get("metrics.reuses"))
		}
		// The second request is about what is no longer its owner's.
		list := s.Want(200, s.admin, "GET", path+"?recipient="+stageOrg+"&status=pending", nil)
		rest := path + list.Get("0.id").(string) + "/"
		s.Want(400, s.admin, "POST", rest, map[string]any{"response": "accept"})
		s.Want(200, s.admin, "POST", rest, map[string]any{"response": "refuse"})
		s.Want(404, s.admin, "POST", path+unknown+"/", map[string]any{"response": "refuse"})
	})
}

func TestTransferOfADatasetCounts(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		one := "/api/1/transfer/" + s.Want(201, s.admin, "POST", "/api/1/transfer/", map[string]any{
			"subject": subjectOf("Dataset", stageDataset), "recipient": subjectOf("User", s.stranger.ID),
		}).Get("id").(string) + "/"
		s.wantTold(t, s.stranger, "TransferRequest")
		s.Want(200, s.stranger, "POST", one, map[string]any{"response": "accept"})
		who := s.Want(200, nobody, "GET", "/api/1/users/"+s.stranger.ID+"/", nil)
		org := s.Want(200, nobody, "GET", "/api/1/organizations/service/", nil)
		if who.Get("metrics.datasets") != 1.0 || org.Get("metrics.datasets") != 0.0 {
			t.Errorf("datasets: %v and %v", who.Get("metrics.datasets"), org.Get("metrics.datasets"))
		}
		if d := s.Want(200, s.stranger, "POST", s.open(s.owner, "Dataset", stageDataset), map[string]any{"close": true}); d.Get("closed") == nil {
			t.Errorf("the new owner cannot close: %s", d.Text)
		}
	})
}

func TestReports(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		const path = "/api/1/reports/"
		if a := s.Want(200, nobody, "GET", path+"reasons/?lang=fr", nil); a.Get("1.value") != "explicit_content" || a.Get("1.label") != "Contenu inapproprié" {
			t.Errorf("the reasons: %s", a.Text)
		}
		made := s.Want(201, nobody, "POST", path, map[string]any{"subject": subjectOf("Reuse", s.reuse), "reason": "spam", "message": "Publicité", "dismissed_at": "2026-01-01"})
		if made.Get("by") != nil || made.Get("subject_label") != "Carte" || made.Get("dismissed_at") != nil || made.Get("subject.id") != s.reuse {
			t.Errorf("the report: %s", made.Text)
		}
		for field, body := range map[string]map[string]any{
			"reason":           {"subject": subjectOf("Reuse", s.reuse), "reason": "x"},
			"subject":          {"subject": subjectOf("Reuse", unknown), "reason": "spam"},
			"subject_embed_id": {"subject": subjectOf("Reuse", s.reuse), "reason": "spam", "subject_embed_id": "x"},
			"message":          {"subject": subjectOf("Reuse", s.reuse), "reason": "spam", "message": strings.Repeat("a", 10_001)},
		} {
			if a := s.Want(400, nobody, "POST", path, body); a.Get("errors."+field) == nil {
				t.Errorf("%v: %s", body, a.Text)
			}
		}
		s.Want(400, nobody, "POST", path, map[string]any{})
		talk := s.open(s.stranger, "Reuse", s.reuse)
		d := s.Want(200, s.owner, "POST", talk, map[string]any{"comment": "Achetez !"})
		s.Want(201, s.stranger, "POST", path, map[string]any{
			"subject": subjectOf("Discussion", d.Get("id").(string)), "reason": "spam", "subject_embed_id": d.Get("discussion.1.id"),
		})

		one := path + made.Get("id").(string) + "/"
		for _, who := range []apptest.Person{nobody, s.owner} {
			status := map[bool]int{true: 401, false: 403}[who == nobody]
			s.Want(status, who, "GET", path, nil)
			s.Want(status, who, "GET", one, nil)
			s.Want(status, who, "PATCH", one, map[string]any{"dismissed_at": "2026-01-01"})
		}
		count := func(query string, want float64) {
			t.Helper()
			if a := s.Want(200, s.sysadmin, "GET", path+query, nil); a.Get("total") != want {
				t.Errorf("%s: %v, want %v", query, a.Get("total"), want)
			}
		}
		count("?handled=false", 2)
		count("?handled=true", 0)
		count("?subject_type=Reuse", 1)
		done := s.Want(200, s.sysadmin, "PATCH", one, map[string]any{"dismissed_at": "2026-11-24T13:00:00Z"})
		if done.Get("dismissed_by.first_name") != "Root" {
			t.Errorf("dismissed: %s", done.Text)
		}
		count("?handled=true", 1)
		if back := s.Want(200, s.sysadmin, "PATCH", one, map[string]any{"dismissed_at": nil}); back.Get("dismissed_by") != nil {
			t.Errorf("taken back: %s", back.Text)
		}
		// A message that is taken back, and a reuse that is deleted, need no one.
		s.Want(204, s.owner, "DELETE", talk+"comments/1/", nil)
		count("?handled=true&subject_type=Discussion", 1)
		s.Want(204, s.owner, "DELETE", "/api/1/reuses/"+s.reuse+"/", nil)
		count("?handled=true&sort=-reported_at", 2)
		if a := s.Want(200, s.sysadmin, "GET", one, nil); a.Get("subject_deleted_by.first_name") != "Olga" {
			t.Errorf("the deleted subject: %s", a.Text)
		}
		for _, query := range []string{"?handled=x", "?sort=x", "?subject_type=x"} {
			s.Want(400, s.sysadmin, "GET", path+query, nil)
		}
		s.Want(404, s.sysadmin, "GET", path+unknown+"/", nil)
		s.Want(404, s.sysadmin, "GET", path+"x/", nil)
	})
}

// The title of what nobody may see is not told to those who report it.
func TestHiddenObjectsAreNotReported(t *testing.T) {
	onStage(t, func(t *testing.T, s *stage) {
		body := minimal("Secret", "https://www.example.com/secret")
		body["private"] = true
		id := s.Want(201, s.owner, "POST", "/api/1/reuses/", body).Get("id").(string)
		report := map[string]any{"subject": subjectOf("Reuse", id), "reason": "spam"}
		s.Want(400, nobody, "POST", "/api/1/reports/", report)
		s.Want(400, s.stranger, "POST", "/api/1/reports/", report)
		s.Want(201, s.owner, "POST", "/api/1/reports/", report)
	})
}

// The routes of this room are all there, under udata's names.
func TestTalkRoutes(t *testing.T) {
	p := apptest.New(t, app.Config{})
	var ids []string
	for _, r := range p.Routes() {
		ids = append(ids, r.ID)
	}
	for _, id := range []string{
		"list_discussions", "create_discussion", "get_discussion", "comment_discussion", "update_discussion", "delete_discussion",
		"edit_discussion_comment", "delete_discussion_comment", "list_organization_discussions", "my_org_discussions", "search_discussions",
		"list_transfers", "request_transfer", "get_transfer", "respond_to_transfer", "list_reports", "create_report", "list_reports_reasons",
		"get_report", "update_report", "list_notifications", "read_notification",
	} {
		if !slices.Contains(ids, id) {
			t.Errorf("%s is not there", id)
		}
	}
}
