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

// TestSchema holds that the JSON Schemas in the repository are those of the Go types.
func TestSchema(t *testing.T) {
	t.Parallel()
	for _, name := range report.SchemaNames() {
		text, err := schema.Of(root, name)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, filepath.Join(root, "analysis/report/schema", name+".json"), string(text))
	}
}

// TestResults holds that what each command writes as JSON is as its schema has it, and has no
// field that this does not describe.
func TestResults(t *testing.T) {
	t.Parallel()
	path := program(t)
	for _, c := range []struct {
		schema string
		lines  bool // each line is a document
		args   []string
	}{
		{"show", false, []string{"show", "1", "testdata/kerberos-ad.pcapng"}},
		{"show", false, []string{"show", "--failed", "testdata/ntlm-loop.pcapng"}},
		{"show", false, []string{"show", "--decode", "1", "testdata/spn-missing-ntlm-fallback.pcapng"}},
		{"compare", false, []string{"compare", "testdata/kerberos-ad.pcapng", "testdata/spn-missing-ntlm-fallback.pcapng"}},
		{"compare", false, []string{"compare", "--host", "*", "testdata/ntlm-v2.pcapng", "testdata/ntlm-v1.pcapng"}},
		{"inventory", true, []string{"inventory", "--format", "ndjson", "testdata/spn-missing-ntlm-fallback.pcapng", "testdata/proxy-kerberos.pcapng"}},
		{"decode", false, []string{"decode", "WWW-Authenticate: NTLM TlRMTVNTUAABAAAAB4IIoAAAAAAAAAAAAAAAAAAAAAA="}},
		{"decode", false, []string{"decode", "Authorization: Negotiate oQcwBaADCgEB"}},
		{"checks", false, []string{"checks"}},
		{"explain", false, []string{"explain", "spn-not-found"}},
		{"explain", false, []string{"explain", "7"}},
		{"version", false, []string{"version"}},
	} {
		strict := compileSchema(t, path, c.schema)
		args := c.args
		if !c.lines {
			args = append(args, "--format", "json")
		}
		out, diag, _ := run(t, path, args...)
		documents := []string{out}
		if c.lines {
			documents = strings.Split(strings.TrimSpace(out), "\n")
		}
		for _, text := range documents {
			document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
			if err != nil {
				t.Fatalf("%v: %v\n%s", c.args, err, diag)
			}
			if err := strict.Validate(document); err != nil {
				t.Errorf("%v: %v", c.args, err)
			}
		}
	}
	if out, diag, status := run(t, path, "schema", "shwo"); status != 2 || out != "" || !strings.Contains(diag, "did you mean show?") {
		t.Errorf("schema of what there is not: %d %s%s", status, out, diag)
	}
}

// compileSchema returns the schema of a result as the program prints it, in a form that allows no
// field but those described.
func compileSchema(t *testing.T, program, name string) *jsonschema.Schema {
	t.Helper()
	text, _, _ := run(t, program, "schema", name)
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, def := range document.(map[string]any)["$defs"].(map[string]any) {
		def.(map[string]any)["additionalProperties"] = false
	}
	c := jsonschema.NewCompiler()
	id := "urn:negotrace:strict:" + name
	delete(document.(map[string]any), "$id")
	if err := c.AddResource(id, document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(id)
	if err != nil {
		t.Fatal(err)
	}
	return s
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
	text, err := schema.Of(root, "report") // which the file is made of
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
	want, err := report.SchemaOf("report")
	if out, _, _ = run(t, program, "schema"); out != string(want) || err != nil {
		t.Error("the command prints another schema")
	}
	if s.open.Validate(map[string]any{"schema": 1}) == nil {
		t.Error("the schema takes anything for a report")
	}
}
