package spatial

import (
	_ "embed"
	"strings"
)

//go:embed zones.tsv
var table string

// builtin returns what a new portal knows.
func builtin() ([]Level, []Zone) {
	var zones []Zone
	used := map[string]bool{}
	for line := range strings.Lines(table) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := append(strings.Split(line, "\t"), "")
		z := Zone{ID: f[0] + ":" + f[1], Level: f[0], Code: f[1], Name: f[2], NameEN: f[3], builtin: true}
		z.Fill()
		used[z.Level] = true
		zones = append(zones, z)
	}
	var of []Level
	for _, l := range levels {
		if used[l.ID] {
			l.builtin = true
			of = append(of, l)
		}
	}
	return of, zones
}
