package db

import (
	"sort"
	"sync"
)

// Object names what a write touched: a class, as the API names it, and an id.
type Object struct{ Class, ID string }

// maxRemembered bounds what a node remembers of touched objects: some 20 MB.
const maxRemembered = 200_000

// touched is what a node remembers of which objects were touched when, by its
// own stamps.
type touched struct {
	mu sync.RWMutex
	// Of what was touched up to floor, nothing is known.
	floor uint64
	last  map[Object]uint64
	log   []touch // in the order of stamps
}

type touch struct {
	Object
	stamp uint64
}

// note takes down what was touched in the generation of a stamp; known is
// false when that could be anything.
func (t *touched) note(stamp uint64, objects []Object, known bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !known || len(t.log)+len(objects) > maxRemembered || t.last == nil {
		t.floor, t.last, t.log = stamp, map[Object]uint64{}, nil
		if !known {
			return
		}
	}
	for _, o := range objects {
		t.last[o] = stamp
		t.log = append(t.log, touch{o, stamp})
	}
}

// Untouched tells whether none of the objects has been touched since a stamp;
// false also when that is no longer known.
func (d *DB) Untouched(since uint64, objects []Object) bool {
	t := &d.generation.touched
	t.mu.RLock()
	defer t.mu.RUnlock()
	if since < t.floor {
		return false
	}
	if len(t.log) == 0 || t.log[len(t.log)-1].stamp <= since {
		return true
	}
	for _, o := range objects {
		if t.last[o] > since {
			return false
		}
	}
	return true
}

// Touched returns the objects of a class that were touched since a stamp, and
// whether that is known. An object may stand there more than once.
func (d *DB) Touched(since uint64, class string) (ids []string, known bool) {
	t := &d.generation.touched
	t.mu.RLock()
	defer t.mu.RUnlock()
	if since < t.floor {
		return nil, false
	}
	first := sort.Search(len(t.log), func(i int) bool { return t.log[i].stamp > since })
	for _, x := range t.log[first:] {
		if x.Class == class {
			ids = append(ids, x.ID)
		}
	}
	return ids, true
}
