package spatial

import (
	"cmp"
	"encoding/json"
	"regexp"
	"strings"

	"ouvert/internal/kernel/fold"
	"ouvert/internal/kernel/i18n"
	"ouvert/internal/kernel/slug"
	"ouvert/internal/kernel/wire"
)

// Level is a kind of territory. `udata:` names the key of udata's collection
// `geo_level`.
type Level struct {
	ID string // udata: _id, "fr:region"
	// Name is English, a message id for the levels of udata's own list.
	Name string // udata: name
	// AdminLevel orders levels, the largest territories first: 1 to 110.
	AdminLevel int // udata: admin_level

	builtin bool
}

// Zone is a territory. `udata:` names the key of udata's collection
// `geo_zone`.
type Zone struct {
	ID   string // udata: _id, "fr:region:11"
	Slug string // udata: slug
	// Name is what the file that it came from calls it; NameEN is what it is
	// called in English, "" when that is the same or not known.
	Name   string // udata: name
	NameEN string
	Code   string // udata: code, "11"
	Level  string // udata: level, a Level's id
	URI    string // udata: uri
	// Geom is a GeoJSON geometry, or nil. udata has none any more.
	Geom json.RawMessage // udata: geom, before 2023

	builtin bool
}

// defaultAdminLevel is udata's for a level that doesn't say, and comes last.
const defaultAdminLevel = 100

// The granularities that are no level.
const (
	poi   = "poi"
	other = "other"
)

var baseLevels = []Level{{ID: poi, Name: "POI"}, {ID: other, Name: "Other"}}

// levels are those of the list that udata's portals load. They name levels
// whose zones come without them.
var levels = []Level{
	{ID: "country-group", Name: "Country group", AdminLevel: 10},
	{ID: "country", Name: "Country", AdminLevel: 20},
	{ID: "country-subset", Name: "Country subset", AdminLevel: 30},
	{ID: "fr:region", Name: "French region", AdminLevel: 40},
	{ID: "fr:departement", Name: "French county", AdminLevel: 60},
	{ID: "fr:collectivite", Name: "French overseas collectivities", AdminLevel: 60},
	{ID: "fr:epci", Name: "French intermunicipal (EPCI)", AdminLevel: 68},
	{ID: "fr:arrondissement", Name: "French arrondissement", AdminLevel: 70},
	{ID: "fr:commune", Name: "French town", AdminLevel: 80},
	{ID: "fr:canton", Name: "French canton", AdminLevel: 98},
	{ID: "fr:iris", Name: "Iris (Insee districts)", AdminLevel: 98},
}

// WellKnown returns the level of udata's own list, or one that has its id as
// its name.
func WellKnown(id string) Level {
	for _, l := range levels {
		if l.ID == id {
			return l
		}
	}
	return Level{ID: id, Name: id, AdminLevel: defaultAdminLevel}
}

// format is the form of a zone's id: words between colons.
var format = regexp.MustCompile(`^[\w-]+(:[\w.-]+)+(@[\w-]+)?$`)

// maxID bounds ids, in bytes.
const maxID = 200

// Split returns the level and the code of a zone's id; ok is false when it is
// none. The code of a subset of a country has a colon itself.
func Split(id string) (level, code string, ok bool) {
	if !format.MatchString(id) || len(id) > maxID {
		return "", "", false
	}
	id = current(id)
	if code, ok := strings.CutPrefix(id, "country-subset:"); ok {
		return "country-subset", code, true
	}
	at := strings.LastIndexByte(id, ':')
	return id[:at], id[at+1:], true
}

// current takes the date away that ids had before 2023,
// "fr:commune:75056@1942-01-01".
func current(id string) string {
	id, _, _ = strings.Cut(id, "@")
	return id
}

// Fill completes a zone that says its id and its name alone.
func (z *Zone) Fill() {
	level, code, _ := Split(z.ID)
	z.Level, z.Code = cmp.Or(z.Level, level), cmp.Or(z.Code, code)
	z.Slug = cmp.Or(z.Slug, slug.Make(z.Name))
}

// search is what is looked into as somebody types.
func (z *Zone) search() string {
	return fold.Text(strings.Join([]string{z.Name, z.NameEN, z.Code}, "\n"))
}

// name is what the zone is called in a language.
func (z *Zone) name(lang i18n.Lang) string {
	switch {
	case z.NameEN == "", lang == i18n.Fr:
		return lang.T(z.Name)
	default:
		return z.NameEN
	}
}

// feature writes the zone as a GeoJSON feature; more adds properties.
func (z *Zone) feature(w *wire.Writer, lang i18n.Lang, more func(w *wire.Writer)) {
	w.Open('{')
	w.Key("geometry")
	w.Raw(z.Geom)
	w.Key("id")
	w.String(z.ID)
	w.Key("properties")
	w.Open('{')
	w.Key("code")
	w.String(z.Code)
	w.Key("level")
	w.String(z.Level)
	w.Key("name")
	w.String(z.name(lang))
	w.Key("slug")
	w.String(z.Slug)
	w.Key("uri")
	w.StringOrNull(z.URI)
	if more != nil {
		more(w)
	}
	w.Close('}')
	w.Key("type")
	w.String("Feature")
	w.Close('}')
}

// write writes the zone as datasets hold it, with its slug, and as a
// suggestion, without.
func (z *Zone) write(lang i18n.Lang, withSlug bool) wire.Fragment {
	w := wire.NewWriter(192)
	w.Open('{')
	w.Key("code")
	w.String(z.Code)
	w.Key("id")
	w.String(z.ID)
	w.Key("level")
	w.String(z.Level)
	w.Key("name")
	w.String(z.name(lang))
	if withSlug {
		w.Key("slug")
		w.String(z.Slug)
	}
	w.Key("uri")
	w.StringOrNull(z.URI)
	w.Close('}')
	return w.Fragment()
}

func (l *Level) write(lang i18n.Lang) wire.Fragment {
	w := wire.NewWriter(64)
	w.Open('{')
	w.Key("id")
	w.String(l.ID)
	w.Key("name")
	w.String(lang.T(l.Name))
	w.Close('}')
	return w.Fragment()
}
