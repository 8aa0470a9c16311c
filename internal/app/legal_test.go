package app_test

import (
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/legal"
	"ouvert/internal/kernel/mail"
)

// letters takes the mails that wait for addresses of this world, the oldest
// first.
func (w *world) letters() (list []mail.Message) {
	w.t.Helper()
	if err := w.Users.LegalReader().CatchUp(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	w.write(func(tx *sql.Tx) error {
		err := db.Each(w.t.Context(), tx, "SELECT message FROM outbox ORDER BY id", nil, func(rows *sql.Rows) error {
			var text string
			var m mail.Message
			if err := rows.Scan(&text); err != nil {
				return err
			}
			list = append(list, m)
			return json.Unmarshal([]byte(text), &list[len(list)-1])
		})
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(w.t.Context(), "DELETE FROM outbox")
		return err
	})
	return list
}

// told are the addresses and subjects of letters.
func told(list []mail.Message) []string {
	var out []string
	for _, m := range list {
		out = append(out, m.To+": "+m.Subject)
	}
	slices.Sort(out)
	return out
}

// TestLegalNotices: whose it is gets a letter when a sysadmin deletes it and
// asks for one; nobody does otherwise.
func TestLegalNotices(t *testing.T) {
	eachWorld(t, app.Config{Terms: legal.Terms{URL: "https://www.example.org/terms", Article: "5.2", AppealURL: "https://court.example.org"}}, func(t *testing.T, w *world) {
		const asked, notAsked = "?send_legal_notice=true", "?send_legal_notice=false"
		dataset := func(more ...any) string {
			b := body{"title": "Spam", "description": "x"}
			for i := 0; i+1 < len(more); i += 2 {
				b[more[i].(string)] = more[i+1]
			}
			return "/api/1/datasets/" + w.Want(201, w.eve, "POST", "/api/1/datasets/", b).Get("id").(string) + "/"
		}
		service := func(who apptest.Person) string {
			return "/api/1/dataservices/" + w.Want(201, who, "POST", "/api/1/dataservices/", body{"title": "Spam"}).Get("id").(string) + "/"
		}
		reuse := func(who apptest.Person) string { return one(w.publish(who, "Spam")) }
		talk := func(who apptest.Person) string {
			d := w.Want(201, who, "POST", "/api/1/discussions/", body{"title": "Spam", "comment": "x", "subject": body{"class": "Dataset", "id": w.dataset}})
			path := "/api/1/discussions/" + d.Get("id").(string) + "/"
			w.Want(200, w.ada, "POST", path, body{"comment": "y"})
			return path
		}
		for name, c := range map[string]struct {
			who   apptest.Person
			path  string
			query string
			want  []string
		}{
			"a dataset of eve's":           {w.root, dataset(), asked, []string{"eve@example.org: Deletion of your dataset"}},
			"a dataset of the town's":      {w.root, dataset("organization", w.organization), asked, []string{"carol@example.org: Deletion of your dataset"}},
			"a reuse":                      {w.root, reuse(w.ada), asked, []string{"ada@example.org: Deletion of your reuse"}},
			"a dataservice":                {w.root, service(w.max), asked, []string{"max@example.org: Deletion of your dataservice"}},
			"a discussion":                 {w.root, talk(w.max), asked, []string{"max@example.org: Deletion of your discussion"}},
			"a message":                    {w.root, talk(w.max) + "comments/1/", asked, []string{"ada@example.org: Deletion of your message"}},
			"an organization":              {w.root, "/api/1/organizations/" + w.Want(201, w.paul, "POST", "/api/1/organizations/", body{"name": "Spam", "description": "x"}).Get("id").(string) + "/", asked, []string{"paul@example.org: Deletion of your organization"}},
			"not asked for":                {w.root, reuse(w.ada), notAsked, nil},
			"nothing said":                 {w.root, reuse(w.ada), "", nil},
			"a sysadmin's own":             {w.root, reuse(w.root), asked, nil},
			"by its owner":                 {w.ada, reuse(w.ada), asked, nil},
			"a discussion by who began it": {w.max, talk(w.max), asked, nil},
		} {
			w.Want(204, c.who, "DELETE", c.path+c.query, nil)
			got := w.letters()
			if !slices.Equal(told(got), c.want) {
				t.Errorf("%s: want %q, got %q", name, c.want, told(got))
			}
			for _, m := range got {
				for _, says := range []string{"5.2", "https://www.example.org/terms", "https://court.example.org", "Root Test"} {
					if !strings.Contains(m.Text, says) {
						t.Errorf("%s: the letter does not say %q: %s", name, says, m.Text)
					}
				}
			}
		}
		// What is not done is told to nobody.
		kept := reuse(w.ada)
		w.Want(400, w.root, "DELETE", kept+"?send_legal_notice=x", nil)
		w.Want(403, w.max, "DELETE", kept+asked, nil)
		w.Want(200, nobody, "GET", kept, nil)
		if got := w.letters(); len(got) != 0 {
			t.Errorf("told %q", told(got))
		}
		// The log's own events are no activity.
		if got := w.Want(200, w.root, "GET", "/api/1/activity/?page_size=100", nil).Text; strings.Contains(got, "legal") {
			t.Errorf("an activity tells of it: %s", got)
		}
	})
}

// TestLegalNoticeInFrench: in the language of who gets it, by the portal's
// words when it has no terms.
func TestLegalNoticeInFrench(t *testing.T) {
	w := newWorld(t, app.Config{Lang: "fr"})
	w.Want(204, w.root, "DELETE", one(w.publish(w.ada, "Pub"))+"?send_legal_notice=true", nil)
	got := w.letters()
	if len(got) != 1 || got[0].Subject != "Suppression de votre réutilisation" || !strings.Contains(got[0].Text, "Votre réutilisation «\u00a0Pub\u00a0» a été supprimée.") ||
		!strings.Contains(got[0].Text, "auprès des responsables du portail") {
		t.Errorf("the letter is %+v", got)
	}
}

// TestDeletingAPerson: which letter they get, and what becomes of what they
// said.
func TestDeletingAPerson(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		for query, want := range map[string]string{
			"": "Your account was deleted", "?no_mail=true": "", "?send_legal_notice=true": "Deletion of your account", "?send_legal_notice=true&no_mail=true": "Deletion of your account",
		} {
			p := w.Person("P"+strings.ReplaceAll(strings.ReplaceAll(strings.Trim(query, "?"), "=true", ""), "&", "-"), false)
			w.Want(204, w.root, "DELETE", "/api/1/users/"+p.ID+"/"+query, nil)
			got := w.letters()
			if (want == "") != (len(got) == 0) || (want != "" && (len(got) != 1 || got[0].Subject != want)) {
				t.Errorf("%q: told %q", query, told(got))
			}
		}
		about := body{"class": "Dataset", "id": w.dataset}
		open := func(who apptest.Person) string {
			return "/api/1/discussions/" + w.Want(201, who, "POST", "/api/1/discussions/", body{"title": "T", "comment": "first", "subject": about}).Get("id").(string) + "/"
		}
		for _, gone := range []bool{false, true} {
			p := w.Person("Talker"+map[bool]string{true: "Gone", false: "Stays"}[gone], false)
			alone, shared, others := open(p), open(p), open(w.ada)
			w.Want(200, w.ada, "POST", shared, body{"comment": "hers"})
			w.Want(200, p, "POST", others, body{"comment": "theirs"})
			query := ""
			if gone {
				query = "?delete_comments=true"
			}
			before := w.Want(200, nobody, "GET", "/api/1/datasets/"+w.dataset+"/", nil).Get("metrics.discussions").(float64)
			w.Want(204, w.root, "DELETE", "/api/1/users/"+p.ID+"/"+query, nil)
			after := w.Want(200, nobody, "GET", "/api/1/datasets/"+w.dataset+"/", nil).Get("metrics.discussions").(float64)
			if !gone {
				w.Want(200, nobody, "GET", alone, nil)
				if got := w.Want(200, nobody, "GET", shared, nil).Get("discussion.0.content"); got != "first" || after != before {
					t.Errorf("what they said is %v", got)
				}
				continue
			}
			w.Want(404, nobody, "GET", alone, nil)
			if after != before-1 {
				t.Errorf("the dataset has %v discussions, had %v", after, before)
			}
			got, other := w.Want(200, nobody, "GET", shared, nil), w.Want(200, nobody, "GET", others, nil)
			if got.Get("discussion.0.content") != "DELETED" || got.Get("discussion.1.content") != "hers" || other.Get("discussion.1.content") != "DELETED" || other.Get("discussion.0.content") != "first" {
				t.Errorf("what is left is %s and %s", got.Text, other.Text)
			}
		}
		w.Want(400, w.root, "DELETE", "/api/1/users/"+w.max.ID+"/?delete_comments=x", nil)
	})
}
