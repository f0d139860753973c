package main

import (
	"bytes"
	"context"
	"io"
	"runtime"
	"slices"
	"testing"

	"negotrace/analysis/checks"
	"negotrace/analysis/correlate"
	"negotrace/analysis/report"
	"negotrace/capture"
)

// TestCores holds that captures that are judged in several windows, while they are read,
// give the same report on one core as on all, and where their file is read ahead as where it
// is not.
func TestCores(t *testing.T) {
	for name, mb := range map[string]int{"short": 2, "many": 2, "lossy": 8} { // each with several dozens of handshakes
		chosen, err := pick(mixes, mix.String, name)
		if err != nil {
			t.Fatal(err)
		}
		path := generated(t, job{mix: chosen[0], mb: mb, seed: 1})
		all := reported(t, opened(t, path))
		cores := runtime.GOMAXPROCS(1)
		one := reported(t, opened(t, path))
		runtime.GOMAXPROCS(cores)
		if !bytes.Equal(one, all) {
			t.Errorf("%s: the reports of one core and of %d differ", name, cores)
		}
		if !bytes.Equal(reported(t, notAhead(opened(t, path))), all) {
			t.Errorf("%s: the reports of the file read ahead and not differ", name)
		}
		if !bytes.Contains(all, []byte("NTLM")) {
			t.Errorf("%s: nobody authenticated", name)
		}
	}
}

func opened(t *testing.T, path string) []capture.Source {
	t.Helper()
	sources, err := capture.Open([]string{path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return sources
}

// notAhead gives files as readers and nothing else, which are not read ahead.
func notAhead(sources []capture.Source) []capture.Source {
	for i := range sources {
		open := sources[i].Open
		sources[i].Open = func() (io.ReadCloser, error) {
			f, err := open()
			return struct{ io.ReadCloser }{f}, err
		}
	}
	return sources
}

// reported returns what negotrace says of a capture, as JSON: that is the whole report, and
// package soak holds that the other formats print the same of the same.
func reported(t *testing.T, sources []capture.Source) []byte {
	t.Helper()
	trace := correlate.NewTrace(correlate.Options{Checks: checks.All(), Segment: 5})
	sink := capture.Sink{Exchange: trace.Exchange, Conn: trace.Conn, Kerberos: trace.Kerberos, DNS: trace.DNS}
	counters, err := capture.Read(context.Background(), sources, sink, capture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := trace.Report(counters)
	all := report.Formats()
	json := all[slices.IndexFunc(all, func(f report.Format) bool { return f.Name == "json" })]
	var b bytes.Buffer
	if err := json.Report(&b, r, report.Options{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
