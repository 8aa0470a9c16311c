package patch

import (
	"strings"
	"time"
)

// ParseTime reads an instant in the ISO 8601 forms that udata reads: a date
// (2024-01-31, 20240131), and with it, behind a T or blanks, a time of day
// (10, 10:30, 10:30:59, 103059, with a fraction of a second of which
// microseconds are kept) and an offset (Z, UTC, +02:00, +0200, +02). Without
// an offset it is UTC. Years are 1 to 9999, in UTC as well.
func ParseTime(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	in := digits{s: s, ok: true}
	year := in.take(4, 1, 9999)
	dashed := in.skip("-")
	month := in.take(2, 1, 12)
	if dashed != in.skip("-") {
		return time.Time{}, false
	}
	day := in.take(2, 1, 31)
	var hour, minute, second, nano int
	zone := time.UTC
	if in.s != "" {
		if !in.skip("T") && !in.skip("t") && !in.blanks() {
			return time.Time{}, false
		}
		hour = in.take(2, 0, 23)
		colon := in.skip(":")
		if colon || in.more() {
			minute = in.take(2, 0, 59)
			if colon && in.skip(":") || !colon && in.more() {
				second = in.take(2, 0, 59)
				nano = in.fraction()
			}
		}
		in.blanks()
		zone = in.zone()
	}
	if !in.ok || in.s != "" {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, nano, zone)
	if t.Day() != day || t.UTC().Year() < 1 || t.UTC().Year() > 9999 {
		return time.Time{}, false
	}
	return t, true
}

// digits reads numbers of a fixed width off the front of s.
type digits struct {
	s  string
	ok bool
}

func (d *digits) take(width, low, high int) int {
	n := 0
	for range width {
		if !d.more() {
			d.ok = false
			return 0
		}
		n, d.s = n*10+int(d.s[0]-'0'), d.s[1:]
	}
	if n < low || n > high {
		d.ok = false
	}
	return n
}

func (d *digits) more() bool { return d.s != "" && '0' <= d.s[0] && d.s[0] <= '9' }

func (d *digits) skip(prefix string) bool {
	rest, ok := strings.CutPrefix(d.s, prefix)
	d.s = rest
	return ok
}

func (d *digits) blanks() bool {
	rest := strings.TrimLeft(d.s, " ")
	ok := len(rest) < len(d.s)
	d.s = rest
	return ok
}

// fraction returns nanoseconds, cut to microseconds.
func (d *digits) fraction() int {
	if !d.skip(".") && !d.skip(",") {
		return 0
	}
	if !d.more() {
		d.ok = false
	}
	n := 0
	for unit := 100_000_000; d.more(); unit /= 10 {
		if unit >= 1000 {
			n += unit * int(d.s[0]-'0')
		}
		d.s = d.s[1:]
	}
	return n
}

func (d *digits) zone() *time.Location {
	sign := 1
	switch {
	case d.s == "", d.skip("Z"), d.skip("z"), d.skip("UTC"):
		return time.UTC
	case d.skip("-"):
		sign = -1
	case !d.skip("+"):
		d.ok = false
		return time.UTC
	}
	hours, minutes := d.take(2, 0, 23), 0
	if d.skip(":") || d.more() {
		minutes = d.take(2, 0, 59)
	}
	if hours == 0 && minutes == 0 {
		return time.UTC
	}
	return time.FixedZone("", sign*(hours*60+minutes)*60)
}
