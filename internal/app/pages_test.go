package app_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
	"ouvert/internal/kernel/auth"
)

// withPages are the settings of a portal that serves its pages itself.
var withPages = app.Config{PublicURL: "http://portal.test", SiteURL: "http://portal.test", ReuseBadges: "gold=Gold"}

// reader is somebody with a browser that runs no script.
type reader struct {
	w       *world
	lang    string
	cookies map[string]string
}

func (w *world) reader() *reader { return &reader{w: w, lang: "en", cookies: map[string]string{}} }

// signedIn is a reader who signed in with the form.
func (w *world) signedIn(who apptest.Person, email string) *reader {
	w.t.Helper()
	if err := w.Users.SetPassword(w.t.Context(), who.ID, auth.HashPassword(secret)); err != nil {
		w.t.Fatal(err)
	}
	r := w.reader()
	r.post(303, "/login", url.Values{"email": {email}, "password": {secret}})
	return r
}

func (r *reader) do(status int, method, path string, body any, header ...string) apptest.Answer {
	r.w.t.Helper()
	var pairs []string
	for name, value := range r.cookies {
		pairs = append(pairs, name+"="+value)
	}
	a := r.w.Do(nobody, method, path, body, append([]string{"Cookie", strings.Join(pairs, "; "), "Accept", "text/html", "Accept-Language", r.lang}, header...)...)
	for _, line := range a.Header.Values("Set-Cookie") {
		c, err := http.ParseSetCookie(line)
		if err != nil {
			r.w.t.Fatal(err)
		}
		r.cookies[c.Name] = c.Value
	}
	if a.Status != status {
		r.w.t.Fatalf("%s %s: want %d, got %d %s", method, path, status, a.Status, a.Text)
	}
	if strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
		r.w.checkPage(method+" "+path, a)
	}
	return a
}

func (r *reader) get(status int, path string) apptest.Answer {
	r.w.t.Helper()
	return r.do(status, "GET", path, nil)
}

func (r *reader) post(status int, path string, form url.Values) apptest.Answer {
	r.w.t.Helper()
	return r.do(status, "POST", path, form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Origin", "http://portal.test", "Sec-Fetch-Site", "same-origin")
}

// upload sends a picture by the form's field "file".
func (r *reader) upload(status int, path string, file []byte) apptest.Answer {
	r.w.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile("file", "screen.png")
	if err == nil {
		_, err = part.Write(file)
	}
	if err != nil || m.Close() != nil {
		r.w.t.Fatal(err)
	}
	return r.do(status, "POST", path, b.Bytes(), "Content-Type", m.FormDataContentType(), "Sec-Fetch-Site", "same-origin")
}

// checkPage holds a page against what any must be: well formed, with unique
// ids, one h1, headings that leave out no level, names for all that may be
// filled in or pressed, pictures that say what they are, no script or style
// inside, and the headers that keep others out.
func (w *world) checkPage(name string, a apptest.Answer) {
	w.t.Helper()
	fail := func(format string, args ...any) { w.t.Errorf("%s: %s", name, fmt.Sprintf(format, args...)) }
	policy := a.Header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "base-uri 'none'", "form-action 'self'"} {
		if !strings.Contains(policy, part) || strings.Contains(policy, "unsafe") {
			fail("the policy is %q", policy)
		}
	}
	if a.Header.Get("X-Content-Type-Options") != "nosniff" || a.Header.Get("Referrer-Policy") == "" {
		fail("headers are missing: %v", a.Header)
	}
	wellFormed(a.Text, fail)
	root, err := html.Parse(strings.NewReader(a.Text))
	if err != nil {
		fail("%v", err)
		return
	}
	ids, level, h1 := map[string]bool{}, 0, 0
	labels, inputs, refs := map[string]bool{}, []*html.Node{}, []string{}
	var walk func(n *html.Node, labelled bool)
	walk = func(n *html.Node, labelled bool) {
		if n.Type == html.ElementNode {
			at := attributes(n)
			if id, ok := at["id"]; ok {
				if ids[id] || id == "" {
					fail("the id %q is there twice", id)
				}
				ids[id] = true
			}
			for key := range at {
				if key == "style" || strings.HasPrefix(key, "on") {
					fail("<%s> has %s", n.Data, key)
				}
			}
			for _, key := range []string{"aria-describedby", "aria-labelledby", "for"} {
				refs = append(refs, strings.Fields(at[key])...)
			}
			switch n.Data {
			case "html":
				if at["lang"] == "" {
					fail("the page has no language")
				}
			case "h1", "h2", "h3", "h4", "h5", "h6":
				got := int(n.Data[1] - '0')
				if got > level+1 {
					fail("<%s> %q comes after <h%d>", n.Data, textOf(n), level)
				}
				if level = got; got == 1 {
					h1++
				}
				if strings.TrimSpace(textOf(n)) == "" {
					fail("an empty <%s>", n.Data)
				}
			case "img":
				if _, ok := at["alt"]; !ok {
					fail("a picture without alt: %v", at)
				}
			case "label":
				labels[at["for"]], labelled = true, true
			case "input", "select", "textarea":
				if at["type"] != "hidden" && !labelled {
					inputs = append(inputs, n)
				}
			case "a", "button":
				if strings.TrimSpace(textOf(n)) == "" {
					fail("<%s> without a text: %v", n.Data, at)
				}
				if strings.HasPrefix(strings.ToLower(at["href"]), "javascript:") {
					fail("a link to a script")
				}
			case "script":
				if at["src"] == "" && at["type"] != "application/ld+json" {
					fail("a script inside")
				}
			case "style":
				fail("a style inside")
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, labelled)
		}
	}
	walk(root, false)
	if h1 != 1 {
		fail("%d h1", h1)
	}
	for _, n := range inputs {
		if !labels[attributes(n)["id"]] {
			fail("a field without a label: %v", attributes(n))
		}
	}
	for _, id := range refs {
		if !ids[id] {
			fail("nothing has the id %q", id)
		}
	}
	if strings.Contains(a.Text, "ZgotmplZ") || strings.Contains(a.Text, "no value") || strings.Contains(a.Text, "%!") {
		fail("the template has a hole: %s", a.Text)
	}
}

