package dataset

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/blob"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/slug"
	"ouvert/internal/kernel/wire"
)

// The buckets of files and of their parts, and how much one request may hold.
const (
	resources = "resources"
	chunks    = "chunks"
	maxUpload = 4 << 30
	// maxField bounds the other fields of the form.
	maxField = 1024
	// maxParts bounds in how many parts a file may come.
	maxParts = 10_000
	// chunksKept is how long the parts of an unfinished file are kept.
	chunksKept = 24 * time.Hour
)

const uploadDoc = "The file is kept by the portal, with its size and checksum. A large file may be sent in parts: each request " +
	"with `uuid`, `partindex` and `totalparts` before the `file`, then a last one without a `file`."

var uploadForm = []schema.Field{
	{Name: "file", Type: schema.Type{Kind: schema.File}, Doc: "The file, or a part of it"},
	{Name: "uuid", Type: schema.Text(), Doc: "Parts: what the parts of a file have in common"},
	{Name: "filename", Type: schema.Text(), Doc: "Parts: the name of the file"},
	{Name: "partindex", Type: schema.Int(), Doc: "Parts: the place of this part, from 0"},
	{Name: "partbyteoffset", Type: schema.Int(), Doc: "Parts: where this part begins; not looked at"},
	{Name: "totalparts", Type: schema.Int(), Doc: "Parts: how many there are"},
	{Name: "chunksize", Type: schema.Int(), Doc: "Parts: the size of a part; not looked at"},
}

// A stored file is one that was uploaded and that nothing names yet.
type stored struct {
	// key is where it lies in the bucket, name what it is called.
	key, name, sha1 string
	size            int64
	now             time.Time
}

// fill makes the resource hold the file.
func (f *stored) fill(r *Resource, l wire.Links) {
	r.StoredAs, r.Title = f.key, f.name
	r.URL = l.API + "/" + resources + "/" + f.key
	r.Format, r.Mime = extension(f.name), mediaType(f.name)
	r.Filesize, r.Checksum = &f.size, &Checksum{Type: "sha1", Value: f.sha1}
}

// uploadResource makes a resource of an uploaded file.
func (s *Service) uploadResource(ctx context.Context, r *api.Request) (*api.Response, error) {
	d, err := writable(r)
	if err != nil {
		return nil, err
	}
	return s.upload(ctx, r, d.Slug, func(f *stored) (*api.Response, error) {
		x, err := s.addResource(ctx, r.Actor, d.ID, func(x *Resource) error {
			x.Filetype, x.Type = FiletypeFile, TypeMain
			f.fill(x, s.links)
			return nil
		})
		return s.answerResource(r, x, true), err
	})
}

// uploadAgain puts an uploaded file in the place of what a resource held.
func (s *Service) uploadAgain(ctx context.Context, r *api.Request) (*api.Response, error) {
	d, err := writable(r)
	if err != nil {
		return nil, err
	}
	was, err := s.resourceOf(ctx, r)
	if err != nil {
		return nil, err
	}
	return s.upload(ctx, r, d.Slug, func(f *stored) (*api.Response, error) {
		before := ""
		x, err := s.changeResource(ctx, r.Actor, d.ID, was.ID, func(x *Resource) error {
			before = x.StoredAs
			f.fill(x, s.links)
			return nil
		})
		if err == nil {
			s.removeFile(ctx, before)
		}
		return s.answerResource(r, x, true), err
	})
}

// upload reads the form part by part. A whole file is stored – streamed, with
// its checksum taken on the way – and handed to use; when use fails, the file
// is removed again. A part of a file is kept until the last request asks for
// all of them.
func (s *Service) upload(ctx context.Context, r *api.Request, folder string, use func(f *stored) (*api.Response, error)) (*api.Response, error) {
	form, err := r.MultipartReader()
	if err != nil {
		return nil, errNoFile()
	}
	fields := map[string]string{}
	var file *stored
	partial := false
	fail := func(err error) (*api.Response, error) {
		if file != nil {
			s.removeFile(ctx, file.key)
		}
		return nil, err
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fail(api.BodyError(err))
		}
		switch name := part.FormName(); {
		case name == "file" && file == nil && !partial:
			if partial = fields["uuid"] != "" && fields["partindex"] != ""; partial {
				err = s.storePart(ctx, r, fields, part)
			} else {
				file, err = s.store(ctx, r.Now, folder, part.FileName(), part)
			}
			if err != nil {
				return fail(err)
			}
		case name != "file" && len(fields) < 32:
			text, err := io.ReadAll(io.LimitReader(part, maxField))
			if err != nil {
				return fail(api.BodyError(err))
			}
			fields[name] = string(text)
		}
	}
	switch {
	case partial:
		res := api.JSON(r, wire.Fragment{Text: []byte(`{"error":null,"message":"","success":true}`)})
		res.Status = http.StatusOK
		return res, nil
	case file == nil && fields["uuid"] != "":
		if file, err = s.join(ctx, r, folder, fields); err != nil {
			return nil, err
		}
	case file == nil:
		return nil, errNoFile()
	}
	res, err := use(file)
	if err != nil {
		return fail(err)
	}
	return res, nil
}

func errNoFile() *errs.Error { return errs.Field("file", "Missing file parameter") }

