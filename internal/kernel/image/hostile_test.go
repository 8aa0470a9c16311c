package image

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"runtime"
	"testing"
	"time"
)

// small keeps hostile pictures from taking long.
var small = Spec{MaxSide: 40, Squares: []int{20, 5}, MaxBytes: 1 << 20, MaxPixels: 1 << 20}

func TestBombs(t *testing.T) {
	header := func(w, h uint32, depth, colours byte) []byte {
		b := binary.BigEndian.AppendUint32(nil, w)
		b = binary.BigEndian.AppendUint32(b, h)
		return append(append(bytes.Clone(signaturePNG), pngChunk("IHDR", append(b, depth, colours, 0, 0, 0))...),
			pngChunk("IDAT", []byte("x\x9c"))...)
	}
	// Two frames: a huge one that the decoder meets, then a harmless one.
	twice := progressiveJPEG(7000, 7000, 3, 1)
	twice = append(twice[:len(twice)-2], progressiveJPEG(8, 8, 1, 1)[2:]...)
	bombs := []struct {
		name string
		data []byte
		kind Kind
	}{
		{"png 60000 x 60000", header(60000, 60000, 8, 6), TooLarge},
		{"png beyond what the decoder can count", header(1<<31-1, 1<<31-1, 8, 6), Unsupported},
		{"png of 1 bit, 2^31 wide", header(1<<31-1, 1, 1, 0), TooLarge},
		{"png, long and thin", header(40000, 100, 8, 6), TooLarge},
		{"jpeg 65535 x 65535", progressiveJPEG(65535, 65535, 1, 1), TooLarge},
		{"jpeg, progressive", progressiveJPEG(7000, 7000, 3, 1), TooLarge},
		{"jpeg of two frames", twice, TooLarge},
		{"jpeg of 5000 scans", progressiveJPEG(2000, 2000, 1, 5000), TooLarge},
		{"webp 2^24 x 100", riff(vp8x(flagAlpha, 1<<24, 100), fourCC("ALPH", []byte{1}), lossyWebP(t)[12:]), TooLarge},
		{"webp lossless, 16384 x 16384", riff(fourCC("VP8L", []byte{0x2f, 0xff, 0xff, 0xff, 0x0f, 0})), TooLarge},
		{"webp lossless, 5001 x 5001", riff(fourCC("VP8L", []byte{0x2f, 0x88, 0x13, 0xe2, 0x04, 0})), TooLarge},
	}
	for _, b := range bombs {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		_, err := Process(bytes.NewReader(b.data), nil, Reuse)
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if kindOf(err) != b.kind {
			t.Errorf("%s: %v, want %s", b.name, err, b.kind)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 4<<20 || took > time.Second {
			t.Errorf("%s: took %d bytes and %v", b.name, n, took)
		}
	}
}

func TestTooManyBytes(t *testing.T) {
	data := asPNG(t, quarters(60, 40, four))
	spec := small
	spec.MaxBytes = int64(len(data))
	process(t, data, nil, spec)
	spec.MaxBytes--
	if _, err := Process(bytes.NewReader(data), nil, spec); kindOf(err) != TooLarge {
		t.Errorf("one byte too many: %v", err)
	}
}

// samples is one file of each kind, for the tests that break them.
func samples(t testing.TB) map[string][]byte {
	m := quarters(12, 8, four)
	s := map[string][]byte{
		"cmyk":        cmykJPEG(t, [4]byte{200, 100, 50, 255}),
		"progressive": progressiveJPEG(8, 8, 1, 1),
		"vp8":         lossyWebP(t),
		"vp8 alpha":   lossyAlphaWebP(t),
	}
	for _, f := range []string{formatJPEG, formatPNG, formatWebP} {
		s[f] = turned(t, f, m, 1)
		s[f+" turned"] = turned(t, f, m, 6)
	}
	return s
}

func TestCutShort(t *testing.T) {
	for name, data := range samples(t) {
		for n := range data {
			_, err := Process(bytes.NewReader(data[:n]), nil, small)
			if k := kindOf(err); k != Damaged && k != Empty && (k != Unsupported || n >= 12) {
				t.Fatalf("%s cut at %d of %d: %v", name, n, len(data), err)
			}
		}
	}
}

// A byte changed anywhere is a picture or an *Error.
func TestDamaged(t *testing.T) {
	for name, data := range samples(t) {
		for i := range data {
			bad := bytes.Clone(data)
			bad[i] ^= byte(i*37 | 1)
			if _, err := Process(bytes.NewReader(bad), nil, small); err != nil && As(err) == nil {
				t.Fatalf("%s, byte %d: %v", name, i, err)
			}
		}
	}
}

func FuzzProcess(f *testing.F) {
	for _, data := range samples(f) {
		f.Add(data, false)
		f.Add(data, true)
	}
	f.Fuzz(func(t *testing.T, data []byte, crop bool) {
		var box *Box
		if crop {
			box = &Box{1, 2, 7.5, 8}
		}
		set, err := Process(bytes.NewReader(data), box, small)
		if err != nil {
			if As(err) == nil {
				t.Fatal(err)
			}
			return
		}
		main := decodeAs(t, set.Main, set.Format).Bounds()
		if main.Dx() > small.MaxSide || main.Dy() > small.MaxSide {
			t.Errorf("main is %v", main)
		}
		// What leaves is what may come in, and doesn't turn again.
		again, err := Process(bytes.NewReader(set.Original), nil, small)
		if err != nil || again.Width != set.Width || again.Height != set.Height {
			t.Errorf("the original of %d x %d can't be read again: %v, %v", set.Width, set.Height, again, err)
		}
	})
}

// BenchmarkProcess shows what an upload costs: a phone's photograph, and the
// limit.
func BenchmarkProcess(b *testing.B) {
	for _, size := range [][2]int{{60, 40}, {4000, 3000}, {8000, 6000}} {
		m := quarters(size[0], size[1], four)
		for i := range m.Pix {
			m.Pix[i] ^= byte(i*i>>7) & 15
		}
		data := asJPEG(b, m)
		for _, o := range []int{1, 6} {
			in := intoJPEG(data, jpegSegment(markerAPP1, exif(binary.BigEndian, o)))
			if o != 1 {
				in = turned(b, formatJPEG, m, o)
			}
			b.Run(fmt.Sprintf("%dx%d/%d", size[0], size[1], o), func(b *testing.B) {
				b.ReportAllocs()
				spec := Reuse
				spec.MaxBytes = 1 << 30
				for b.Loop() {
					if _, err := Process(bytes.NewReader(in), nil, spec); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