// void are the elements without an end.
var void = strings.Fields("area base br col embed hr img input link meta source track wbr")

// shapes are those of drawings, which end themselves.
var shapes = strings.Fields("circle ellipse path rect")

// wellFormed checks that each element ends where it should.
func wellFormed(page string, fail func(string, ...any)) {
	var open []string
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				fail("not closed: %v", open)
			}
			return
		case html.StartTagToken:
			name, _ := z.TagName()
			if !slices.Contains(void, string(name)) {
				open = append(open, string(name))
			}
		case html.SelfClosingTagToken:
			if name, _ := z.TagName(); !slices.Contains(shapes, string(name)) && !slices.Contains(void, string(name)) {
				fail("<%s/> does not end itself", name)
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if len(open) == 0 || open[len(open)-1] != string(name) {
				fail("</%s> closes %v", name, open)
				return
			}
			open = open[:len(open)-1]
		case html.TextToken, html.CommentToken, html.DoctypeToken:
		}
	}
}

func attributes(n *html.Node) map[string]string {
	out := map[string]string{}
	for _, a := range n.Attr {
		out[a.Key] = a.Val
	}
	return out
}

func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(textOf(c))
	}
	return b.String()
}

// slug is that of a reuse.
func (w *world) slug(reuse string) string {
	w.t.Helper()
	return w.Want(200, w.root, "GET", one(reuse), nil).Get("slug").(string)
}

