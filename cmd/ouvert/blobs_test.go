package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ouvert/internal/kernel/blob/s3test"
)

// TestBlobsInABucket: a portal whose files are in a bucket, with the
// credentials in the environment; then they move into the folder, and it goes
// on there.
func TestBlobsInABucket(t *testing.T) {
	server := s3test.Start(t)
	whole := server.Bucket(t)
	address := strings.Replace(whole, "key:secret@", "", 1)
	dir := t.TempDir()
	env := []string{"AWS_ACCESS_KEY_ID=key", "AWS_SECRET_ACCESS_KEY=hidden", "OUVERT_BLOBS=" + address}
	token := account(t, env, "--data", dir)
	s := serve(t, env, "--data", dir)
	oid := s.publish(token, "Bus-map")
	picture := s.upload(token, "/api/1/reuses/"+oid+"/image/")
	if code, body := s.do("GET", picture, "", nil); code != 200 || !strings.HasPrefix(body, "\x89PNG") {
		t.Errorf("%s: %d %.20q", picture, code, body)
	}
	if code, body := s.do("GET", picture, "", nil, "Range", "bytes=1-3"); code != 206 || body != "PNG" {
		t.Errorf("a part of %s: %d %.20q", picture, code, body)
	}
	if code, _ := s.do("GET", "/images/00/none.png", "", nil); code != 404 {
		t.Errorf("a file that is not there: %d", code)
	}
	if _, err := os.Stat(filepath.Join(dir, "files")); !os.IsNotExist(err) {
		t.Errorf("there is a folder too: %v", err)
	}
	files := len(server.Objects(t, whole))
	if files < 3 {
		t.Errorf("the bucket has %d objects", files)
	}
	if code := s.end(syscall.SIGTERM); code != 0 {
		t.Errorf("it ends with %d: %s", code, s.logged())
	}

	folder := filepath.Join(dir, "files")
	for i, want := range []string{fmt.Sprintf("copied %d files", files), "copied 0 files"} {
		r := run(t, env, "", "blobs", "copy", address, folder)
		if r.code != 0 || !strings.Contains(r.out, want) || !strings.Contains(r.out, "verified") {
			t.Errorf("copy %d ends with %d, %q, %q", i, r.code, r.out, r.err)
		}
	}
	s = serve(t, nil, "--data", dir)
	if code, body := s.do("GET", picture, "", nil); code != 200 || !strings.HasPrefix(body, "\x89PNG") {
		t.Errorf("%s after the move: %d %.20q", picture, code, body)
	}
}

// TestBlobsCopyRefuses what can't be meant, and makes nothing.
func TestBlobsCopyRefuses(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		code int
		want string
		args []string
	}{
		{2, "from", []string{"blobs", "copy"}},
		{2, "same place", []string{"blobs", "copy", dir, dir}},
		{1, "no such file", []string{"blobs", "copy", filepath.Join(dir, "none"), filepath.Join(dir, "to")}},
		{1, "gs://", []string{"blobs", "copy", dir, "gs://x"}},
		{1, "colour", []string{"blobs", "copy", dir, "s3://key:hidden@bucket?colour=red"}},
		{1, "there is no such bucket", []string{"blobs", "copy", dir, "s3://key:hidden@bucket?insecure=true&endpoint=" + s3test.Start(t).Endpoint}},
	} {
		r := run(t, nil, "", c.args...)
		if r.code != c.code || !strings.Contains(r.err, c.want) || strings.Contains(r.err, "hidden") || r.out != "" {
			t.Errorf("%q ends with %d, %q, %q; want %d and %q", c.args, r.code, r.out, r.err, c.code, c.want)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("something was made: %v", left)
	}
}

// upload sends a picture and returns the path of what is shown of it.
func (s *server) upload(token, path string) string {
	s.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, err := form.CreateFormFile("file", "a.png")
	if err != nil {
		s.t.Fatal(err)
	}
	if err := png.Encode(file, image.NewGray(image.Rect(0, 0, 20, 20))); err != nil {
		s.t.Fatal(err)
	}
	form.Close()
	r, err := http.NewRequestWithContext(s.t.Context(), "POST", "http://"+s.address+path, &body)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("X-API-KEY", token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	var made struct{ Image string }
	if err := json.NewDecoder(res.Body).Decode(&made); err != nil || res.StatusCode != 200 {
		s.t.Fatalf("no picture: %d, %v", res.StatusCode, err)
	}
	u, err := url.Parse(made.Image)
	if err != nil {
		s.t.Fatal(err)
	}
	return u.Path
}
