package image

import "encoding/binary"

// Flags of a VP8X chunk, RFC 9649 section 2.7.
const (
	flagAnimation = 1 << 1
	flagAlpha     = 1 << 4
)

// walkWebP goes over the chunks of a WebP, RFC 9649. What it lets pass as one
// picture, the decoder does too.
func walkWebP(data []byte) parts {
	p := parts{orientation: 1}
	total := uint64(binary.LittleEndian.Uint32(data[4:])) + 8
	if total < 12 || total > uint64(len(data)) {
		p.cut = true
		return p
	}
	for rest := data[12:total]; len(rest) >= 8; {
		n := uint64(binary.LittleEndian.Uint32(rest[4:]))
		if 8+n > uint64(len(rest)) {
			p.cut = true
			return p
		}
		body := rest[8 : 8+n]
		switch string(rest[:4]) {
		case "VP8X":
			if n > 0 && body[0]&flagAnimation != 0 {
				p.animated = true
			}
		case "ANIM", "ANMF":
			p.animated = true
		case "ALPH":
			p.alpha = true
		case "VP8 ":
			p.lossy = true
		case "VP8L":
			p.alpha = true // perhaps, and lossless anyway
		case "EXIF":
			p.orientation = orientationOf(body)
		}
		rest = rest[min(8+n+n%2, uint64(len(rest))):] // chunks start at even bytes
	}
	return p
}
