package house

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"negotrace/analysis/report"
	"negotrace/internal/schema"
)

// TestSchema holds that the JSON Schema in the repository is that of the Go types.
func TestSchema(t *testing.T) {
	t.Parallel()
	text, err := schema.Of(root)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, filepath.Join(root, "analysis/report/schema.json"), string(text))
}

// reportSchemas are the schema as users get it, and each definition in a form that allows no
// field but those described, by what it is of.
type reportSchemas struct {
	open   openSchema
	strict map[string]*jsonschema.Schema
}

// An openSchema is one that allows fields which it does not describe.
type openSchema struct{ *jsonschema.Schema }

// valid holds that a text is as the schema has it.
func (s openSchema) valid(t *testing.T, text string) {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(document); err != nil {
		t.Error(err)
	}
}

func compileSchemas(t *testing.T) reportSchemas {
	t.Helper()
	text, err := schema.Of(root) // which the file is made of
	if err != nil {
		t.Fatal(err)
	}
	const open, strict = "urn:negotrace:open", "urn:negotrace:strict"
	c := jsonschema.NewCompiler()
	for _, id := range []string{open, strict} {
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		top := document.(map[string]any)
		delete(top, "$id")
		if id == strict {
			for _, def := range top["$defs"].(map[string]any) {
				def.(map[string]any)["additionalProperties"] = false
			}
		}
		if err := c.AddResource(id, top); err != nil {
			t.Fatal(err)
		}
	}
	compile := func(id string) *jsonschema.Schema {
		s, err := c.Compile(id)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	all := reportSchemas{openSchema{compile(open)}, map[string]*jsonschema.Schema{}}
	for kind, name := range map[string]string{"": "Report", "summary": "Report", "handshake": "Handshake", "provisional": "Handshake", "finding": "Finding", "kdc": "KDCExchange"} {
		all.strict[kind] = compile(strict + "#/$defs/" + name)
	}
	return all
}

// valid holds that a report in JSON, or a line of NDJSON, is as its definition has it, and
// has no field that it does not describe.
func (s reportSchemas) valid(t *testing.T, text string) (kind string) {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	object := document.(map[string]any)
	kind, _ = object["type"].(string)
	delete(object, "type")
	if s.strict[kind] == nil {
		t.Fatalf("a line of type %q", kind)
	}
	if err := s.strict[kind].Validate(document); err != nil {
		t.Error(err)
	}
	return kind
}

// TestLines holds that what the program writes as it goes on is as the schema has it, lines
// of all types, and so is its report.
func TestLines(t *testing.T) {
	t.Parallel()
	s := compileSchemas(t)
	program := program(t)
	out, diag, _ := run(t, program, "--format", "ndjson", "--hash", "--host", "*", "testdata/spn-missing-ntlm-fallback.pcapng")
	kinds := map[string]int{}
	for line := range strings.Lines(out) {
		s.open.valid(t, line)
		kinds[s.valid(t, line)]++
	}
	if len(kinds) != 4 || kinds["summary"] != 1 {
		t.Errorf("lines by type: %v\n%s", kinds, diag)
	}
	out, _, _ = run(t, program, "--format", "json", "testdata/spn-missing-ntlm-fallback.pcapng")
	s.open.valid(t, out)
	s.valid(t, out)
	if out, _, _ = run(t, program, "schema"); out != string(report.ReportSchema) {
		t.Error("the command prints another schema")
	}
	if s.open.Validate(map[string]any{"schema": 1}) == nil {
		t.Error("the schema takes anything for a report")
	}
}
