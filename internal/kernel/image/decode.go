package image

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	stdimage "image"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"
	"golang.org/x/sync/semaphore"
)

// memory is the number of bytes that all pictures being processed may need at
// the same time. A header of a hundred bytes can ask for as many, so what
// guards the server is this sum and not the number of uploads.
const memory = 512 << 20

var budget = semaphore.NewWeighted(memory)

// reserve waits until the budget has room for u and returns what gives the
// room back. Small pictures pass in parallel, a huge one goes alone.
func (u *upload) reserve(spec Spec) (release func()) {
	perPixel := u.bytesPerPixel
	if u.orientation != 1 {
		perPixel += 4
	}
	// Scaling keeps four float64 for each column that it makes in each row
	// that it reads. The rest is for the renditions.
	side, shorter := float64(spec.MaxSide), float64(min(u.width, u.height))
	n := float64(u.width)*float64(u.height)*perPixel + 32*side*shorter + 16*side*side
	part := int64(min(n, memory))
	_ = budget.Acquire(context.Background(), part) // fails only with its context
	return func() { budget.Release(part) }
}

// decode returns the picture the right way up, its upper left corner at 0,0.
func (u *upload) decode() (m stdimage.Image, err error) {
	// The decoders, golang.org/x/image's above all, have had panics on crafted
	// files. An upload must not end a process that also runs jobs.
	defer func() {
		if p := recover(); p != nil {
			m, err = nil, broken(fmt.Errorf("panic: %v", p))
		}
	}()
	r := bytes.NewReader(u.data)
	switch u.format {
	case formatJPEG:
		m, err = jpeg.Decode(r)
	case formatPNG:
		m, err = png.Decode(r)
	case formatWebP:
		m, err = webp.Decode(r)
	}
	if err != nil {
		return nil, broken(err)
	}
	if m.Bounds() != stdimage.Rect(0, 0, u.width, u.height) {
		return nil, broken(fmt.Errorf("decoded to %v", m.Bounds()))
	}
	switch p := m.(type) {
	case *stdimage.CMYK:
		rgb := stdimage.NewRGBA(p.Rect)
		draw.Draw(rgb, rgb.Rect, p, p.Rect.Min, draw.Src)
		m = rgb
	case *stdimage.YCbCr:
		if u.format == formatWebP {
			fullRange(p)
		}
	case *stdimage.NYCbCrA:
		fullRange(&p.YCbCr)
	}
	return turn(m, u.orientation), nil
}

// broken is the error for what a decoder says: a kind of JPEG or PNG that it
// doesn't know, or damage.
func broken(err error) error {
	var j jpeg.UnsupportedError
	var p png.UnsupportedError
	if errors.As(err, &j) || errors.As(err, &p) {
		return fail(Unsupported, err, "Unsupported image format: an unusual kind of JPEG or PNG, save it in another way")
	}
	return fail(Damaged, err, "The picture is damaged or incomplete")
}

// fullRange stretches the values of a lossy WebP, black at 16 and white at 235
// as in television, to the 0 to 255 that image.YCbCr stands for. Without it the
// picture looks washed out; golang.org/x/image leaves this to the caller, see
// https://go.dev/issue/40173.
func fullRange(m *stdimage.YCbCr) {
	var luma, chroma [256]byte
	for i := range 256 {
		luma[i] = clamp((float64(i) - 16) * 255 / 219)
		chroma[i] = clamp(128 + (float64(i)-128)*255/224)
	}
	for i, v := range m.Y {
		m.Y[i] = luma[v]
	}
	for i, v := range m.Cb {
		m.Cb[i] = chroma[v]
	}
	for i, v := range m.Cr {
		m.Cr[i] = chroma[v]
	}
}

func clamp(f float64) byte { return byte(min(max(f+0.5, 0), 255)) }
