package image

import (
	"bytes"
	"encoding/binary"
	stdimage "image"

	"golang.org/x/image/draw"
)

// turn applies an EXIF orientation (JEITA CP-3451, tag 274): how the stored
// picture must be moved to be seen upright.
//
//	1 not at all            2 mirrored left to right
//	3 by 180°               4 mirrored top to bottom
//	5 mirrored, then 270°   6 by 90° clockwise
//	7 mirrored, then 90°    8 by 270° clockwise
func turn(m stdimage.Image, orientation int) stdimage.Image {
	if orientation <= 1 || orientation > 8 {
		return m
	}
	b := m.Bounds()
	w, h := b.Dx(), b.Dy()
	out := stdimage.NewRGBA(stdimage.Rect(0, 0, w, h))
	if orientation >= 5 {
		out = stdimage.NewRGBA(stdimage.Rect(0, 0, h, w))
	}
	// offset is where in out.Pix a pixel of m goes. It is linear, so that
	// three calls tell the start and the two steps.
	offset := func(x, y int) int {
		switch orientation {
		case 2:
			x = w - 1 - x
		case 3:
			x, y = w-1-x, h-1-y
		case 4:
			y = h - 1 - y
		case 5:
			x, y = y, x
		case 6:
			x, y = h-1-y, x
		case 7:
			x, y = h-1-y, w-1-x
		case 8:
			x, y = y, w-1-x
		}
		return y*out.Stride + 4*x
	}
	start := offset(0, 0)
	right, down := offset(1, 0)-start, offset(0, 1)-start

	// Row by row, since a whole copy of m in RGBA would be 200 MB at the limit.
	row := stdimage.NewRGBA(stdimage.Rect(0, 0, w, 1))
	for y := range h {
		draw.Draw(row, row.Rect, m, stdimage.Pt(b.Min.X, b.Min.Y+y), draw.Src)
		to := start + y*down
		for x := 0; x < 4*w; x += 4 {
			copy(out.Pix[to:to+4], row.Pix[x:x+4])
			to += right
		}
	}
	return out
}

// orientationOf reads the orientation out of an EXIF block, which is a TIFF
// file that may follow the six bytes of a JPEG's marker. It returns 1 when
// there is none.
func orientationOf(exif []byte) int {
	const tag, short, entrySize = 274, 3, 12
	exif = bytes.TrimPrefix(exif, []byte("Exif\x00\x00"))
	if len(exif) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch string(exif[:4]) {
	case "II*\x00":
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := uint64(order.Uint32(exif[4:]))
	if at+2 > uint64(len(exif)) {
		return 1
	}
	count := int(order.Uint16(exif[at:]))
	entries := exif[at+2:]
	for ; count > 0 && len(entries) >= entrySize; count-- {
		if order.Uint16(entries) == tag && order.Uint16(entries[2:]) == short {
			if o := int(order.Uint16(entries[8:])); o >= 1 && o <= 8 {
				return o
			}
			return 1
		}
		entries = entries[entrySize:]
	}
	return 1
}
