package image

import (
	"bytes"
	"encoding/binary"
)

// Markers of a JPEG file, ITU-T T.81 table B.1.
const (
	markerTEM  = 0x01 // alone, without a segment
	markerSOF0 = 0xc0 // frame: baseline
	markerSOF1 = 0xc1 // extended
	markerSOF2 = 0xc2 // progressive
	markerDHT  = 0xc4 // Huffman tables
	markerRST0 = 0xd0 // restarts, alone
	markerRST7 = 0xd7
	markerEOI  = 0xd9 // end
	markerSOS  = 0xda // scan, followed by compressed data
	markerDQT  = 0xdb // quantisation tables
	markerDRI  = 0xdd // restart interval
	markerAPP0 = 0xe0 // JFIF
	markerAPP1 = 0xe1 // EXIF, XMP
	markerAPPE = 0xee // Adobe: how colours are stored
)

// jfif is a JFIF segment with no density and no thumbnail. It matters in that
// it says that colours are YCbCr.
var jfif = []byte("\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")

// walkJPEG goes over the segments of a JPEG. Kept are frames, tables, scans and
// the two segments that say which colours are meant; anything after the end is
// left, which is where phones put a second picture or a video. Like package
// image/jpeg it passes over stray bytes between segments.
func walkJPEG(data []byte) parts {
	p := parts{orientation: 1, samples: 3}
	bare := make([]byte, 0, len(data))
	bare = append(bare, data[:2]...)
	var exif, framed bool
	for at := 2; at+1 < len(data); {
		marker := data[at+1]
		switch {
		case data[at] != 0xff, marker == 0xff, marker == 0:
			at++
			continue
		case marker == markerTEM, marker >= markerRST0 && marker <= markerRST7:
			at += 2
			continue
		case marker == markerEOI:
			p.bare = append(bare, data[at:at+2]...)
			return p
		}
		if at+4 > len(data) {
			return p
		}
		end := at + 2 + int(binary.BigEndian.Uint16(data[at+2:]))
		if end < at+4 || end > len(data) {
			return p
		}
		segment, body := data[at:end], data[at+4:end]
		at = end
		switch marker {
		case markerSOF0, markerSOF1, markerSOF2:
			if !framed {
				// A second one is refused by the decoder, but only after
				// it made room for the first.
				framed = true
				p.progressive = marker == markerSOF2
				p.frame(body)
			}
			bare = append(bare, segment...)
		case markerDHT, markerDQT, markerDRI:
			bare = append(bare, segment...)
		case markerSOS:
			p.scans++
			at = scanEnd(data, at)
			bare = append(bare, segment...)
			bare = append(bare, data[end:at]...)
		case markerAPP0:
			if bytes.HasPrefix(body, []byte("JFIF\x00")) {
				bare = append(bare, jfif...)
			}
		case markerAPPE:
			if adobe := 12; len(body) >= adobe && bytes.HasPrefix(body, []byte("Adobe")) {
				bare = append(bare, 0xff, markerAPPE, 0, byte(2+adobe))
				bare = append(bare, body[:adobe]...)
			}
		case markerAPP1:
			if !exif && bytes.HasPrefix(body, []byte("Exif\x00")) {
				exif = true // the first counts
				p.orientation = orientationOf(body)
			}
		}
	}
	return p
}

// frame reads how many samples a pixel has out of a frame header: precision,
// height (2), width (2), number of components, and three bytes for each.
func (p *parts) frame(body []byte) {
	if len(body) < 6 || len(body) < 6+3*int(body[5]) {
		return
	}
	n := int(body[5])
	p.cmyk = n == 4
	if n < 2 {
		p.samples = 1
		return
	}
	sum, across, down := 0, 1, 1
	for i := range n {
		h, v := int(body[7+3*i]>>4), int(body[7+3*i]&15)
		sum, across, down = sum+h*v, max(across, h), max(down, v)
	}
	p.samples = float64(sum) / float64(across*down)
}

// scanEnd returns where compressed data that starts at at ends: at a marker
// that is neither a restart nor a stuffed zero.
func scanEnd(data []byte, at int) int {
	for {
		n := bytes.IndexByte(data[at:], 0xff)
		if n < 0 || at+n+1 >= len(data) {
			return len(data)
		}
		at += n
		if m := data[at+1]; m != 0 && m != 0xff && (m < markerRST0 || m > markerRST7) {
			return at
		}
		at++
	}
}