// store writes a file under a fresh key.
func (s *Service) store(ctx context.Context, now time.Time, folder, filename string, content io.Reader) (*stored, error) {
	name := fileName(filename)
	if !allowed(name) {
		return nil, errs.Field("file", "This file type is not allowed. The allowed file type list is available at %s", s.links.API+v1+"extensions/")
	}
	f := &stored{name: name, now: now}
	release, err := s.reserve(ctx, f, folder)
	if err != nil {
		return nil, err
	}
	defer release()
	sum := sha1.New()
	counted := &counter{r: io.TeeReader(content, sum)}
	if err := s.blobs.Put(ctx, resources+"/"+f.key, counted, mediaType(name)); err != nil {
		if counted.err != nil {
			return nil, api.BodyError(counted.err)
		}
		return nil, err
	}
	f.size, f.sha1 = counted.n, hex.EncodeToString(sum.Sum(nil))
	return f, nil
}

// reserve gives the file a key in udata's manner, dataset/instant/name, which
// no other file has or is about to get: the instant is a later second when the
// name was uploaded in this one already.
func (s *Service) reserve(ctx context.Context, f *stored, folder string) (release func(), err error) {
	for at := f.now.UTC(); ; at = at.Add(time.Second) {
		key := path.Join(folder, at.Format("20060102-150405"), f.name)
		if _, taken := s.writing.LoadOrStore(key, true); taken {
			continue
		}
		_, err := s.blobs.Stat(ctx, resources+"/"+key)
		if errors.Is(err, blob.ErrNotFound) {
			f.key = key
			return func() { s.writing.Delete(key) }, nil
		}
		s.writing.Delete(key)
		if err != nil {
			return nil, err
		}
	}
}

// counter counts what is read, and keeps the error that ended it.
type counter struct {
	r   io.Reader
	n   int64
	err error
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}

var uploadID = regexp.MustCompile(`^[0-9A-Za-z-]{1,64}$`)

// partKey is where a part lies: among those of the person who sends it, so
// that nobody can add to another's file.
func partKey(r *api.Request, uuid string, index int) string {
	return fmt.Sprintf("%s/%s/%s/%05d", chunks, r.Actor.ID, uuid, index)
}

func (s *Service) storePart(ctx context.Context, r *api.Request, fields map[string]string, content io.Reader) error {
	index, err := strconv.Atoi(fields["partindex"])
	if err != nil || index < 0 || index >= maxParts {
		return errs.Field("partindex", msgInt)
	}
	if !uploadID.MatchString(fields["uuid"]) {
		return errs.Field("uuid", msgIdentifier, clip(fields["uuid"]))
	}
	s.sweep(ctx, r)
	counted := &counter{r: content}
	err = s.blobs.Put(ctx, partKey(r, fields["uuid"], index), counted, "application/octet-stream")
	if counted.err != nil {
		return api.BodyError(counted.err)
	}
	return err
}

// sweep removes what the person began to upload a day ago and never finished.
func (s *Service) sweep(ctx context.Context, r *api.Request) {
	for info, err := range s.blobs.List(ctx, chunks+"/"+r.Actor.ID+"/") {
		if err == nil && time.Since(info.ModTime) > chunksKept {
			err = s.blobs.Delete(ctx, info.Key)
		}
		if err != nil {
			slog.WarnContext(ctx, "an old part of a file could not be removed", "error", err)
			return
		}
	}
}

// join makes a file of its parts, and removes them.
func (s *Service) join(ctx context.Context, r *api.Request, folder string, fields map[string]string) (*stored, error) {
	total, err := strconv.Atoi(fields["totalparts"])
	if err != nil || total < 1 || total > maxParts {
		return nil, errs.Field("totalparts", msgInt)
	}
	if !uploadID.MatchString(fields["uuid"]) {
		return nil, errs.Field("uuid", msgIdentifier, clip(fields["uuid"]))
	}
	keys := make([]string, total)
	for i := range keys {
		keys[i] = partKey(r, fields["uuid"], i)
		if _, err := s.blobs.Stat(ctx, keys[i]); errors.Is(err, blob.ErrNotFound) {
			return nil, errs.Field("uuid", "A part of the file is missing: %d", i)
		} else if err != nil {
			return nil, err
		}
	}
	f, err := s.store(ctx, r.Now, folder, fields["filename"], &joined{ctx: ctx, blobs: s.blobs, keys: keys})
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		if err := s.blobs.Delete(context.WithoutCancel(ctx), key); err != nil {
			slog.WarnContext(ctx, "a part of a file could not be removed", "key", key, "error", err)
		}
	}
	return f, nil
}

// joined reads files one after the other, each open while it is read.
type joined struct {
	ctx   context.Context
	blobs blob.Store
	keys  []string
	open  *blob.Object
}

func (j *joined) Read(p []byte) (int, error) {
	for {
		if j.open == nil {
			if len(j.keys) == 0 {
				return 0, io.EOF
			}
			next, err := j.blobs.Open(j.ctx, j.keys[0])
			if err != nil {
				return 0, err
			}
			j.open, j.keys = next, j.keys[1:]
		}
		n, err := j.open.Read(p)
		if errors.Is(err, io.EOF) {
			err = j.open.Close()
			j.open = nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// fileName is what an uploaded file is called: the words of its name, and its
// extension.
func fileName(s string) string {
	s = path.Base(strings.ReplaceAll(s, `\`, "/"))
	ext := extension(s)
	base := s
	if ext != "" {
		base = s[:len(s)-len(ext)-1]
	}
	name := slug.Make(base)
	if name == "" {
		name = "file"
	}
	if len(name) > 150 {
		name = strings.TrimRight(name[:150], "-")
	}
	if ext == "" {
		return name
	}
	return name + "." + ext
}
