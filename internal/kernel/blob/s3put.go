package blob

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/minio/minio-go/v7"
)

// partSize is how much of a file is held in memory and sent at a time. With
// the 10 000 parts that S3 allows, a file may have 80 GB.
const partSize = 8 << 20

// Put implements Store. A file of one part is one request, a larger one a
// multipart upload, of which the bucket shows nothing before it is complete.
// The server checks the MD5 of each part.
func (s *S3) Put(ctx context.Context, key string, r io.Reader, _ string) (err error) {
	if err := checkKey(key); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("blob: put %q: %w", key, err)
		}
	}()
	// Nobody else's afterwards: a request that was given up may still read it.
	buf := new(bytes.Buffer)
	r = &contextReader{ctx, r}
	last, err := fill(buf, r)
	if err != nil {
		return err
	}
	name, o := s.prefix+key, putOptions(key)
	if last {
		p := newPart(buf)
		_, err := s.core.PutObject(ctx, s.bucket, name, p.body, p.size, p.md5, p.sha256, o)
		return err
	}
	upload, err := s.core.NewMultipartUpload(ctx, s.bucket, name, o)
	if err != nil {
		return err
	}
	complete := false
	defer func() {
		if complete { // err doesn't tell: r may panic
			return
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
		defer cancel()
		if e := s.core.AbortMultipartUpload(ctx, s.bucket, name, upload); e != nil && !s3Absent(e) {
			err = errors.Join(err, fmt.Errorf("and its parts stay until they are swept: %w", e))
		}
	}()
	var parts []minio.CompletePart
	for {
		p, n := newPart(buf), len(parts)+1
		sent, err := s.core.PutObjectPart(ctx, s.bucket, name, upload, n, p.body, p.size, minio.PutObjectPartOptions{
			Md5Base64: p.md5, Sha256Hex: p.sha256, DisableContentSha256: true,
		})
		if err != nil {
			return err
		}
		parts = append(parts, minio.CompletePart{PartNumber: n, ETag: sent.ETag})
		if last {
			break
		}
		if last, err = fill(buf, r); err != nil {
			return err
		}
		if buf.Len() == 0 {
			break // the file ended where a part did
		}
	}
	_, err = s.core.CompleteMultipartUpload(ctx, s.bucket, name, upload, parts, minio.PutObjectOptions{})
	complete = err == nil
	return err
}

// fill reads the next part into buf; last tells that the file ends in it.
func fill(buf *bytes.Buffer, r io.Reader) (last bool, err error) {
	buf.Reset()
	_, err = io.CopyN(buf, r, partSize)
	if errors.Is(err, io.EOF) {
		return true, nil
	}
	return false, err
}

// part is what is sent in one request.
type part struct {
	body        io.ReadSeeker // so that it can be sent again
	size        int64
	md5, sha256 string
}

func newPart(buf *bytes.Buffer) part {
	m, s := md5.Sum(buf.Bytes()), sha256.Sum256(buf.Bytes())
	return part{bytes.NewReader(buf.Bytes()), int64(buf.Len()), base64.StdEncoding.EncodeToString(m[:]), hex.EncodeToString(s[:])}
}

func putOptions(key string) minio.PutObjectOptions {
	return minio.PutObjectOptions{ContentType: contentType(key), DisableContentSha256: true}
}
