package house

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"negotrace/analysis"
	"negotrace/analysis/correlate"
	"negotrace/analysis/report"
	"negotrace/capture"
	"negotrace/internal/diagnosis"
	"negotrace/internal/schema"
)

// TestSchema holds that the JSON Schemas in the repository are those of the Go types.
func TestSchema(t *testing.T) {
	t.Parallel()
	for _, name := range report.SchemaNames() {
		expect(t, filepath.Join(root, "analysis/report/schema", name+".json"), string(schemaOf(t, name)))
	}
}

// comments are those that all schemas are made with.
var comments = sync.OnceValues(func() (*schema.Comments, error) { return schema.ReadComments(root) })

func schemaOf(t *testing.T, name string) []byte {
	t.Helper()
	c, err := comments()
	if err != nil {
		t.Fatal(err)
	}
	text, err := c.SchemaOf(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
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
	text := schemaOf(t, "report") // which the file is made of
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

// TestLines holds that lines of all types are as the schema has them, and so is the report,
// with what is only there when it is asked for.
func TestLines(t *testing.T) {
	t.Parallel()
	s := compileSchemas(t)
	kinds := map[string]int{}
	for line := range strings.Lines(streamed(t, "ndjson")) {
		s.open.valid(t, line)
		kinds[s.valid(t, line)]++
	}
	if len(kinds) != 4 || kinds["summary"] != 1 {
		t.Errorf("lines by type: %v", kinds)
	}
	for _, file := range []string{"testdata/spn-missing-ntlm-fallback.pcapng", "testdata/delegation-forwarded.pcapng"} {
		while, whole := linesOf(t, file)
		while = slices.DeleteFunc(while, func(line string) bool { // an exchange that belongs to no handshake
			return strings.HasPrefix(line, `{"type":"kdc"`) && !slices.Contains(whole, line)
		})
		if !slices.Equal(while, whole) || !strings.HasPrefix(whole[0], `{"type":"kdc"`) {
			t.Errorf("%s: while it is read %d lines, from the report %d:\n%s\n%s", file, len(while), len(whole), while, whole)
		}
	}
	out := streamed(t, "json")
	s.open.valid(t, out)
	s.valid(t, out)
	if !strings.Contains(out, `"sha256"`) {
		t.Error("the hash is not there")
	}
	if s.open.Validate(map[string]any{"schema": 1}) == nil {
		t.Error("the schema takes anything for a report")
	}
}

// linesOf returns the lines of NDJSON about handshakes and KDCs, as they are written while a
// capture is read, and as they are written of its report.
func linesOf(t *testing.T, file string) (while, whole []string) {
	t.Helper()
	var a, b strings.Builder
	for _, begin := range []bool{true, false} {
		sources, err := capture.Open([]string{filepath.Join(root, file)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		stream := &report.Stream{End: func(r *analysis.Report) error { return formatOf("ndjson").Report(&b, r, report.Options{}) }}
		if begin {
			stream = formatOf("ndjson").Begin(&a, report.Options{})
		}
		r, err := diagnosis.Read(t.Context(), sources, diagnosis.Options{Correlate: correlate.Options{Sink: stream.Sink, OmitLists: stream.WritesAll}})
		if err := errors.Join(err, stream.End(r)); err != nil {
			t.Fatal(err)
		}
	}
	about := func(text string) (lines []string) {
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, `{"type":"handshake"`) || strings.HasPrefix(line, `{"type":"kdc"`) {
				lines = append(lines, line)
			}
		}
		return lines
	}
	return about(a.String()), about(b.String())
}

// streamed reads a capture with all that can be asked for, and writes what it finds as it
// goes on.
func streamed(t *testing.T, format string) string {
	t.Helper()
	sources, err := capture.Open([]string{filepath.Join(root, "testdata/spn-missing-ntlm-fallback.pcapng")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	stream := formatOf(format).Begin(&b, report.Options{})
	r, err := diagnosis.Read(t.Context(), sources, diagnosis.Options{
		Capture:   capture.Options{Hash: true},
		Correlate: correlate.Options{Filter: &analysis.Filter{Hosts: []analysis.Pattern{"*"}}, Sink: stream.Sink, OmitLists: stream.WritesAll},
	})
	if err := errors.Join(err, stream.End(r)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
