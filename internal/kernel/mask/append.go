package mask

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// maxArrays bounds the recursion into arrays of arrays; what nests deeper is
// copied whole.
const maxArrays = 512

// Append appends src, one JSON value, to dst without the members that m does
// not name. An array is masked item by item; null and other scalars stay. The
// members keep src's order and their values src's bytes.
//
// It allocates nothing but the growth of dst, which must not overlap src. If
// src is not JSON it may be appended as it is.
func (m *Mask) Append(dst, src []byte) []byte {
	if m == nil {
		return append(dst, src...)
	}
	start := len(dst)
	out, end := m.value(dst, src, skipSpace(src, 0), 0)
	if end < 0 || skipSpace(src, end) != len(src) {
		return append(out[:start], src...)
	}
	return out
}

// value appends the value at src[i] and returns where it ends, -1 if it is
// not JSON; so do the functions below.
func (m *Mask) value(dst, src []byte, i, depth int) ([]byte, int) {
	if i < len(src) && depth < maxArrays {
		switch src[i] {
		case '{':
			return m.object(dst, src, i, depth)
		case '[':
			return m.array(dst, src, i, depth)
		}
	}
	return whole(dst, src, i)
}

func whole(dst, src []byte, i int) ([]byte, int) {
	end := skipValue(src, i)
	if end < 0 {
		return dst, -1
	}
	return append(dst, src[i:end]...), end
}

func (m *Mask) array(dst, src []byte, i, depth int) ([]byte, int) {
	dst = append(dst, '[')
	i = skipSpace(src, i+1)
	if i < len(src) && src[i] == ']' {
		return append(dst, ']'), i + 1
	}
	for {
		dst, i = m.value(dst, src, i, depth+1)
		if i < 0 {
			return dst, -1
		}
		i = skipSpace(src, i)
		if i == len(src) {
			return dst, -1
		}
		switch src[i] {
		case ',':
			dst = append(dst, ',')
			i = skipSpace(src, i+1)
		case ']':
			return append(dst, ']'), i + 1
		default:
			return dst, -1
		}
	}
}

func (m *Mask) object(dst, src []byte, i, depth int) ([]byte, int) {
	dst = append(dst, '{')
	first := len(dst)
	i = skipSpace(src, i+1)
	if i < len(src) && src[i] == '}' {
		return append(dst, '}'), i + 1
	}
	// missing has a bit for each field not met yet: with none left, the rest
	// of the object need not be looked at.
	var missing uint64
	if n := len(m.fields); !m.rest && n <= 64 {
		missing = 1<<n - 1
	}
	for {
		if i == len(src) || src[i] != '"' {
			return dst, -1
		}
		colon := skipString(src, i)
		if colon < 0 {
			return dst, -1
		}
		key := src[i:colon]
		colon = skipSpace(src, colon)
		if colon == len(src) || src[colon] != ':' {
			return dst, -1
		}
		i = skipSpace(src, colon+1)

		at := m.find(key[1 : len(key)-1])
		last := false
		switch {
		case at >= 0 || m.rest:
			if len(dst) > first {
				dst = append(dst, ',')
			}
			dst = append(dst, key...)
			dst = append(dst, ':')
			if at >= 0 && m.fields[at].sub != nil {
				dst, i = m.fields[at].sub.value(dst, src, i, depth+1)
			} else {
				dst, i = whole(dst, src, i)
			}
			if at >= 0 && missing != 0 {
				missing &^= 1 << at
				last = missing == 0
			}
		default:
			i = skipValue(src, i)
		}
		if i < 0 {
			return dst, -1
		}
		if last {
			return append(dst, '}'), skipRest(src, i)
		}

		i = skipSpace(src, i)
		if i == len(src) {
			return dst, -1
		}
		switch src[i] {
		case ',':
			i = skipSpace(src, i+1)
		case '}':
			return append(dst, '}'), i + 1
		default:
			return dst, -1
		}
	}
}

// find returns the place of the field whose name is key, the inside of a JSON
// string; -1 if there is none.
func (m *Mask) find(key []byte) int {
	if m.index != nil {
		if i, ok := m.index[string(key)]; ok {
			return i
		}
	} else {
		for i := range m.fields {
			if string(key) == m.fields[i].name {
				return i
			}
		}
	}
	if bytes.IndexByte(key, '\\') >= 0 {
		for i := range m.fields {
			if sameEscaped(key, m.fields[i].name) {
				return i
			}
		}
	}
	return -1
}

// sameEscaped tells whether key, the inside of a JSON string, stands for name.
func sameEscaped(key []byte, name string) bool {
	for len(key) > 0 {
		if key[0] != '\\' {
			if name == "" || name[0] != key[0] {
				return false
			}
			key, name = key[1:], name[1:]
			continue
		}
		// A name has none of the characters of the short escapes.
		r, ok := hex4(key)
		if !ok {
			return false
		}
		key = key[6:]
		if utf16.IsSurrogate(r) {
			low, ok := hex4(key)
			if !ok {
				return false
			}
			r = utf16.DecodeRune(r, low)
			key = key[6:]
		}
		got, size := utf8.DecodeRuneInString(name)
		if got != r || r == utf8.RuneError {
			return false
		}
		name = name[size:]
	}
	return name == ""
}

// hex4 reads \uXXXX at the start of s.
func hex4(s []byte) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range s[2:6] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

func skipSpace(src []byte, i int) int {
	for i < len(src) && (src[i] == ' ' || src[i] == '\n' || src[i] == '\r' || src[i] == '\t') {
		i++
	}
	return i
}

// skipValue returns the end of the value at src[i], -1 if there is none. It
// does not look for more than that: brackets are counted, not matched.
func skipValue(src []byte, i int) int {
	if i >= len(src) {
		return -1
	}
	switch src[i] {
	case '"':
		return skipString(src, i)
	case '{', '[':
		return skipRest(src, i+1)
	}
	start := i
	for i < len(src) && scalar(src[i]) {
		i++
	}
	if i == start {
		return -1
	}
	return i
}

// skipRest returns the end of the object or array that src[i] is inside of.
func skipRest(src []byte, i int) int {
	depth := 1
	for i < len(src) {
		switch src[i] {
		case '"':
			if i = skipString(src, i); i < 0 {
				return -1
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return -1
}

// skipString returns the end of the string that opens at src[i].
func skipString(src []byte, i int) int {
	for j := i + 1; j < len(src); j++ {
		quote := bytes.IndexByte(src[j:], '"')
		if quote < 0 {
			return -1
		}
		j += quote
		// The quote is escaped by an odd number of backslashes. The run of
		// them ends at the opening quote at the latest.
		back := j - 1
		for src[back] == '\\' {
			back--
		}
		if (j-back)%2 == 1 {
			return j + 1
		}
	}
	return -1
}

// scalar tells whether c may be part of a number, true, false or null.
func scalar(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'E'
}
