// Package report tells an operator what an import did: what was read, written,
// left out, and kept although it was damaged.
package report

import (
	"fmt"
	"io"
	"strings"
)

// Report is the outcome of an import.
type Report struct {
	// Rows stand in the order in which the collections were read.
	Rows []*Row
	// Remarks are what concerns no document in particular: no pictures, a
	// file that is cut off.
	Remarks []string
	// SkipFile is where the reasons stand, "" when there was nothing to say or
	// nowhere to write it.
	SkipFile string
}

// Row is the outcome of one collection.
type Row struct {
	Name string
	// Read is how many documents there were; Written and Skipped add up to
	// it, once the import came to its end.
	Read, Written, Skipped int
	// Damaged are those of the written that were kept with a change, or with
	// a reference that leads nowhere.
	Damaged int
	// Remark is what the table says of the whole collection.
	Remark string
}

// Row returns the row of a collection, which is added when it is new.
func (r *Report) Row(name string) *Row {
	for _, row := range r.Rows {
		if row.Name == name {
			return row
		}
	}
	row := &Row{Name: name}
	r.Rows = append(r.Rows, row)
	return row
}

// Find returns the row of a collection, an empty one when there is none.
func (r *Report) Find(name string) Row {
	for _, row := range r.Rows {
		if row.Name == name {
			return *row
		}
	}
	return Row{Name: name}
}

// Remark adds what concerns no document in particular.
func (r *Report) Remark(format string, args ...any) {
	r.Remarks = append(r.Remarks, fmt.Sprintf(format, args...))
}

// WriteTable writes the report as a table for people.
func (r *Report) WriteTable(w io.Writer) error {
	width := len("collection")
	for _, row := range r.Rows {
		width = max(width, len(row.Name))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-*s  %9s  %9s  %9s  %16s\n", width, "collection", "read", "written", "skipped", "kept with damage")
	all := &Row{Name: "all"}
	for _, row := range r.Rows {
		row.write(&b, width)
		all.Read += row.Read
		all.Written += row.Written
		all.Skipped += row.Skipped
		all.Damaged += row.Damaged
	}
	all.write(&b, width)
	for _, remark := range r.Remarks {
		fmt.Fprintln(&b, "Note: "+remark)
	}
	if r.SkipFile != "" {
		fmt.Fprintln(&b, "What was skipped or repaired, and why: "+r.SkipFile)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Row) write(w io.Writer, width int) {
	line := fmt.Sprintf("%-*s  %9d  %9d  %9d  %16d  %s", width, r.Name, r.Read, r.Written, r.Skipped, r.Damaged, r.Remark)
	fmt.Fprintln(w, strings.TrimRight(line, " "))
}
