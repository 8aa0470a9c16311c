package weburl

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// FuzzCheck looks for addresses that pass, and that net/url, another reader,
// takes for an address of something else.
func FuzzCheck(f *testing.F) {
	for _, u := range accepted {
		f.Add(u)
	}
	for _, c := range refused {
		if len(c.url) < 300 {
			f.Add(c.url)
		}
	}
	f.Fuzz(func(t *testing.T, raw string) {
		clean, err := Default.Check(raw)
		if err != nil {
			if clean != "" || !strings.HasPrefix(err.Error(), `Invalid URL "`) {
				t.Errorf("Check(%q) = %q, %v", raw, clean, err)
			}
			return
		}
		if again, err := Default.Check(clean); err != nil || again != clean {
			t.Fatalf("Check(%q) = %q, Check of that %q, %v", raw, clean, again, err)
		}
		if strings.TrimSpace(raw) != clean {
			t.Errorf("Check(%q) = %q, which is another text", raw, clean)
		}
		p, ok := split(clean)
		if !ok || p.host == "" || !slices.Contains(Default.Schemes, strings.ToLower(p.scheme)) {
			t.Errorf("Check(%q) = %q: scheme %q, host %q", raw, clean, p.scheme, p.host)
		}

		// What net/url cannot read may be a path with a lone %; without it,
		// it must.
		authority := clean
		if i := strings.IndexAny(clean[len(p.scheme)+3:], "/?#"); i >= 0 {
			authority = clean[:len(p.scheme)+3+i]
		}
		u, err := url.Parse(authority)
		if err != nil {
			if !strings.Contains(authority, "%") {
				t.Errorf("Check(%q) passes, url.Parse: %v", raw, err)
			}
			return
		}
		if host := strings.Trim(p.host, "[]"); u.Hostname() != host || !strings.EqualFold(u.Scheme, p.scheme) {
			t.Errorf("Check(%q): scheme %q host %q, url.Parse: %q %q", raw, p.scheme, host, u.Scheme, u.Hostname())
		}
		if whole, err := url.Parse(clean); err == nil && whole.Hostname() != u.Hostname() {
			t.Errorf("Check(%q): host %q, url.Parse: %q", raw, p.host, whole.Hostname())
		}
		if ip, err := netip.ParseAddr(u.Hostname()); err == nil && (!ip.IsGlobalUnicast() || ip.IsPrivate() || ip.Is4In6()) {
			t.Errorf("Check(%q) passes %v", raw, ip)
		}
		if name, err := names.ToASCII(u.Hostname()); err == nil && (strings.HasSuffix(name, "localhost") && !strings.Contains(name, ".")) {
			t.Errorf("Check(%q) passes %s", raw, name)
		}
	})
}
