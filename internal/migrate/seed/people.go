package seed

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"ouvert/internal/catalog/notification"
	"ouvert/internal/catalog/user"
	"ouvert/internal/kernel/metric"
)

// First names say nothing about who bears them; last names are nobody's.
var (
	firstNames = []string{
		"Alex", "Andrea", "Ange", "Camille", "Charlie", "Claude", "Dominique", "Eden", "Gabriel", "Jo", "Kim", "Lou", "Louison", "Maxime",
		"Morgan", "Noa", "Nour", "Robin", "Sacha", "Sam", "Swann", "Yaël", "Ariel", "Célestin", "Éli", "Ludo", "Mika", "Nikita", "Océan", "Toni",
	}
	lastNameStarts = []string{
		"Brume", "Lune", "Galet", "Dune", "Plume", "Ruisseau", "Nuage", "Cendre", "Étoile", "Mousse", "Écume", "Prairie", "Tourbe",
		"Feuille", "Colline", "Rosée", "Lichen", "Corail", "Aurore", "Falaise",
	}
	lastNameEnds = []string{
		"vent", "lac", "clair", "doux", "mer", "ciel", "sel", "miel", "gris", "orme", "neige", "sable", "rive", "pluie", "fleur",
	}
)

// named is a person's name.
type named struct{ first, last string }

func (n named) full() string { return n.first + " " + n.last }

// nameOf is the name of the i-th person; it is asked for wherever they are
// mentioned, so it is made anew each time.
func (p *plan) nameOf(i int) named {
	r := p.of(words+people, i)
	return named{pick(r, firstNames), pick(r, lastNameStarts) + pick(r, lastNameEnds)}
}

var aboutPeople = []string{
	"Je fais des cartes le soir et le week-end.", "Géomaticien·ne, curieux·se de tout ce qui a des coordonnées.",
	"Bénévole dans plusieurs projets de données ouvertes.", "J'enseigne les statistiques et je cherche toujours de bons exemples.",
	"I build small things with public data.", "Data journalist. I like tables more than charts.", "Développement web, vélo et données publiques.",
}

func (w *writer) writePeople(ctx context.Context) error {
	w.made.Users = len(w.people)
	if err := batches(ctx, w, "people", len(w.people), 20, w.person, user.InsertMany); err != nil {
		return err
	}
	ids := make([]string, len(w.people))
	for i := range w.people {
		ids[i] = w.people[i].id
	}
	return notification.InsertWithoutMails(ctx, w.tx, ids) // nobody reads these mailboxes
}

func (w *writer) person(i int) (*user.User, error) {
	r, x, name := w.of(details+people, i), &w.people[i], w.nameOf(i)
	slug := w.slugs[people].name(name.full())
	u := &user.User{
		ID: x.id, Slug: slug, FirstName: name.first, LastName: name.last, Email: w.email(slug), Active: true, CreatedAt: x.created,
		ConfirmedAt: earlier(x.created.Add(time.Duration(30+r.IntN(3600))*time.Second), w.Now), LastLoginAt: between(r, x.created, w.Now),
		Counts: map[string]int64{
			"datasets": int64(x.datasets), "reuses": int64(x.reuses), "followers": int64(x.followers), "following": int64(x.following),
		},
	}
	if chance(r, 0.3) {
		u.Doc.About = pick(r, aboutPeople)
	}
	if chance(r, 0.1) {
		u.Doc.Website = "https://" + slug + ".example.org/"
	}
	if chance(r, 0.2) {
		u.Lang = pick(r, []string{"fr", "fr", "en"})
	}
	var err error
	u.Metrics, err = more{"dataservices": x.dataservices}.text()
	return u, err
}

// email is an address that nobody has.
func (w *writer) email(slug string) string {
	for n := 0; ; n++ {
		address := slug + "@example.org"
		if n > 0 {
			address = slug + "+" + strconv.Itoa(n) + "@example.org"
		}
		if !w.emails[address] {
			w.emails[address] = true
			return address
		}
	}
}

// more are counters that are no columns.
type more map[string]any

func (m more) text() (string, error) {
	b, err := json.Marshal(m)
	return string(b), err
}

// byMonths adds counts by month, when there ever was something to count.
func (m more) byMonths(name string, now time.Time, at []time.Time, ever bool) {
	if ever {
		m[name] = metric.ByMonth(now, at)
	}
}
