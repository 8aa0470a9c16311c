package image

import (
	"bytes"
	"encoding/binary"
)

// walkPNG goes over the chunks of a PNG. Kept are those that the pixels are
// made of. gAMA, cHRM, sRGB and iCCP go too: the other renditions are made
// without them, and the original must not look different.
func walkPNG(data []byte) parts {
	p := parts{orientation: 1}
	bare := bytes.Clone(data[:len(signaturePNG)])
	for rest := data[len(signaturePNG):]; len(rest) >= 12; {
		n := binary.BigEndian.Uint32(rest)
		if uint64(n)+12 > uint64(len(rest)) {
			return p
		}
		chunk := rest[:12+n] // length, name, data, checksum
		rest = rest[12+n:]
		switch string(chunk[4:8]) {
		case "IHDR":
			p.interlaced = n == 13 && chunk[8+12] == 1
			bare = append(bare, chunk...)
		case "PLTE", "tRNS", "IDAT":
			bare = append(bare, chunk...)
		case "eXIf":
			p.orientation = orientationOf(chunk[8 : 8+n])
		case "IEND":
			p.bare = append(bare, chunk...)
			return p
		}
	}
	return p
}
