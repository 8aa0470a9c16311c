package image

import (
	"bytes"
	"fmt"
	stdimage "image"
	"image/jpeg"
	"image/png"
	"math"

	"golang.org/x/image/draw"
)

// Qualities of a JPEG, 1 to 100: of renditions, and of an original that must
// be encoded anew and may be the source of other renditions one day.
const (
	quality     = 85
	fullQuality = 92
)

// shrink returns the part r of m in a size that fits side x side, or m and r
// themselves when it fits already.
func shrink(m stdimage.Image, r stdimage.Rectangle, side int) (stdimage.Image, stdimage.Rectangle) {
	if r.Dx() <= side && r.Dy() <= side {
		return m, r
	}
	w, h := within(r, side)
	out := stdimage.NewRGBA(stdimage.Rect(0, 0, w, h))
	scale(out, out.Rect, m, r)
	return out, out.Rect
}

// within returns the size of r when its longer side is made side.
func within(r stdimage.Rectangle, side int) (w, h int) {
	f := float64(side) / float64(max(r.Dx(), r.Dy()))
	return max(1, int(math.Round(float64(r.Dx())*f))), max(1, int(math.Round(float64(r.Dy())*f)))
}

// square draws the part r of m on a square: over all of it when fill, else
// centred and in proportion, on white when opaque and on nothing otherwise.
func square(m stdimage.Image, r stdimage.Rectangle, side int, fill, opaque bool) stdimage.Image {
	out := stdimage.NewRGBA(stdimage.Rect(0, 0, side, side))
	if fill {
		scale(out, out.Rect, m, r)
		return out
	}
	if opaque {
		draw.Draw(out, out.Rect, stdimage.White, stdimage.Point{}, draw.Src)
	}
	w, h := within(r, side)
	corner := stdimage.Pt((side-w)/2, (side-h)/2)
	scale(out, stdimage.Rectangle{Min: corner, Max: corner.Add(stdimage.Pt(w, h))}, m, r)
	return out
}

// scale fills to, a part of dst, with from, a part of src.
func scale(dst *stdimage.RGBA, to stdimage.Rectangle, src stdimage.Image, from stdimage.Rectangle) {
	draw.CatmullRom.Scale(dst, to, src, from, draw.Src, nil)
}

// encode writes m as a JPEG or PNG. The encoders add no metadata.
func encode(format string, m stdimage.Image, quality int) ([]byte, error) {
	var out bytes.Buffer
	var err error
	switch format {
	case formatJPEG:
		err = jpeg.Encode(&out, m, &jpeg.Options{Quality: quality})
	case formatPNG:
		err = png.Encode(&out, m)
	}
	if err != nil {
		return nil, fmt.Errorf("image: encode %s: %w", format, err)
	}
	return out.Bytes(), nil
}
