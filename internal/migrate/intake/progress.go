package intake

import (
	"fmt"
	"io"
	"os"
	"time"

	"ouvert/internal/migrate/report"
)

// progress tells somebody who waits how far an import is.
type progress struct {
	w        io.Writer
	terminal bool
	last     time.Time
	shown    bool
}

// How often progress is told.
const (
	onTerminal = 100 * time.Millisecond
	inLog      = 5 * time.Second
)

func newProgress(w io.Writer) *progress {
	p := &progress{w: w, last: time.Now()}
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil {
			p.terminal = info.Mode()&os.ModeCharDevice != 0
		}
	}
	return p
}

func (p *progress) show(row *report.Row) {
	p.say("%s: %d read, %d written, %d skipped", row.Name, row.Read, row.Written, row.Skipped)
}

func (p *progress) say(format string, args ...any) {
	if p.w == nil {
		return
	}
	every := inLog
	if p.terminal {
		every = onTerminal
	}
	if time.Since(p.last) < every {
		return
	}
	p.last = time.Now()
	line := fmt.Sprintf(format, args...)
	if p.terminal {
		fmt.Fprintf(p.w, "\r\x1b[K%s", line)
		p.shown = true
		return
	}
	fmt.Fprintln(p.w, line)
}

// close takes the line off a terminal.
func (p *progress) close() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}
