// Package report writes a Report for people and for programs: one file per output
// format, and the catalogue of checks as text.
package report

import (
	"io"
	"time"

	"negotrace/analysis"
)

// Options are what a writer may know about its reader.
type Options struct {
	Width int            // columns there are; 0 means 80
	Color bool           // whether colour may be used
	Zone  *time.Location // for times; nil means UTC
}

// A Format is one way to write a Report.
type Format struct {
	Name  string
	Write func(w io.Writer, r *analysis.Report, opts Options) error
}

// Formats are all formats, the default first.
var Formats = []Format{
	{Name: "table", Write: writeTable},
	{Name: "json", Write: writeJSON},
}
