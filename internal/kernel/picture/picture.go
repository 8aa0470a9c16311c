// Package picture takes an uploaded picture from a request into the portal's
// files: package image makes the renditions, package blob keeps them.
package picture

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/blob"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/image"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/wire"
)

// maxBBox bounds the text of the box.
const maxBBox = 256

// BodyLimit is how large the body of an upload may be.
func BodyLimit(spec image.Spec) int64 { return spec.MaxBytes + 64<<10 }

// Form describes the body of an upload.
var Form = []schema.Field{
	{Name: "file", Type: schema.Type{Kind: schema.File}, Required: true, Doc: "The picture"},
	{Name: "bbox", Type: schema.Text(), Doc: "The part that the squares show: left,top,right,bottom in pixels", Example: "10,10,210,210"},
}

// Optional describes the body of a request that may show another part of the
// picture that is there.
var Optional = func() []schema.Field {
	out := slices.Clone(Form)
	for i := range out {
		out[i].Required = false
	}
	return out
}()

// Upload is what a request brought.
type Upload struct {
	// File is nil when there was no part named file.
	File []byte
	// Box is the part that the squares show, nil when it was not said.
	Box *image.Box
}

// Read reads the multipart body part by part: the picture is never on the
// disk before it is known to be one.
func Read(r *api.Request, spec image.Spec) (Upload, error) {
	var u Upload
	parts, err := r.MultipartReader()
	if err != nil {
		return u, errs.Field("file", "Expect a multipart/form-data body with the picture in the part named file")
	}
	bbox := ""
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return u, api.BodyError(err)
		}
		switch part.FormName() {
		case "file":
			u.File, err = io.ReadAll(io.LimitReader(part, spec.MaxBytes+1))
		case "bbox":
			var text []byte
			text, err = io.ReadAll(io.LimitReader(part, maxBBox))
			bbox = string(text)
		}
		if err != nil {
			return u, api.BodyError(err)
		}
	}
	if u.Box, err = image.ParseBox(bbox); err != nil {
		return u, clientError("bbox", err)
	}
	return u, nil
}

// ErrMissing is a 400: there is no picture in the body.
func ErrMissing() error { return errs.Field("file", "The part named file is missing") }

// Process makes the renditions.
func (u Upload) Process(spec image.Spec) (*image.Set, error) {
	if u.File == nil {
		return nil, ErrMissing()
	}
	set, err := image.Process(bytes.NewReader(u.File), u.Box, spec)
	if err != nil {
		return nil, clientError("file", err)
	}
	return set, nil
}

// OrOriginal puts the original of a picture in the place of a file that was
// not brought, so that its squares can be cut anew. ErrMissing when there is
// none here: another portal kept it elsewhere.
func (u *Upload) OrOriginal(ctx context.Context, store blob.Store, bucket string, p *wire.Picture, spec image.Spec) error {
	if u.File != nil || p == nil || p.Original == "" {
		return nil
	}
	f, err := store.Open(ctx, bucket+"/"+p.Original)
	if errors.Is(err, blob.ErrNotFound) || errors.Is(err, blob.ErrBadKey) {
		return ErrMissing()
	}
	if err != nil {
		return err
	}
	defer f.Close()
	u.File, err = io.ReadAll(io.LimitReader(f, spec.MaxBytes+1))
	return err
}

// clientError makes a client's error of what the image package found.
func clientError(field string, err error) error {
	e := image.As(err)
	if e == nil {
		return err
	}
	status := http.StatusBadRequest
	if e.Kind == image.TooLarge {
		status = http.StatusRequestEntityTooLarge
	}
	if e.Kind == image.BadBox {
		field = "bbox" // found wrong only when the picture was known
	}
	return &errs.Error{Status: status, Message: e.Message, Fields: map[string]string{field: e.Message}}
}

// Keep writes the files of a picture. They are there before an object says so,
// and those of the picture before are removed after: a power cut leaves at
// worst a file that nothing names.
func Keep(ctx context.Context, store blob.Store, bucket string, set *image.Set, box *image.Box) (*wire.Picture, error) {
	p := &wire.Picture{Filename: blob.NewKey(set.Ext), Thumbnails: map[string]string{}}
	p.Original = blob.Variant(p.Filename, "original")
	if box != nil {
		p.BBox = []float64{box.Left, box.Top, box.Right, box.Bottom}
	}
	files := map[string][]byte{p.Filename: set.Main, p.Original: set.Original}
	for side, data := range set.Square {
		name := strconv.Itoa(side)
		p.Thumbnails[name] = blob.Variant(p.Filename, name)
		files[p.Thumbnails[name]] = data
	}
	for key, data := range files {
		if err := store.Put(ctx, bucket+"/"+key, bytes.NewReader(data), "image/"+set.Format); err != nil {
			Remove(ctx, store, bucket, p)
			return nil, err
		}
	}
	return p, nil
}

// Remove removes the files of a picture; nil has none.
func Remove(ctx context.Context, store blob.Store, bucket string, p *wire.Picture) {
	for _, key := range p.Keys() {
		if err := store.Delete(context.WithoutCancel(ctx), bucket+"/"+key); err != nil && !errors.Is(err, blob.ErrNotFound) {
			slog.WarnContext(ctx, "a picture's file could not be removed", "key", key, "error", err)
		}
	}
}

// Model describes the answer to an upload.
var Model = &schema.Model{Name: "UploadedImage", Fields: []schema.Field{
	{Name: "image", Type: schema.Text(), ReadOnly: true, Doc: "Address of the picture"},
	{Name: "success", Type: schema.Bool(), ReadOnly: true, Example: true},
}}

// Answer is the answer to an upload.
func Answer(r *api.Request, l wire.Links, bucket string, p *wire.Picture) *api.Response {
	w := wire.NewWriter(256)
	w.Open('{')
	w.Key("image")
	w.StringOrNull(p.URL(l, bucket))
	w.Key("success")
	w.Bool(true)
	w.Close('}')
	return api.JSON(r, w.Fragment())
}
