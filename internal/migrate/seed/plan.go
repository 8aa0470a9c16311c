package seed

import (
	"math/rand/v2"
	"slices"
	"sort"
	"time"

	"ouvert/internal/catalog/reuse"
	"ouvert/internal/kernel/auth"
)

// plan is what there will be and how it is linked; the words come later. All
// lists are in the order of creation, so that what may link to what is a
// prefix, and ids and indexes grow at their end.
type plan struct {
	streams
	Options
	people        []person
	organizations []body
	datasets      []data
	dataservices  []service
	reuses        []work
	follows       []following
}

// owner says whose something is, by the numbers in the plan; -1 is nobody.
type owner struct{ person, organization int }

type person struct {
	id      string
	created time.Time
	tally
}

// body is an organization.
type body struct {
	publisher
	id      string
	created time.Time
	members []member
	tally
	months months
}

type member struct {
	person int
	role   auth.Role
	since  time.Time
}

// subject is what data is about, in which language, and where.
type subject struct {
	*series
	place *place
	en    bool
}

// record is what datasets, dataservices and reuses share.
type record struct {
	id                 string
	created, modified  time.Time
	archived, deletion time.Time
	owner
	subject
	private bool
	tally
}

func (r *record) hidden() bool { return r.private || !r.deletion.IsZero() }

type data struct {
	record
	// year is the one that the dataset is about, 0 for no single one.
	year int
}

type service struct {
	record
	dataset int
}

type work struct {
	record
	kind         string // one of reuse.Types
	datasets     []int
	dataservices []int
	featured     *bool
}

// counts tells whether the dataset counts for its owner.
func (d *data) counts() bool { return !d.hidden() && d.archived.IsZero() }

// counts tells whether the reuse counts for what it is linked with.
func (w *work) counts() bool { return !w.hidden() && len(w.datasets) > 0 }

type following struct {
	follower     int
	class        kind
	object       int
	since, until time.Time
}

// tally is what an object's counters show. The instants are those of the last
// thirteen months.
type tally struct {
	datasets, dataservices, reuses, followers, following int
	// linked and followed tell whether there ever was something to count, be
	// it hidden or over: only then were the months counted.
	linked, followed     bool
	reusesAt, followedAt []time.Time
}

// months are the other instants of an organization: its datasets and
// dataservices, followers of its datasets and reuses, reuses of its datasets.
type months struct {
	datasets, dataservices, datasetsFollowed, reusesFollowed, datasetsReused []time.Time
}

// spread is how far back the catalogue goes.
const spread = 10 * 365 * 24 * time.Hour

// newPlan makes the plan; the options are complete.
func newPlan(s streams, o Options) *plan {
	p := &plan{streams: s, Options: o}
	p.planPeople()
	p.planOrganizations()
	p.planDatasets()
	p.planDataservices()
	p.planReuses()
	p.planFollows()
	p.count()
	return p
}

// calendar returns n growing instants of the first share of the ten years, the
// more the later: portals grow.
func (p *plan) calendar(k kind, n int, share float64) []time.Time {
	r := p.of(layout, int(k))
	at := make([]float64, n)
	for i := range at {
		at[i] = max(r.Float64(), r.Float64())
	}
	slices.Sort(at)
	out := make([]time.Time, n)
	for i, x := range at {
		out[i] = p.Now.Add(-spread + time.Duration(x*share*float64(spread))).Truncate(time.Millisecond)
	}
	return out
}

func (p *plan) planPeople() {
	for i, at := range p.calendar(people, p.Users, 0.98) {
		if i == 0 {
			at = p.Now.Add(-spread)
		}
		p.people = append(p.people, person{id: objectID(p.of(people, i), at), created: at})
	}
}

func (p *plan) planOrganizations() {
	publishers := p.publishers(p.Organizations)
	for i, at := range p.calendar(organizations, p.Organizations, 0.8) {
		if i == 0 {
			at = p.Now.Add(-spread)
		}
		r := p.of(organizations, i)
		b := body{publisher: publishers[i], id: objectID(r, at), created: at}
		for range 1 + longTail(r, 1.5, 11) {
			m := member{person: r.IntN(len(p.people)), role: auth.Admin}
			if slices.ContainsFunc(b.members, func(x member) bool { return x.person == m.person }) {
				continue
			}
			m.since = between(r, later(at, p.people[m.person].created), p.Now)
			if len(b.members) > 0 {
				m.role = pick(r, []auth.Role{auth.Admin, auth.Editor, auth.Editor, auth.Editor, auth.PartialEditor})
			} else {
				m.since = later(at, p.people[m.person].created)
			}
			b.members = append(b.members, m)
		}
		p.organizations = append(p.organizations, b)
	}
}

