package weburl

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// TestRecorded replays every address that was sent to a real udata in the
// recording 10-create-urls. Where our verdict is another one on purpose, the
// third column says so; the reason must be udata's word for word.
func TestRecorded(t *testing.T) {
	f, err := os.Open("testdata/urls.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		n++
		cells := strings.Split(lines.Text(), "\t")
		step, ours, reason := cells[0], cells[2], cells[4]
		var url string
		if err := json.Unmarshal([]byte(cells[3]), &url); err != nil {
			t.Fatal(err)
		}
		clean, err := Default.Check(url)
		switch trimmed := strings.TrimSpace(url); {
		case ours == "201" && (err != nil || clean != trimmed):
			t.Errorf("step %s: Check(%q) = %q, %v", step, url, clean, err)
		case ours == "400":
			want := `Invalid URL "` + trimmed + `"`
			if reason != "" {
				want += ": " + reason
			}
			if err == nil || err.Error() != want {
				t.Errorf("step %s: Check(%q) = %q, %v, want %s", step, url, clean, err, want)
			}
		}
	}
	if n != 75 {
		t.Errorf("%d addresses, want 75", n)
	}
}

// accepted are addresses that udata accepts in its own tests or on
// data.gouv.fr, and some more.
var accepted = []string{
	"http://foo.com/blah_blah_(wikipedia)_(again)#cite-1",
	"https://www.example.com/foo/?bar=baz&inga=42&quux",
	"http://✪df.ws/123",
	"http://➡.ws/䨹",
	"http://☺.damowmow.com/",
	"http://j.mp",
	"ftp://foo.bar/baz",
	"http://foo.bar/?q=Test%20URL-encoded%20stuff",
	"http://مثال.إختبار.com",
	"http://उदाहरण.परीक्षा.com",
	"http://-.~_!$&'()*+,;=:%40:80%2f::::::@example.com",
	"http://userid@example.com:8080/",
	"http://1337.net",
	"http://a.b-c.de",
	"http://例子.中国",
	"http://somewhere.укр",
	"http://142.42.1.1:8080/",
	"http://223.255.255.254",
	"http://[2a00:1450:4007:80e::2004]:8080/",
	"HTTPS://WWW.DATA.GOUV.FR",
	"https://WWW.xn--E1AFMKFD.XN--P1AI/",
	"https://www.example.ck/",
	"http://_dmarc.example.com/",
	"http://0x7f.example.com/",
	"http://7.example.com/",
	"http://example.com:1/",
	"http://example.com:65535/",
	"http://example.com:080/",
	"http://example.com#fragment",
	"http://example.com/100%",
	"http://example.com/a@b:c//d?e=http://127.0.0.1/",
	"http://example.com/?u=\\\\x",
	"http://" + strings.Repeat("a", 63) + ".com/",
	"http://172.15.255.254/", "http://172.32.0.1/", "http://100.63.255.254/", "http://100.128.0.1/",
	"http://198.17.0.1/", "http://198.20.0.1/", "http://192.0.1.1/", "http://11.0.0.1/",
	"http://[2600::1]/", "http://[2001:200::1]/", "http://[2003::1]/",
}

func TestAccepted(t *testing.T) {
	for _, url := range accepted {
		if clean, err := Default.Check(url); err != nil || clean != url {
			t.Errorf("Check(%q) = %q, %v", url, clean, err)
		}
		if clean, err := Default.Check(" \t" + url + "\n\u00a0"); err != nil || clean != url {
			t.Errorf("Check of %q between blanks = %q, %v", url, clean, err)
		}
	}
}

// none is the reason of what has not the form of an address.
const none = ""

