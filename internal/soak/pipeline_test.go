package soak

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/analysis/checks"
	"negotrace/analysis/report"
	"negotrace/capture"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// analyse takes bytes all the way: reading, analysis with all checks, and every format
// of the report. An error is of what is no capture at all.
func analyse(data, keyLog []byte) (*analysis.Report, error) {
	secrets := &httpstream.Secrets{}
	if err := secrets.Read(bytes.NewReader(keyLog)); err != nil {
		return nil, err
	}
	trace := analysis.NewTrace(tokens.Decoder{}, checks.All)
	source := capture.Source{
		Name: "capture",
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil },
		Size: int64(len(data)),
	}
	tally, err := capture.Read(context.Background(), []capture.Source{source}, capture.Sink{
		Exchange: trace.Exchange, Conn: trace.Conn, Kerberos: trace.Kerberos, DNS: trace.DNS,
	}, capture.Options{Secrets: secrets})
	if tally == nil {
		return nil, err
	}
	r := trace.Report(tally)
	for _, f := range report.Formats {
		var out bytes.Buffer
		if err := f.Write(&out, r, report.Options{Width: 100}); err != nil {
			return r, fmt.Errorf("format %s: %w", f.Name, err)
		}
		if i := bytes.IndexFunc(out.Bytes(), func(c rune) bool { return c < ' ' && c != '\n' || c == 0x7f }); i >= 0 {
			return r, fmt.Errorf("format %s prints the control character %q", f.Name, out.Bytes()[i])
		}
	}
	return r, err
}

// messages counts what was read of HTTP.
func messages(r *analysis.Report) (requests, responses int) {
	for _, n := range r.Summary.Responses {
		responses += n
	}
	return r.Summary.Requests, responses
}

// A sample is a file that variants are made of.
type sample struct {
	name         string
	data, keyLog []byte
	records      [][]byte // of a packet file, after its head; nil of an export
	head         []byte
	requests     int
	responses    int
}

// samples reads the captures of the project, and those beside it if they are there.
func samples(tb testing.TB) []*sample {
	tb.Helper()
	var all []*sample
	for _, pattern := range []string{"testdata/*", "../shared/captures/*", "../shared/corpus/*", "../shared/corpus/*/*"} {
		files, err := filepath.Glob(filepath.Join("../..", pattern))
		if err != nil {
			tb.Fatal(err)
		}
		for _, file := range files {
			if s := newSample(tb, file); s != nil {
				all = append(all, s)
			}
		}
	}
	if len(all) < 50 {
		tb.Fatalf("only %d samples", len(all))
	}
	return all
}

// newSample reads a file; nil if it is no capture.
func newSample(tb testing.TB, file string) *sample {
	tb.Helper()
	data, err := os.ReadFile(file)
	if err != nil || len(data) > 4<<20 {
		return nil // a directory, or too large to be cut up many times
	}
	s := &sample{name: filepath.Base(file), data: data}
	s.keyLog, _ = os.ReadFile(strings.TrimSuffix(file, filepath.Ext(file)) + ".keylog")
	r, err := analyse(data, s.keyLog)
	if r == nil || r.Summary.Packets == 0 {
		return nil
	}
	if err != nil {
		tb.Errorf("%s: %v", file, err)
	}
	s.requests, s.responses = messages(r)
	s.head, s.records = split(data)
	return s
}
