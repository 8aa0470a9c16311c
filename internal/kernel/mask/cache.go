package mask

import (
	"strings"
	"sync"

	"ouvert/internal/kernel/schema"
)

// Limits of a Cache. Clients use a handful of masks; the bounds are there for
// those who try to fill the memory.
const (
	maxEntries    = 1024
	maxCachedText = 1 << 10
)

// Cache keeps compiled masks, at most 1024 of at most 1 KiB of text. Its zero
// value is ready; it may be shared by goroutines.
type Cache struct {
	mu    sync.RWMutex
	masks map[cacheKey]*Mask
}

type cacheKey struct {
	text, key string
	kind      schema.Kind
	model     *schema.Model
}

// Get is Compile with a memory. key names t where its model does not tell it
// from others; it may be "". Errors are not kept.
func (c *Cache) Get(text string, t schema.Type, key string) (*Mask, error) {
	switch {
	case text == "":
		return nil, nil
	case len(text) > maxCachedText:
		return Compile(text, t)
	}
	of := innermost(t)
	k := cacheKey{text: text, key: key, kind: of.Kind, model: of.Model}
	c.mu.RLock()
	m, ok := c.masks[k]
	c.mu.RUnlock()
	if ok {
		return m, nil
	}

	// The text is often a part of a whole request's headers, which must not
	// stay in memory with it.
	k.text, k.key = strings.Clone(text), strings.Clone(key)
	m, err := Compile(k.text, t)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.masks == nil {
		c.masks = make(map[cacheKey]*Mask)
	}
	if len(c.masks) >= maxEntries {
		for old := range c.masks { // the order is random, so is the victim
			delete(c.masks, old)
			break
		}
	}
	c.masks[k] = m
	return m, nil
}
