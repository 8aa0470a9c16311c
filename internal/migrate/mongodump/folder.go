package mongodump

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// dump is a folder of collections.
type dump struct {
	// files are the paths by collection.
	files map[string]string
	// doubles are compressed files beside the same ones uncompressed.
	doubles []string
	// pictures is the folder with udata's files, "" when there is none.
	pictures string
}

// internal are databases of MongoDB itself.
var internal = map[string]bool{"admin": true, "config": true, "local": true}

// find finds the collections and the pictures in a folder.
func find(dir string) (*dump, error) {
	folder := dir
	d, names, err := read(dir)
	if err != nil {
		return nil, err
	}
	if len(d.files) == 0 {
		if folder, err = database(dir, names); err != nil {
			return nil, err
		}
		if d, _, err = read(folder); err != nil {
			return nil, err
		}
	}
	abs, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	for _, place := range []string{folder, dir, filepath.Dir(abs)} {
		place = filepath.Join(place, "fs")
		if isFolder(filepath.Join(place, "images")) || isFolder(filepath.Join(place, "avatars")) {
			d.pictures = place
			break
		}
	}
	return d, nil
}

// read lists the collections in a folder, and the names of all that is in it.
func read(dir string) (*dump, []string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	d := &dump{files: map[string]string{}}
	var names []string
	for _, e := range entries { // by name, so x.bson comes before x.bson.gz
		names = append(names, e.Name())
		name, ok := strings.CutSuffix(strings.TrimSuffix(e.Name(), ".gz"), ".bson")
		if !ok || e.IsDir() || name == "" || name[0] == '.' {
			continue
		}
		if plain, err := url.PathUnescape(name); err == nil { // as mongodump escapes them
			name = plain
		}
		path := filepath.Join(dir, e.Name())
		if _, ok := d.files[name]; ok {
			d.doubles = append(d.doubles, path)
			continue
		}
		d.files[name] = path
	}
	return d, names, nil
}

// database finds the folder of the portal's database among those in dir.
func database(dir string, names []string) (string, error) {
	var all, udata []string
	for _, name := range names {
		folder := filepath.Join(dir, name)
		if internal[name] || !isFolder(folder) {
			continue
		}
		d, _, err := read(folder)
		if err != nil || len(d.files) == 0 {
			continue
		}
		all = append(all, name)
		if slices.ContainsFunc(usual, func(c string) bool { return d.files[c] != "" }) {
			udata = append(udata, name)
		}
	}
	switch {
	case len(udata) == 1:
		return filepath.Join(dir, udata[0]), nil
	case len(all) == 1:
		return filepath.Join(dir, all[0]), nil
	case len(all) > 1:
		return "", fmt.Errorf("%s holds several databases: name the folder of udata's (%s)", dir, strings.Join(all, ", "))
	}
	found := "nothing"
	if len(names) > 0 {
		const shown = 5
		found = strings.Join(names[:min(shown, len(names))], ", ")
		if len(names) > shown {
			found += fmt.Sprintf(" and %d more", len(names)-shown)
		}
	}
	hint := ""
	if slices.ContainsFunc(names, func(n string) bool { return strings.Contains(n, ".archive") || strings.HasSuffix(n, ".tar.gz") }) {
		hint = "; an archive must be unpacked first"
	}
	return "", fmt.Errorf("no .bson file in %s: expected the folder that `mongodump --out` made (user.bson, reuse.bson …), found %s%s", dir, found, hint)
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
