package checks_test

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"negotrace/analysis"
	"negotrace/analysis/checks"
	"negotrace/analysis/correlate"
	"negotrace/capture"
	"negotrace/httpstream"
	"negotrace/internal/capturetest"
)

// TestJoined reads each case together with its own HAR: it is the one event that its packets
// show, with the same findings and the same numbers.
func TestJoined(t *testing.T) {
	for _, check := range checks.All() {
		for i, c := range fixture(t, check.Name) {
			har, ok := c.HAR()
			if !ok || c.Export != "" {
				continue
			}
			t.Run(fmt.Sprintf("%s/%d", check.Name, i), func(t *testing.T) {
				t.Parallel()
				joinsItself(t, c, har)
			})
		}
	}
}

func joinsItself(t *testing.T, c *capturetest.Case, har []byte) {
	t.Helper()
	alone := together(t, c, c.Pcapng())
	both := together(t, c, c.Pcapng(), har)
	if a, b := alone.Summary, both.Summary; a.Requests != b.Requests {
		t.Errorf("%d requests, alone %d; %+v", b.Requests, a.Requests, both.Inputs[1])
	}
	if a, b := len(alone.Handshakes), len(both.Handshakes); a != b {
		t.Errorf("%d handshakes, alone %d", b, a)
	}
	if a, b := list(alone), list(both); a != b {
		t.Errorf("findings\n%s\nalone\n%s", b, a)
	}
}

func together(t *testing.T, c *capturetest.Case, files ...[]byte) *analysis.Report {
	t.Helper()
	secrets := &httpstream.Secrets{}
	if err := secrets.Read(bytes.NewReader(c.KeyLog)); err != nil {
		t.Fatal(err)
	}
	var sources []capture.Source
	for i, b := range files {
		sources = append(sources, capture.Source{Name: string(rune('a' + i)), Size: int64(len(b)), Open: func() (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(b)), nil
		}})
	}
	trace := correlate.NewTrace(correlate.Options{Checks: checks.All()})
	counters, err := capture.Read(t.Context(), sources, capture.Sink{
		Files: trace.Files, Exchange: trace.Exchange, Conn: trace.Conn, Kerberos: trace.Kerberos, DNS: trace.DNS,
	}, capture.Options{Secrets: secrets})
	if err != nil {
		t.Fatal(err)
	}
	return trace.Report(counters)
}
