package mongodump

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"ouvert/internal/migrate/intake"
)

// The sizes of documents: the empty one, and twice MongoDB's limit.
const (
	minDocument = 5
	maxDocument = 32 << 20
)

// stream reads the documents of a file.
type stream struct {
	path string
	// err is why the file could not be read to its end, set when the reading
	// has ended.
	err error
}

// errTorn: the file ends inside of a document.
var errTorn = errors.New("the file is cut off inside of a document")

// open opens the file and calls f.
func (s *stream) open(f func(r *bufio.Reader) error) {
	s.err = func() error {
		file, err := os.Open(s.path)
		if err != nil {
			return err
		}
		defer file.Close()
		var source io.Reader = file
		if strings.HasSuffix(s.path, ".gz") {
			z, err := gzip.NewReader(file)
			if errors.Is(err, io.EOF) {
				return errors.New("the file is empty, which no compressed file is")
			}
			if err != nil {
				return err
			}
			defer z.Close()
			source = z
		}
		return f(bufio.NewReaderSize(source, 1<<20))
	}()
}

// next reads the length of the next document; 0 at the end of the file.
func next(r *bufio.Reader, at int64) (int, error) {
	head, err := r.Peek(4)
	switch {
	case errors.Is(err, io.EOF) && len(head) == 0:
		return 0, nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return 0, fmt.Errorf("%w, at byte %d", errTorn, at)
	case err != nil:
		return 0, err
	}
	n := int(int32(binary.LittleEndian.Uint32(head)))
	if n < minDocument || n > maxDocument {
		return 0, fmt.Errorf("at byte %d stands no document: it would be %d bytes long", at, n)
	}
	return n, nil
}

// docs reads the file, once. A document that cannot be read is handed over
// with the reason; the reading goes on behind it.
func (s *stream) docs() iter.Seq[intake.Doc] {
	return func(yield func(intake.Doc) bool) {
		s.open(func(r *bufio.Reader) error { return each(r, yield) })
	}
}

func each(r *bufio.Reader, yield func(intake.Doc) bool) error {
	var buf bytes.Buffer
	for at := int64(0); ; {
		n, err := next(r, at)
		if n == 0 {
			return err
		}
		buf.Reset() // it grows with what is read: a length may be wrong
		if _, err := io.CopyN(&buf, r, int64(n)); err != nil {
			return torn(err, at)
		}
		at += int64(n)
		if !yield(read1(buf.Bytes())) {
			return nil
		}
	}
}

// count counts the documents of the file without looking into them.
func (s *stream) count() (documents int) {
	s.open(func(r *bufio.Reader) (err error) {
		documents, err = countIn(r)
		return err
	})
	return documents
}

func countIn(r *bufio.Reader) (documents int, err error) {
	for at := int64(0); ; documents++ {
		n, err := next(r, at)
		if n == 0 {
			return documents, err
		}
		if _, err := r.Discard(n); err != nil {
			return documents, torn(err, at)
		}
		at += int64(n)
	}
}

func torn(err error, at int64) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w, at byte %d", errTorn, at)
	}
	return err
}

// read1 reads one document; nothing of b is kept.
func read1(b []byte) intake.Doc {
	d := intake.Doc{Notes: &intake.Notes{}, Size: len(b)}
	var err error
	if d.Object, err = object(bson.Raw(b), d.Notes, "", 0); err != nil {
		d.Unreadable = "it cannot be read: " + err.Error()
		d.Object = intake.Object{}
		if v, err := bson.Raw(b).LookupErr("_id"); err == nil {
			if v, err := value(v, &intake.Notes{}, "", "_id", 0); err == nil {
				d.Object["_id"] = v
			}
		}
	}
	return d
}
