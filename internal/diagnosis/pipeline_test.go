package diagnosis_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"negotrace/analysis"
	"negotrace/analysis/checks"
	"negotrace/analysis/correlate"
	"negotrace/analysis/report"
	"negotrace/capture"
	"negotrace/httpstream"
	"negotrace/internal/testcost"
)

// A result is what came of a capture.
type result struct {
	report *analysis.Report
	read   error // of Read: this is no capture, or a broken one
	// messages counts what the exchanges were, as messages and as pairs of them.
	messages map[string]int
	printed  bytes.Buffer // the report as JSON
}

// analyse takes bytes all the way: reading, analysis with all checks, and every format
// of the report. What must be true of any input is asserted here.
func analyse(tb testing.TB, data, keyLog []byte) *result {
	tb.Helper()
	res := diagnose(tb, data, keyLog)
	for _, f := range report.Formats() {
		var printed bytes.Buffer
		if err := f.Report(&printed, res.report, report.Options{Width: 100}); err != nil {
			tb.Errorf("format %s: %v", f.Name, err)
		}
		out := bytes.ReplaceAll(printed.Bytes(), []byte("\r\n"), []byte("\n")) // which ends a line of CSV
		if i := bytes.IndexFunc(out, func(c rune) bool { return c < ' ' && c != '\n' || c == 0x7f }); i >= 0 {
			tb.Errorf("format %s prints the control character %q", f.Name, out[i])
		}
	}
	return res
}

// diagnose takes bytes as far as the report as JSON, which holds all that the others show.
func diagnose(tb testing.TB, data, keyLog []byte) *result {
	tb.Helper()
	secrets := &httpstream.Secrets{}
	if err := secrets.Read(bytes.NewReader(keyLog)); err != nil {
		tb.Fatal(err)
	}
	trace := correlate.NewTrace(correlate.Options{Checks: checks.All()})
	source := capture.Source{
		Name: "capture",
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil },
		Size: int64(len(data)),
	}
	res := &result{messages: map[string]int{}}
	counters, err := capture.Read(context.Background(), []capture.Source{source}, capture.Sink{
		Exchange: func(x *httpstream.Exchange) bool {
			res.count(x)
			return trace.Exchange(x)
		},
		Conn: trace.Conn, Kerberos: trace.Kerberos, DNS: trace.DNS,
	}, capture.Options{Secrets: secrets})
	res.report, res.read = trace.Report(counters), err
	if err := asJSON().Report(&res.printed, res.report, report.Options{}); err != nil {
		tb.Error(err)
	}
	res.bounded(tb)
	return res
}

func asJSON() report.Format {
	all := report.Formats()
	return all[slices.IndexFunc(all, func(f report.Format) bool { return f.Name == "json" })]
}

// count counts an exchange: its request, its response, and that they are a pair.
func (res *result) count(x *httpstream.Exchange) {
	var request, response string
	if r := x.Request; r != nil {
		request = "> " + r.Method + " " + r.Target
		res.messages[request]++
	}
	if r := x.Response; r != nil {
		response = "< " + strconv.Itoa(r.Status)
		res.messages[response]++
	}
	if request != "" && response != "" {
		res.messages[request+" "+response]++
	}
}

// bounded asserts that nothing in a report is longer than its limit in limits.go, and that
// no more messages were found than there is room for.
func (res *result) bounded(tb testing.TB) {
	tb.Helper()
	s := res.report.Summary
	listed := map[analysis.Mechanism]map[analysis.Outcome]int{}
	most := 0
	for _, h := range res.report.Handshakes {
		if listed[h.Mechanism] == nil {
			listed[h.Mechanism] = map[analysis.Outcome]int{}
		}
		listed[h.Mechanism][h.Outcome]++
		most = max(most, listed[h.Mechanism][h.Outcome])
	}
	for _, l := range []struct {
		what    string
		n, most int
	}{
		{"places of damage", len(s.Damage), 101},
		{"reasons why packets were not decoded", len(s.Undecoded), 65},
		{"hosts of closed TLS connections", len(s.TLSNotOpened), 4097},
		{"handshakes of one mechanism and outcome", most, 2000},
		{"things given up", len(s.Dropped), 50},
	} {
		if l.n > l.most {
			tb.Errorf("%d %s", l.n, l.what)
		}
	}
	messages := s.Requests
	for _, n := range s.Responses {
		messages += n
	}
	possible := int(s.Bytes) / messageLeast
	if s.Bytes == 0 { // an export, whose entries count as packets
		possible = 2 * s.Packets
	}
	if messages > possible {
		tb.Errorf("%d messages in %d packets of %d bytes", messages, s.Packets, s.Bytes)
	}
}

// messageLeast is the length of the shortest message there is: a HEADERS frame of HTTP/2
// with a request of three indexed fields.
const messageLeast = 9 + 3

// invented returns what was read in res and was not in the sample, or not as often; of
// pairs only where these are asked for.
func (res *result) invented(sample *result, pairs bool) string {
	for what, n := range res.messages {
		if strings.Contains(what, " < ") && !pairs {
			continue
		}
		if had := sample.messages[what]; n > had {
			return fmt.Sprintf("%q %d times, the sample has it %d times", what, n, had)
		}
	}
	return ""
}

// A sample is a file that variants are made of.
type sample struct {
	name         string
	data, keyLog []byte
	records      [][]byte // of a packet file, after its head; nil of an export
	head         []byte
	*result
}

// testdata holds the captures of the project, which several tests look at and none changes.
var testdata struct {
	read    sync.Once
	samples []*sample
}

// samples reads the captures of the project: all browser exports, and some of the packet files.
func samples(tb testing.TB) []*sample {
	tb.Helper()
	testdata.read.Do(func() {
		files, err := filepath.Glob("../../testdata/*")
		if err != nil {
			tb.Fatal(err)
		}
		packets := 0
		for _, file := range files {
			if filepath.Ext(file) == ".pcapng" {
				if packets++; packets%testcost.Step(3) != 0 {
					continue
				}
			}
			if s := newSample(tb, file); s != nil {
				testdata.samples = append(testdata.samples, s)
			}
		}
	})
	if len(testdata.samples) < 50 {
		tb.Fatalf("only %d samples", len(testdata.samples))
	}
	return testdata.samples
}

// newSample reads a file; nil if it is no capture.
func newSample(tb testing.TB, file string) *sample {
	tb.Helper()
	if slices.Contains([]string{".txt", ".set", ".keylog", ".keytab"}, filepath.Ext(file)) {
		return nil // what lies beside captures
	}
	data, err := os.ReadFile(file)
	if err != nil || len(data) > 4<<20 {
		return nil // a directory, or too large to be cut up many times
	}
	s := &sample{name: filepath.Base(file), data: data}
	s.keyLog, _ = os.ReadFile(strings.TrimSuffix(file, filepath.Ext(file)) + ".keylog")
	s.result = diagnose(tb, data, s.keyLog)
	if s.report.Summary.Packets == 0 {
		return nil
	}
	if s.read != nil {
		tb.Errorf("%s: %v", file, s.read)
	}
	s.head, s.records = split(data)
	return s
}