// refused are addresses with the reason why nobody may publish them.
var refused = []struct{ url, reason string }{
	{"", none},
	{"  ", none},
	{"//", none},
	{"///", none},
	{"///a", none},
	{"://example.com", none},
	{"http:/example.com/", none},
	{"http:example.com", none},
	{`http:\\example.com\`, none},
	{"h/://.", none},
	{"1http://example.com/", none},
	{"+http://example.com/", none},
	{" : //example.com", none},
	{"http://..", none},
	{"http://#", none},
	{"http://@/", none},
	{"http://:80/", none},
	{"http://user@/", none},
	{"http://.www.foo.bar/", none},
	{"http://www.foo.bar./", none},
	{"http://a.b--c.de/", none},
	{"http://-a.b.co", none},
	{"http://a.b-.co", none},
	{"http://a_.example.com/", none},
	{"http://_error_.invalid/", none},
	{"http://foo.bar?q=Spaces should be encoded", none},
	{"http:// shouldfail.com", none},
	{"rdar://1234", none},
	{"h://test", none},

	// Schemes.
	{"javascript://example.com/%0aalert(1)", "Invalid scheme javascript, allowed schemes: http, https, ftp, ftps"},
	{"JavaScript://example.com/%0aalert(1)", "Invalid scheme javascript, allowed schemes: http, https, ftp, ftps"},
	{"java\tscript://example.com/", none},
	{"javascript:alert(1)//example.com", none},
	{"view-source://example.com/", "Invalid scheme view-source, allowed schemes: http, https, ftp, ftps"},
	{"svn+ssh://example.com/", "Invalid scheme svn+ssh, allowed schemes: http, https, ftp, ftps"},
	{"file://example.com/etc/passwd", "Invalid scheme file, allowed schemes: http, https, ftp, ftps"},
	{"blob:http://example.com/x", none},
	{"data://text/html,x", none},

	// Characters.
	{"http://example.com/\x00", none},
	{"http://example.com/\x7f", none},
	{"http://example.com/\u0085x", none},
	{"http://example.com/\r\nSet-Cookie:a", none},
	{"http://exam\tple.com/", none},
	{"http://exa\nmple.com/", none},
	{"http://example.com/\u2028x", none},
	{"http://example.com/a\u3000b", none},
	{"http://example.com/\xff", none},
	{"http://example.com/\u202egnp.exe", none},
	{"http://\u202emoc.elpmaxe/", none},

	// Authorities that readers understand in different ways.
	{`http://example.com\@127.0.0.1/`, none},
	{`http://127.0.0.1\@example.com/`, none},
	{`http://example.com\.fr/`, none},
	{"http://127.0.0.1@example.com@127.0.0.1/", none},
	{"http://a@b@example.com/", none},
	{"http://localhost/@example.com/", msgLocal},
	{"http://127.0.0.1#@example.com/", msgLocal},
	{"http://10.0.0.1?@example.com/", msgPrivate},
	{"http://example.com@127.0.0.1/", msgLocal},
	{"http://example.com:80@127.0.0.1/", msgLocal},
	{"http://u\"@example.com/", none},
	{"http://é@example.com/", none},
	{"http://example.com＠127.0.0.1/", none},
	{"http://127.0.0.1／.example.com/", none},
	{"http://a℀.com/", none},
	{"http://example.com%2f@127.0.0.1/", msgLocal},
	{"http://example%2ecom/", none},
	{"http://%6cocalhost/", none},
	{"http://<script>.com/", none},
	{"http://exa\"mple.com/", none},
	{"http://example.com;evil.com/", none},

	// Ports.
	{"http://example.com:0/", none},
	{"http://example.com:65536/", none},
	{"http://example.com:/", none},
	{"http://example.com:-1/", none},
	{"http://example.com:+80/", none},
	{"http://example.com:8_0/", none},
	{"http://example.com:000080/", none},
	{"http://example.com:80:80/", none},
	{"http://example.com:８０/", none},
	{"http://8.8.8.8:65536/", none},
	{"http://[2600::1]:65536/", none},
	{"http://[2600::1]80/", none},

	// Names.
	{"http://" + strings.Repeat("a", 64) + ".com/", none},
	{"http://" + strings.Repeat("é", 63) + ".com/", none},
	{"http://" + strings.Repeat("a.", 126) + "com/", none},
	{"http://" + strings.Repeat("a", 100_000) + ".com/", none},
	{"http://com", none},
	{"http://example.123/", none},
	{"http://example.c/", "Invalid TLD c"},
	{"http://example.c-d/", "Invalid TLD c-d"},
	{"http://example.XYZ123/", "Invalid TLD XYZ123"},
	{"http://example.onion/", "Invalid TLD onion"},
	{"http://例え。テスト/", "Invalid TLD テスト"},
	{"http://xn--localhost-/", none},
	{"http://xn--.com/", none},
	{"http://xn--a.com/", none},
	{"http://xn--127-.0.0.1/", none},
	{"http://a.xn--com-/", none},
	{"http://foo.internal/", "Invalid TLD internal"},

	// The reader's own machine.
	{"http://LocalHost/", msgLocal},
	{"http://localhost.localdomain:80/", msgLocal},
	{"http://a.localhost/", msgLocal},
	{"http://ℓocalhost/", msgLocal},
	{"http://local\u00adhost/", msgLocal},
	{"http://ｌｏｃａｌｈｏｓｔ/", msgLocal},
	{"http://localhost./", none},
	{"http://127.0.1.1/", msgLocal},
	{"http://127.255.255.255/", msgLocal},
	{"http://u:p@127.0.0.1:80/", msgLocal},
	{"ftp://127.0.0.1/", msgLocal},
	{"http://１２７.０.０.１/", msgLocal},
	{"http://127。0。0。1/", msgLocal},
	{"http://①②⑦.⓪.⓪.①/", msgLocal},
	{"http://[::0:1]/", msgLocal},
	{"http://[0000:0000:0000:0000:0000:0000:0000:0001]/", msgLocal},

	// Forms of IPv4 that only some readers know.
	{"http://127.0.1/", none},
	{"http://127.1/", none},
	{"http://2130706433/", none},
	{"http://0177.0.0.1/", none},
	{"http://0177.0.0.01/", none},
	{"http://127.0.0.01/", none},
	{"http://0x7f.0.0.1/", none},
	{"http://0x7f000001/", none},
	{"http://0X7F.0.0.1/", none},
	{"http://127.0.0.0x1/", none},
	{"http://127.0.0.1./", none},
	{"http://127.0.0.0x/", none},
	{"http://1.1.1.1.1/", none},
	{"http://256.1.1.1/", none},
	{"http://08.8.8.8/", none},
	{"http://0/", none},
	{"http://127.0.0.1.nip.0/", none},
	{"http://1٢.1.1.1/", none},

	// Networks that are nobody's, or somebody's own.
	{"http://10.1.1.254/", msgPrivate},
	{"http://172.31.255.254/", msgPrivate},
	{"http://192.168.0.2/", msgPrivate},
	{"http://100.64.0.2/", msgPrivate},
	{"http://100.127.255.254/", msgPrivate},
	{"http://169.254.1.1/", msgPrivate},
	{"http://192.0.0.2/", msgPrivate},
	{"http://192.0.2.2/", msgPrivate},
	{"http://198.51.100.2/", msgPrivate},
	{"http://203.0.113.2/", msgPrivate},
	{"http://198.19.0.2/", msgPrivate},
	{"http://192.88.99.1/", msgPrivate},
	{"http://240.0.0.2/", msgPrivate},
	{"http://0.1.2.4/", msgPrivate},
	{"http://[fc00::1]:8080/", msgPrivate},
	{"http://[fd12:3456::1]/", msgPrivate},
	{"http://[fec0::1]/", msgPrivate},
	{"http://[100::5]/", msgPrivate},
	{"http://[3fff::5]/", msgPrivate},
	{"http://[2001::5]/", msgPrivate},
	{"http://[2001:10::5]/", msgPrivate},
	{"http://[5f00::5]/", msgPrivate},
	{"http://[::5]/", msgPrivate},
	{"http://[::808:808]/", msgPrivate},
	{"http://255.255.255.0/", "255.255.255.0 is a mask IP"},
	{"http://0.0.0.255/", "0.0.0.255 is a mask IP"},
	{"http://[::]/", ":: is a mask IP"},
	{"http://[0::0]:80/", ":: is a mask IP"},
	{"http://239.255.255.255/", "239.255.255.255 is a multicast IP"},
	{"http://[ff02::1]/", "ff02::1 is a multicast IP"},

	// IPv4 in IPv6.
	{"http://[::ffff:127.0.0.1]/", msgLocal},
	{"http://[::ffff:7f00:1]/", msgLocal},
	{"http://[::FFFF:7F00:1]/", msgLocal},
	{"http://[::ffff:10.0.0.1]/", msgPrivate},
	{"http://[::ffff:8.8.8.8]/", msgPrivate},
	{"http://[::ffff:0:127.0.0.1]/", msgPrivate},
	{"http://[::127.0.0.1]/", msgPrivate},
	{"http://[64:ff9b::7f00:1]/", msgLocal},
	{"http://[64:ff9b::8.8.8.8]/", msgPrivate},
	{"http://[64:ff9b:1::a00:1]/", msgPrivate},
	{"http://[2002:7f00:1::]/", msgLocal},
	{"http://[2002:a9fe:a9fe::1]/", msgPrivate},
	{"http://[2002:808:808::1]/", msgPrivate},
	{"http://[::ffff:0.0.0.0]/", "::ffff:0.0.0.0 is a mask IP"},

	// What is in brackets and is not IPv6.
	{"http://[]/", none},
	{"http://[::1/", none},
	{"http://::1/", none},
	{"http://[127.0.0.1]/", none},
	{"http://[fe80::1%25eth0]/", none},
	{"http://[fe80::1%eth0]/", none},
	{"http://[v1.a]/", none},
	{"http://[fffff:1450:4007:80e::2004]/", none},
	{"http://[example.com]/", none},
	{"http://[[::1]]/", none},
	{"http://[2600::1].example.com/", none},
	{"http://x[2600::1]/", none},
	{"http://[::ffff:127.1]/", none},
}

func TestRefused(t *testing.T) {
	for _, c := range refused {
		want := `Invalid URL "` + strings.TrimSpace(c.url) + `"`
		if c.reason != none {
			want += ": " + c.reason
		}
		if clean, err := Default.Check(c.url); err == nil || clean != "" || err.Error() != want {
			t.Errorf("Check(%.200q) = %.200q, %.300v, want %.300s", c.url, clean, err, want)
		}
	}
}

func TestRules(t *testing.T) {
	local := []string{"http://localhost", "http://localhost:8080/x", "http://a.localhost/", "http://127.0.0.1/", "http://[::1]/"}
	private := []string{"http://10.1.1.1/", "http://[fc00::1]:8080/x", "http://169.254.169.254/", "http://[::ffff:8.8.8.8]/"}
	never := []string{"http://0.0.0.0/", "http://224.0.0.1/", "http://127.1/", "http://foo", "http://[::]/"}
	for _, c := range []struct {
		name   string
		rules  Rules
		yes    []string
		no     []string
		reason string
	}{
		{"private", Rules{Schemes: Default.Schemes, AllowPrivate: true}, private, local, msgLocal},
		{"private, hidden", Rules{Schemes: Default.Schemes, AllowPrivate: true}, nil, []string{"http://[::ffff:127.0.0.1]/"}, msgLocal},
		{"local", Rules{Schemes: Default.Schemes, AllowLocal: true}, local, private, msgPrivate},
		{"both", Rules{Schemes: Default.Schemes, AllowLocal: true, AllowPrivate: true}, append(local, private...), never, ""},
		{"credentials", Default, []string{"http://a:b@example.com/"}, nil, ""},
		{"no credentials", Rules{Schemes: Default.Schemes}, accepted[:1], []string{"http://a:b@example.com/", "http://a@example.com"}, msgCredentials},
		{"schemes", Rules{Schemes: []string{"irc", "git+ssh"}}, []string{"IRC://example.com/", "git+ssh://example.com/"}, []string{"http://example.com/"}, "Invalid scheme http, allowed schemes: irc, git+ssh"},
		{"nothing", Rules{}, nil, accepted[:1], "Invalid scheme http, allowed schemes: "},
	} {
		for _, url := range c.yes {
			if _, err := c.rules.Check(url); err != nil {
				t.Errorf("%s: Check(%q): %v", c.name, url, err)
			}
		}
		for _, url := range c.no {
			if _, err := c.rules.Check(url); err == nil || !strings.Contains(err.Error(), c.reason) {
				t.Errorf("%s: Check(%q): %v, want %q", c.name, url, err, c.reason)
			}
		}
	}
}

func TestMessage(t *testing.T) {
	french := func(msgid string, args ...any) string {
		return fmt.Sprintf(map[string]string{
			`Invalid URL "%s"`:     `URL « %s » invalide`,
			`Invalid URL "%s": %s`: `URL « %s » invalide : %s`,
			"Invalid TLD %s":       "domaine %s inconnu",
		}[msgid], args...)
	}
	for url, want := range map[string]string{
		" a%20b ":             "URL « a%20b » invalide",
		"http://example.nil/": "URL « http://example.nil/ » invalide : domaine nil inconnu",
	} {
		_, err := Default.Check(url)
		var e *Error
		if !errors.As(err, &e) || e.Message(french) != want {
			t.Errorf("Check(%q): %v, want %s", url, err, want)
		}
	}
}

// The first pair is one that a real udata stored.
func TestHash(t *testing.T) {
	for url, want := range map[string]string{
		"https://barometre-resultats.data.gouv.fr/": "53a36ca82191bad27764d9b9578084d30f850212",
		"http://例え.jp/":                             "6d71daa8e0bd5172460cf7611dcdc6debe4f6f25",
	} {
		if got := Hash(url); got != want {
			t.Errorf("Hash(%q) = %s, want %s", url, got, want)
		}
	}
}

// A refusal must not cost more than reading the text.
func TestLong(t *testing.T) {
	var distinct strings.Builder
	for r := rune(0x4e00); r < 0x9fff; r++ {
		distinct.WriteRune(r)
	}
	for _, url := range []string{
		"http://" + strings.Repeat(distinct.String(), 10) + ".com/",
		"http://" + strings.Repeat("a.", 1<<19) + "com/",
		"http://" + strings.Repeat("a:", 1<<19) + "@example.com/",
		"http://example.com/" + strings.Repeat("//@[]:", 1<<18),
		strings.Repeat("://", 1<<18),
		"http://[" + strings.Repeat("::", 1<<18) + "]/",
	} {
		start := time.Now()
		_, _ = Default.Check(url)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("Check(%.40q...) took %v", url, took)
		}
	}
}