// since returns how many of a growing list were there at an instant, at least
// one.
func since[T any](list []T, at time.Time, created func(*T) time.Time) int {
	n := sort.Search(len(list), func(i int) bool { return created(&list[i]).After(at) })
	return max(n, 1)
}

func (p *plan) peopleAt(at time.Time) int {
	return since(p.people, at, func(x *person) time.Time { return x.created })
}

func (p *plan) organizationsAt(at time.Time) int {
	return since(p.organizations, at, func(x *body) time.Time { return x.created })
}

// weights make some topics commoner than others.
var weights = func() []string {
	of := map[string]int{
		"transport_and_mobility": 9, "environment_and_energy": 8, "health": 5, "housing_and_development": 6, "culture_and_recreation": 5,
		"economy_and_business": 5, "politics_and_public_life": 5, "society_and_demography": 3, "food_and_agriculture": 3,
		"education_and_research": 3, "safety_and_security": 4, "work_and_training": 2, "law_and_justice": 2, "open_data_tools": 2, "others": 2,
	}
	var out []string
	for _, t := range reuse.Topics {
		for range of[t.ID] {
			out = append(out, t.ID)
		}
	}
	return out
}()

func topicOf(r *rand.Rand, who *publisher) string {
	if who != nil && who.topics != nil {
		return pick(r, who.topics)
	}
	return pick(r, weights)
}

// placeOf is where somebody's data is about.
func placeOf(r *rand.Rand, who *publisher) *place {
	if who != nil && !chance(r, who.travels) {
		return who.place
	}
	switch n := r.IntN(10); {
	case n < 6:
		return pick(r, towns)
	case n < 8:
		return pick(r, departments)
	case n < 9:
		return pick(r, regions)
	}
	return france
}

// about chooses what somebody's data is about.
func about(r *rand.Rand, who *publisher) subject {
	s := subject{place: placeOf(r, who), en: chance(r, 0.06)}
	if who != nil && who.en {
		s.en = true
	}
	list := seriesByTopic[topicOf(r, who)]
	for {
		if s.series = pick(r, list); s.scope&s.place.scope != 0 {
			return s
		}
	}
}

// dates fills in when a record changed, and what became of it.
func (p *plan) dates(r *rand.Rand, x *record, private, deleted, archived float64) {
	x.modified = between(r, x.created, p.Now)
	switch u := r.Float64(); {
	case u < private:
		x.private = true
	case u < private+deleted:
		x.deletion = between(r, x.created, p.Now)
	case u < private+deleted+archived:
		x.archived = between(r, x.created, p.Now)
	}
	x.modified = later(x.modified, later(x.archived, x.deletion))
}

func (p *plan) planDatasets() {
	for i, at := range p.calendar(datasets, p.Datasets, 1) {
		r := p.of(datasets, i)
		d := data{record: record{id: objectID(r, at), created: at, owner: owner{-1, -1}}}
		var who *publisher
		if chance(r, 0.08) {
			d.person = early(r, p.peopleAt(at))
		} else {
			d.organization = busy(r, p.organizationsAt(at))
			who = &p.organizations[d.organization].publisher
		}
		d.subject = about(r, who)
		if d.yearly && chance(r, 0.5) {
			d.year = at.Year() - 1 - r.IntN(4)
		}
		p.dates(r, &d.record, 0.01, 0.005, 0.02)
		p.datasets = append(p.datasets, d)
	}
}

func (p *plan) planDataservices() {
	n := 0
	if len(p.datasets) > 0 {
		n = max(3, len(p.datasets)/100)
	}
	served := map[int]bool{}
	for i, at := range p.calendar(dataservices, n, 1) {
		r := p.of(dataservices, i)
		known := since(p.datasets, at, func(x *data) time.Time { return x.created })
		s := service{record: record{id: objectID(r, at), created: at}, dataset: early(r, known)}
		for range 9 {
			if !served[s.dataset] {
				break
			}
			s.dataset = r.IntN(known)
		}
		served[s.dataset] = true
		d := &p.datasets[s.dataset]
		s.owner, s.subject = d.owner, d.subject
		p.dates(r, &s.record, 0.01, 0.005, 0.02)
		p.dataservices = append(p.dataservices, s)
	}
}

