package dataset

import (
	"time"
	"unicode/utf8"

	"ouvert/internal/kernel/wire"
)

// quality is the answer to nine questions about a dataset, each worth a ninth
// of its score. The rules are udata's (core/dataset/models.py).
type quality struct {
	license, temporalCoverage, spatial, description bool
	// updateFrequency: does it promise to change?
	updateFrequency bool
	// fulfilled: does it keep the promise? It is asked (fulfilledKnown) of
	// those that promise.
	fulfilled, fulfilledKnown bool
	// The last three are asked of datasets that have resources.
	hasResources, openFormat, available, documented bool
}

// goodDescription is how many characters a description needs to be one.
const goodDescription = 100

func (d *Dataset) quality(now time.Time) quality {
	f := d.frequency()
	q := quality{
		license:          d.License != "",
		temporalCoverage: d.Doc.TemporalCoverage != nil,
		spatial:          d.Doc.Spatial != nil,
		description:      utf8.RuneCountInString(d.Doc.Description) > goodDescription,
		updateFrequency:  f.ID != FrequencyUnknown,
		hasResources:     len(d.Resources) > 0,
		available:        true,
	}
	if q.updateFrequency {
		// A day's grace: a harvester brings news only so often.
		q.fulfilledKnown = true
		q.fulfilled = f.Within == 0 || !now.After(d.LastUpdate.Add(f.Within).Add(day))
	}
	for i := range d.Resources {
		r := &d.Resources[i]
		if !r.closed() {
			q.openFormat = true
		}
		if r.Filetype == FiletypeRemote && !r.available() {
			q.available = false
		}
		if r.Type == "documentation" || (r.Description != nil && *r.Description != "") {
			q.documented = true
		}
	}
	return q
}

func (q quality) score() float64 {
	n := 0
	for _, yes := range []bool{q.license, q.temporalCoverage, q.spatial, q.description, q.updateFrequency, q.fulfilled} {
		if yes {
			n++
		}
	}
	if q.hasResources {
		for _, yes := range []bool{q.openFormat, q.available, q.documented} {
			if yes {
				n++
			}
		}
	}
	return float64(n) / 9
}

func (q quality) write(w *wire.Writer) {
	w.Key("quality")
	w.Open('{')
	if q.hasResources {
		w.Key("all_resources_available")
		w.Bool(q.available)
	}
	w.Key("dataset_description_quality")
	w.Bool(q.description)
	if q.hasResources {
		w.Key("has_open_format")
		w.Bool(q.openFormat)
		w.Key("has_resources")
		w.Bool(true)
	}
	w.Key("license")
	w.Bool(q.license)
	if q.hasResources {
		w.Key("resources_documentation")
		w.Bool(q.documented)
	}
	w.Key("score")
	w.Float(q.score())
	w.Key("spatial")
	w.Bool(q.spatial)
	w.Key("temporal_coverage")
	w.Bool(q.temporalCoverage)
	w.Key("update_frequency")
	w.Bool(q.updateFrequency)
	if q.fulfilledKnown {
		w.Key("update_fulfilled_in_time")
		w.Bool(q.fulfilled)
	}
	w.Close('}')
}
