// Package report writes results for people and for programs. A result is the Report of an analysis,
// one handshake of it, the comparison of two, an inventory, the catalogue of checks, one check, the
// tokens that decode reads, or the version. Formats lists what is written in which format.
//
// The table is text on a page (page.go, table.go, and a file for each of its sections). HTML is the
// templates in html/, which read values of html_*.go; Markdown is markdown*.go. What a section says is
// worked out once, in the file of the section, and each format draws it.
package report

import (
	"io"
	"time"

	"negotrace/analysis"
)

// Options are what a writer may know about the reader of a result.
type Options struct {
	Width   int            // columns of the terminal; 0 means 80
	Color   bool           // whether colour may be used
	Zone    *time.Location // for times; nil means UTC
	Offsets bool           // whether tokens are shown with the place of each field
	Decode  bool           // whether the tokens of a handshake are shown field by field
}

// zone returns the zone of times.
func (o Options) zone() *time.Location {
	if o.Zone == nil {
		return time.UTC
	}
	return o.Zone
}

// A Writer writes one kind of result in one format.
type Writer[T any] func(w io.Writer, result T, opts Options) error

// A Format is an output format. What it cannot write is nil.
type Format struct {
	Name      string
	About     string // what it is for, in a few words
	Hashes    Hashes // whether Report names its files by their hashes
	Fields    bool   // whether Report shows the fields of tokens, which are only decoded where asked for
	Report    Writer[*analysis.Report]
	Shown     Writer[*Shown] // one handshake
	Contrast  Writer[*analysis.Contrast]
	Inventory Writer[*Inventory]
	Checks    Writer[[]*analysis.Check]
	Check     Writer[*analysis.Check]
	Errors    Writer[[]analysis.KnownError] // errors by their names and numbers
	Tokens    Writer[[]Token]
	Version   Writer[Version]
	Schema    Writer[Schema]

	// stream begins to write a report whose results come one by one, nil for a format that needs
	// the whole report: see Begin.
	stream func(io.Writer, Options) *Stream
}

// Hashes says when a report lists the hashes of its input files.
type Hashes uint8

// The answers.
const (
	NotHashed     Hashes = iota // never
	HashedIfAsked               // a person who waits at a terminal needs none
	Hashed                      // unless it is not wanted: who reads it later can find the files by them
)

// Formats returns all formats, the default first.
func Formats() []Format {
	return []Format{
		{Name: "table", About: "for a person, in a terminal", Hashes: HashedIfAsked, Report: writeTable, Shown: writeShown, Contrast: writeContrast, Inventory: writeInventory, Checks: writeCatalogue, Check: writeCheck, Errors: writeErrors, Tokens: writeTokens, Version: writeVersion, Schema: writeSchema},
		{Name: "json", About: "the same for programs, as one object", Hashes: Hashed, Report: writeJSON, Shown: asJSON[*Shown], Contrast: asJSON[*analysis.Contrast], Inventory: writeInventoryJSON, Checks: asJSON[[]*analysis.Check], Check: asJSON[*analysis.Check], Errors: asJSON[[]analysis.KnownError], Tokens: asJSON[[]Token], Version: asJSON[Version], Schema: writeSchema},
		{Name: "ndjson", About: "a line of JSON for each handshake, finding and exchange with a KDC", Hashes: Hashed, Report: whole(streamNDJSON), stream: streamNDJSON, Inventory: writeInventoryNDJSON},
		{Name: "csv", About: "a row for each handshake", Report: whole(streamCSV), stream: streamCSV, Inventory: writeInventoryCSV},
		{Name: "sarif", About: "findings, for tools that take results of analyses (SARIF 2.1.0)", Hashes: Hashed, Report: writeSARIF},
		{Name: "markdown", About: "the skeleton of a postmortem, or a section for a ticket", Hashes: Hashed, Report: writeMarkdown, Shown: writeShownMarkdown, Contrast: writeContrastMarkdown},
		{Name: "checklist", About: "what to look at when Kerberos does not work, with the answers", Report: writeChecklist},
		{Name: "html", About: "a page for a browser, in one file", Hashes: Hashed, Fields: true, Report: writeHTML, Shown: writeShownHTML, Contrast: writeContrastHTML, Inventory: writeInventoryHTML},
	}
}
