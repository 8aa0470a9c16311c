package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// request is what a client sends: the n-th of an operation.
type request struct {
	method, path string
	header       []string // "Name: value"
	body         []byte
}

func (r request) bytes(host string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", r.method, r.path, host)
	for _, h := range r.header {
		b.WriteString(h + "\r\n")
	}
	if r.body != nil {
		fmt.Fprintf(&b, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(r.body))
	}
	b.WriteString("\r\n")
	b.Write(r.body)
	return b.Bytes()
}

// figures are what one repetition gave.
type figures struct {
	Requests  int           `json:"requests"`
	PerSecond float64       `json:"requests_per_second"`
	P50       time.Duration `json:"p50_ns"`
	P99       time.Duration `json:"p99_ns"`
	// CPU is the server's processor time a request.
	CPU time.Duration `json:"cpu_ns"`
	// Size is that of the last answer's body.
	Size   int   `json:"bytes"`
	Memory int64 `json:"resident_bytes"`
}

// load has clients ask for as long as d, each on a connection of its own that
// it keeps, and counts. An answer with another status than want is an error.
// n numbers the requests, also over several calls.
//
// The clients are written on the socket, so that they take little of the
// processors that they share with the server.
func load(s *server, clients int, d time.Duration, want int, n *int64, next func(n int64) request) (figures, error) {
	var mu sync.Mutex
	var all []time.Duration
	var size int
	var failed error
	before, err := s.cpu()
	if err != nil {
		return figures{}, err
	}
	began := time.Now()
	var running sync.WaitGroup
	for range clients {
		running.Go(func() {
			took, last, err := client(s.address, began.Add(d), want, func() request { return next(atomic.AddInt64(n, 1)) })
			mu.Lock()
			defer mu.Unlock()
			all, size, failed = append(all, took...), last, errors.Join(failed, err)
		})
	}
	running.Wait()
	elapsed := time.Since(began)
	if failed != nil {
		return figures{}, fmt.Errorf("%s: %w", s.name, failed)
	}
	after, err := s.cpu()
	if err != nil || len(all) == 0 {
		return figures{}, errors.Join(err, errors.New("no request was answered"))
	}
	slices.Sort(all)
	return figures{
		Requests: len(all), PerSecond: float64(len(all)) / elapsed.Seconds(),
		P50: all[len(all)/2], P99: all[len(all)*99/100],
		CPU: (after - before) / time.Duration(len(all)), Size: size, Memory: s.memory("VmRSS"),
	}, nil
}

func client(address string, end time.Time, want int, next func() request) (took []time.Duration, size int, err error) {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return nil, 0, err
	}
	defer c.Close()
	in := bufio.NewReaderSize(c, 256<<10)
	for time.Now().Before(end) {
		r := next()
		began := time.Now()
		if _, err := c.Write(r.bytes(address)); err != nil {
			return took, size, err
		}
		status, n, err := readAnswer(in)
		if err != nil {
			return took, size, err
		}
		// Who is asked for the same again may say 200 instead of 201.
		if status != want && (want != http.StatusCreated || status != http.StatusOK) {
			return took, size, fmt.Errorf("%s %s: %d instead of %d", r.method, r.path, status, want)
		}
		size = n
		took = append(took, time.Since(began))
	}
	return took, size, nil
}

// readAnswer reads an answer and throws its body away.
func readAnswer(in *bufio.Reader) (status, size int, err error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return 0, 0, err
	}
	if len(line) < 12 {
		return 0, 0, fmt.Errorf("%q is no status line", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, 0, err
	}
	length, chunked := 0, false
	for {
		if line, err = in.ReadSlice('\n'); err != nil {
			return 0, 0, err
		}
		if len(line) <= 2 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return 0, 0, err
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = true
		}
	}
	if status == 304 || status == 204 {
		return status, 0, nil
	}
	if !chunked {
		_, err = in.Discard(length)
		return status, length, err
	}
	for {
		if line, err = in.ReadSlice('\n'); err != nil {
			return 0, 0, err
		}
		n, err := strconv.ParseInt(strings.TrimSpace(string(line)), 16, 32)
		if err != nil {
			return 0, 0, err
		}
		if _, err := in.Discard(int(n) + 2); err != nil {
			return 0, 0, err
		}
		if n == 0 {
			return status, size, nil
		}
		size += int(n)
	}
}

// fetch sends one request and returns the answer's body.
func fetch(address string, r request) (status int, header map[string]string, body []byte, err error) {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return 0, nil, nil, err
	}
	defer c.Close()
	r.header = append(slices.Clone(r.header), "Connection: close")
	if _, err := c.Write(r.bytes(address)); err != nil {
		return 0, nil, nil, err
	}
	all, err := io.ReadAll(c)
	if err != nil {
		return 0, nil, nil, err
	}
	head, body, _ := bytes.Cut(all, []byte("\r\n\r\n"))
	header = map[string]string{}
	for line := range strings.SplitSeq(string(head), "\r\n") {
		if name, value, ok := strings.Cut(line, ": "); ok {
			header[strings.ToLower(name)] = value
		}
	}
	if len(head) < 12 {
		return 0, nil, nil, fmt.Errorf("%s %s: no answer", r.method, r.path)
	}
	status, err = strconv.Atoi(string(head[9:12]))
	if header["transfer-encoding"] == "chunked" {
		body, err = io.ReadAll(unchunk(body))
	}
	return status, header, body, err
}

// unchunk reads a body that was sent in chunks.
func unchunk(b []byte) io.Reader { return httputil.NewChunkedReader(bytes.NewReader(b)) }
