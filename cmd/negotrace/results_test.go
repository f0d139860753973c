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
		lines  bool // each line is a document
		args   []string
	}{
		{"show", false, []string{"show", "1", "testdata/kerberos-ad.pcapng"}},
		{"show", false, []string{"show", "--failed", "testdata/ntlm-loop.pcapng"}},
		{"show", false, []string{"show", "--decode", "1", "testdata/spn-missing-ntlm-fallback.pcapng"}},
		{"compare", false, []string{"compare", "testdata/kerberos-ad.pcapng", "testdata/spn-missing-ntlm-fallback.pcapng"}},
		{"compare", false, []string{"compare", "--host", "*", "testdata/ntlm-v2.pcapng", "testdata/ntlm-v1.pcapng"}},
		{"inventory", true, []string{"inventory", "--format", "ndjson", "testdata/spn-missing-ntlm-fallback.pcapng", "testdata/proxy-kerberos.pcapng"}},
		{"inventory", false, []string{"inventory", "testdata/spn-missing-ntlm-fallback.pcapng", "testdata/proxy-kerberos.pcapng"}},
		{"inventory", false, []string{"inventory", "--view", "rc4", "--host", "nowhere.test", "testdata/proxy-kerberos.pcapng"}},
		{"decode", false, []string{"decode", "WWW-Authenticate: NTLM TlRMTVNTUAABAAAAB4IIoAAAAAAAAAAAAAAAAAAAAAA="}},
		{"decode", false, []string{"decode", "Authorization: Negotiate oQcwBaADCgEB"}},
		{"checks", false, []string{"checks"}},
		{"explain", false, []string{"explain", "spn-not-found"}},
		{"explain", false, []string{"explain", "7"}},
		{"version", false, []string{"version"}},
	} {
		strict := compileSchema(t, c.schema)
		args := c.args
		if !c.lines {
			args = append(args, "--format", "json")
		}
		out, diag, _ := ran(t, args...)
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
	if out, diag, status := ran(t, "schema", "shwo"); status != notAnalysed || out != "" || !strings.Contains(diag, "did you mean show?") {
		t.Errorf("schema of what there is not: %d %s%s", status, out, diag)
	}
}

// compileSchema returns the schema of a result as the program prints it, in a form that allows no
// field but those described.
func compileSchema(t *testing.T, name string) *jsonschema.Schema {
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
	s, err := c.Compile(id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ran is what a command wrote and its exit status.
func ran(t *testing.T, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, diag bytes.Buffer
	status = run(t.Context(), args, nobody, nil, &out, &diag)
	return out.String(), diag.String(), status
}