// pagesOf are pages of everything in the world.
func (w *world) pagesOf() []string {
	w.t.Helper()
	reuse := w.wholeReuse()
	w.Want(201, w.max, "POST", "/api/1/discussions/", body{"title": "Is it live?", "comment": "# Or **not**", "subject": body{"class": "Reuse", "id": reuse}})
	post := w.Want(201, w.root, "POST", "/api/1/posts/", w.aPost("Spring")).Get("id").(string)
	w.Want(200, w.root, "POST", "/api/1/posts/"+post+"/publish/", nil)
	blocs := w.aPost("Summer")
	blocs["body_type"] = "blocs"
	of := w.Want(201, w.root, "POST", "/api/1/posts/", blocs).Get("id").(string)
	w.Want(200, w.root, "POST", "/api/1/posts/"+of+"/publish/", nil)
	topic := w.Want(201, w.ada, "POST", "/api/2/topics/", body{
		"name": "Buses", "description": "All of them", "tags": []string{"bus"},
		"elements": []body{{"title": "r", "element": body{"class": "Reuse", "id": reuse}}, {"title": "d", "element": body{"class": "Dataset", "id": w.dataset}}},
	}).Get("id").(string)
	slug := w.slug(reuse)
	return []string{
		"/", "/?flash=post_confirm", "/reuses", "/reuses?q=bus&type=application&topic=health&sort=-followers&tag=bus", "/reuses?q=nothing+at+all", "/reuses/" + slug, "/reuses/" + reuse,
		"/datasets", "/datasets?q=stops", "/datasets/" + w.dataset, "/dataservices", "/dataservices/" + w.dataservice, "/organizations", "/organizations/town",
		"/users/" + w.ada.ID, "/topics", "/topics/" + topic, "/posts", "/posts/" + post, "/posts/" + of, "/login", "/register", "/reset", "/reset/x", "/confirm",
		"/report?class=Reuse&id=" + reuse,
	}
}

func TestEveryPage(t *testing.T) {
	eachWorld(t, withPages, func(t *testing.T, w *world) {
		pages := w.pagesOf()
		mine := w.slug(w.publish(w.ada, "Mine", "private", true))
		own := []string{"/me", "/me/profile", "/me/tokens", "/me/password", "/publish", "/publish?dataset=" + w.dataset, "/reuses/" + mine, "/reuses/" + mine + "/edit", "/reuses/" + mine + "/image?new=1", "/reuses/" + mine + "/review", "/reuses/" + mine + "/delete"}
		stranger, ada, root := w.reader(), w.signedIn(w.ada, "ada@example.org"), w.signedIn(w.root, "root@example.org")
		for _, lang := range []string{"en", "fr"} {
			for _, r := range []*reader{stranger, ada, root} {
				r.lang = lang
				for _, path := range pages {
					a := r.get(200, path)
					if got := a.Header.Get("Content-Language"); got != lang {
						t.Errorf("%s: in %s, not %s", path, got, lang)
					}
				}
			}
			for _, path := range own {
				ada.get(200, path)
				if to := stranger.get(map[bool]int{true: 404, false: 303}[path == "/reuses/"+mine], path).Header.Get("Location"); path != "/reuses/"+mine && !strings.HasPrefix(to, "/login?next=") {
					t.Errorf("%s: a stranger is sent to %q", path, to)
				}
			}
			root.get(200, "/admin/reports")
			root.get(200, "/admin/reports?handled=1")
			ada.get(403, "/admin/reports")
			stranger.get(404, "/nowhere")
			stranger.get(404, "/reuses/nothing")
		}
	})
}

func TestPagesHideAsTheAPIDoes(t *testing.T) {
	eachWorld(t, withPages, func(t *testing.T, w *world) {
		oid := w.publish(w.ada, "Old name", "datasets", []string{w.dataset})
		stranger, ada, max := w.reader(), w.signedIn(w.ada, "ada@example.org"), w.signedIn(w.max, "max@example.org")
		old := "/reuses/" + w.slug(oid)
		w.Want(200, w.ada, "PUT", one(oid), body{"title": "New name"})
		if to := stranger.get(308, old+"?page=2").Header.Get("Location"); to != "/reuses/new-name?page=2" {
			t.Errorf("an old slug leads to %s", to)
		}
		w.Want(200, w.ada, "PUT", one(oid), body{"private": true})
		for _, path := range []string{"/reuses/new-name", "/reuses/new-name/card", "/reuses/new-name/badge.svg", "/oembed?url=http://portal.test/reuses/new-name"} {
			stranger.get(404, path)
			max.get(404, path)
		}
		ada.get(200, "/reuses/new-name")
		ada.get(404, "/reuses/new-name/card") // what is embedded is what anybody sees
		max.get(404, "/reuses/new-name/edit")
		for _, path := range []string{"/", "/reuses", "/datasets/" + w.dataset, "/users/" + w.ada.ID} {
			if strings.Contains(stranger.get(200, path).Text, "New name") {
				t.Errorf("%s shows a draft", path)
			}
		}
		w.Want(200, w.ada, "PUT", one(oid), body{"private": false})
		max.get(403, "/reuses/new-name/edit")
		max.post(403, "/reuses/new-name/delete", url.Values{})
		w.Want(204, w.ada, "DELETE", one(oid), nil)
		stranger.get(410, "/reuses/new-name")
		stranger.get(410, "/reuses/new-name/card")
		ada.get(200, "/reuses/new-name")
		ada.post(303, "/reuses/new-name/restore", nil)
		stranger.get(200, "/reuses/new-name")
	})
}

