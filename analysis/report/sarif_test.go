package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// schemaOfSARIF is the JSON Schema of the standard, which the package sarif holds in its source.
var schemaOfSARIF = sync.OnceValues(func() (*jsonschema.Schema, error) {
	// Package build finds no modules in a program that was built with -trimpath.
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", reflect.TypeFor[sarif.Report]().PkgPath()).Output()
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "schema.go"), nil, 0)
	if err != nil {
		return nil, err
	}
	literal := file.Scope.Lookup("schema").Decl.(*ast.ValueSpec).Values[0].(*ast.BasicLit)
	text, err := strconv.Unquote(literal.Value)
	if err != nil {
		return nil, err
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(sarifSchema, document); err != nil {
		return nil, err
	}
	return c.Compile(sarifSchema)
})

// validSARIF returns a report as a reader of SARIF understands it, after the schema of the
// standard has had a look at it.
func validSARIF(t *testing.T, r *analysis.Report) *sarif.Run {
	t.Helper()
	schema, err := schemaOfSARIF()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := writeSARIF(&b, r, Options{}); err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(document); err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	var log sarif.Report
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	return log.Runs[0]
}

// TestSARIF holds that each finding is a result with a place in a file, of a rule that is
// there, with the level of its severity.
func TestSARIF(t *testing.T) {
	t.Parallel()
	r := load(t, "testdata/mixed.json")
	r.Tool = analysis.Tool{Name: "negotrace", Version: "v1.2.3"}
	r.Inputs = []httpstream.Input{
		{Name: "/captures/front end.pcapng", Format: "pcapng", Bytes: 1000, SHA256: httpstream.Digest(bytes.Repeat([]byte{0xab}, 32))},
		{Name: "back.pcapng", Format: "pcapng", Bytes: 2000},
	}
	r.Exit = analysis.Exit{Status: 1, Reason: "something was found"}
	r.Findings[1].File = httpstream.FileOf("back.pcapng", "back.pcapng", httpstream.Frames)
	r.Findings[2].Frame = 0
	run := validSARIF(t, r)
	if len(run.Results) != len(r.Findings) || len(run.Tool.Driver.Rules) != len(r.Checks) {
		t.Fatalf("%d results of %d rules", len(run.Results), len(run.Tool.Driver.Rules))
	}
	for i, res := range run.Results {
		f := r.Findings[i]
		at := res.Locations[0].PhysicalLocation
		if want := max(f.Frame, 1); *at.Region.StartLine != want {
			t.Errorf("result %d is at %d, want %d", i, *at.Region.StartLine, want)
		}
		uri := "file:///captures/front%20end.pcapng"
		if i == 1 {
			uri = "back.pcapng"
		}
		if *at.ArtifactLocation.URI != uri || *run.Artifacts[at.ArtifactLocation.Index].Location.URI != uri {
			t.Errorf("result %d is in %s", i, *at.ArtifactLocation.URI)
		}
		if res.RuleIndex >= 0 && *run.Tool.Driver.Rules[res.RuleIndex].ID != f.Check || *res.RuleID != f.Check {
			t.Errorf("result %d is of another rule", i)
		}
		if want := map[analysis.Severity]string{analysis.Error: "error", analysis.Warning: "warning", analysis.Info: "note"}[f.Severity]; res.Level != want {
			t.Errorf("result %d has the level %s, want %s", i, res.Level, want)
		}
	}
	if n := len(run.Invocations[0].ToolExecutionNotifications); n == 0 {
		t.Error("what could not be seen is not said")
	}
}

// TestSARIFOfAnything holds that a report is valid whatever a capture says, also one
// without findings and one of which the file is not known.
func TestSARIFOfAnything(t *testing.T) {
	t.Parallel()
	validSARIF(t, load(t, "testdata/empty.json"))
	validSARIF(t, load(t, "testdata/clean.json"))
	for _, s := range nastyStrings {
		r := nasty(s)
		validSARIF(t, r)
		r.Inputs = []httpstream.Input{{Name: s}}
		validSARIF(t, r)
	}
}

// TestSARIFLimits holds that there are no more results and locations than readers take, the worst
// first, and that it is said.
func TestSARIFLimits(t *testing.T) {
	t.Parallel()
	r := &analysis.Report{Checks: []*analysis.Check{}}
	for i := range maxSARIFResults + 3 {
		r.Findings = append(r.Findings, &analysis.Finding{ID: i + 1, Check: "spn-not-found", Severity: analysis.Error, Message: "no account", Count: 1})
	}
	run := sarifRunOf(r)
	if said := fmt.Sprint(run.Invocations); len(run.Results) != 25_000 || !strings.Contains(said, "3 findings left out") {
		t.Errorf("%d results, and %s", len(run.Results), said)
	}
	r.Findings = r.Findings[:1]
	for frame := range 5000 {
		r.Findings[0].Frames = append(r.Findings[0].Frames, frame+1)
	}
	if n := len(sarifRunOf(r).Results[0].RelatedLocations); n > 100 || n == 0 {
		t.Errorf("%d locations of a result", n)
	}
}

// TestFingerprint holds that the same finding has the same fingerprint in another capture.
func TestFingerprint(t *testing.T) {
	t.Parallel()
	a := &analysis.Finding{ID: 1, Check: "spn-not-found", Message: "no account", Frame: 7, Client: "10.0.0.1:50000", Handshake: 3}
	b := &analysis.Finding{ID: 9, Check: "spn-not-found", Message: "no account", Frame: 99, Client: "10.0.0.1:50001"}
	c := &analysis.Finding{ID: 9, Check: "spn-not-found", Message: "no other account", Frame: 99}
	if fingerprint(a) != fingerprint(b) || fingerprint(b) == fingerprint(c) || len(fingerprint(a)) != 32 {
		t.Errorf("%s, %s and %s", fingerprint(a), fingerprint(b), fingerprint(c))
	}
}

func TestFileURI(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"a.pcapng":        "a.pcapng",
		"dir/a b#c?.pcap": "dir/a%20b%23c%3F.pcap",
		"/tmp/a.pcap":     "file:///tmp/a.pcap",
		"a:b.pcap":        "./a:b.pcap",
		"-":               "-",
	} {
		if got := fileURI(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}
