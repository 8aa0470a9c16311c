package image

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	stdimage "image"
	"image/color"
	"image/gif"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func process(t *testing.T, data []byte, box *Box, spec Spec) *Set {
	t.Helper()
	set, err := Process(bytes.NewReader(data), box, spec)
	if err != nil {
		t.Fatalf("Process: %v (%v)", err, errors.Unwrap(err))
	}
	return set
}

func decodeAs(t *testing.T, data []byte, format string) stdimage.Image {
	t.Helper()
	m, f, err := stdimage.Decode(bytes.NewReader(data))
	if err != nil || f != format {
		t.Fatalf("decoded as %q, %v; want %q", f, err, format)
	}
	return m
}

func kindOf(err error) Kind {
	if e := As(err); e != nil {
		return e.Kind
	}
	return ""
}

// checkSet decodes every rendition and looks at formats and sizes.
func checkSet(t *testing.T, set *Set, spec Spec, w, h, mainW, mainH int) {
	t.Helper()
	if set.Width != w || set.Height != h {
		t.Errorf("set of %d x %d, want %d x %d", set.Width, set.Height, w, h)
	}
	if got := decodeAs(t, set.Original, set.Format).Bounds().Size(); got != stdimage.Pt(w, h) {
		t.Errorf("original of %v, want %d x %d", got, w, h)
	}
	if got := decodeAs(t, set.Main, set.Format).Bounds().Size(); got != stdimage.Pt(mainW, mainH) {
		t.Errorf("main of %v, want %d x %d", got, mainW, mainH)
	}
	if len(set.Square) != len(spec.Squares) {
		t.Errorf("%d squares, want %v", len(set.Square), spec.Squares)
	}
	for _, side := range spec.Squares {
		if got := decodeAs(t, set.Square[side], set.Format).Bounds().Size(); got != stdimage.Pt(side, side) {
			t.Errorf("square %d of %v", side, got)
		}
	}
}

func TestFormats(t *testing.T) {
	opaque := quarters(60, 40, four)
	holed := quarters(60, 40, [4]color.NRGBA{red, none, blue, white})
	tests := []struct {
		name        string
		data        []byte
		format, ext string
		corner      color.NRGBA // of the square, where there is no picture
	}{
		{"jpeg", asJPEG(t, opaque), "jpeg", "jpg", white},
		{"grey jpeg", asJPEG(t, stdimage.NewGray(stdimage.Rect(0, 0, 60, 40))), "jpeg", "jpg", white},
		{"png", asPNG(t, opaque), "png", "png", none},
		{"png with holes", asPNG(t, holed), "png", "png", none},
		{"png in 16 bits", asPNG(t, stdimage.NewNRGBA64(stdimage.Rect(0, 0, 60, 40))), "png", "png", none},
		{"png with a palette", asPNG(t, stdimage.NewPaletted(stdimage.Rect(0, 0, 60, 40), color.Palette{red, blue})), "png", "png", none},
		{"lossless webp", asWebP(t, opaque), "png", "png", none},
		{"lossless webp with holes", asWebP(t, holed), "png", "png", none},
		{"lossy webp", lossyWebP(t), "jpeg", "jpg", white},
		{"lossy webp with holes", lossyAlphaWebP(t), "png", "png", none},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, spec := range []Spec{Reuse, Logo, Avatar} {
				set := process(t, tt.data, nil, spec)
				if set.Format != tt.format || set.Ext != tt.ext {
					t.Fatalf("got %s, %s", set.Format, set.Ext)
				}
				checkSet(t, set, spec, 60, 40, 60, 40)
				if got := at(decodeAs(t, set.Square[100], set.Format), 50, 3); !near(got, tt.corner) {
					t.Errorf("around the picture: %v, want %v", got, tt.corner)
				}
			}
		})
	}
}

func TestProgressive(t *testing.T) {
	set := process(t, progressiveJPEG(8, 8, 1, 1), nil, Reuse)
	checkSet(t, set, Reuse, 8, 8, 8, 8)
}

