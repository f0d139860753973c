package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"negotrace/analysis/report"
)

// TestResults holds that what each command writes as JSON is as its schema has it, and has no
// field that this does not describe.
func TestResults(t *testing.T) {
	t.Chdir("../..")
	for _, c := range []struct {
		schema string
		args   []string
	}{
		{"show", []string{"show", "1", "testdata/kerberos-ad.pcapng"}},
		{"show", []string{"show", "--failed", "testdata/ntlm-loop.pcapng"}},
		{"show", []string{"show", "--decode", "1", "testdata/spn-missing-ntlm-fallback.pcapng"}},
		{"compare", []string{"compare", "testdata/kerberos-ad.pcapng", "testdata/spn-missing-ntlm-fallback.pcapng"}},
		{"compare", []string{"compare", "--host", "*", "testdata/ntlm-v2.pcapng", "testdata/ntlm-v1.pcapng"}},
		{"inventory", []string{"inventory", "testdata/spn-missing-ntlm-fallback.pcapng", "testdata/proxy-kerberos.pcapng"}},
		{"inventory", []string{"inventory", "--view", "rc4", "--host", "nowhere.test", "testdata/proxy-kerberos.pcapng"}},
		{"decode", []string{"decode", "WWW-Authenticate: NTLM TlRMTVNTUAABAAAAB4IIoAAAAAAAAAAAAAAAAAAAAAA="}},
		{"decode", []string{"decode", "Authorization: Negotiate oQcwBaADCgEB"}},
		{"checks", []string{"checks"}},
		{"explain", []string{"explain", "spn-not-found"}},
		{"explain", []string{"explain", "7"}},
		{"version", []string{"version"}},
	} {
		out, diag, _ := ran(t, append(c.args, "--format", "json")...)
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
		if err != nil {
			t.Fatalf("%v: %v\n%s", c.args, err, diag)
		}
		if err := compileSchema(t, c.schema, "").Validate(document); err != nil {
			t.Errorf("%v: %v", c.args, err)
		}
	}
	if out, diag, status := ran(t, "schema", "shwo"); status != notAnalysed || out != "" || !strings.Contains(diag, "did you mean show?") {
		t.Errorf("schema of what there is not: %d %s%s", status, out, diag)
	}
}

// TestInventoryLines holds that each line of an inventory is as the schema has it, that every
// entry is one, and that the last one is the summary, which says of which files it is.
func TestInventoryLines(t *testing.T) {
	t.Chdir("../..")
	files := []string{"testdata/spn-missing-ntlm-fallback.pcapng", "testdata/proxy-kerberos.pcapng"}
	out, _, _ := ran(t, append([]string{"inventory", "--format", "ndjson"}, files...)...)
	definitions := map[string]*jsonschema.Schema{
		"entry": compileSchema(t, "inventory", "Entry"), "summary": compileSchema(t, "inventory", "Inventory"),
	}
	var kinds []string
	for line := range strings.Lines(out) {
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err != nil {
			t.Fatal(err)
		}
		object := document.(map[string]any)
		kind, _ := object["type"].(string)
		kinds = append(kinds, kind)
		if inputs, _ := object["inputs"].([]any); kind == "summary" && len(inputs) != len(files) {
			t.Errorf("it names %d files: %s", len(inputs), line)
		}
		delete(object, "type") // which its definition is without
		if definitions[kind] == nil {
			t.Fatalf("a line of type %q", kind)
		}
		if err := definitions[kind].Validate(document); err != nil {
			t.Error(err)
		}
	}
	if strings.Join(kinds, " ") != "entry entry summary" {
		t.Errorf("lines: %q", kinds)
	}
}

// compileSchema returns the schema of a result as the program prints it, or one of its
// definitions, in a form that allows no field but those described.
func compileSchema(t *testing.T, name, definition string) *jsonschema.Schema {
	t.Helper()
	text, _, _ := ran(t, "schema", name)
	if want, err := report.SchemaOf(name); text != string(want) || err != nil {
		t.Errorf("schema %s prints another one: %v", name, err)
	}
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
	if definition != "" {
		id += "#/$defs/" + definition
	}
	s, err := c.Compile(id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ran returns what a command wrote and its exit status.
func ran(t *testing.T, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, diag bytes.Buffer
	status = run(t.Context(), args, noEnv, nil, &out, &diag)
	return out.String(), diag.String(), status
}
