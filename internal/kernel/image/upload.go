package image

import (
	"bytes"
	"fmt"
	stdimage "image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
)

// maxSide is the longest side of an upload in pixels: what lies beyond is a
// trap rather than a picture.
const maxSide = 1 << 15

// maxNewPNG is the largest original, in pixels, that is encoded anew as a PNG:
// it takes about 4 s and may come to 50 MB.
const maxNewPNG = 16_000_000

// Formats, by their names in package image of the standard library.
const (
	formatJPEG = "jpeg"
	formatPNG  = "png"
	formatWebP = "webp"
)

var signaturePNG = []byte("\x89PNG\r\n\x1a\n")

// sniff names the format that the first bytes announce, or "".
func sniff(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return formatJPEG
	case bytes.HasPrefix(data, signaturePNG):
		return formatPNG
	case len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		return formatWebP
	}
	return ""
}

// upload is a picture that isn't decoded yet: what its header says and what a
// walk over the parts of the file found.
type upload struct {
	data   []byte
	format string
	// width and height are as stored, before the picture is turned.
	width, height int
	parts
	// bytesPerPixel is what decoding needs.
	bytesPerPixel float64
}

// parts is what a walk over the segments of a JPEG or the chunks of a PNG or
// WebP finds. A walk never fails: what makes no sense ends it, and the decoder
// will say what is wrong.
type parts struct {
	// bare is the file without all that isn't needed to see the picture, for
	// a JPEG or PNG; nil when the picture must be encoded anew.
	bare []byte
	// orientation is EXIF's: 1 is upright, 2 to 8 need turning, see turn.
	orientation int
	// scans is how often the picture is gone over, for a JPEG.
	scans int
	// samples is the number of samples a pixel, for a JPEG.
	samples     float64
	progressive bool
	cmyk        bool
	// interlaced is said of a PNG.
	interlaced bool
	// lossy, alpha, animated and cut (there should be more bytes) are said
	// of a WebP.
	lossy, alpha, animated, cut bool
}

// read returns the whole upload, which is neither empty nor larger than limit.
func read(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("image: read: %w", err)
	case len(data) == 0:
		return nil, fail(Empty, nil, "The file is empty")
	case int64(len(data)) > limit:
		return nil, fail(TooLarge, nil, "The file is too large, at most %s are accepted", byteSize(limit))
	}
	return data, nil
}

func byteSize(n int64) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}

// inspect reads what can be known of a picture without decoding it.
func inspect(data []byte) (*upload, error) {
	u := &upload{data: data, format: sniff(data)}
	var config stdimage.Config
	var err error
	switch u.format {
	case formatJPEG:
		u.parts = walkJPEG(data)
		config, err = jpeg.DecodeConfig(bytes.NewReader(data))
		u.bytesPerPixel = u.samples
		if u.progressive {
			u.bytesPerPixel += 4 * u.samples // coefficients, kept until the last scan
		}
		if u.cmyk {
			u.bytesPerPixel += 8 // joined, then converted to RGB
		}
	case formatPNG:
		u.parts = walkPNG(data)
		config, err = png.DecodeConfig(bytes.NewReader(data))
		u.bytesPerPixel = bytesPNG(config.ColorModel)
		if u.interlaced {
			u.bytesPerPixel *= 1.5 // the last pass is kept apart
		}
	case formatWebP:
		u.parts = walkWebP(data)
		if u.animated {
			return nil, fail(Unsupported, nil, "Unsupported image format: animated WebP")
		}
		config, err = webp.DecodeConfig(bytes.NewReader(data))
		u.bytesPerPixel = 10
		if u.lossy && !u.alpha {
			u.bytesPerPixel = 2
		}
	default:
		return nil, fail(Unsupported, nil, "Unsupported image format")
	}
	if err != nil {
		return nil, broken(err)
	}
	if u.orientation != 1 || u.cmyk {
		u.bare = nil
	}
	u.width, u.height = config.Width, config.Height
	return u, nil
}

// bytesPNG is what package png keeps of a pixel.
func bytesPNG(m color.Model) float64 {
	switch m {
	case color.GrayModel:
		return 1
	case color.Gray16Model:
		return 2
	case color.RGBAModel, color.NRGBAModel:
		return 4
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	}
	return 1 // a palette
}

// check refuses what is too large to be decoded.
func (u *upload) check(spec Spec) error {
	pixels := int64(u.width) * int64(u.height)
	format, _ := u.target()
	switch {
	case u.cut || pixels <= 0:
		return broken(nil)
	case pixels > int64(spec.MaxPixels) || max(u.width, u.height) > maxSide:
		return fail(TooLarge, nil, "The picture is too large: %d x %d pixels, at most %d in all and %d on a side are accepted",
			u.width, u.height, spec.MaxPixels, maxSide)
	case format == formatPNG && u.bare == nil && pixels > maxNewPNG:
		return fail(TooLarge, nil, "The picture is too large to be converted: it has %d pixels, at most %d are accepted, or save it as a JPEG",
			pixels, maxNewPNG)
	case float64(pixels)*u.bytesPerPixel > memory:
		return fail(TooLarge, nil, "The picture needs too much memory: make it smaller, or save it in 8 bits and not as a progressive JPEG")
	case pixels*int64(u.scans) > 20*int64(spec.MaxPixels):
		// Each scan visits every pixel though it may be a few bytes long, so
		// that a file of 10 MiB could keep a core busy for minutes.
		// Encoders write about 10.
		return fail(TooLarge, nil, "The picture is saved in too many steps: save it as a JPEG that is not progressive")
	}
	return nil
}

// size returns the size of the picture the right way up.
func (u *upload) size() (width, height int) {
	if u.orientation >= 5 {
		return u.height, u.width
	}
	return u.width, u.height
}

// target names the format and extension of the renditions; the package comment
// gives the reasons.
func (u *upload) target() (format, ext string) {
	if u.format == formatJPEG || u.format == formatWebP && u.lossy && !u.alpha {
		return formatJPEG, "jpg"
	}
	return formatPNG, "png"
}