func TestOtherFormats(t *testing.T) {
	var g bytes.Buffer
	if err := gif.Encode(&g, quarters(9, 9, four), nil); err != nil {
		t.Fatal(err)
	}
	animated := riff(vp8x(flagAnimation, 60, 40), fourCC("ANIM", make([]byte, 6)),
		fourCC("ANMF", append(make([]byte, 16), lossyWebP(t)[12:]...)))
	noAdobe := cmykJPEG(t, [4]byte{})
	noAdobe = append(noAdobe[:2:2], noAdobe[2+16:]...)
	tests := []struct {
		name, data string
		kind       Kind
	}{
		{"nothing", "", Empty},
		{"text", "not an image", Unsupported},
		{"one byte", "\xff", Unsupported},
		{"svg", "<svg xmlns='http://www.w3.org/2000/svg'/>", Unsupported},
		{"gif", g.String(), Unsupported},
		{"animated webp", string(animated), Unsupported},
		{"avi", "RIFF\x04\x00\x00\x00AVI ", Unsupported},
		{"cmyk without a mark", string(noAdobe), Unsupported},
		{"jpeg, the start", "\xff\xd8\xff", Damaged},
		{"png, the signature", "\x89PNG\r\n\x1a\n", Damaged},
		{"webp without a size", "RIFF\x00\x00\x00\x00WEBP", Damaged},
		{"webp without a picture", "RIFF\x04\x00\x00\x00WEBP", Damaged},
	}
	for _, tt := range tests {
		_, err := Process(strings.NewReader(tt.data), nil, Reuse)
		if kindOf(err) != tt.kind {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.kind)
		}
	}
}

func TestReaderFails(t *testing.T) {
	_, err := Process(iotest.ErrReader(io.ErrClosedPipe), nil, Reuse)
	if !errors.Is(err, io.ErrClosedPipe) || As(err) != nil {
		t.Errorf("got %v", err)
	}
}

func TestSizes(t *testing.T) {
	tests := []struct{ w, h, mainW, mainH int }{
		{1200, 900, 800, 600},
		{900, 1200, 600, 800},
		{800, 800, 800, 800},
		{801, 10, 800, 10},
		{10, 10, 10, 10}, // never enlarged
		{1, 1, 1, 1},
		{3000, 1, 800, 1},
		{1, 3000, 1, 800},
	}
	for _, tt := range tests {
		m := quarters(tt.w, tt.h, four)
		for _, data := range [][]byte{asJPEG(t, m), asPNG(t, m), asWebP(t, m)} {
			set := process(t, data, nil, Reuse)
			checkSet(t, set, Reuse, tt.w, tt.h, tt.mainW, tt.mainH)
			if fits := tt.w == tt.mainW && tt.h == tt.mainH; fits != bytes.Equal(set.Main, set.Original) {
				t.Errorf("%d x %d %s: main and original the same: %v", tt.w, tt.h, set.Format, !fits)
			}
		}
	}
}

// The four quarters of the squares are those of the picture.
func TestContent(t *testing.T) {
	m := quarters(1000, 1000, four)
	for _, data := range [][]byte{asJPEG(t, m), asPNG(t, m), asWebP(t, m)} {
		set := process(t, data, nil, Reuse)
		all := [][]byte{set.Original, set.Main}
		for _, s := range set.Square {
			all = append(all, s)
		}
		for _, b := range all {
			checkCorners(t, decodeAs(t, b, set.Format), four)
		}
	}
}

func checkCorners(t *testing.T, m stdimage.Image, want [4]color.NRGBA) {
	t.Helper()
	for i, p := range [4]stdimage.Point{{15, 15}, {85, 15}, {15, 85}, {85, 85}} {
		if got := at(m, p.X, p.Y); !near(got, want[i]) {
			t.Errorf("%v: corner %d is %v, want %v", m.Bounds().Size(), i, got, want[i])
		}
	}
}

