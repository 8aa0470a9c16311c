package image

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	stdimage "image"
	"image/color"
	"math/bits"
	"testing"
)

// asWebP writes a lossless WebP (RFC 9649 section 3) in the plainest way: no
// transform, no references, every channel of every pixel in 8 bits.
func asWebP(_ testing.TB, m stdimage.Image) []byte {
	var out []byte
	var acc uint64
	var have int
	put := func(v uint64, n int) { // lowest bit first
		acc |= v << have
		for have += n; have >= 8; have -= 8 {
			out = append(out, byte(acc))
			acc >>= 8
		}
	}
	b := m.Bounds()
	put(0x2f, 8)
	put(uint64(b.Dx()-1), 14)
	put(uint64(b.Dy()-1), 14)
	put(1, 1)          // alpha is used
	put(0, 3+1+1+1)    // version; no transform, no colour cache, one group of codes
	for c := range 4 { // the codes of green, red, blue, alpha
		put(0, 1)    // are given by lengths
		put(12-4, 4) // twelve of which are given in turn, in this order:
		put(0, 3+3)  // 17, 18
		put(1, 3)    // 0, in one bit
		put(0, 8*3)  // 1 to 5, 16, 6, 7
		put(1, 3)    // 8, in one bit
		put(0, 1)    // all lengths follow:
		for range 256 {
			put(1, 1) // 8 for each value
		}
		if c == 0 {
			put(0, 24) // and none for references, which share green's alphabet
		}
	}
	put(1, 4) // the code of distances has one symbol, 0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := color.NRGBAModel.Convert(m.At(x, y)).(color.NRGBA)
			for _, v := range []byte{c.G, c.R, c.B, c.A} {
				put(uint64(bits.Reverse8(v)), 8) // codes go highest bit first
			}
		}
	}
	put(0, 7)
	return riff(fourCC("VP8L", out))
}

// lossyWebP is 60 x 40 pixels of pure red, by libwebp.
func lossyWebP(t testing.TB) []byte {
	b, err := base64.StdEncoding.DecodeString(
		"UklGRlQAAABXRUJQVlA4IEgAAADwAwCdASo8ACgAPm02mEkkIyKhIqgAgA2JZwDU9oB+AAAVGmMcPgzAAP7wm0P/8guWF1yNf/8gP+QH/ID/+PfFDYqwyAAAAAA=")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// lossyAlphaWebP is lossyWebP with its left half transparent.
func lossyAlphaWebP(t testing.TB) []byte {
	const w, h = 60, 40
	alpha := []byte{0} // not filtered, not compressed
	for range h {
		alpha = append(alpha, make([]byte, w/2)...)
		alpha = append(alpha, bytes.Repeat([]byte{255}, w/2)...)
	}
	return riff(vp8x(flagAlpha, w, h), fourCC("ALPH", alpha), lossyWebP(t)[12:])
}

// riff joins chunks to a WebP file.
func riff(chunks ...[]byte) []byte {
	out := []byte("RIFF\x00\x00\x00\x00WEBP")
	for _, c := range chunks {
		out = append(out, c...)
		if len(c)%2 == 1 {
			out = append(out, 0)
		}
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}

func fourCC(name string, body []byte) []byte {
	b := append([]byte(name), 0, 0, 0, 0)
	binary.LittleEndian.PutUint32(b[4:], uint32(len(body)))
	return append(b, body...)
}

func vp8x(flags byte, w, h int) []byte {
	w, h = w-1, h-1
	return fourCC("VP8X", []byte{flags, 0, 0, 0, byte(w), byte(w >> 8), byte(w >> 16), byte(h), byte(h >> 8), byte(h >> 16)})
}
