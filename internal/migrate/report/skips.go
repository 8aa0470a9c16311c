package report

import (
	"bufio"
	"os"
	"strings"
)

// What a line of the skip file tells of a document.
const (
	// Skipped documents were not written.
	Skipped = "skipped"
	// Kept documents were written with a change, or with a reference that
	// leads nowhere.
	Kept = "kept"
)

// Skips is the file of the reasons: collection, id, what, reason, separated by
// tabs, one line a reason. It is made with its first line.
type Skips struct {
	path string
	file *os.File
	w    *bufio.Writer
	err  error
}

// NewSkips returns a file that nothing was written to. With an empty path,
// what is written is lost.
func NewSkips(path string) *Skips { return &Skips{path: path} }

// Add writes a line. An error is kept for Close: the import goes on.
func (s *Skips) Add(collection, id, what, reason string) {
	if s.path == "" || s.err != nil {
		return
	}
	if s.w == nil {
		// It names people and what they hid: for its owner alone.
		s.file, s.err = os.OpenFile(s.path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		if s.err != nil {
			return
		}
		s.w = bufio.NewWriter(s.file)
		s.line("collection", "id", "what", "reason")
	}
	s.line(collection, id, what, reason)
}

var oneField = strings.NewReplacer("\t", " ", "\n", " ", "\r", " ")

func (s *Skips) line(fields ...string) {
	for i, f := range fields {
		if i > 0 {
			_ = s.w.WriteByte('\t') // the first error is told by Flush
		}
		_, _ = s.w.WriteString(oneField.Replace(f))
	}
	_ = s.w.WriteByte('\n')
}

// Flush brings what was written so far to the file, so that an import that is
// killed leaves its reasons behind.
func (s *Skips) Flush() error {
	if s.err == nil && s.w != nil {
		s.err = s.w.Flush()
	}
	return s.err
}

// Close closes the file and returns its path, "" when nothing was written.
func (s *Skips) Close() (string, error) {
	err := s.Flush()
	if s.file == nil {
		return "", err
	}
	if e := s.file.Close(); err == nil {
		err = e
	}
	return s.path, err
}
