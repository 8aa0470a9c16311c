package image

import (
	"bytes"
	"crypto/sha256"
	"image"
	"image/color"
	"image/png"
)

// The figure of an identicon: so many fields in a row, and a margin of half a
// field around them.
const identiconFields = 5

// identiconColours are told apart by most eyes and stand out on white and on
// black.
var identiconColours = []color.RGBA{
	{0x2d, 0x6c, 0xdf, 0xff},
	{0xb3, 0x4a, 0x9c, 0xff},
	{0xc9, 0x4f, 0x2b, 0xff},
	{0x2f, 0x8a, 0x5b, 0xff},
	{0x6a, 0x5a, 0xcd, 0xff},
	{0x9a, 0x6b, 0x1f, 0xff},
	{0x1f, 0x8a, 0x9a, 0xff},
	{0xb0, 0x3a, 0x4a, 0xff},
}

// MaxIdenticon is the longest side of an identicon, in pixels.
const MaxIdenticon = 1024

// Identicon draws a picture for something that has none: a figure of fields,
// the left half mirrored to the right, that is always the same for the same
// name. It is a PNG of side x side pixels, 1 to MaxIdenticon.
func Identicon(name string, side int) ([]byte, error) {
	sum := sha256.Sum256([]byte(name))
	colour := identiconColours[int(sum[0])%len(identiconColours)]
	// Index 0 is the ground, 1 the figure: a paletted picture is a few hundred
	// bytes.
	m := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.RGBA{0xf2, 0xf2, 0xf2, 0xff}, colour})
	const grid = 2 * (identiconFields + 1) // in half fields
	for y := range side {
		row := (2*y + 1) * grid / (2 * side)
		for x := range side {
			column := (2*x + 1) * grid / (2 * side)
			if row == 0 || row == grid-1 || column == 0 || column == grid-1 {
				continue
			}
			i, j := (row-1)/2, (column-1)/2
			j = min(j, identiconFields-1-j)
			if sum[1+i*identiconFields+j]&1 == 1 {
				m.Pix[y*m.Stride+x] = 1
			}
		}
	}
	var b bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, m)
	return b.Bytes(), err
}
