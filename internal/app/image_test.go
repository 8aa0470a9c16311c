package app_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"maps"
	"mime/multipart"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
)

const (
	boundary    = "a-boundary"
	pictureType = "multipart/form-data; boundary=" + boundary
)

// drawn is a PNG of the size, red on its left half and blue on its right.
func drawn(t *testing.T, width, height int) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := color.NRGBA{R: 255, A: 255}
			if x >= width/2 {
				c = color.NRGBA{B: 255, A: 255}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	var file bytes.Buffer
	if err := png.Encode(&file, m); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// picture is a multipart body with such a PNG, and further fields given as
// pairs of a name and a value.
func picture(t *testing.T, width, height int, more ...string) []byte {
	t.Helper()
	return form(t, drawn(t, width, height), more...)
}

// form is a multipart body with a file, unless that is nil, and further
// fields.
func form(t *testing.T, file []byte, more ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.SetBoundary(boundary); err != nil {
		t.Fatal(err)
	}
	if file != nil {
		part, err := w.CreateFormFile("file", "../../picture.exe")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(file); err != nil {
			t.Fatal(err)
		}
	}
	for i := 0; i+1 < len(more); i += 2 {
		if err := w.WriteField(more[i], more[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// seen fetches a picture by its address and decodes it.
func (w *world) seen(address string) image.Image {
	w.t.Helper()
	got := w.Want(200, nobody, "GET", strings.TrimPrefix(address, "http://portal.test"), nil)
	if got.Header.Get("Content-Type") != "image/png" || got.Header.Get("X-Content-Type-Options") != "nosniff" {
		w.t.Errorf("%s is served as %v", address, got.Header)
	}
	m, err := png.Decode(strings.NewReader(got.Text))
	if err != nil {
		w.t.Fatalf("%s: %v", address, err)
	}
	return m
}

// files lists the files of all pictures.
func (w *world) files() []string {
	w.t.Helper()
	var out []string
	for info, err := range w.Blobs.List(w.t.Context(), "") {
		if err != nil {
			w.t.Fatal(err)
		}
		out = append(out, info.Key)
	}
	return out
}

// TestPictures: an upload becomes a picture that fits a page, four squares and
// the original, all of them served.
func TestPictures(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		oid := w.publish(w.ada, "Bus map")
		upload := func(body []byte) apptest.Answer {
			t.Helper()
			return w.Want(200, w.ada, "POST", one(oid)+"image/", body, "Content-Type", pictureType)
		}
		told := upload(picture(t, 1600, 400))
		reuse := w.Want(200, nobody, "GET", one(oid), nil)
		address, _ := reuse.Get("image").(string)
		if told.Get("image") != address || told.Get("success") != true || !strings.HasPrefix(address, "http://portal.test/images/") {
			t.Fatalf("the upload is told %s, the reuse shows %q", told.Text, address)
		}
		base := strings.TrimSuffix(address, ".png")
		if got := reuse.Get("image_thumbnail"); got != base+"-500.png" {
			t.Errorf("the thumbnail is %v", got)
		}
		for suffix, want := range map[string]image.Point{
			"": {X: 800, Y: 200}, "-original": {X: 1600, Y: 400}, "-500": {X: 500, Y: 500}, "-100": {X: 100, Y: 100}, "-50": {X: 50, Y: 50}, "-25": {X: 25, Y: 25},
		} {
			if got := w.seen(base + suffix + ".png").Bounds().Size(); got != want {
				t.Errorf("the rendition %q has %v, want %v", suffix, got, want)
			}
		}
		if n := len(w.files()); n != 6 {
			t.Errorf("there are %d files", n)
		}
		// Without a box the whole picture is in the square, on nothing.
		square := w.seen(base + "-500.png")
		if _, _, _, alpha := square.At(250, 10).RGBA(); alpha != 0 {
			t.Error("the square is not letterboxed")
		}

		upload(picture(t, 1600, 400, "bbox", "800,0,1200,400"))
		boxed, _ := w.Want(200, nobody, "GET", one(oid), nil).Get("image_thumbnail").(string)
		for _, x := range []int{5, 250, 495} {
			if r, _, b, a := w.seen(boxed).At(x, 5).RGBA(); r != 0 || b != 0xffff || a != 0xffff {
				t.Errorf("the box shows red %d, blue %d, alpha %d at %d, not the right half", r, b, a, x)
			}
		}
		if boxed == base+"-500.png" {
			t.Error("the new picture has the old one's address")
		}
		for _, suffix := range []string{"", "-original", "-500", "-100", "-50", "-25"} {
			w.Want(404, nobody, "GET", strings.TrimPrefix(base, "http://portal.test")+suffix+".png", nil)
		}
		if n := len(w.files()); n != 6 {
			t.Errorf("there are %d files after the second upload", n)
		}
		if got := w.Want(200, nobody, "GET", "/api/1/reuses/suggest/?q=bus", nil).Get("0.image_url"); got != boxed {
			t.Errorf("the suggestion shows %v", got)
		}
		// Two uploads, two changes that the activity tells of.
		if got := w.Want(200, nobody, "GET", "/api/1/activity/?related_to="+oid, nil); text(t, got.Get("data.0.changes")) != `["image"]` || got.Get("total") != 3.0 {
			t.Errorf("the activity is %s", got.Text)
		}
	})
}

// TestRefusedPictures: what is no picture of a size that is accepted changes
// nothing and leaves no file.
func TestRefusedPictures(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		oid := w.publish(w.ada, "Bus map")
		w.Want(200, w.ada, "POST", one(oid)+"image/", picture(t, 4, 4), "Content-Type", pictureType)
		whole := picture(t, 40, 40)
		const limit = 10 << 20
		for _, c := range []struct {
			name        string
			who         apptest.Person
			body        []byte
			contentType string
			status      int
			field       string
		}{
			{"nobody's", nobody, whole, pictureType, 401, ""},
			{"max's", w.max, whole, pictureType, 403, ""},
			{"garbage", w.ada, form(t, []byte("not a picture")), pictureType, 400, "file"},
			{"an empty file", w.ada, form(t, []byte{}), pictureType, 400, "file"},
			{"half a picture", w.ada, form(t, drawn(t, 400, 400)[:300]), pictureType, 400, "file"},
			{"a script", w.ada, form(t, []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`)), pictureType, 400, "file"},
			{"no file", w.ada, form(t, nil, "bbox", "0,0,1,1"), pictureType, 400, "file"},
			{"a cut body", w.ada, whole[:len(whole)-30], pictureType, 400, ""},
			{"JSON", w.ada, []byte(`{"file": "x"}`), "application/json", 400, "file"},
			{"no boundary", w.ada, whole, "multipart/form-data", 400, "file"},
			{"a box outside", w.ada, picture(t, 4, 4, "bbox", "0,0,5,5"), pictureType, 400, "bbox"},
			{"a box inside out", w.ada, picture(t, 4, 4, "bbox", "3,3,1,1"), pictureType, 400, "bbox"},
			{"no box", w.ada, picture(t, 4, 4, "bbox", "a,b,c,d"), pictureType, 400, "bbox"},
			{"an endless box", w.ada, picture(t, 4, 4, "bbox", strings.Repeat("1", 1000)), pictureType, 400, "bbox"},
			{"too many bytes", w.ada, form(t, make([]byte, limit+1)), pictureType, 413, "file"},
			{"far too many bytes", w.ada, form(t, make([]byte, limit+100<<10)), pictureType, 413, ""},
		} {
			files, rows := w.files(), w.rows()
			got := w.Do(c.who, "POST", one(oid)+"image/", c.body, "Content-Type", c.contentType)
			if got.Status != c.status || (c.field != "" && got.Get("errors."+c.field) == nil) || got.Get("message") == nil {
				t.Errorf("%s: want %d about %q, got %d %s", c.name, c.status, c.field, got.Status, got.Text)
			}
			if !slices.Equal(w.files(), files) || !maps.Equal(w.rows(), rows) {
				t.Errorf("%s: something was written", c.name)
			}
		}
	})
}

// TestPictureAddresses: only pictures are served, and nothing else of the data
// folder.
func TestPictureAddresses(t *testing.T) {
	w := newWorld(t, app.Config{})
	oid := w.publish(w.ada, "Bus map")
	w.Want(200, w.ada, "POST", one(oid)+"image/", picture(t, 4, 4), "Content-Type", pictureType)
	path := "/" + w.files()[0]
	for _, p := range []string{
		"/images", "/images/", "/images/..%2f..%2fouvert.db", "/images/%2e%2e/%2e%2e/ouvert.db", "/images/../../ouvert.db", "/images/%00",
		"/avatars/" + strings.TrimPrefix(path, "/images/"), path[:len(path)-4], strings.TrimSuffix(path, path[strings.LastIndexByte(path, '/'):]),
		"/files" + path, "/ouvert.db", "/images/" + strings.Repeat("a", 5000),
	} {
		if got := w.Do(nobody, "GET", p, nil); got.Status != 404 {
			t.Errorf("GET %.60s: got %d", p, got.Status)
		}
	}
	w.Want(405, w.root, "DELETE", path, nil)
	whole := w.Want(200, nobody, "GET", path, nil)
	head := w.Want(200, nobody, "HEAD", path, nil)
	if head.Text != "" || head.Header.Get("Content-Length") != strconv.Itoa(len(whole.Text)) {
		t.Errorf("HEAD answers %v %q", head.Header, head.Text)
	}
	w.Want(304, nobody, "GET", path, nil, "If-None-Match", whole.Header.Get("Etag"))
}