// Without the stretch of decode.go, the red of a lossy WebP is 239, 15, 14. The
// test also fails on the day when the library does it and we must not.
func TestColoursOfLossyWebP(t *testing.T) {
	for name, data := range map[string][]byte{"opaque": lossyWebP(t), "with holes": lossyAlphaWebP(t)} {
		set := process(t, data, nil, Reuse)
		got := at(decodeAs(t, set.Square[100], set.Format), 80, 50)
		if got.R < 250 || got.G > 6 || got.B > 6 || got.A != 255 {
			t.Errorf("%s: %v, want pure red", name, got)
		}
	}
	set := process(t, lossyAlphaWebP(t), nil, Reuse)
	if got := at(decodeAs(t, set.Square[100], set.Format), 20, 50); got.A != 0 {
		t.Errorf("the hole is filled: %v", got)
	}
}

func TestCMYK(t *testing.T) {
	set := process(t, cmykJPEG(t, [4]byte{255, 0, 0, 255}), nil, Reuse) // magenta and yellow make red
	checkSet(t, set, Reuse, 16, 16, 16, 16)
	for _, b := range [][]byte{set.Original, set.Main, set.Square[50]} {
		m := decodeAs(t, b, formatJPEG)
		if _, ok := m.(*stdimage.YCbCr); !ok {
			t.Errorf("stored as %T", m)
		}
		if got := at(m, 50, 50); !near(got, color.NRGBA{255, 0, 0, 255}) {
			t.Errorf("got %v, want red", got)
		}
	}
}

func TestOrientation(t *testing.T) {
	upright := [9][4]color.NRGBA{
		1: {red, green, blue, white},
		2: {green, red, white, blue},
		3: {white, blue, green, red},
		4: {blue, white, red, green},
		5: {red, blue, green, white},
		6: {blue, red, white, green},
		7: {white, green, blue, red},
		8: {green, white, red, blue},
	}
	for _, format := range []string{formatJPEG, formatPNG, formatWebP} {
		for o := 1; o <= 8; o++ {
			t.Run(fmt.Sprint(format, o), func(t *testing.T) {
				set := process(t, turned(t, format, quarters(90, 60, four), o), nil, Reuse)
				w, h := 90, 60
				if o >= 5 {
					w, h = h, w
				}
				checkSet(t, set, Reuse, w, h, w, h)
				for _, b := range [][]byte{set.Original, set.Main} {
					checkCorners(t, decodeAs(t, b, set.Format), upright[o])
				}
				// The box is told in the upright picture.
				set = process(t, turned(t, format, quarters(90, 60, four), o),
					&Box{float64(w / 2), 0, float64(w), float64(h / 2)}, Reuse)
				if got := at(decodeAs(t, set.Square[100], set.Format), 50, 50); !near(got, upright[o][1]) {
					t.Errorf("the box shows %v, want %v", got, upright[o][1])
				}
			})
		}
	}
	for _, o := range []int{0, 9, 65535} {
		set := process(t, turned(t, formatJPEG, quarters(90, 60, four), o), nil, Reuse)
		checkSet(t, set, Reuse, 90, 60, 90, 60)
	}
}

func TestBrokenEXIF(t *testing.T) {
	whole := exif(binary.BigEndian, 6)
	if orientationOf(whole) != 6 || orientationOf(append([]byte("Exif\x00\x00"), whole...)) != 6 {
		t.Error("can't read a whole one")
	}
	for n := range whole {
		orientationOf(whole[:n]) // no panic
	}
	for _, s := range []string{"", "MM\x00*\xff\xff\xff\xff", "MM\x00*\x00\x00\x00\x07", "II*\x00\x08\x00\x00\x00\xff\xff", "nonsense of some length"} {
		if o := orientationOf([]byte(s)); o != 1 {
			t.Errorf("%q: %d", s, o)
		}
	}
}

