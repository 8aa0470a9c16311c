package user

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

func TestCount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
		s := New(d, ref.NewRegistry(), wire.Links{}, func() time.Time { return now }, nil, Config{TokenSecret: "x"}, Others{})
		l := limit{"test", 3, time.Minute}
		for i := range 5 {
			err := s.count(t.Context(), try{l, "a"}, try{limit{"other", 100, time.Hour}, "a"})
			if limited := errs.Is(err, http.StatusTooManyRequests); limited != (i >= 3) || (err != nil && !limited) {
				t.Fatalf("try %d: %v", i+1, err)
			}
		}
		if err := s.count(t.Context(), try{l, "b"}); err != nil {
			t.Errorf("somebody else: %v", err)
		}
		if e := errs.As(s.count(t.Context(), try{l, "a"})); e == nil || e.RetryAfter < 60 || e.RetryAfter > 61 {
			t.Errorf("want to wait a minute, got %+v", e)
		}
		now = now.Add(time.Minute)
		if err := s.count(t.Context(), try{l, "a"}); err != nil {
			t.Errorf("a minute later: %v", err)
		}
	})
}

func TestAddress(t *testing.T) {
	s := &Service{config: Config{Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")}}}
	for _, c := range []struct {
		from string
		via  []string
		want string
	}{
		{"192.0.2.1:1234", nil, "192.0.2.1"},
		{"192.0.2.1:1234", []string{"198.51.100.7"}, "192.0.2.1"}, // not a proxy of ours
		{"127.0.0.1:1234", []string{"198.51.100.7"}, "198.51.100.7"},
		{"127.0.0.1:1234", []string{"6.6.6.6, 198.51.100.7"}, "198.51.100.7"},
		{"127.0.0.1:1234", []string{"6.6.6.6", "198.51.100.7, 10.1.2.3"}, "198.51.100.7"},
		{"127.0.0.1:1234", []string{"nonsense"}, "127.0.0.1"},
		{"[::ffff:127.0.0.1]:1", []string{"198.51.100.7"}, "198.51.100.7"},
		{"[2001:db8:1:2:3:4:5:6]:1", nil, "2001:db8:1:2::/64"},
		{"[fe80::1%eth0]:1", nil, "fe80::/64"},
		{"@", nil, "@"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr, r.Header["X-Forwarded-For"] = c.from, c.via
		if got := s.address(r); got != c.want {
			t.Errorf("%s via %v: want %s, got %s", c.from, c.via, c.want, got)
		}
	}
}
