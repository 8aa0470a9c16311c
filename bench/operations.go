package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
)

// The targets, in the order of the table.
const (
	kept       = "ouvert, kept"
	cold       = "ouvert, cold"
	top        = "ceiling"
	peer       = "PocketBase"
	reusesOfPB = "/api/collections/reuses/records"
)

// operation is one row of the table: what each target is asked.
type operation struct {
	name string
	// want is the status of every answer, 200 when 0; others for targets that
	// answer otherwise.
	want   int
	others map[string]int
	// ask makes the n-th request to a target, nil for a target that has no
	// such thing.
	ask map[string]func(n int64) request
}

func (o operation) status(target string) int {
	if s := o.others[target]; s != 0 {
		return s
	}
	if o.want == 0 {
		return 200
	}
	return o.want
}

// catalogue is what the operations need to know of the content.
type catalogue struct {
	reuses, peerReuses []string
	peerPeople         []string
	token              string
	// usual is a reuse of the usual size, tag its ETag.
	usual, tag string
}

// spread picks an element for the n-th request so that neighbours in time are
// no neighbours in the catalogue.
func spread(list []string, n int64) string { return list[(n*7919)%int64(len(list))] }

// words are what is looked for.
var words = []string{"bus", "carte", "eau", "école", "qualité air", "train", "données", "ville", "parcs", "santé"}

const masked = "X-Fields: data{id,title,url,image},total"

// operations: "kept" asks for the same address again and again, "cold" never
// twice for the same, all over the catalogue.
func operations(c catalogue) []operation {
	get := func(path string, header ...string) func(int64) request {
		return func(int64) request { return request{method: "GET", path: path, header: header} }
	}
	pages := int64(len(c.reuses)/20 - 1)
	page := func(path string, header ...string) func(int64) request {
		return func(n int64) request {
			return request{method: "GET", header: header, path: fmt.Sprintf("%s&page=%d&n=%d", path, 1+(n*7919)%pages, n)}
		}
	}
	key := "X-API-KEY: " + c.token
	const expand = "&expand=organization,owner,datasets.organization,datasets.owner,datasets.resources"
	first := c.usual
	run := rand.Int64N(1 << 40) // addresses of reuses must be new in each run
	ops := []operation{
		{name: "list of 20, whole", ask: map[string]func(int64) request{
			kept: get("/api/1/reuses/?page_size=20"), cold: page("/api/1/reuses/?page_size=20"), top: get("/"),
			peer: func(n int64) request {
				return request{method: "GET", path: fmt.Sprintf("%s?perPage=20&sort=-created&page=%d%s", reusesOfPB, 1+(n*7919)%pages, expand)}
			},
		}},
		{name: "list of 20, four fields", ask: map[string]func(int64) request{
			kept: get("/api/1/reuses/?page_size=20", masked), cold: page("/api/1/reuses/?page_size=20", masked), top: get("/"),
			peer: func(n int64) request {
				return request{method: "GET", path: fmt.Sprintf("%s?perPage=20&sort=-created&page=%d&fields=id,title,url,image", reusesOfPB, 1+(n*7919)%pages)}
			},
		}},
		{name: "list of 20, light (v2)", ask: map[string]func(int64) request{
			kept: get("/api/2/reuses/?page_size=20"), cold: page("/api/2/reuses/?page_size=20"), top: get("/"),
			peer: func(n int64) request {
				return request{method: "GET", path: fmt.Sprintf("%s?perPage=20&sort=-created&page=%d&expand=organization,owner", reusesOfPB, 1+(n*7919)%pages)}
			},
		}},
		{name: "one reuse, whole", ask: map[string]func(int64) request{
			kept: get("/api/1/reuses/" + first + "/"),
			cold: func(n int64) request {
				return request{method: "GET", path: fmt.Sprintf("/api/1/reuses/%s/?n=%d", spread(c.reuses, n), n)}
			},
			top: get("/"),
			peer: func(n int64) request {
				return request{method: "GET", path: reusesOfPB + "/" + spread(c.peerReuses, n) + "?" + expand[1:]}
			},
		}},
		{name: "suggest", ask: map[string]func(int64) request{
			kept: get("/api/1/reuses/suggest/?q=bus"),
			cold: func(n int64) request {
				return request{method: "GET", path: fmt.Sprintf("/api/1/reuses/suggest/?q=%s&n=%d", url.QueryEscape(spread(words, n)), n)}
			},
			top: get("/"),
			peer: func(n int64) request {
				return request{method: "GET", path: reusesOfPB + "?perPage=10&fields=id,title,slug,page,image&skipTotal=1&filter=" + url.QueryEscape("title ~ '"+spread(words, n)+"'")}
			},
		}},
		{name: "search", ask: map[string]func(int64) request{
			kept: get("/api/2/reuses/search/?q=bus"),
			cold: func(n int64) request {
				return request{method: "GET", path: fmt.Sprintf("/api/2/reuses/search/?q=%s&n=%d", url.QueryEscape(spread(words, n)), n)}
			},
			top: get("/"),
			peer: func(n int64) request {
				w := spread(words, n)
				return request{method: "GET", path: reusesOfPB + "?perPage=20&expand=organization,owner&filter=" + url.QueryEscape("title ~ '"+w+"' || description ~ '"+w+"'")}
			},
		}},
		{name: "not modified (304)", want: 304, ask: map[string]func(int64) request{
			kept: get("/api/1/reuses/"+first+"/", "If-None-Match: "+c.tag), top: get("/", `If-None-Match: "ceiling"`),
		}},
		{name: "create", want: 201, others: map[string]int{peer: 200}, ask: map[string]func(int64) request{
			cold: func(n int64) request {
				return request{method: "POST", path: "/api/1/reuses/", header: []string{key}, body: reuseBody(run, n, nil)}
			},
			peer: func(n int64) request {
				return request{method: "POST", path: reusesOfPB, body: reuseBody(run, n, object{"owner": c.peerPeople[0]})}
			},
		}},
		{name: "update", ask: map[string]func(int64) request{
			cold: func(n int64) request {
				return request{method: "PUT", path: "/api/1/reuses/" + spread(c.reuses, n) + "/", header: []string{key}, body: text(object{"description": fmt.Sprintf("Changed for the %d-th time.", n)})}
			},
			peer: func(n int64) request {
				return request{method: "PATCH", path: reusesOfPB + "/" + spread(c.peerReuses, n), body: text(object{"description": fmt.Sprintf("Changed for the %d-th time.", n)})}
			},
		}},
		{name: "follow", want: 201, others: map[string]int{peer: 200}, ask: map[string]func(int64) request{
			cold: func(n int64) request {
				return request{method: "POST", path: "/api/1/reuses/" + c.reuses[n%int64(len(c.reuses))] + "/followers/", header: []string{key}}
			},
			peer: func(n int64) request {
				return request{method: "POST", path: "/api/collections/follows/records", body: text(object{"follower": c.peerPeople[n%int64(len(c.peerPeople))], "reuse": spread(c.peerReuses, n)})}
			},
		}},
	}
	return ops
}

// reuseBody is a new reuse.
func reuseBody(run, n int64, more object) []byte {
	o := object{
		"title": fmt.Sprintf("Bus map number %d", n), "description": strings.Repeat("Where the buses are, live. ", 10),
		"type": "visualization", "topic": "transport_and_mobility", "url": fmt.Sprintf("https://www.example.com/%d/%d", run, n),
	}
	for k, v := range more {
		o[k] = v
	}
	return text(o)
}

func text(o object) []byte {
	b, err := json.Marshal(o)
	if err != nil {
		panic(err) // texts and numbers
	}
	return b
}
