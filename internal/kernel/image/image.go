// Package image turns an uploaded picture into the renditions that a portal
// stores: the original, one that fits a page, and squares for lists and
// avatars. It keeps no state and writes nowhere; package blob is where the
// bytes go.
//
// # What is accepted
//
// JPEG, PNG and WebP. The content decides, never the name or the declared
// type. Anything else, and an animated WebP, is refused; an animated PNG
// becomes its still picture.
//
// # What leaves the server
//
// Pixels only. EXIF (with the place where the photograph was taken and a
// thumbnail of the uncropped picture), XMP, comments, text chunks, colour
// profiles and whatever is appended to the file are gone from every rendition,
// the original included. What EXIF says about which way is up is applied to
// the pixels first. Colours are taken as sRGB.
//
// The original is not encoded anew when it need not be: a JPEG would lose
// quality, and a PNG of 50 megapixels would take 13 s. Only those parts of the
// file are kept that are on a short list, see jpeg.go and png.go. It is encoded
// anew when the picture must be turned, when a JPEG is in CMYK (browsers
// disagree about its colours without the profile) and when it was a WebP.
//
// # The format of a set
//
// All renditions of a set share one format and extension, as in udata, whose
// URLs differ by their suffix only. It is the format of the upload, but for
// WebP: lossy and opaque, as photographs are, it becomes JPEG, otherwise PNG.
// There is no lossy WebP encoder in Go (lossless would make a photograph 5 to 7
// times larger), and the lossless one, nativewebp v0.9.3, panics or writes
// files that nobody can read when Huffman codes get longer than 15 bits, which
// a picture of 128 x 85 pixels can bring about. PNG is 10 to 50 % larger.
//
// # Limits
//
// Sizes are checked on the header, before anything is decoded, and pictures
// share a budget of memory (see decode.go): Process waits for its part of it.
package image

import "io"

// Spec is which renditions a noun wants, and what it accepts.
type Spec struct {
	// MaxSide is the longer side of the main rendition, in pixels.
	MaxSide int
	// Squares are the sides of the square renditions, in pixels.
	Squares []int
	// MaxBytes is the largest upload.
	MaxBytes int64
	// MaxPixels is the largest width x height of an upload. No side may
	// exceed 32768 pixels either.
	MaxPixels int
}

// The limits of every noun: the photograph of a phone passes, and the worst
// file within them, a PNG in 16 bits, needs some 600 MB.
const (
	maxBytes  = 10 << 20
	maxPixels = 50_000_000
)

// The renditions of udata (core/reuse/constants.py,
// core/organization/constants.py, core/user/constants.py,
// core/post/constants.py). Clients build on
// these sizes.
var (
	Reuse  = Spec{800, []int{500, 100, 50, 25}, maxBytes, maxPixels}
	Logo   = Spec{500, []int{100, 60, 25}, maxBytes, maxPixels}
	Avatar = Spec{500, []int{500, 200, 100, 32, 25}, maxBytes, maxPixels}
	// Post: udata bounds no side of it.
	Post = Spec{2000, []int{400, 100, 50}, maxBytes, maxPixels}
)

// Set is a picture in all its renditions, encoded.
type Set struct {
	// Format is "jpeg" or "png", that of all renditions.
	Format string
	// Ext is the extension for their names, without a dot: "jpg" or "png".
	Ext string
	// Width and Height are those of the original, the right way up.
	Width, Height int
	// Original is the whole picture in its own size.
	Original []byte
	// Main fits MaxSide x MaxSide and is never enlarged; a picture that fits
	// as it is has the same bytes here and in Original.
	Main []byte
	// Square has one picture for each of the spec's Squares, by side. With a
	// box it is that part of the picture, stretched to the square when the
	// box is none. Without, it is the whole picture, centred, filling the
	// square's width or height, on nothing (PNG) or on white (JPEG).
	// A small picture is enlarged to it, as in udata.
	Square map[int][]byte
}

// Process reads a picture and makes its renditions. box is the part of it that
// the squares show, in pixels of the picture the right way up, or nil.
//
// It returns an *Error when the upload is at fault, and any other error when
// reading failed. A picture within the limits takes up to a few seconds.
func Process(r io.Reader, box *Box, spec Spec) (*Set, error) {
	data, err := read(r, spec.MaxBytes)
	if err != nil {
		return nil, err
	}
	u, err := inspect(data)
	if err != nil {
		return nil, err
	}
	if err := u.check(spec); err != nil {
		return nil, err
	}
	width, height := u.size()
	crop, err := box.rectangle(width, height)
	if err != nil {
		return nil, err
	}

	defer u.reserve(spec)()
	m, err := u.decode()
	if err != nil {
		return nil, err
	}

	set := &Set{Width: width, Height: height, Square: make(map[int][]byte, len(spec.Squares))}
	set.Format, set.Ext = u.target()
	if set.Original = u.bare; set.Original == nil {
		if set.Original, err = encode(set.Format, m, fullQuality); err != nil {
			return nil, err
		}
	}
	main, _ := shrink(m, m.Bounds(), spec.MaxSide)
	if set.Main = set.Original; main != m {
		if set.Main, err = encode(set.Format, main, quality); err != nil {
			return nil, err
		}
	}
	if box == nil {
		m, crop = main, main.Bounds() // much smaller, and no eye sees the difference
	} else {
		m, crop = shrink(m, crop, spec.MaxSide)
	}
	for _, side := range spec.Squares {
		s := square(m, crop, side, box != nil, set.Format == formatJPEG)
		if set.Square[side], err = encode(set.Format, s, quality); err != nil {
			return nil, err
		}
	}
	return set, nil
}
