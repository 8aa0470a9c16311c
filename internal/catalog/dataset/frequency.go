package dataset

import (
	"slices"
	"time"

	"ouvert/internal/kernel/rdf"
)

// Frequency is how often a dataset promises to change.
type Frequency struct {
	// ID is what the API speaks, Label the English name, a message id.
	ID, Label string
	// Within is the time within which the next change is due; 0 when that
	// cannot be said.
	Within time.Duration
}

const day = 24 * time.Hour

// Frequencies are udata's, in its order (core/dataset/constants.py). "Three
// times a day" has a day, not eight hours: the three times may come together.
var Frequencies = []Frequency{
	{"continuous", "Real time", 0},
	{"oneMinute", "Every minute", time.Minute},
	{"fiveMinutes", "Every five minutes", 5 * time.Minute},
	{"tenMinutes", "Every ten minutes", 10 * time.Minute},
	{"fifteenMinutes", "Every fifteen minutes", 15 * time.Minute},
	{"thirtyMinutes", "Every thirty minutes", 30 * time.Minute},
	{"hourly", "Every hour", time.Hour},
	{"bihourly", "Every two hours", 2 * time.Hour},
	{"trihourly", "Every three hours", 3 * time.Hour},
	{"twelveHours", "Every twelve hours", 12 * time.Hour},
	{"severalTimesADay", "Several times a day", day},
	{"threeTimesADay", "Three times a day", day},
	{"semidaily", "Twice a day", day},
	{"daily", "Daily", day},
	{"fiveTimesAWeek", "Five times a week", 7 * day},
	{"threeTimesAWeek", "Three times a week", 7 * day},
	{"semiweekly", "Twice a week", 7 * day},
	{"weekly", "Weekly", 7 * day},
	{"biweekly", "Every two weeks", 14 * day},
	{"threeTimesAMonth", "Three times a month", 31 * day},
	{"semimonthly", "Twice a month", 31 * day},
	{"monthly", "Monthly", 31 * day},
	{"bimonthly", "Every two months", 2 * 31 * day},
	{"quarterly", "Quarterly", 3 * 31 * day},
	{"threeTimesAYear", "Three times a year", 365 * day},
	{"semiannual", "Twice a year", 365 * day},
	{"annual", "Annual", 365 * day},
	{"biennial", "Every two years", 2 * 365 * day},
	{"triennial", "Every three years", 3 * 365 * day},
	{"quadrennial", "Every four years", 4 * 365 * day},
	{"quinquennial", "Every five years", 5 * 365 * day},
	{"decennial", "Every ten years", 10 * 365 * day},
	{"bidecennial", "Every twenty years", 20 * 365 * day},
	{"tridecennial", "Every thirty years", 30 * 365 * day},
	{"punctual", "Punctual", 0},
	{"irregular", "Irregular", 0},
	{"never", "Never", 0},
	{"notPlanned", "Not planned", 0},
	{"other", "Other", 0},
	{FrequencyUnknown, "Unknown", 0},
}

// FrequencyUnknown is the frequency of a dataset of which nobody said any.
const FrequencyUnknown = "unknown"

// formerFrequencies are names that udata used to have.
var formerFrequencies = map[string]string{
	"realtime":       "continuous",
	"fourTimesADay":  "severalTimesADay",
	"fourTimesAWeek": "other",
	"fortnighly":     "biweekly", // sic
	"biannual":       "semiannual",
}

var frequencies = func() map[string]Frequency {
	m := map[string]Frequency{}
	for _, f := range Frequencies {
		m[f.ID] = f
	}
	return m
}()

// frequency is what the dataset promises. A name that nobody knows promises
// nothing, but is answered as it is.
func (d *Dataset) frequency() Frequency {
	name := d.Doc.Frequency
	if now, ok := formerFrequencies[name]; ok {
		name = now
	}
	if name == "" {
		name = FrequencyUnknown
	}
	if f, ok := frequencies[name]; ok {
		return f
	}
	return Frequency{ID: name, Label: name}
}

// dublinCore are the frequencies that Dublin Core's collection frequencies name
// as we do; they win over those of the European Union, as in udata.
var dublinCore = []string{
	"continuous", "daily", "threeTimesAWeek", "semiweekly", "weekly", "biweekly", "threeTimesAMonth", "semimonthly", "monthly",
	"bimonthly", "quarterly", "threeTimesAYear", "semiannual", "annual", "biennial", "triennial", "irregular",
}

// european are the names of the others in the European Union's list.
var european = map[string]string{
	"unknown":          "UNKNOWN",
	"oneMinute":        "1MIN",
	"fiveMinutes":      "5MIN",
	"tenMinutes":       "10MIN",
	"fifteenMinutes":   "15MIN",
	"thirtyMinutes":    "30MIN",
	"hourly":           "HOURLY",
	"bihourly":         "BIHOURLY",
	"trihourly":        "TRIHOURLY",
	"twelveHours":      "12HRS",
	"severalTimesADay": "CONT",
	"threeTimesADay":   "DAILY_3",
	"semidaily":        "DAILY_2",
	"fiveTimesAWeek":   "WEEKLY_5",
	"quadrennial":      "QUADRENNIAL",
	"quinquennial":     "QUINQUENNIAL",
	"decennial":        "DECENNIAL",
	"bidecennial":      "BIDECENNIAL",
	"tridecennial":     "TRIDECENNIAL",
	"punctual":         "AS_NEEDED",
	"never":            "NEVER",
	"notPlanned":       "NOT_PLANNED",
	"other":            "OTHER",
}

// frequencyTerm is a frequency as RDF names it, nothing for a name that nobody
// knows.
func frequencyTerm(name string) rdf.Term {
	if slices.Contains(dublinCore, name) {
		return rdf.IRI("http://purl.org/cld/freq/" + name)
	}
	if eu, ok := european[name]; ok {
		return rdf.IRI("http://publications.europa.eu/resource/authority/frequency/" + eu)
	}
	return rdf.Term{}
}
