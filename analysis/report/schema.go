package report

import (
	"embed"
	"io"
)

// A Schema is the text of a JSON Schema.
type Schema string

// The schemas are made from the Go types: see internal/schema.
//
//go:embed schema/*.json
var schemas embed.FS

// SchemaNames returns the names of the results that have a schema: the report, whose schema is
// that of the lines of NDJSON too, and what other commands write.
func SchemaNames() []string {
	return []string{"report", "show", "compare", "inventory", "decode", "checks", "explain", "redact", "version"}
}

// SchemaOf returns the schema of that name.
func SchemaOf(name string) (Schema, error) {
	text, err := schemas.ReadFile("schema/" + name + ".json")
	return Schema(text), err
}

func writeSchema(w io.Writer, s Schema, _ Options) error {
	_, err := io.WriteString(w, string(s))
	return err
}
