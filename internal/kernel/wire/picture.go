package wire

import "strings"

// Picture is a stored image, as udata keeps it: keys in a bucket.
type Picture struct {
	// Filename is the key of the main rendition.
	Filename string `json:"filename,omitempty"`
	// Original is the key of what was uploaded.
	Original string `json:"original,omitempty"`
	// Thumbnails are the keys of the squares, by their side ("500").
	Thumbnails map[string]string `json:"thumbnails,omitempty"`
	// BBox is the part that the squares show: left, top, right, bottom.
	BBox []float64 `json:"bbox,omitempty"`
}

// URL is the picture's address, "" when there is none.
func (p *Picture) URL(l Links, bucket string) string {
	if p == nil {
		return ""
	}
	return pictureURL(l, bucket, p.Filename)
}

// Thumbnail is the address of a square, "" when there is none.
func (p *Picture) Thumbnail(l Links, bucket, side string) string {
	if p == nil {
		return ""
	}
	return pictureURL(l, bucket, p.Thumbnails[side])
}

// Keys returns every key of the picture.
func (p *Picture) Keys() []string {
	if p == nil {
		return nil
	}
	var keys []string
	for _, k := range []string{p.Filename, p.Original} {
		if k != "" {
			keys = append(keys, k)
		}
	}
	for _, k := range p.Thumbnails {
		keys = append(keys, k)
	}
	return keys
}

// pictureURL makes the address of a key. Portals that loaded udata's fixtures
// hold whole addresses as keys, even nested ones; the innermost address is the
// one that leads to the picture.
func pictureURL(l Links, bucket, key string) string {
	if at := max(strings.LastIndex(key, "https://"), strings.LastIndex(key, "http://")); at >= 0 {
		return key[at:]
	}
	return l.Image(bucket, key)
}
