package checks_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/analysis/checks"
	"negotrace/analysis/correlate"
	"negotrace/capture"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// A silence is a way in which a report may leave out that somebody was not let in.
type silence string

const (
	failedSilent     silence = "a handshake failed, and no finding says why, or that the capture does not show it"
	failedMild       silence = "a handshake failed, and is no error although its client was not let in after it, or not even a warning"
	abandonedSilent  silence = "a handshake was abandoned, and no finding says so"
	unansweredSilent silence = "a challenge was left unanswered, and no finding says so"
	headlineBeside   silence = "the headline says that nothing went wrong, and somebody was not let in"
	headlineServer   silence = "the headline says that nothing went wrong, and requests got errors"
	headlineUnread   silence = "the headline says that nothing went wrong, and nothing could be read"
)

// TestFailuresAreFound holds that nobody is turned away in silence in any capture of
// testdata. TestFixtures holds it of every case of every check.
func TestFailuresAreFound(t *testing.T) {
	for _, pattern := range []string{"*.pcapng", "*.har", "*.netlog.json"} {
		files, err := filepath.Glob("../../testdata/" + pattern)
		if err != nil || len(files) == 0 {
			t.Fatal("no captures", err)
		}
		for _, file := range files {
			t.Run(filepath.Base(file), func(t *testing.T) {
				t.Parallel()
				r := analysed(t, file)
				nobodySilently(t, "the capture", r)
				coherent(t, "the capture", r)
			})
		}
	}
}

// nobodySilently holds that a report says of everybody who was not let in that it is so.
func nobodySilently(t *testing.T, where string, r *analysis.Report) {
	t.Helper()
	for _, s := range silences(r) {
		t.Errorf("%s: %s: %s", where, s.silence, s.what)
	}
}

// analysed returns the report of a capture of testdata.
func analysed(t *testing.T, file string) *analysis.Report {
	t.Helper()
	sources, err := capture.Open([]string{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	secrets := &httpstream.Secrets{}
	if keyLog, err := os.Open(strings.TrimSuffix(file, filepath.Ext(file)) + ".keylog"); err == nil {
		defer keyLog.Close()
		if err := secrets.Read(keyLog); err != nil {
			t.Fatal(err)
		}
	}
	trace := correlate.NewTrace(correlate.Options{Checks: checks.All(), Decoder: tokens.Decoder{}})
	counters, err := capture.Read(t.Context(), sources, capture.Sink{
		Exchange: trace.Exchange, Conn: trace.Conn, Kerberos: trace.Kerberos, DNS: trace.DNS,
	}, capture.Options{Secrets: secrets})
	if err != nil {
		t.Fatal(err)
	}
	return trace.Report(counters)
}

// A silent is a silence, and where it is in a report.
type silent struct {
	silence
	what string
}

// silences returns what a report leaves out: each handshake that did not succeed has a
// finding of its own, a refusal is an error unless the same client was let in after it,
// and the headline does not call that well. Where packets are missing, nothing follows
// from an absence.
func silences(r *analysis.Report) []silent {
	var all []silent
	well := strings.Contains(r.Headline, "nothing went wrong")
	if well && r.Summary.Requests == 0 {
		all = append(all, silent{headlineUnread, r.Headline})
	}
	for status := range r.Summary.Responses {
		if well && status >= httpstream.StatusBadRequest && status != httpstream.StatusUnauthorized && status != httpstream.StatusProxyAuthRequired {
			all = append(all, silent{headlineServer, r.Headline})
		}
	}
	for _, h := range r.Handshakes {
		what := fmt.Sprintf("handshake %d (%s, frames %v)", h.ID, h.Mechanism, h.Frames)
		letIn, worst := letInAfter(r, h), worstAbout(r, h)
		switch {
		case h.Outcome == analysis.Failed && worst == "":
			all = append(all, silent{failedSilent, what})
		case h.Outcome == analysis.Failed && (worst == analysis.Info || worst == analysis.Warning && !letIn):
			all = append(all, silent{failedMild, what})
		case letIn || !h.Complete && !h.Browser() && h.Outcome != analysis.Failed:
			continue
		case h.Outcome == analysis.Abandoned && worst == "":
			all = append(all, silent{abandonedSilent, what})
		case h.Outcome == analysis.Unanswered && worst == "":
			all = append(all, silent{unansweredSilent, what})
		}
		if well && !letIn && (h.Outcome == analysis.Failed || h.Outcome == analysis.Abandoned || h.Outcome == analysis.Unanswered) {
			all = append(all, silent{headlineBeside, what})
		}
	}
	return all
}

// worstAbout returns the severity of what is found about a handshake, of causes and of
// refusals; "" if nothing is.
func worstAbout(r *analysis.Report, h *analysis.Handshake) analysis.Severity {
	var worst analysis.Severity
	for _, f := range r.Findings {
		topic := topicOf(f.Check)
		if concerns(f, h) && (topic == analysis.Cause || topic == analysis.Refusal) && (worst == "" || f.Severity.Rank() < worst.Rank()) {
			worst = f.Severity
		}
	}
	return worst
}

// topicOf returns what the findings of a check are about.
func topicOf(name string) analysis.Topic {
	all := checks.All()
	return all[slices.IndexFunc(all, func(c *analysis.Check) bool { return c.Name == name })].Topic
}

// concerns reports whether a finding is about a handshake. A finding names the first
// handshakes that it was made for, and counts the others.
func concerns(f *analysis.Finding, h *analysis.Handshake) bool {
	return f.Handshake == h.ID || slices.Contains(f.Handshakes, h.ID) || f.Count > max(1, len(f.Handshakes))
}

// letInAfter reports whether the client of a handshake was let in by the same host later.
func letInAfter(r *analysis.Report, h *analysis.Handshake) bool {
	return slices.ContainsFunc(r.Handshakes, func(o *analysis.Handshake) bool {
		return o.ID > h.ID && o.Outcome == analysis.Succeeded && o.Host == h.Host && o.Target == h.Target && analysis.HostOnly(o.Client) == analysis.HostOnly(h.Client)
	})
}
