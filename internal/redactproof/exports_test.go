package redactproof_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"negotrace/analysis"
	"negotrace/analysis/checks"
	"negotrace/analysis/correlate"
	"negotrace/capture"
	"negotrace/capture/export"
	"negotrace/capture/redact/exports"
	"negotrace/capture/redact/pseudonym"
	"negotrace/capture/redact/search"
	"negotrace/capture/redact/text"
)

func newRedactor() *exports.Redactor {
	names := pseudonym.New(pseudonym.Options{})
	return &exports.Redactor{Texts: text.New(names)}
}

// redacted returns what becomes of an export.
func redacted(t testing.TB, r *exports.Redactor, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	var err error
	switch {
	case export.IsSAZ(b):
		err = r.SAZ(bytes.NewReader(b), int64(len(b)), &out)
	case export.IsNetLog(b[:min(len(b), 64<<10)]):
		err = r.NetLog(bytes.NewReader(b), &out)
	default:
		err = r.HAR(bytes.NewReader(b), &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestExports redacts every export of testdata, and of the directories that
// NEGOTRACE_CAPTURES names, separated as in PATH. What it becomes must say the same, with
// other names, and hold nothing of what was replaced.
func TestExports(t *testing.T) {
	files := exportFiles(t)
	if len(files) < 20 {
		t.Fatalf("%d exports found", len(files))
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r := newRedactor()
			out := redacted(t, r, b)
			before, err := read(b)
			if err != nil {
				t.Skip(err)
			}
			after, err := read(out)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(summary(before, r.Names.Text), summary(after, func(s string) string { return s })); diff != "" {
				t.Errorf("-original +redacted\n%s", diff)
			}
			if export.IsSAZ(out) {
				out = []byte(strings.Join(texts(t, out), "\n"))
			}
			if found, err := search.New(r.Names.Replaced()).In(bytes.NewReader(out)); found != nil || err != nil {
				t.Errorf("still there: %+v %v", found, err)
			}
			if len(r.Counts.LeftOut) > 0 {
				t.Log(r.Counts.LeftOut)
			}
		})
	}
}

func exportFiles(t *testing.T) (all []string) {
	dirs := append([]string{"../../testdata"}, filepath.SplitList(os.Getenv("NEGOTRACE_CAPTURES"))...)
	for _, dir := range dirs {
		for _, ending := range []string{"har", "netlog.json", "saz"} {
			files, err := filepath.Glob(filepath.Join(dir, "*"+ending))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, files...)
		}
	}
	return all
}

// read makes the report of a file.
func read(b []byte) (*analysis.Report, error) {
	source := capture.Source{Name: "a", Size: int64(len(b)), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }}
	trace := correlate.NewTrace(correlate.Options{Checks: checks.All()})
	counters, err := capture.Read(context.Background(), []capture.Source{source}, capture.Sink{
		Files: trace.Files, Exchange: trace.Exchange, Conn: trace.Conn, Kerberos: trace.Kerberos, DNS: trace.DNS,
	}, capture.Options{})
	if err != nil {
		return nil, err
	}
	return trace.Report(counters), nil
}

// summary says what a report says of handshakes, findings and differentials.
func summary(r *analysis.Report, name func(string) string) (all []string) {
	all = append(all, fmt.Sprint(r.Summary.Packets, r.Summary.Requests, r.Summary.Responses))
	for _, h := range r.Handshakes {
		all = append(all, fmt.Sprintln("handshake", h.ID, h.Target, h.Scheme, h.Mechanism, h.Outcome, h.OutcomeEvidence, name(h.User), name(h.SPN), name(h.Host), len(h.Legs)))
		for _, c := range h.Candidates {
			all = append(all, fmt.Sprintln("  candidate", c.Check, c.Status))
		}
	}
	for _, f := range r.Findings {
		all = append(all, fmt.Sprintln("finding", f.Check, f.Severity, f.Evidence, f.Variant, f.Handshake, f.Frame))
	}
	return all
}

// TestStaysJSON holds that what is written can be read by everybody.
func TestStaysJSON(t *testing.T) {
	for _, file := range exportFiles(t) {
		b, err := os.ReadFile(file)
		if err != nil || !json.Valid(b) {
			continue
		}
		if out := redacted(t, newRedactor(), b); !json.Valid(out) {
			t.Errorf("%s became something that is no JSON", file)
		}
	}
}
