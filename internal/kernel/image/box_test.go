package image

import (
	"bytes"
	"math"
	"strings"
	"testing"
)

func TestParseBox(t *testing.T) {
	tests := []struct {
		in   string
		want Box
	}{
		{"10,10,30,30", Box{10, 10, 30, 30}},
		{"10.5,10.5,20.5,20.5", Box{10.5, 10.5, 20.5, 20.5}},
		{" 0, 0 ,5e1,50", Box{0, 0, 50, 50}},
		{"-5,-5,50,50", Box{-5, -5, 50, 50}}, // refused when the picture is known
	}
	for _, tt := range tests {
		if got, err := ParseBox(tt.in); err != nil || *got != tt.want {
			t.Errorf("%q: %v, %v", tt.in, got, err)
		}
	}
	for _, in := range []string{"", "  "} {
		if got, err := ParseBox(in); got != nil || err != nil {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
	for _, in := range []string{
		"1,2,3", "1,2,3,4,5", "a,b,c,d", "10 10 20 20", "1,2,3,", "NaN,0,1,1", "0,0,Inf,1", "0,0,1e999,1",
		"30,30,10,10", "10,10,10,20", "10,20,20,10",
	} {
		_, err := ParseBox(in)
		if kindOf(err) != BadBox || !strings.Contains(err.Error(), "left,top,right,bottom") {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestBoxInSquares(t *testing.T) {
	m := quarters(1000, 600, four)
	for _, data := range [][]byte{asJPEG(t, m), asPNG(t, m), asWebP(t, m)} {
		set := process(t, data, &Box{500, 0, 800, 300}, Reuse)
		checkSet(t, set, Reuse, 1000, 600, 800, 480) // the box is for the squares alone
		checkCorners(t, decodeAs(t, set.Main, set.Format), four)
		for side, b := range set.Square {
			s := decodeAs(t, b, set.Format)
			for _, p := range [][2]int{{2, 2}, {50, 50}, {98, 98}} {
				if got := at(s, p[0], p[1]); !near(got, green) {
					t.Errorf("%s %d at %v: %v, want green", set.Format, side, p, got)
				}
			}
		}
		// Larger than any rendition, and no square: all of it, stretched.
		set = process(t, data, &Box{0, 0, 1000, 600}, Reuse)
		for _, b := range set.Square {
			checkCorners(t, decodeAs(t, b, set.Format), four)
		}
		// Within one pixel.
		set = process(t, data, &Box{999.2, 599.2, 999.4, 599.4}, Reuse)
		if got := at(decodeAs(t, set.Square[500], set.Format), 50, 50); !near(got, white) {
			t.Errorf("%s: the last pixel is %v", set.Format, got)
		}
	}
}

func TestBoxOutside(t *testing.T) {
	data := asPNG(t, quarters(60, 40, four))
	process(t, data, &Box{0, 0, 60, 40}, Reuse)
	for _, b := range []Box{
		{0, 0, 5000, 5000},
		{-5, -5, 50, 50},
		{0, 0, 60.1, 40},
		{0, 0, 60, 41},
		{70, 10, 80, 20},
		{30, 0, 10, 10},
		{math.NaN(), 0, 10, 10},
		{0, 0, math.Inf(1), 10},
	} {
		if _, err := Process(bytes.NewReader(data), &b, Reuse); kindOf(err) != BadBox {
			t.Errorf("%v: %v", b, err)
		}
	}
}

func FuzzParseBox(f *testing.F) {
	f.Add("10,10,30,30")
	f.Add("-1e3,.5,0x1p-2,+9_9")
	f.Fuzz(func(t *testing.T, s string) {
		b, err := ParseBox(s)
		if err != nil && kindOf(err) != BadBox {
			t.Fatal(err)
		}
		if b == nil {
			return
		}
		if r, err := b.rectangle(60, 40); err == nil && (r.Empty() || r.Min.X < 0 || r.Min.Y < 0 || r.Max.X > 60 || r.Max.Y > 40) {
			t.Errorf("%q gives %v", s, r)
		}
	})
}
