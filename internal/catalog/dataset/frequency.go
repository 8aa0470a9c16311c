package dataset

import "time"

// Frequency is how often a dataset promises to change.
type Frequency struct {
	ID string
	// Within is the time within which the next change is due; 0 when that
	// cannot be said.
	Within time.Duration
}

const day = 24 * time.Hour

// Frequencies are udata's, in its order (core/dataset/constants.py). "Three
// times a day" has a day, not eight hours: the three times may come together.
var Frequencies = []Frequency{
	{"continuous", 0},
	{"oneMinute", time.Minute},
	{"fiveMinutes", 5 * time.Minute},
	{"tenMinutes", 10 * time.Minute},
	{"fifteenMinutes", 15 * time.Minute},
	{"thirtyMinutes", 30 * time.Minute},
	{"hourly", time.Hour},
	{"bihourly", 2 * time.Hour},
	{"trihourly", 3 * time.Hour},
	{"twelveHours", 12 * time.Hour},
	{"severalTimesADay", day},
	{"threeTimesADay", day},
	{"semidaily", day},
	{"daily", day},
	{"fiveTimesAWeek", 7 * day},
	{"threeTimesAWeek", 7 * day},
	{"semiweekly", 7 * day},
	{"weekly", 7 * day},
	{"biweekly", 14 * day},
	{"threeTimesAMonth", 31 * day},
	{"semimonthly", 31 * day},
	{"monthly", 31 * day},
	{"bimonthly", 2 * 31 * day},
	{"quarterly", 3 * 31 * day},
	{"threeTimesAYear", 365 * day},
	{"semiannual", 365 * day},
	{"annual", 365 * day},
	{"biennial", 2 * 365 * day},
	{"triennial", 3 * 365 * day},
	{"quadrennial", 4 * 365 * day},
	{"quinquennial", 5 * 365 * day},
	{"decennial", 10 * 365 * day},
	{"bidecennial", 20 * 365 * day},
	{"tridecennial", 30 * 365 * day},
	{"punctual", 0},
	{"irregular", 0},
	{"never", 0},
	{"notPlanned", 0},
	{"other", 0},
	{FrequencyUnknown, 0},
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
	return Frequency{ID: name}
}
