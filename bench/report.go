package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// row is an operation on a target: the medians of its repetitions.
type row struct {
	Operation string  `json:"operation"`
	Target    string  `json:"target"`
	PerSecond float64 `json:"requests_per_second"`
	P50       float64 `json:"p50_us"`
	P99       float64 `json:"p99_us"`
	CPU       float64 `json:"cpu_us"`
	// Low and High are the least and the most CPU of all repetitions.
	Low    float64 `json:"cpu_us_least"`
	High   float64 `json:"cpu_us_most"`
	Memory float64 `json:"resident_mb"`
	Size   int     `json:"bytes"`
}

type report struct {
	When      string   `json:"when"`
	Machine   string   `json:"machine"`
	Versions  string   `json:"versions"`
	How       string   `json:"how"`
	Catalogue string   `json:"catalogue"`
	Rows      []row    `json:"rows"`
	Singles   []single `json:"singles"`
}

func (r *report) heading(b *bench) {
	r.When = time.Now().UTC().Format("2006-01-02 15:04 UTC")
	r.Machine = fmt.Sprintf("%d × %s, Linux %s, loader on the same machine", runtime.NumCPU(), processor(), version("uname", "-r"))
	r.Versions = fmt.Sprintf("ouvert %s, PocketBase %s (synchronous=FULL), %s", version(b.ouvert, "version"), pocketBaseVersion, runtime.Version())
	r.How = fmt.Sprintf("%d connections, medians of %d repetitions of %s, targets in turn; CPU is the server's own, from /proc/PID/stat", b.clients, b.repetitions, b.length)
}

func processor() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "processor"
	}
	defer f.Close()
	for in := bufio.NewScanner(f); in.Scan(); {
		if name, value, ok := strings.Cut(in.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "processor"
}

func (r *report) row(progress io.Writer, name, target string, runs []figures) {
	pick := func(f func(figures) float64) (all []float64) {
		for _, x := range runs {
			all = append(all, f(x))
		}
		return all
	}
	cpu := pick(func(f figures) float64 { return micros(f.CPU) })
	x := row{
		Operation: name, Target: target,
		PerSecond: median(pick(func(f figures) float64 { return f.PerSecond })),
		P50:       median(pick(func(f figures) float64 { return micros(f.P50) })),
		P99:       median(pick(func(f figures) float64 { return micros(f.P99) })),
		CPU:       median(cpu), Low: cpu[0], High: cpu[0],
		Memory: median(pick(func(f figures) float64 { return megabytes(f.Memory) })),
		Size:   runs[len(runs)-1].Size,
	}
	for _, v := range cpu {
		x.Low, x.High = min(x.Low, v), max(x.High, v)
	}
	r.Rows = append(r.Rows, x)
	fmt.Fprintln(progress, x.text())
}

const columns = "%-24s %-13s %9s %9s %9s %9s %17s %8s %9s"

func (x row) text() string {
	return fmt.Sprintf(columns, x.Operation, x.Target, whole(x.PerSecond), whole(x.P50), whole(x.P99), whole(x.CPU),
		whole(x.Low)+" – "+whole(x.High), whole(x.Memory), fmt.Sprint(x.Size))
}

func whole(f float64) string { return fmt.Sprintf("%.0f", f) }

// table is what a person reads.
func (r *report) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n%s\n%s\n%s\n\n", r.When, r.Machine, r.Versions, r.How, r.Catalogue)
	fmt.Fprintf(&b, columns+"\n", "operation", "target", "req/s", "p50 µs", "p99 µs", "CPU µs", "least – most", "MB", "bytes")
	for _, x := range r.Rows {
		fmt.Fprintln(&b, x.text())
	}
	b.WriteString("\n")
	for _, x := range r.Singles {
		fmt.Fprintf(&b, "%-60s %8.2f %-2s  %s\n", x.Name, x.Value, x.Unit, x.Note)
	}
	b.WriteString("\n")
	for _, x := range r.ratios() {
		fmt.Fprintf(&b, "%-60s %8.2f ×   bar %s\n", x.name, x.value, x.bar)
	}
	return b.String()
}

type ratio struct {
	name  string
	value float64
	bar   string
}

// ratios are the figures that we promise something about.
func (r *report) ratios() (out []ratio) {
	at := func(operation, target string) row {
		for _, x := range r.Rows {
			if x.Operation == operation && x.Target == target {
				return x
			}
		}
		return row{}
	}
	for _, x := range []struct{ operation, target, bar string }{
		{"list of 20, whole", kept, "≤ 1.3"},
		{"one reuse, whole", kept, "≤ 1.3"},
		{"not modified (304)", kept, "≤ 1.2"},
		{"list of 20, whole", cold, "≤ 6"},
		{"one reuse, whole", cold, "≤ 5"},
	} {
		if a, b := at(x.operation, x.target), at(x.operation, top); a.CPU > 0 && b.CPU > 0 {
			out = append(out, ratio{x.operation + ", " + x.target + " / ceiling, CPU", a.CPU / b.CPU, x.bar})
		}
	}
	for _, x := range []struct{ operation, bar string }{
		{"list of 20, whole", "≥ 10"}, {"one reuse, whole", "≥ 5"}, {"create", "≥ 1"},
	} {
		if a, b := at(x.operation, cold), at(x.operation, peer); a.PerSecond > 0 && b.PerSecond > 0 {
			out = append(out, ratio{x.operation + ", cold / PocketBase, requests/s", a.PerSecond / b.PerSecond, x.bar})
		}
	}
	return out
}

// write writes the table to standard output, and the files.
func (r *report) write(dir string) error {
	fmt.Print(r.table())
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "results.json"), append(b, '\n'), 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "results.svg"), []byte(r.svg()), 0o600)
}
