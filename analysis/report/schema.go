package report

import (
	_ "embed" // the schema
	"io"
)

// A Schema is the text of a JSON Schema.
type Schema string

// ReportSchema is the JSON Schema of a report in JSON, and of the lines of NDJSON. It is
// made from the Go types: see internal/schema.
//
//go:embed schema.json
var ReportSchema Schema

func writeSchema(w io.Writer, s Schema, _ Options) error {
	_, err := io.WriteString(w, string(s))
	return err
}
