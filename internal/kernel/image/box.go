package image

import (
	stdimage "image"
	"math"
	"strconv"
	"strings"
)

// Box is a part of a picture, in pixels from its upper left corner.
type Box struct{ Left, Top, Right, Bottom float64 }

const boxForm = `The box must be four numbers "left,top,right,bottom", in pixels of the picture, such as "10,10,30,30"`

// ParseBox reads "left,top,right,bottom", the form in which udata's clients
// send a box. The numbers may have fractions. An empty text is no box: nil,
// and the whole picture is meant. The error is an *Error of kind BadBox.
func ParseBox(s string) (*Box, error) {
	if strings.TrimSpace(s) == "" {
		return nil, nil
	}
	parts := strings.Split(s, ",")
	if len(parts) != 4 {
		return nil, fail(BadBox, nil, "%s", boxForm)
	}
	var n [4]float64
	for i, p := range parts {
		f, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, fail(BadBox, err, "%s", boxForm)
		}
		n[i] = f
	}
	b := &Box{n[0], n[1], n[2], n[3]}
	switch {
	case b.Right <= b.Left:
		return nil, fail(BadBox, nil, "%s: right must be greater than left", boxForm)
	case b.Bottom <= b.Top:
		return nil, fail(BadBox, nil, "%s: bottom must be greater than top", boxForm)
	}
	return b, nil
}

// rectangle returns the whole pixels that b touches in a picture of the given
// size, all of them when b is nil.
func (b *Box) rectangle(width, height int) (stdimage.Rectangle, error) {
	if b == nil {
		return stdimage.Rect(0, 0, width, height), nil
	}
	// Written so that a NaN of a caller who made its own Box is refused too.
	if !(b.Left >= 0 && b.Top >= 0 && b.Left < b.Right && b.Top < b.Bottom &&
		b.Right <= float64(width) && b.Bottom <= float64(height)) {
		return stdimage.Rectangle{}, fail(BadBox, nil,
			"The box %g,%g,%g,%g is not inside the picture, which is %d pixels wide and %d high",
			b.Left, b.Top, b.Right, b.Bottom, width, height)
	}
	return stdimage.Rect(
		int(math.Floor(b.Left)), int(math.Floor(b.Top)),
		int(math.Ceil(b.Right)), int(math.Ceil(b.Bottom))), nil
}