func TestMetadataIsGone(t *testing.T) {
	m := quarters(900, 600, four) // large enough that every rendition is made
	xmp := []byte("http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta " + secret)
	icc := []byte("ICC_PROFILE\x00\x01\x01" + secret)
	for orientation := 1; orientation <= 6; orientation += 5 {
		place := exif(binary.BigEndian, orientation)
		marked := []byte("Exif\x00\x00" + string(place))
		j := intoJPEG(asJPEG(t, m),
			jpegSegment(markerAPP0, []byte("JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x01\x01"+secret[:3])), // with a thumbnail
			jpegSegment(markerAPP0, []byte("JFXX\x00\x10"+secret)),
			jpegSegment(markerAPP1, marked), jpegSegment(markerAPP1, xmp),
			jpegSegment(0xe2, icc), jpegSegment(0xe2, []byte("MPF\x00"+secret)),
			jpegSegment(0xed, []byte("Photoshop 3.0\x00"+secret)), jpegSegment(0xfe, []byte(secret)),
			jpegSegment(markerAPPE, []byte("Adobe\x00\x64\x00\x00\x00\x00\x01"+secret)))
		j = append(j, secret...)
		p := intoPNG(asPNG(t, m), pngChunk("eXIf", place), pngChunk("iCCP", append([]byte("icc\x00\x00"), icc...)),
			pngChunk("tEXt", []byte("Comment\x00"+secret)), pngChunk("iTXt", append([]byte("XML:com.adobe.xmp\x00\x00\x00\x00\x00"), xmp...)),
			pngChunk("tIME", make([]byte, 7)), pngChunk("prVt", []byte(secret)))
		p = append(p, secret...)
		picture := asWebP(t, m)[12:]
		w := riff(vp8x(1<<2|1<<3|1<<5, 900, 600), fourCC("ICCP", icc), picture, fourCC("EXIF", marked),
			fourCC("XMP ", xmp), fourCC("????", []byte(secret)))
		w = append(w, secret...)
		l := riff(vp8x(1<<2|1<<3|1<<4|1<<5, 60, 40), fourCC("ICCP", icc), lossyAlphaWebP(t)[30:], fourCC("EXIF", marked))

		for name, data := range map[string][]byte{"jpeg": j, "png": p, "webp": w, "lossy webp": l} {
			set := process(t, data, nil, Reuse)
			all := map[string][]byte{"original": set.Original, "main": set.Main}
			for side, b := range set.Square {
				all[fmt.Sprint(side)] = b
			}
			for rendition, b := range all {
				for _, mark := range []string{
					secret, "GPS", "Exif", "EXIF", "eXIf", "II*\x00", "MM\x00*", "xmp", "XMP", "ICC", "iCCP", "MPF",
					"tEXt", "iTXt", "tIME", "Photoshop", "JFXX", "????", "\xff\xe1", "\xff\xe2", "\xff\xfe",
				} {
					if mark[0] == 0xff && set.Format != formatJPEG {
						continue // two bytes, any compressed data may hold them
					}
					if bytes.Contains(b, []byte(mark)) {
						t.Errorf("orientation %d, %s, %s: has %q", orientation, name, rendition, mark)
					}
				}
			}
		}
	}
}

// An original that is upright keeps its very pixels.
func TestOriginalIsLossless(t *testing.T) {
	data := intoJPEG(asJPEG(t, quarters(900, 600, four)), jpegSegment(0xfe, []byte(secret)))
	set := process(t, data, nil, Reuse)
	before, after := decodeAs(t, data, formatJPEG).(*stdimage.YCbCr), decodeAs(t, set.Original, formatJPEG).(*stdimage.YCbCr)
	if !bytes.Equal(before.Y, after.Y) || !bytes.Equal(before.Cb, after.Cb) || !bytes.Equal(before.Cr, after.Cr) {
		t.Error("the pixels changed")
	}
}

// All of the budget is there again, whatever happened.
func TestBudgetIsGivenBack(t *testing.T) {
	process(t, asPNG(t, quarters(900, 600, four)), nil, Reuse)
	_, _ = Process(bytes.NewReader(asJPEG(t, quarters(900, 600, four))[:3000]), nil, Reuse)
	if !budget.TryAcquire(memory) {
		t.Fatal("some is missing")
	}
	budget.Release(memory)
}
