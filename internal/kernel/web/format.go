package web

import (
	"strconv"
	"strings"
	"time"

	"ouvert/internal/kernel/i18n"
)

var months = map[i18n.Lang][12]string{
	i18n.En: {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	i18n.Fr: {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
}

// Date writes a day as the language does.
func Date(l i18n.Lang, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.UTC()
	day := strconv.Itoa(t.Day())
	if l == i18n.Fr && t.Day() == 1 {
		day = "1er"
	}
	return day + " " + months[l][t.Month()-1] + " " + strconv.Itoa(t.Year())
}

// Number writes a number in groups of three digits.
func Number(l i18n.Lang, n int) string {
	sep := ","
	if l == i18n.Fr {
		sep = "\u202f"
	}
	s, sign := strconv.Itoa(n), ""
	if n < 0 {
		s, sign = s[1:], "-"
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + sep + s[i:]
	}
	return sign + s
}

// Size writes a number of bytes.
func Size(l i18n.Lang, n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	if l == i18n.Fr {
		units = []string{"o", "ko", "Mo", "Go", "To"}
	}
	f, u := float64(n), 0
	for f >= 1000 && u < len(units)-1 {
		f, u = f/1000, u+1
	}
	text := strconv.FormatFloat(f, 'f', 1, 64)
	if f >= 10 || u == 0 {
		text = strconv.FormatFloat(f, 'f', 0, 64)
	}
	if l == i18n.Fr {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text + "\u00a0" + units[u]
}

// Plural picks the message for a number: in French nought is singular.
func Plural(l i18n.Lang, n int, one, many string) string {
	if n == 1 || (n == 0 && l == i18n.Fr) {
		return l.T(one, Number(l, n))
	}
	return l.T(many, Number(l, n))
}
