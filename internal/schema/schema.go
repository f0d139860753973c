// Package schema makes the JSON Schemas of a report, of the lines of NDJSON, and of what other
// commands write as JSON, from the Go types themselves. The type of a field says what it is, and its
// comment what it means.
package schema

import (
	"encoding/json"
	"fmt"
	"reflect"

	"negotrace/analysis"
	"negotrace/analysis/inventory"
	"negotrace/analysis/report"
)

// A Node is a JSON Schema, or a part of one (draft 2020-12).
type Node struct {
	Schema               string           `json:"$schema,omitempty"`
	ID                   string           `json:"$id,omitempty"`
	Ref                  string           `json:"$ref,omitempty"`
	Title                string           `json:"title,omitempty"`
	Description          string           `json:"description,omitempty"`
	Type                 string           `json:"type,omitempty"`
	Format               string           `json:"format,omitempty"`
	Const                string           `json:"const,omitempty"`
	Enum                 []string         `json:"enum,omitempty"`
	Minimum              *int             `json:"minimum,omitempty"`
	Items                *Node            `json:"items,omitempty"`
	Properties           map[string]*Node `json:"properties,omitempty"`
	Required             []string         `json:"required,omitempty"`
	PropertyNames        *Node            `json:"propertyNames,omitempty"`
	AdditionalProperties *Node            `json:"additionalProperties,omitempty"`
	Pattern              string           `json:"pattern,omitempty"`
	OneOf                []*Node          `json:"oneOf,omitempty"`
	Defs                 map[string]*Node `json:"$defs,omitempty"`
}

const about = `A report of negotrace (--format json), or one line of what --format ndjson writes.

A report lists a limited number of handshakes and of findings, and merges findings that say the same (count). NDJSON has all of them, each with a count of 1, in this order: for each part of the capture its exchanges with KDCs, each handshake with its findings directly after it, then findings on no handshake; the summary comes last, and is the report without its lists. With --follow a handshake may come before as a line of type provisional, with the same id, as it looks soon after it has ended or while nothing more comes, and what was found by then as lines of type provisional_finding after it, each once; those on no handshake come by themselves. The lines of type finding that follow are what is said for good.`

const aboutInventory = `An inventory of negotrace (inventory --format json), or one line of what --format ndjson writes: every entry, then the summary, which is the inventory without them.`

const stays = `What is described here stays: the names, the types, and what they mean. What may come at any time: further fields, further values where an enumeration stands, and further types of lines. A program takes what it knows and leaves the rest. If a field goes or comes to mean something else, the number in "schema" of a report rises, and the one in the $id of each schema.

A field that is not required is left out where there is nothing to say. Numbers of frames are Wireshark's, or those of the entries of a browser export. Times are RFC 3339 in UTC, durations nanoseconds.`

// Comments are those of the types in schemas.
type Comments struct{ docs docs }

// ReadComments reads the source below root, the directory of the project.
func ReadComments(root string) (*Comments, error) {
	docs, err := readDocs(root, "analysis", "analysis/servertext", "httpstream", "tokens", "analysis/report", "analysis/inventory", "capture/serverlog", "capture/eventlog", "capture/hosttext")
	return &Comments{docs}, err
}

// SchemaOf returns the schema of the result of a command as text: "report" for the analysis, else
// the name of the command.
func (c *Comments) SchemaOf(name string) ([]byte, error) {
	m := &maker{docs: c.docs, defs: map[string]*Node{}, names: map[reflect.Type]string{}}
	top, err := &Node{}, error(nil)
	if name == "report" {
		*top = m.report()
	} else if *top, err = m.result(name); err != nil {
		return nil, err
	}
	if m.err != nil {
		return nil, m.err
	}
	top.Schema, top.ID, top.Defs = "https://json-schema.org/draft/2020-12/schema", "urn:negotrace:"+name+":1", m.defs
	text, err := json.MarshalIndent(top, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	return append(text, '\n'), nil
}

// Of returns the schema of a Go type. Its structs are references to definitions. What is not in JSON
// as its type says, or has no name there, is an error.
func (c *Comments) Of(t reflect.Type) (*Node, error) {
	m := &maker{docs: c.docs, defs: map[string]*Node{}, names: map[reflect.Type]string{}}
	n := m.of(t)
	return n, m.err
}

// report returns the schema of a report, or of a line of NDJSON.
func (m *maker) report() Node {
	report := m.ref(reflect.TypeFor[analysis.Report]())
	top := Node{
		Title: "Report of negotrace", Description: about + "\n\n" + stays,
		OneOf: []*Node{{Title: "Report", Ref: report.Ref, Required: []string{"handshakes", "findings"}}},
	}
	for _, l := range []struct {
		name string
		of   reflect.Type
	}{
		{"kdc", reflect.TypeFor[analysis.KDCExchange]()},
		{"handshake", reflect.TypeFor[analysis.Handshake]()},
		{"provisional", reflect.TypeFor[analysis.Handshake]()},
		{"provisional_finding", reflect.TypeFor[analysis.Finding]()},
		{"finding", reflect.TypeFor[analysis.Finding]()},
		{"summary", reflect.TypeFor[analysis.Report]()},
	} {
		top.OneOf = append(top.OneOf, lineOf(l.name, m.ref(l.of)))
	}
	return top
}

// lineOf returns the schema of a line of NDJSON: its type, and what it has of a definition.
func lineOf(kind string, has *Node) *Node {
	return &Node{
		Title: "Line of type " + kind, Ref: has.Ref,
		Properties: map[string]*Node{"type": {Const: kind}}, Required: []string{"type"},
	}
}

// result returns the schema of what another command writes.
func (m *maker) result(command string) (Node, error) {
	top := Node{Title: "Result of negotrace " + command, Description: stays}
	switch command {
	case "show":
		top.Ref = m.ref(reflect.TypeFor[report.Shown]()).Ref
	case "compare":
		top.Ref = m.ref(reflect.TypeFor[analysis.Contrast]()).Ref
	case "inventory":
		top.Description = aboutInventory + "\n\n" + stays
		whole := m.ref(reflect.TypeFor[report.Inventory]())
		top.OneOf = []*Node{
			{Title: "Inventory", Ref: whole.Ref, Required: []string{"entries"}},
			lineOf("entry", m.ref(reflect.TypeFor[inventory.Entry]())), lineOf("summary", whole),
		}
	case "decode":
		top.Type, top.Items = "array", m.ref(reflect.TypeFor[report.Token]())
	case "checks":
		top.Type, top.Items = "array", m.ref(reflect.TypeFor[analysis.Check]())
	case "explain":
		errors := &Node{Title: "Errors with that name or number, or in that text", Type: "array", Items: m.ref(reflect.TypeFor[analysis.KnownError]())}
		top.OneOf = []*Node{m.ref(reflect.TypeFor[analysis.Check]()), errors}
	case "redact":
		top.Title = "Manifest of negotrace redact (OUT.manifest.json)"
		top.Ref = m.ref(reflect.TypeFor[report.Manifest]()).Ref
	case "version":
		top.Ref = m.ref(reflect.TypeFor[report.Version]()).Ref
	default:
		return top, fmt.Errorf("schema: %q writes no JSON", command)
	}
	return top, nil
}