func TestFormsOfOtherSites(t *testing.T) {
	eachWorld(t, withPages, func(t *testing.T, w *world) {
		ada := w.signedIn(w.ada, "ada@example.org")
		form := url.Values{"class": {"Dataset"}, "id": {w.dataset}}.Encode()
		for _, header := range [][]string{{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}} {
			for _, path := range []string{"/follow", "/login", "/logout", "/publish", "/report"} {
				ada.do(403, "POST", path, form, append([]string{"Content-Type", "application/x-www-form-urlencoded"}, header...)...)
			}
		}
		if n := w.Want(200, nobody, "GET", "/api/1/datasets/"+w.dataset+"/followers/", nil).Get("total"); n != float64(0) {
			t.Errorf("%v follow", n)
		}
		for _, back := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "javascript:alert(1)", "/\t/evil.example"} {
			if to := ada.post(303, "/follow", url.Values{"class": {"Dataset"}, "id": {w.dataset}, "back": {back}}).Header.Get("Location"); to != "/" {
				t.Errorf("back to %q leads to %q", back, to)
			}
			if to := w.reader().post(303, "/login", url.Values{"email": {"ada@example.org"}, "password": {secret}, "next": {back}}).Header.Get("Location"); to != "/" {
				t.Errorf("next %q leads to %q", back, to)
			}
		}
	})
}

