package main

import (
	"net/http"
	"os"
	"strconv"
)

// ceiling is the least that a server on net/http can do: it sends the bytes of
// a file, which it holds in memory, whatever it is asked, and 304 to who has
// them.
func ceiling(address, file string) error {
	body, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	length := strconv.Itoa(len(body))
	const tag = `"ceiling"`
	return http.ListenAndServe(address, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { //nolint:gosec // on loopback
		h := w.Header()
		h.Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		h.Set("Content-Type", "application/json")
		h.Set("Content-Length", length)
		_, _ = w.Write(body)
	}))
}
