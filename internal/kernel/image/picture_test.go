package image

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	stdimage "image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
)

// The pictures of the tests, made here so that one can read what is in them.

var (
	red   = color.NRGBA{220, 20, 20, 255}
	green = color.NRGBA{20, 180, 20, 255}
	blue  = color.NRGBA{20, 20, 220, 255}
	white = color.NRGBA{255, 255, 255, 255}
	none  = color.NRGBA{}
)

// quarters is a picture of four colours: upper left, upper right, lower left,
// lower right.
func quarters(w, h int, c [4]color.NRGBA) *stdimage.NRGBA {
	m := stdimage.NewNRGBA(stdimage.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			i := 0
			if x >= w/2 {
				i++
			}
			if y >= h/2 {
				i += 2
			}
			m.SetNRGBA(x, y, c[i])
		}
	}
	return m
}

var four = [4]color.NRGBA{red, green, blue, white}

func asJPEG(t testing.TB, m stdimage.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, m stdimage.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// secret stands in every piece of metadata, next to what scanners look for.
const secret = "48.8584,2.2945"

// exif is an EXIF block with an orientation and a place.
func exif(order binary.AppendByteOrder, orientation int) []byte {
	b := []byte("II*\x00")
	if order == binary.BigEndian {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 8)
	entry := func(tag, kind uint16, count, value uint32) {
		b = order.AppendUint16(b, tag)
		b = order.AppendUint16(b, kind)
		b = order.AppendUint32(b, count)
		if kind == 3 { // a SHORT stands in the first two bytes
			b = order.AppendUint16(b, uint16(value))
			b = order.AppendUint16(b, 0)
		} else {
			b = order.AppendUint32(b, value)
		}
	}
	b = order.AppendUint16(b, 3)
	entry(0x010e, 2, uint32(len(secret)), 50)
	entry(0x0112, 3, 1, uint32(orientation))
	entry(0x8825, 4, 1, 50)
	b = order.AppendUint32(b, 0)
	return append(b, "GPS "+secret...)
}

func jpegSegment(marker byte, body []byte) []byte {
	b := binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(body)+2))
	return append(b, body...)
}

// intoJPEG puts segments after the start of a JPEG.
func intoJPEG(data []byte, segments ...[]byte) []byte {
	out := bytes.Clone(data[:2])
	for _, s := range segments {
		out = append(out, s...)
	}
	return append(out, data[2:]...)
}

func pngChunk(name string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, name...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// intoPNG puts chunks after the header of a PNG.
func intoPNG(data []byte, chunks ...[]byte) []byte {
	const header = 8 + 25
	out := bytes.Clone(data[:header])
	for _, c := range chunks {
		out = append(out, c...)
	}
	return append(out, data[header:]...)
}

// turned returns the picture with an EXIF orientation, in a format.
func turned(t testing.TB, format string, m stdimage.Image, orientation int) []byte {
	b := m.Bounds()
	switch format {
	case formatJPEG:
		return intoJPEG(asJPEG(t, m), jpegSegment(markerAPP1, append([]byte("Exif\x00\x00"), exif(binary.BigEndian, orientation)...)))
	case formatPNG:
		return intoPNG(asPNG(t, m), pngChunk("eXIf", exif(binary.LittleEndian, orientation)))
	default:
		return riff(vp8x(1<<3, b.Dx(), b.Dy()), asWebP(t, m)[12:], fourCC("EXIF", exif(binary.LittleEndian, orientation)))
	}
}

// cmykJPEG is 16 x 16 pixels of one colour in Adobe's CMYK, in which 255 is no
// ink. It is four grey pictures in one file, a scan for each ink.
func cmykJPEG(t testing.TB, inks [4]byte) []byte {
	var tables, scans []byte
	for i, ink := range inks {
		grey := stdimage.NewGray(stdimage.Rect(0, 0, 16, 16))
		for j := range grey.Pix {
			grey.Pix[j] = ink
		}
		data := asJPEG(t, grey)
		for at := 2; ; {
			end := at + 2 + int(binary.BigEndian.Uint16(data[at+2:]))
			if m := data[at+1]; m == markerSOS {
				head := bytes.Clone(data[at:end])
				head[5] = byte(i + 1)
				scans = append(append(scans, head...), data[end:len(data)-2]...)
				break
			} else if i == 0 && (m == markerDQT || m == markerDHT) {
				tables = append(tables, data[at:end]...)
			}
			at = end
		}
	}
	frame := []byte{8, 0, 16, 0, 16, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0}
	out := []byte{0xff, 0xd8}
	out = append(out, jpegSegment(markerAPPE, []byte("Adobe\x00\x64\x00\x00\x00\x00\x00"))...)
	out = append(out, tables...)
	out = append(out, jpegSegment(markerSOF0, frame)...)
	out = append(out, scans...)
	return append(out, 0xff, markerEOI)
}

// progressiveJPEG is a grey picture that announces a size, n components and a
// number of scans. With 8 x 8 pixels, one component and one scan it is whole.
func progressiveJPEG(w, h, components, scans int) []byte {
	frame := []byte{8, byte(h >> 8), byte(h), byte(w >> 8), byte(w), byte(components)}
	for i := range components {
		frame = append(frame, byte(i+1), 0x11, 0)
	}
	out := []byte{0xff, 0xd8}
	out = append(out, jpegSegment(markerDQT, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...))...)
	out = append(out, jpegSegment(markerSOF2, frame)...)
	huffman := make([]byte, 18) // one code of one bit, for "no difference"
	huffman[1] = 1
	out = append(out, jpegSegment(markerDHT, huffman)...)
	for range scans {
		out = append(out, jpegSegment(markerSOS, []byte{1, 1, 0, 0, 0, 0})...)
		out = append(out, 0x7f)
	}
	return append(out, 0xff, markerEOI)
}

// at is the colour of a pixel given in hundredths of width and height.
func at(m stdimage.Image, x, y int) color.NRGBA {
	b := m.Bounds()
	return color.NRGBAModel.Convert(m.At(b.Min.X+b.Dx()*x/100, b.Min.Y+b.Dy()*y/100)).(color.NRGBA)
}

// near tells colours that are the same but for compression.
func near(a, b color.NRGBA) bool {
	d := func(x, y uint8) int { return max(int(x)-int(y), int(y)-int(x)) }
	if a.A < 8 && b.A < 8 {
		return true
	}
	return d(a.R, b.R)+d(a.G, b.G)+d(a.B, b.B)+d(a.A, b.A) < 40
}
