package dataset

import (
	"fmt"
	"slices"
	"testing"
)

// TestEveryFrequencyIsNamed: each has an IRI of its own.
func TestEveryFrequencyIsNamed(t *testing.T) {
	seen := map[string]string{}
	for _, f := range Frequencies {
		term := frequencyTerm(f.ID)
		if other, twice := seen[term.Value()]; term.IsZero() || twice {
			t.Errorf("%s is %q, as is %q", f.ID, term.Value(), other)
		}
		seen[term.Value()] = f.ID
	}
	if len(seen) != len(dublinCore)+len(european) {
		t.Errorf("%d of %d names are no frequency", len(dublinCore)+len(european)-len(seen), len(seen))
	}
	if !frequencyTerm("x").IsZero() {
		t.Error("an unknown frequency has a name")
	}
}

func TestGeoService(t *testing.T) {
	for _, c := range []struct{ format, url, want string }{
		{"wms", "https://x.test/", "wms"},
		{"ogc:wfs", "https://x.test/", "wfs"},
		{"OGC:WMS", "https://x.test/", "wms"},
		{"csv", "https://x.test/?Service=WFS&Request=GetCapabilities", "wfs"},
		{"", "https://x.test/?request=getcapabilities&service=wcs", ""},
		{"", "https://x.test/?service=wms", ""},
		{"csv", "https://x.test/", ""},
	} {
		if got := (&Resource{Format: c.format, URL: c.url}).geoService(); got != c.want {
			t.Errorf("%q %q: %q, want %q", c.format, c.url, got, c.want)
		}
	}
}

// TestCatalogBatches: each dataset once, in order, few resources at a time.
func TestCatalogBatches(t *testing.T) {
	var ids []string
	counts := map[string]int{}
	for i := range 50 {
		oid := fmt.Sprint(i)
		ids = append(ids, oid)
		counts[oid] = map[bool]int{true: 8000, false: 10}[i == 3 || i == 4]
	}
	var got []string
	var sizes []int
	for b := range catalogBatches(ids, counts) {
		got = append(got, b...)
		sizes = append(sizes, len(b))
	}
	if !slices.Equal(got, ids) || !slices.Equal(sizes, []int{3, 1, 1, 20, 20, 5}) {
		t.Errorf("%v %v", sizes, got)
	}
	for range catalogBatches(nil, nil) {
		t.Error("a batch of nothing")
	}
}
