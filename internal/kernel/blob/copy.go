package blob

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Copied tells how far a copy is.
type Copied struct {
	// Files and Bytes are what was looked at, New and Sent what had to be sent
	// of it; the rest was there already.
	Files, New  int
	Bytes, Sent int64
}

// copies is how many files are copied at a time.
const copies = 4

// Copy copies all files of a store into another and reads back, or has the
// server confirm, what it wrote. A file that is there with the same size and
// content is left alone, so that a copy which was cut short can be run again;
// files that are in `to` alone stay. Files that go meanwhile are passed over.
// progress is called after each file, by one goroutine at a time; nil is for
// nobody.
func Copy(ctx context.Context, from, to Store, progress func(Copied)) (Copied, error) {
	var mu sync.Mutex
	var done Copied
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(copies)
	for info, err := range from.List(ctx, "") {
		if err != nil {
			group.Go(func() error { return err })
			break
		}
		group.Go(func() error {
			sent, err := copyFile(ctx, from, to, info)
			if errors.Is(err, errGone) {
				return nil
			}
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			done.Files++
			done.Bytes += info.Size
			if sent {
				done.New++
				done.Sent += info.Size
			}
			if progress != nil {
				progress(done)
			}
			return nil
		})
	}
	err := group.Wait()
	return done, err
}

// errGone: the file was removed since it was listed.
var errGone = errors.New("blob: gone")

func copyFile(ctx context.Context, from, to Store, info Info) (sent bool, err error) {
	source := func() (*Object, error) {
		o, err := from.Open(ctx, info.Key)
		if errors.Is(err, ErrNotFound) {
			return nil, errGone
		}
		return o, err
	}
	there, err := to.Stat(ctx, info.Key)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return false, err
	}
	if err == nil && there.Size == info.Size {
		o, err := source()
		if err != nil {
			return false, err
		}
		defer o.Close()
		d := newDigest()
		if _, err := io.Copy(d, o); err != nil {
			return false, err
		}
		same, err := d.match(ctx, to, info.Key)
		if err != nil || same {
			return false, err
		}
	}
	o, err := source()
	if err != nil {
		return false, err
	}
	defer o.Close()
	d := newDigest()
	if err := to.Put(ctx, info.Key, io.TeeReader(o, d), info.ContentType); err != nil {
		return false, err
	}
	same, err := d.match(ctx, to, info.Key)
	if err == nil && !same {
		err = fmt.Errorf("blob: %q does not read back as it was written", info.Key)
	}
	return true, err
}

// digest is the checksum of a file: its SHA-256, and the tag that an S3 server
// gives to a file that Put sent, so that nothing need be read back.
type digest struct {
	size        int64
	sha256, md5 hash.Hash
	// tags are the MD5s of the parts that are complete, inPart the size of the
	// one that md5 is about.
	tags   []byte
	parts  int
	inPart int
}

func newDigest() *digest { return &digest{sha256: sha256.New(), md5: md5.New()} }

func (d *digest) Write(p []byte) (int, error) {
	n := len(p)
	d.size += int64(n)
	d.sha256.Write(p)
	for len(p) > 0 {
		take := min(len(p), partSize-d.inPart)
		d.md5.Write(p[:take])
		p, d.inPart = p[take:], d.inPart+take
		if d.inPart == partSize {
			d.endPart()
		}
	}
	return n, nil
}

func (d *digest) endPart() {
	d.tags = d.md5.Sum(d.tags)
	d.parts++
	d.md5.Reset()
	d.inPart = 0
}

// tag ends the digest: nothing may be written afterwards.
func (d *digest) tag() string {
	if d.parts == 0 {
		return hex.EncodeToString(d.md5.Sum(nil))
	}
	if d.inPart > 0 {
		d.endPart()
	}
	sum := md5.Sum(d.tags)
	return hex.EncodeToString(sum[:]) + "-" + strconv.Itoa(d.parts)
}

// match tells whether a store has just these bytes under key.
func (d *digest) match(ctx context.Context, s Store, key string) (bool, error) {
	if bucket, ok := s.(*S3); ok {
		info, tag, err := bucket.stat(ctx, key)
		if err != nil || info.Size != d.size {
			return false, err
		}
		if tag == d.tag() {
			return true, nil
		}
		// Encrypted by the server, or sent by another program: it must be read.
	}
	o, err := s.Open(ctx, key)
	if err != nil {
		return false, err
	}
	defer o.Close()
	if o.Size != d.size {
		return false, nil
	}
	h := sha256.New()
	if _, err := io.Copy(h, o); err != nil {
		return false, err
	}
	return string(h.Sum(nil)) == string(d.sha256.Sum(nil)), nil
}
