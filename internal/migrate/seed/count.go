package seed

import (
	"math/rand/v2"
	"time"

	"ouvert/internal/kernel/metric"
)

// planFollows makes people follow things: most things nobody, some things
// nearly everybody.
func (p *plan) planFollows() {
	for i := range p.reuses {
		p.attract(reuses, i, 1.2, &p.reuses[i].record)
	}
	for i := range p.datasets {
		p.attract(datasets, i, 0.8, &p.datasets[i].record)
	}
	for i := range p.dataservices {
		p.attract(dataservices, i, 6, &p.dataservices[i].record)
	}
	for i := range p.organizations {
		p.attract(organizations, i, 8, &record{created: p.organizations[i].created})
	}
	for i := range p.people {
		p.attract(people, i, 0.3, &record{created: p.people[i].created})
	}
}

func (p *plan) attract(class kind, object int, scale float64, x *record) {
	r := p.of(follows+class, object)
	n := longTail(r, scale, len(p.people))
	if n == 0 || x.hidden() {
		return
	}
	// Steps of a length that shares no divisor with the number of people meet
	// each once.
	at, step := r.IntN(len(p.people)), stride(r, len(p.people))
	for range n {
		at = (at + step) % len(p.people)
		if class == people && at == object {
			continue
		}
		f := following{follower: at, class: class, object: object, since: between(r, later(x.created, p.people[at].created), p.Now)}
		if chance(r, 0.04) {
			f.until = between(r, f.since, p.Now)
		}
		p.follows = append(p.follows, f)
	}
}

func stride(r *rand.Rand, n int) int {
	for {
		step := 1 + r.IntN(n)
		a, b := step, n
		for b != 0 {
			a, b = b, a%b
		}
		if a == 1 {
			return step
		}
	}
}

// count works out every counter, as recounting the tables would. What is
// visible is decided by udata's rules: an archived dataset or dataservice
// does not count, an archived reuse does.
func (p *plan) count() {
	c := counter{plan: p, from: metric.Months(p.Now)}
	for i := range p.datasets {
		c.dataset(&p.datasets[i])
	}
	for i := range p.dataservices {
		c.dataservice(&p.dataservices[i])
	}
	for i := range p.reuses {
		c.reuse(&p.reuses[i])
	}
	for i := range p.follows {
		c.follow(&p.follows[i])
	}
}

type counter struct {
	*plan
	from time.Time
}

// note keeps an instant that the counts by month include.
func (c *counter) note(list *[]time.Time, at time.Time) {
	if !at.Before(c.from) {
		*list = append(*list, at)
	}
}

// who returns the tallies of an owner, and the months of an organization.
func (c *counter) who(o owner) (*tally, *months) {
	if o.organization >= 0 {
		b := &c.organizations[o.organization]
		return &b.tally, &b.months
	}
	return &c.people[o.person].tally, &months{} // nobody asks for a person's
}

func (c *counter) dataset(d *data) {
	if !d.counts() {
		return
	}
	t, m := c.who(d.owner)
	t.datasets++
	c.note(&m.datasets, d.created)
}

func (c *counter) dataservice(s *service) {
	if s.hidden() || !s.archived.IsZero() {
		return
	}
	c.datasets[s.dataset].tally.dataservices++
	t, m := c.who(s.owner)
	t.dataservices++
	c.note(&m.dataservices, s.created)
}

func (c *counter) reuse(w *work) {
	add := func(t *tally) {
		t.linked = true
		if w.counts() {
			t.reuses++
			c.note(&t.reusesAt, w.created)
		}
	}
	t, _ := c.who(w.owner)
	add(t)
	for _, i := range w.dataservices {
		add(&c.dataservices[i].tally)
	}
	once := map[*months]bool{} // each organization, however many of its datasets
	for _, i := range w.datasets {
		add(&c.datasets[i].tally)
		if _, m := c.who(c.datasets[i].owner); w.counts() && c.datasets[i].counts() && !once[m] {
			once[m] = true
			c.note(&m.datasetsReused, w.created)
		}
	}
}

func (c *counter) follow(f *following) {
	var t *tally
	m := &months{}
	switch f.class {
	case people:
		t = &c.people[f.object].tally
	case organizations:
		t = &c.organizations[f.object].tally
	case dataservices:
		t = &c.dataservices[f.object].tally
	case datasets:
		d := &c.datasets[f.object]
		t = &d.tally
		if d.counts() {
			_, m = c.who(d.owner)
		}
	case reuses:
		w := &c.reuses[f.object]
		t = &w.tally
		if w.counts() {
			_, m = c.who(w.owner)
		}
	}
	t.followed = true
	if !f.until.IsZero() {
		return
	}
	t.followers++
	c.note(&t.followedAt, f.since)
	c.people[f.follower].following++
	switch f.class {
	case datasets:
		c.note(&m.datasetsFollowed, f.since)
	case reuses:
		c.note(&m.reusesFollowed, f.since)
	}
}
