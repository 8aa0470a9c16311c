package user

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/blob"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/image"
	"ouvert/internal/kernel/wire"
)

// maxBBox bounds the text of the box.
const maxBBox = 256

// upload gives a person the picture of a multipart body.
func (s *Service) upload(ctx context.Context, r *api.Request, person string) (*api.Response, error) {
	file, bbox, err := readUpload(r)
	if err != nil {
		return nil, err
	}
	box, err := image.ParseBox(bbox)
	if err != nil {
		return nil, imageError("bbox", err)
	}
	set, err := image.Process(bytes.NewReader(file), box, image.Avatar)
	if err != nil {
		return nil, imageError("file", err)
	}
	u, err := s.SetAvatar(ctx, r.Actor, person, set, box)
	if err != nil {
		return nil, err
	}
	w := wire.NewWriter(256)
	w.Open('{')
	w.Key("image")
	w.String(u.Doc.Avatar.URL(s.links, avatars))
	w.Key("success")
	w.Bool(true)
	w.Close('}')
	return api.JSON(r, w.Fragment()), nil
}

// readUpload reads the body part by part: nothing is on the disk before it is
// known to be a picture.
func readUpload(r *api.Request) (file []byte, bbox string, err error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, "", errs.Field("file", "Expect a multipart/form-data body with the picture in the part named file")
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, "", api.BodyError(err)
		}
		switch part.FormName() {
		case "file":
			file, err = io.ReadAll(io.LimitReader(part, image.Avatar.MaxBytes+1))
		case "bbox":
			var text []byte
			text, err = io.ReadAll(io.LimitReader(part, maxBBox))
			bbox = string(text)
		}
		if err != nil {
			return nil, "", api.BodyError(err)
		}
	}
	if file == nil {
		return nil, "", errs.Field("file", "The part named file is missing")
	}
	return file, bbox, nil
}

// imageError makes a client's error of what the image package found.
func imageError(field string, err error) error {
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

// SetAvatar gives a person a picture. The files are written before the person
// says so, and those of the picture before are removed after: a power cut
// leaves at worst a file that nothing names. errs.Gone for an account that is
// gone.
func (s *Service) SetAvatar(ctx context.Context, a *auth.Actor, person string, set *image.Set, box *image.Box) (*User, error) {
	picture := &wire.Picture{Filename: blob.NewKey(set.Ext), Thumbnails: map[string]string{}}
	picture.Original = blob.Variant(picture.Filename, "original")
	if box != nil {
		picture.BBox = []float64{box.Left, box.Top, box.Right, box.Bottom}
	}
	files := map[string][]byte{picture.Filename: set.Main, picture.Original: set.Original}
	for side, data := range set.Square {
		name := strconv.Itoa(side)
		picture.Thumbnails[name] = blob.Variant(picture.Filename, name)
		files[picture.Thumbnails[name]] = data
	}
	for key, data := range files {
		if err := s.blobs.Put(ctx, avatars+"/"+key, bytes.NewReader(data), "image/"+set.Format); err != nil {
			s.removePicture(ctx, picture)
			return nil, err
		}
	}
	var before *wire.Picture
	u, err := s.change(ctx, a.ID, person, func(_ *sql.Tx, u *User) (string, []string, error) {
		if !u.Deleted.IsZero() {
			return "", nil, errInactive()
		}
		before, u.Doc.Avatar = u.Doc.Avatar, picture
		return "user:updated", []string{"avatar"}, nil
	})
	if err != nil {
		s.removePicture(ctx, picture)
		return nil, err
	}
	s.removePicture(ctx, before)
	return u, nil
}

func (s *Service) removePicture(ctx context.Context, p *wire.Picture) {
	for _, key := range p.Keys() {
		if err := s.blobs.Delete(context.WithoutCancel(ctx), avatars+"/"+key); err != nil && !errors.Is(err, blob.ErrNotFound) {
			slog.WarnContext(ctx, "a picture's file could not be removed", "key", key, "error", err)
		}
	}
}
