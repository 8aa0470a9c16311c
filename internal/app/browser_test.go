package app_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"ouvert/internal/kernel/auth"
)

// axe is axe-core 4.14.1 (https://github.com/dequelabs/axe-core, MPL-2.0), as
// npm has it: it is run in tests and is no part of the program.
//
//go:embed testdata/axe.min.js
var axe string

// browserWorld is a world behind a real address, and a Chromium that looks at
// it.
type browserWorld struct {
	*world
	ctx context.Context
	url string

	mu       sync.Mutex
	problems []string
}

// withBrowser starts both. Without a Chromium the test is skipped, but in CI,
// where .ci/run installs it.
func withBrowser(t *testing.T) *browserWorld {
	t.Helper()
	path, err := osexec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("there is no chromium: .ci/run installs it")
		}
		t.Skip("there is no chromium (Debian: apt-get install chromium)")
	}
	server := httptest.NewUnstartedServer(nil)
	b := &browserWorld{url: "http://" + server.Listener.Addr().String()}
	c := withPages
	c.PublicURL, c.SiteURL = b.url, b.url
	b.world = newWorld(t, c)
	server.Config.Handler = b.Handler(slog.New(slog.NewTextHandler(io.Discard, nil)))
	server.Start()
	t.Cleanup(server.Close)
	allocator, stop := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()))...)
	ctx, cancel := chromedp.NewContext(allocator)
	ctx, late := context.WithTimeout(ctx, 8*time.Minute)
	t.Cleanup(func() { late(); cancel(); stop() })
	b.ctx = ctx
	// Whatever the policy of a page forbids, and whatever a script gets wrong,
	// is told here.
	err = chromedp.Listen(ctx, func(event any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch e := event.(type) {
		case *cdplog.EventEntryAdded:
			if e.Entry.Level == cdplog.EntryLevelError && !strings.Contains(e.Entry.Text, "Failed to load resource") {
				b.problems = append(b.problems, e.Entry.Text)
			}
		case *runtime.EventExceptionThrown:
			b.problems = append(b.problems, e.ExceptionDetails.Text)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, cdplog.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	return b
}

// ask evaluates an expression in the page that is open.
func ask[T any](b *browserWorld, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

// set sends a command to the browser.
func set[P, R any](b *browserWorld, c cdp.Command[P, R], params P) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, c, params); err != nil {
		b.t.Fatal(err)
	}
}

func (b *browserWorld) run(what string, actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.problems {
		b.t.Errorf("%s: %s", what, p)
	}
	b.problems = nil
}

// signInAs makes an account able to sign in, and does so by the form.
func (b *browserWorld) signInAs(id, email string) {
	b.t.Helper()
	if err := b.Users.SetPassword(b.t.Context(), id, auth.HashPassword(secret)); err != nil {
		b.t.Fatal(err)
	}
	b.run("signing in", chromedp.Navigate(b.url+"/login"), chromedp.SendKeys("#email", email), chromedp.SendKeys("#password", secret+"\n"), chromedp.WaitVisible(`form[action="/logout"]`))
}

// violations are what axe says of the page that is open.
func (b *browserWorld) violations() (list []string) {
	b.t.Helper()
	_ = ask[bool](b, axe+"\n;true")
	found := ask[string](b, `axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r => JSON.stringify(r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html + " " + n.failureSummary).slice(0, 3).join(" | "))))`)
	if err := json.Unmarshal([]byte(found), &list); err != nil {
		b.t.Fatal(err)
	}
	return list
}

// look holds the page that is open against axe's rules, and against the width
// of the screen.
func (b *browserWorld) look(what string) {
	b.t.Helper()
	overflow := ask[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`)
	for _, v := range b.violations() {
		b.t.Errorf("%s: %s", what, v)
	}
	if overflow > 0 {
		b.t.Errorf("%s: %d pixels too wide", what, overflow)
	}
}

// TestPagesAreAccessible looks at every page: on a wide screen in the light,
// and on one of 320 pixels in the dark and in French.
func TestPagesAreAccessible(t *testing.T) {
	b := withBrowser(t)
	open := b.pagesOf()
	mine := "/reuses/" + b.slug(b.publish(b.ada, "Mine", "private", true))
	b.Want(201, nobody, "POST", "/api/1/reports/", body{"subject": body{"class": "Dataset", "id": b.dataset}, "reason": "spam"})
	own := []string{"/me", "/me/profile", "/me/tokens", "/me/password", "/publish", mine + "/edit", mine + "/image?new=1", mine + "/review", mine + "/delete", mine, open[5], open[7]}
	screens := []struct {
		name   string
		width  int64
		scheme string
		lang   string
	}{{"wide and light", 1200, "light", "en"}, {"narrow, dark, in French", 320, "dark", "fr"}}
	show := func(i int) {
		s := screens[i]
		b.run(s.name, chromedp.EmulateViewport(s.width, 800))
		set(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: s.scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		set(b, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": s.lang}})
	}
	visit := func(who string, paths []string) {
		for i, s := range screens {
			show(i)
			for _, path := range paths {
				b.run(path, chromedp.Navigate(b.url+path))
				b.look(who + " " + s.name + " " + path)
			}
		}
	}
	b.run("a page with faults", chromedp.Navigate(b.url+"/login"))
	_ = ask[bool](b, `document.querySelector("main").insertAdjacentHTML("beforeend", '<img src="/x.png"><input name="unnamed"><p class="soft" id="email">twice</p>'); true`)
	if found := strings.Join(b.violations(), "\n"); !strings.Contains(found, "image-alt") || !strings.Contains(found, "label") {
		t.Fatalf("axe does not see what is wrong: %s", found)
	}
	visit("a stranger", append(open, "/nowhere"))
	b.signInAs(b.ada.ID, "ada@example.org")
	visit("ada", own)
	b.run("an error beside its field", chromedp.Navigate(b.url+"/me/profile"), chromedp.SetValue("#first_name", " "), chromedp.Click(".box button"), chromedp.WaitVisible("#errors"))
	b.look("an error beside its field")
	b.run("signing out", chromedp.Click(`form[action="/logout"] button`), chromedp.WaitVisible(`a[href="/login"]`))
	b.signInAs(b.root.ID, "root@example.org")
	visit("root", []string{"/admin/reports", open[5]})
}

// TestPublishingInABrowser publishes a reuse with a dataset that is found
// while typing, and a picture.
func TestPublishingInABrowser(t *testing.T) {
	b := withBrowser(t)
	file := filepath.Join(t.TempDir(), "screen.png")
	if err := os.WriteFile(file, picturePNG(t), 0o600); err != nil {
		t.Fatal(err)
	}
	b.signInAs(b.ada.ID, "ada@example.org")
	b.run("publishing", chromedp.Navigate(b.url+"/publish"),
		chromedp.SendKeys("#url", "https://www.example.com/live-map\n"), chromedp.WaitVisible("#title"),
		chromedp.SendKeys("#title", "Live map"), chromedp.Click(`.choices label:has([value="visualization"])`), chromedp.SetValue("#topic", "transport_and_mobility"),
		chromedp.SendKeys("#description", "Where the **buses** are."), chromedp.SendKeys("#find", "stops"),
		chromedp.WaitVisible(`[data-found] input[value="`+b.dataset+`"]`), chromedp.Click(`[data-found] input[value="`+b.dataset+`"]`),
		chromedp.Click(`button[value="save"]`), chromedp.WaitVisible("#file"),
		chromedp.SetUploadFiles("#file", []string{file}), chromedp.Click("form[enctype] button"),
		chromedp.WaitVisible(`button[value="publish"]`), chromedp.Click(`button[value="publish"]`),
		chromedp.WaitVisible(".side .facts")) // which the last look has not
	title, page := ask[string](b, `document.querySelector("h1").textContent`), ask[string](b, "location.href")
	if title != "Live map" || !strings.HasSuffix(page, "/reuses/live-map") {
		t.Errorf("publishing ends at %s, %q", page, title)
	}
	got := b.Want(200, nobody, "GET", one("live-map"), nil)
	if got.Get("private") != false || got.Get("datasets.0.id") != b.dataset || got.Get("image") == nil {
		t.Errorf("what was published is %s", got.Text)
	}
}

// TestPagesWithoutScript finds a reuse and signs in where no script runs.
func TestPagesWithoutScript(t *testing.T) {
	b := withBrowser(t)
	b.publish(b.ada, "Tram map", "datasets", []string{b.dataset})
	set(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.run("finding", chromedp.Navigate(b.url+"/"), chromedp.SendKeys("#q", "tram\n"),
		chromedp.WaitVisible(".card h3 a"), chromedp.Click(".card h3 a"), chromedp.WaitVisible(".side"))
	title, err := chromedp.Run(b.ctx, chromedp.Text("h1"))
	if err != nil {
		t.Fatal(err)
	}
	if title != "Tram map" {
		t.Errorf("a search leads to %q", title)
	}
	b.signInAs(b.max.ID, "max@example.org")
	b.run("following", chromedp.Navigate(b.url+"/reuses/tram-map"), chromedp.Click(`form[action="/follow"] button`), chromedp.WaitReady(`input[name="do"][value="unfollow"]`))
}