// TestAJourneyWithoutScript is what people come for: an account, a reuse with
// data and a picture, others who follow, discuss and report it, and somebody
// who keeps the place clean.
func TestAJourneyWithoutScript(t *testing.T) {
	eachWorld(t, withPages, func(t *testing.T, w *world) {
		r := w.reader()
		account := url.Values{"first_name": {"Zoé"}, "last_name": {""}, "email": {"zoe@example.org"}, "password": {secret}, "password_confirm": {secret}}
		if a := r.post(422, "/register", account); !strings.Contains(a.Text, `value="Zoé"`) || !strings.Contains(a.Text, `href="#last_name"`) || !strings.Contains(a.Text, `id="last_name-error"`) || strings.Contains(a.Text, secret) {
			t.Errorf("the form comes back as %s", a.Text)
		}
		account.Set("last_name", "Martin")
		r.post(200, "/register", account)
		r.post(422, "/login", url.Values{"email": {"zoe@example.org"}, "password": {secret}})
		if to := r.get(302, link(t, letter(t, w.Portal, "zoe@example.org"))).Header.Get("Location"); !strings.HasSuffix(to, "/?flash=post_confirm") {
			t.Errorf("the letter leads to %s", to)
		}
		if to := r.get(303, "/publish").Header.Get("Location"); to != "/login?next=%2Fpublish" {
			t.Errorf("publishing leads to %s", to)
		}
		if to := r.post(303, "/login", url.Values{"email": {"zoe@example.org"}, "password": {secret}, "next": {"/publish"}}).Header.Get("Location"); to != "/publish" {
			t.Errorf("signing in leads to %s", to)
		}

		// The address first.
		known := w.publish(w.ada, "Known", "url", "https://www.example.com/known", "datasets", []string{w.dataset})
		r.post(422, "/publish", url.Values{"step": {"url"}, "url": {""}})
		r.post(422, "/publish", url.Values{"step": {"url"}, "url": {"http://127.0.0.1/x"}})
		if a := r.post(422, "/publish", url.Values{"step": {"url"}, "url": {"https://www.example.com/known"}}); !strings.Contains(a.Text, "/reuses/"+w.slug(known)) {
			t.Errorf("who has the address is not told: %s", a.Text)
		}
		if a := r.post(200, "/publish", url.Values{"step": {"url"}, "url": {"http://example.com/known?x=1"}}); !strings.Contains(a.Text, "/reuses/"+w.slug(known)) {
			t.Errorf("who has nearly the address is not told: %s", a.Text)
		}
		// What is said of it; datasets are looked for, then pasted.
		form := url.Values{"step": {"create"}, "do": {"find"}, "find": {"stops"}, "url": {"www.example.com/zoe"}, "title": {"Zoé's map"}}
		if a := r.post(200, "/publish", form); !strings.Contains(a.Text, `value="`+w.dataset+`"`) || !strings.Contains(a.Text, "Zoé&#39;s map") {
			t.Errorf("the dataset is not found, or the form is empty: %s", a.Text)
		}
		form.Set("do", "save")
		if a := r.post(422, "/publish", form); !strings.Contains(a.Text, `href="#description"`) || !strings.Contains(a.Text, `href="#type"`) {
			t.Errorf("what is missing is not told: %s", a.Text)
		}
		other := w.aDataset("Trams")
		form["description"], form["type"], form["topic"], form["tags"] = []string{"Buses. <script>alert(1)</script> [x](javascript:alert(1))"}, []string{"visualization"}, []string{"health"}, []string{"bus, map"}
		form["datasets"], form["links"] = []string{w.dataset}, []string{"https://elsewhere.example/fr/datasets/nothing/"}
		if a := r.post(422, "/publish", form); !strings.Contains(a.Text, `href="#links"`) {
			t.Errorf("a link that leads nowhere is not told: %s", a.Text)
		}
		form.Set("links", "http://portal.test/datasets/"+other.Slug+"/#files")
		to := r.post(303, "/publish", form).Header.Get("Location")
		if to != "/reuses/zoes-map/image?new=1" {
			t.Fatalf("publishing leads to %s", to)
		}
		stranger := w.reader()
		stranger.get(404, "/reuses/zoes-map")
		r.upload(422, to, []byte("no picture"))
		if to := r.upload(303, to, picturePNG(t)).Header.Get("Location"); to != "/reuses/zoes-map/review" {
			t.Errorf("the picture leads to %s", to)
		}
		r.get(200, "/reuses/zoes-map/review")
		r.post(303, "/reuses/zoes-map/review", url.Values{"do": {"publish"}})
		a := stranger.get(200, "/reuses/zoes-map")
		for _, want := range []string{"Bus stops", "Trams", "/images/", `rel="nofollow ugc noopener"`, "application/ld&#43;json", "og:image"} {
			if !strings.Contains(a.Text, want) && !strings.Contains(strings.ReplaceAll(a.Text, "+", "&#43;"), want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		if strings.Contains(a.Text, "<script>alert") || strings.Contains(a.Text, `href="javascript`) {
			t.Error("the page runs what somebody wrote")
		}
		for _, path := range []string{"/reuses", "/datasets/" + w.dataset, "/datasets/" + other.ID, "/"} {
			if !strings.Contains(stranger.get(200, path).Text, "/reuses/zoes-map") {
				t.Errorf("%s does not show it", path)
			}
		}
		// It is changed; a form with a mistake changes nothing.
		edit := url.Values{"url": {"https://www.example.com/zoe"}, "title": {""}, "description": {"Now with trams"}, "type": {"visualization"}, "topic": {"health"}, "datasets": {w.dataset}}
		r.post(422, "/reuses/zoes-map/edit", edit)
		edit.Set("title", "Zoé's trams")
		if to := r.post(303, "/reuses/zoes-map/edit", edit).Header.Get("Location"); to != "/reuses/zoes-trams" {
			t.Errorf("changing leads to %s", to)
		}
		oid := w.Want(200, nobody, "GET", one("zoes-trams"), nil).Get("id").(string)

		// Others.
		max, root := w.signedIn(w.max, "max@example.org"), w.signedIn(w.root, "root@example.org")
		follow := url.Values{"class": {"Reuse"}, "id": {oid}, "back": {"/reuses/zoes-trams"}}
		max.post(303, "/follow", follow)
		if a := max.get(200, "/reuses/zoes-trams"); !strings.Contains(a.Text, `value="unfollow"`) {
			t.Error("max does not follow")
		}
		follow.Set("do", "unfollow")
		max.post(303, "/follow", follow)
		say := url.Values{"class": {"Reuse"}, "id": {oid}, "title": {"Live?"}, "comment": {""}, "back": {"/reuses/zoes-trams#talk"}}
		if a := max.post(422, "/discussions", say); !strings.Contains(a.Text, `value="Live?"`) {
			t.Error("the title of the discussion is lost")
		}
		say.Set("comment", "Is it live?")
		max.post(303, "/discussions", say)
		thread := w.Want(200, nobody, "GET", "/api/1/discussions/?for="+oid, nil).Get("data.0.id").(string)
		r.post(303, "/discussions/"+thread, url.Values{"comment": {"It is"}, "close": {"1"}, "back": {"/reuses/zoes-trams"}})
		if a := stranger.get(200, "/reuses/zoes-trams"); !strings.Contains(a.Text, "It is") || !strings.Contains(a.Text, "Closed") {
			t.Error("the discussion is not shown")
		}
		if to := stranger.get(303, "/reuses/zoes-trams/discussions?discussion_id="+thread).Header.Get("Location"); to != "/reuses/zoes-trams#discussion-"+thread {
			t.Errorf("the discussion's address leads to %s", to)
		}
		stranger.post(422, "/report", url.Values{"class": {"Reuse"}, "id": {oid}})
		stranger.post(200, "/report", url.Values{"class": {"Reuse"}, "id": {oid}, "reason": {"spam"}, "message": {"!"}})
		stranger.post(200, "/report", url.Values{"class": {"Reuse"}, "id": {known}, "reason": {"others"}})
		var reports []string
		for i := range 2 {
			reports = append(reports, w.Want(200, w.root, "GET", "/api/1/reports/?sort=reported_at", nil).Get(fmt.Sprintf("data.%d.id", i)).(string))
		}
		max.post(403, "/admin/reports", url.Values{"report": reports, "do": {"delete"}})
		root.post(422, "/admin/reports", url.Values{"do": {"dismiss"}})
		root.post(200, "/admin/reports", url.Values{"report": reports[:1], "do": {"delete"}, "notice": {"1"}})
		root.post(200, "/admin/reports", url.Values{"report": reports[1:], "do": {"dismiss"}})
		stranger.get(410, "/reuses/zoes-trams")
		stranger.get(200, "/reuses/"+w.slug(known))
		root.post(303, "/reuses/zoes-trams/restore", nil)
		for _, do := range []url.Values{{"do": {"feature"}}, {"do": {"badge"}, "kind": {"gold"}}} {
			root.post(303, "/reuses/zoes-trams/distinguish", do)
			max.post(403, "/reuses/zoes-trams/distinguish", do)
		}
		if a := stranger.get(200, "/reuses/zoes-trams"); !strings.Contains(a.Text, "Gold") {
			t.Error("the badge is not shown")
		}

		// My space, and the way out.
		if a := r.get(200, "/me"); !strings.Contains(a.Text, "Zoé&#39;s trams") {
			t.Error("my space lacks my reuse")
		}
		r.post(422, "/me/profile", url.Values{"first_name": {""}, "last_name": {"Martin"}})
		r.post(303, "/me/profile", url.Values{"first_name": {"Zo"}, "last_name": {"Martin"}, "website": {"https://www.example.com/"}, "about": {"I draw."}})
		a = r.post(200, "/me/tokens", url.Values{"name": {"script"}})
		if !strings.Contains(a.Text, "udata_") || strings.Contains(r.get(200, "/me/tokens").Text, "<code>udata_"+strings.Repeat("x", 40)) {
			t.Error("the token is not shown")
		}
		r.post(422, "/me/password", url.Values{"password": {"wrong"}, "new_password": {secret + "2"}, "new_password_confirm": {secret + "2"}})
		r.post(303, "/logout", nil)
		r.get(303, "/me")
	})
}

func picturePNG(t *testing.T) []byte {
	t.Helper()
	form := picture(t, 40, 30)
	start := bytes.Index(form, []byte("\x89PNG"))
	end := bytes.Index(form, []byte("IEND"))
	if start < 0 || end < 0 {
		t.Fatal("the form holds no PNG")
	}
	return form[start : end+8]
}

func TestEmbeds(t *testing.T) {
	w := newWorld(t, withPages)
	slug := w.slug(w.wholeReuse())
	r := w.reader()
	card := r.get(200, "/reuses/"+slug+"/card")
	if !strings.Contains(card.Header.Get("Content-Security-Policy"), "frame-ancestors *") || card.Header.Get("X-Frame-Options") != "" {
		t.Errorf("the card cannot be embedded: %v", card.Header)
	}
	if a := r.get(200, "/reuses/"+slug+"/badge.svg"); a.Header.Get("Content-Type") != "image/svg+xml" || !strings.Contains(a.Text, "Town") {
		t.Errorf("the badge is %s", a.Text)
	}
	for _, format := range []string{"", "&format=json"} {
		a := r.get(200, "/oembed?maxwidth=300&url=http%3A%2F%2Fportal.test%2Freuses%2F"+slug+format)
		if a.Get("version") != "1.0" || a.Get("type") != "rich" || a.Get("title") != "Bus map" || a.Get("width") != float64(300) || !strings.Contains(a.Get("html").(string), "/reuses/"+slug+"/card") {
			t.Errorf("oEmbed: %s", a.Text)
		}
	}
	r.get(501, "/oembed?format=xml&url=http://portal.test/reuses/"+slug)
	r.get(404, "/oembed?url=https://evil.example/reuses/"+slug)
	first, second := r.get(200, "/covers/idea/a.svg"), r.get(200, "/covers/idea/b.svg")
	if first.Text == second.Text || first.Text != r.get(200, "/covers/idea/a.svg").Text {
		t.Error("covers differ for the same thing, or not for others")
	}
	r.get(404, "/covers/idea/a.png")
}

func TestLanguageOfPages(t *testing.T) {
	w := newWorld(t, withPages)
	for header, want := range map[string]string{
		"": "en", "fr": "fr", "fr-CA,en;q=0.5": "fr", "de, fr;q=0.2": "fr", "en;q=0.3, fr;q=0.9": "fr", "xx": "en", "fr;q=x": "en", "fr;q=0, en;q=0": "en",
	} {
		r := w.reader()
		r.lang = header
		if got := r.get(200, "/").Header.Get("Content-Language"); got != want {
			t.Errorf("%q: %s, not %s", header, got, want)
		}
	}
	r := w.reader()
	if a := r.get(200, "/reuses?lang=fr"); !strings.Contains(a.Text, "Réutilisations") {
		t.Error("the page is not in French")
	}
	if got := r.get(200, "/").Header.Get("Content-Language"); got != "fr" {
		t.Errorf("the choice is not kept: %s", got)
	}
	if a := r.post(422, "/login", url.Values{"email": {""}, "password": {""}}); !strings.Contains(a.Text, "Mot de passe manquant") {
		t.Errorf("the API's texts are not in French: %s", a.Text)
	}
}

// TestListsOfPages holds that what a page asks does not grow with its list.
func TestListsOfPages(t *testing.T) {
	w := newWorld(t, withPages)
	for i := range 60 {
		w.publish(w.ada, fmt.Sprintf("Map %d", i), "datasets", []string{w.dataset})
	}
	r := w.reader()
	a := r.get(200, "/reuses")
	if strings.Count(a.Text, `<li class="card">`) != 24 || !strings.Contains(a.Text, `href="/reuses?page=3"`) {
		t.Errorf("the first page: %s", a.Text)
	}
	if a := r.get(200, "/reuses?page=3&q=map"); strings.Count(a.Text, `<li class="card">`) != 12 {
		t.Error("the last page is not whole")
	}
	r.get(404, "/reuses?page=4")
	r.get(400, "/reuses?type=nothing")
}
