package checks_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"slices"
	"sync"
	"testing"

	"negotrace/analysis"
	"negotrace/analysis/checks"
	"negotrace/analysis/correlate"
	"negotrace/capture"
	"negotrace/capture/eventlog"
	"negotrace/capture/hosttext"
	"negotrace/httpstream"
	"negotrace/internal/capturetest"
)

// fixture returns the cases of a check. Tests share them, and change nothing in them.
func fixture(t *testing.T, check string) []*capturetest.Case {
	t.Helper()
	read, _ := fixtures.LoadOrStore(check, sync.OnceValues(func() ([]*capturetest.Case, error) {
		data, err := os.ReadFile("testdata/" + check + ".txtar")
		if err != nil {
			return nil, err
		}
		return capturetest.ParseArchive(data)
	}))
	cases, err := read.(func() ([]*capturetest.Case, error))()
	if err != nil {
		t.Fatalf("testdata/%s.txtar: %v", check, err)
	}
	return cases
}

var fixtures, reports sync.Map // what was read and analysed, by check and by case

// reportOf returns the report of a case as it is, which tests share.
func reportOf(t *testing.T, c *capturetest.Case) *analysis.Report {
	t.Helper()
	analysed, _ := reports.LoadOrStore(c, sync.OnceValue(func() *analysis.Report { return replay(t, c, c.File()) }))
	return analysed.(func() *analysis.Report)()
}

// replay runs the whole program over a file made of the case, with every check.
func replay(t *testing.T, c *capturetest.Case, file []byte) *analysis.Report {
	t.Helper()
	return replayWith(t, c, file, correlate.Options{Checks: checks.All()})
}

func replayWith(t *testing.T, c *capturetest.Case, file []byte, o correlate.Options) *analysis.Report {
	t.Helper()
	events := eventsByFrame(t, c, file)
	trace := correlate.NewTrace(o)
	if len(c.Logged) > 0 {
		trace.Logs(httpstream.Time{})
		if n, err := eventlog.ReadXML(bytes.NewReader(c.Logged), trace.Event); err != nil || n.Others+n.Malformed > 0 {
			t.Fatal(n, err)
		}
	}
	if len(c.Printed) > 0 {
		trace.Logs(httpstream.Time{})
		if _, err := hosttext.Read(bytes.NewReader(c.Printed), trace.HostText); err != nil {
			t.Fatal(err)
		}
	}
	counters := read(t, c, file, capture.Sink{
		Exchange: func(x *httpstream.Exchange) bool {
			if x.Request != nil {
				x.Events = append(x.Events, events[x.Request.Pos.Frame]...)
			}
			return trace.Exchange(x)
		},
		Conn: trace.Conn, Kerberos: trace.Kerberos, DNS: trace.DNS,
		Files: trace.Files, Logs: trace.Logs, LoggedRequest: trace.LoggedRequest, LoggedError: trace.LoggedError,
	})
	return trace.Report(counters)
}

func read(t *testing.T, c *capturetest.Case, file []byte, sink capture.Sink) *httpstream.Counters {
	t.Helper()
	secrets := &httpstream.Secrets{}
	if err := secrets.Read(bytes.NewReader(c.KeyLog)); err != nil {
		t.Fatal(err)
	}
	source := func(name string, b []byte) capture.Source {
		open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
		return capture.Source{Name: name, Open: open, Size: int64(len(b))}
	}
	sources := []capture.Source{source("case", file)}
	if c.Log != nil {
		sources = append(sources, source("log", c.Log))
	}
	counters, err := capture.Read(context.Background(), sources, sink, capture.Options{Secrets: secrets})
	if err != nil {
		t.Fatal(err)
	}
	return counters
}

// eventsByFrame finds the frames of the requests that have events in the script.
func eventsByFrame(t *testing.T, c *capturetest.Case, file []byte) map[int][]httpstream.AuthEvent {
	t.Helper()
	if len(c.Events) == 0 {
		return nil
	}
	var frames []int
	read(t, c, file, capture.Sink{Exchange: func(x *httpstream.Exchange) bool {
		if x.Request != nil {
			frames = append(frames, x.Request.Pos.Frame)
		}
		return false
	}})
	slices.Sort(frames)
	out := map[int][]httpstream.AuthEvent{}
	for number, events := range c.Events {
		if number >= len(frames) {
			continue
		}
		for _, e := range events {
			at := httpstream.Pos{Frame: frames[number], Stream: -1}
			out[frames[number]] = append(out[frames[number]], httpstream.AuthEvent{Pos: at, Name: e.Name, Proxy: e.Proxy, Scheme: e.Scheme,
				SPN: e.SPN, Package: e.Package, User: e.User, Result: e.Result, NetError: e.NetError, Status: e.Status})
		}
	}
	return out
}

// A said is what matters of a finding when two ways of seeing the same are compared.
type said struct {
	Check, Variant string
	Severity       analysis.Severity
	Evidence       analysis.Evidence
	Handshake      int
	Message        string
	Count          int
}

// words returns the findings without their frames, in the report's order.
func words(r *analysis.Report) []said {
	var out []said
	for _, f := range r.Findings {
		out = append(out, said{f.Check, f.Variant, f.Severity, f.Evidence, f.Handshake, f.Message, f.Count})
	}
	return out
}

// named reports whether a report has a finding of the check.
func named(r *analysis.Report, check string) bool {
	return slices.ContainsFunc(r.Findings, func(f *analysis.Finding) bool { return f.Check == check })
}