// kinds are the types of reuses, common ones several times.
var kinds = []string{
	"visualization", "visualization", "visualization", "visualization", "visualization", "visualization",
	"application", "application", "application", "application", "application", "api", "api", "post", "post",
	"news_article", "news_article", "paper", "paper", "idea", "hardware", "hardware",
}

func (p *plan) planReuses() {
	shelf := p.newShelf()
	for i, at := range p.calendar(reuses, p.Reuses, 1) {
		r := p.of(reuses, i)
		w := work{record: record{id: objectID(r, at), created: at, owner: owner{-1, -1}}, kind: pick(r, kinds)}
		var who *publisher
		if chance(r, 0.4) {
			w.person = early(r, p.peopleAt(at))
		} else {
			// Ministries publish data; others make something of it.
			for range 3 {
				w.organization = busy(r, p.organizationsAt(at))
				if who = &p.organizations[w.organization].publisher; who.place != france {
					break
				}
			}
		}
		w.subject = about(r, who)
		if who == nil && chance(r, 0.25) {
			w.en = true
		}
		if !chance(r, 0.03) {
			shelf.fill(r, &w, who)
		}
		if w.kind == "hardware" && !w.live {
			w.kind = "visualization"
		}
		p.dates(r, &w.record, 0.02, 0.01, 0.03)
		if !w.hidden() {
			p.feature(r, &w)
		}
		p.reuses = append(p.reuses, w)
	}
}

// feature lets a sysadmin put some reuses forward, or stop doing so.
func (p *plan) feature(r *rand.Rand, w *work) {
	switch u := r.Float64(); {
	case u < 0.03:
		yes := true
		w.featured = &yes
	case u < 0.04:
		no := false
		w.featured = &no
	}
}

// shelf is where reuses find their datasets, all of them public, and those
// with a dataservice.
type shelf struct {
	*plan
	byTopic  map[string][]int
	byPlace  map[*place][]int
	services map[int][]int
}

func (p *plan) newShelf() *shelf {
	s := &shelf{plan: p, byTopic: map[string][]int{}, byPlace: map[*place][]int{}, services: map[int][]int{}}
	for i := range p.datasets {
		if d := &p.datasets[i]; !d.hidden() {
			s.byTopic[d.topic] = append(s.byTopic[d.topic], i)
			s.byPlace[d.place] = append(s.byPlace[d.place], i)
		}
	}
	for i := range p.dataservices {
		if x := &p.dataservices[i]; !x.hidden() {
			s.services[x.dataset] = append(s.services[x.dataset], i)
		}
	}
	return s
}

// draw takes a dataset that was there at an instant, from a list of some.
func (s *shelf) draw(r *rand.Rand, list []int, at time.Time) (int, bool) {
	n := sort.Search(len(list), func(i int) bool { return s.datasets[list[i]].created.After(at) })
	switch {
	case len(list) == 0:
		return 0, false
	case n == 0:
		return list[0], true // it was there before the portal knew of it
	case chance(r, 0.3):
		return list[r.IntN(n)], true
	}
	return list[famous(r, n)], true
}

// fill links a reuse with one to five datasets, and makes it about the first.
// Who has a place of their own looks there first.
func (s *shelf) fill(r *rand.Rand, w *work, who *publisher) {
	list := s.byTopic[w.topic]
	if who != nil && who.topics == nil && !chance(r, who.travels) && len(s.byPlace[who.place]) > 0 {
		list = s.byPlace[who.place]
	}
	for n := 1 + r.IntN(5); n > 0; n-- {
		for range 4 {
			i, ok := s.draw(r, list, w.created)
			if ok && !slices.Contains(w.datasets, i) {
				w.datasets = append(w.datasets, i)
				break
			}
			list = s.byTopic[pick(r, weights)]
		}
		if len(w.datasets) > 0 {
			// The others are about the same topic, or the same place.
			first := &s.datasets[w.datasets[0]]
			if list = s.byTopic[first.topic]; chance(r, 0.4) {
				list = s.byPlace[first.place]
			}
		}
	}
	if len(w.datasets) == 0 {
		return
	}
	first := &s.datasets[w.datasets[0]]
	w.series, w.place = first.series, first.place
	for _, i := range w.datasets {
		if list := s.services[i]; len(list) > 0 && chance(r, 0.5) {
			w.dataservices = append(w.dataservices, list[0])
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
