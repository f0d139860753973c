package checks_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"negotrace/analysis"
	"negotrace/analysis/checks"
	"negotrace/analysis/correlate"
	"negotrace/internal/capturetest"
	"negotrace/internal/testcost"
)

func TestMain(m *testing.M) {
	testcost.Main(m)
}

// TestFixtures holds every check to the cases of its archive, seen in every way in
// which the same could have been captured.
func TestFixtures(t *testing.T) {
	for first, check := range checks.All() {
		t.Run(check.Name, func(t *testing.T) {
			t.Parallel()
			for i, c := range fixture(t, check.Name) {
				i += first // so that checks with two cases do not all take the same turns
				t.Run(c.Name, func(t *testing.T) {
					whole := reportOf(t, c)
					judge(t, check, c, whole)
					saysHowItEnded(t, whole)
					nobodySilently(t, "whole", whole)
					coherent(t, "whole", whole)
					if c.Export != "" {
						return
					}
					sameInEveryGuise(t, c, i, whole)
					lossInvents(t, c, i, whole)
					snapInvents(t, c, i, whole)
					step := testcost.Step(2)
					if i%step == 0 {
						sameInSmallWindow(t, c, whole)
					}
					if (i+1)%step == 0 {
						sameAlone(t, check, c, whole)
						exportAgrees(t, check, c, whole)
					}
				})
			}
		})
	}
}

// judge compares the findings of the case's own check with those wanted.
func judge(t *testing.T, check *analysis.Check, c *capturetest.Case, r *analysis.Report) {
	t.Helper()
	at := func(line int) string { return fmt.Sprintf("testdata/%s.txtar:%d", check.Name, line) }
	left := slices.DeleteFunc(slices.Clone(r.Findings), func(f *analysis.Finding) bool { return f.Check != check.Name })
	wanted := 0
	for _, w := range c.Wants {
		if w.Check != check.Name {
			if !slices.ContainsFunc(r.Findings, func(f *analysis.Finding) bool { return meets(f, w) }) {
				t.Errorf("%s: missing %+v in\n%s", at(w.Line), w, list(r))
			}
			continue
		}
		wanted++
		i := slices.IndexFunc(left, func(f *analysis.Finding) bool { return meets(f, w) })
		if i < 0 {
			t.Errorf("%s: missing %+v in\n%s", at(w.Line), w, list(r))
			continue
		}
		left = slices.Delete(left, i, i+1)
	}
	for _, f := range left {
		t.Errorf("%s: not wanted: %s %s %s %s handshake %d: %s", at(c.Line), f.Check, f.Variant, f.Severity, f.Evidence, f.Handshake, f.Message)
	}
	if c.Fires != (wanted > 0) {
		t.Errorf("%s: a case that says fires=%v wants %d findings of its check", at(c.Line), c.Fires, wanted)
	}
}

func meets(f *analysis.Finding, w capturetest.Want) bool {
	return f.Check == w.Check && (w.Variant == "" || f.Variant == w.Variant) &&
		string(f.Severity) == w.Severity && string(f.Evidence) == w.Evidence &&
		(w.Handshake == 0 || f.Handshake == w.Handshake) && strings.Contains(f.Message, w.Message)
}

func list(r *analysis.Report) string {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "  %s %s %s %s handshake %d: %s\n", f.Check, f.Variant, f.Severity, f.Evidence, f.Handshake, f.Message)
	}
	for _, h := range r.Handshakes {
		fmt.Fprintf(&b, "  handshake %d: %s %s %s %s user %q spn %q offered %v frames %v\n", h.ID, h.Target, h.Scheme, h.Mechanism, h.Outcome, h.User, h.SPN, h.Offered, h.Frames)
	}
	return b.String()
}

// sameInEveryGuise asks for the same findings from the same bytes, whatever segments
// carried them. The cases take turns with these, on which no check depends.
func sameInEveryGuise(t *testing.T, c *capturetest.Case, number int, whole *analysis.Report) {
	t.Helper()
	guises := []struct {
		name   string
		change capturetest.Variant
		file   func(*capturetest.Case) []byte
	}{
		{"reordered segments", capturetest.Reordered, (*capturetest.Case).Pcapng},
		{"one-byte segments", capturetest.OneByte, (*capturetest.Case).Pcapng},
		{"repeated segments", capturetest.Repeated, (*capturetest.Case).Pcapng},
		{"VLAN, big-endian", capturetest.VLAN, (*capturetest.Case).PcapngBigEndian},
		{"pcap", nil, (*capturetest.Case).Pcap},
		{"pcap, big-endian", nil, (*capturetest.Case).PcapBigEndian},
		{"pcapng with TLS secrets", capturetest.Secrets, (*capturetest.Case).Pcapng},
	}
	if len(c.KeyLog) == 0 {
		guises = guises[:len(guises)-1]
	}
	// One of the guises in most cases, another for the next case.
	step := testcost.Step(12)
	for i := number % step; i < len(guises); i += step {
		g, changed := guises[i], c
		if g.change != nil {
			changed = c.With(g.change)
		}
		sameWords(t, g.name, words(whole), words(replay(t, c, g.file(changed))))
	}
}

// saysHowItEnded asks for the reason of each outcome, and how it is known.
func saysHowItEnded(t *testing.T, r *analysis.Report) {
	t.Helper()
	for _, h := range r.Handshakes {
		if h.OutcomeReason == "" || (h.OutcomeEvidence == "") != (h.Outcome == analysis.Unknown) {
			t.Errorf("handshake %d is %s, %q, %q", h.ID, h.Outcome, h.OutcomeEvidence, h.OutcomeReason)
		}
		if h.Outcome != analysis.Failed && len(h.Candidates) > 0 {
			t.Errorf("handshake %d is %s and has candidates", h.ID, h.Outcome)
		}
	}
}

// sameInSmallWindow asks for the same findings where the capture is judged in many small
// overlapping parts, as a long one is.
func sameInSmallWindow(t *testing.T, c *capturetest.Case, whole *analysis.Report) {
	t.Helper()
	small := replayWith(t, c, c.Pcapng(), correlate.Options{Checks: checks.All(), Segment: 2})
	sameWords(t, "in a window of ten", words(whole), words(small))
}

// sameAlone asks for the same findings of the check where it is the only one: what it needs
// of the capture must be kept for its own sake. One that asks what the others found is not
// meant to be alone.
func sameAlone(t *testing.T, check *analysis.Check, c *capturetest.Case, whole *analysis.Report) {
	t.Helper()
	if check.AfterOthers {
		return
	}
	alone := replayWith(t, c, c.Pcapng(), correlate.Options{Checks: []*analysis.Check{check}})
	others := func(s said) bool { return s.Check != check.Name }
	sameWords(t, "alone", slices.DeleteFunc(words(whole), others), words(alone))
}

// sameWords asks for the same findings, in whatever order.
func sameWords(t *testing.T, how string, whole, got []said) {
	t.Helper()
	if slices.Equal(whole, got) {
		return // as nearly always, and sooner known
	}
	before := func(a, b said) bool { return fmt.Sprint(a) < fmt.Sprint(b) }
	if d := cmp.Diff(whole, got, cmpopts.SortSlices(before), cmpopts.EquateEmpty()); d != "" {
		t.Errorf("%s (-whole +got):\n%s", how, d)
	}
}

// underLoss lists the checks that may find something new of severity error or warning
// where a segment is missing, and why that is right.
var underLoss = map[string]string{
	"log-logon-refused":             "where the requests are lost, the log speaks in their place",
	"log-token-refused":             "likewise",
	"log-header-refused":            "likewise",
	"capture-or-har-limitations":    "it is what says that something is missing",
	"auth-refused-unexplained":      "a refusal remains one where its cause cannot be seen",
	"challenge-unanswered":          "a challenge remains unanswered where what explains it cannot be seen",
	"handshake-abandoned":           "the step that was lost may be the one that finished",
	"ntlm-answer-without-challenge": "the challenge that is lost may be the one that another server made",
	"ntlm-logon-rejected":           "likewise",
}

// lossInvents leaves out a segment: findings may vanish, but none of weight
// may appear, nobody is turned away in silence, and where the findings changed the report
// says that bytes are missing.
func lossInvents(t *testing.T, c *capturetest.Case, number int, whole *analysis.Report) {
	t.Helper()
	step := testcost.Step(11)
	for n := number % step; n < min(c.Segments(), 200); n += step {
		r := replay(t, c, c.With(capturetest.Drop(n)).Pcapng())
		nobodySilently(t, fmt.Sprintf("without segment %d", n), r)
		coherent(t, fmt.Sprintf("without segment %d", n), r)
		for _, f := range r.Findings {
			if f.Severity != analysis.Info && underLoss[f.Check] == "" && !named(whole, f.Check) {
				t.Errorf("without segment %d: new finding %s %s %s: %s", n, f.Check, f.Severity, f.Evidence, f.Message)
			}
		}
		if lossShown := r.Summary.LostBytes > 0 || r.Summary.Gaps > 0 || r.Summary.MidStream > 0; !lossShown && !cmp.Equal(names(whole), names(r)) {
			t.Errorf("without segment %d: %v instead of %v, and nothing says that bytes are missing", n, names(r), names(whole))
		}
	}
}

// underSnap lists the checks that may find something new where packets are cut, and why that is right.
var underSnap = map[string]string{
	"kdc-error":                   "which service was asked for, by which another check knows it, may be in what is cut",
	"kdc-client-credential-error": "likewise",
	"client-ignored-challenge":    "that the client asked a KDC may be in what is cut",
}

// snapInvents cuts all packets short: findings may vanish, but none of weight may appear.
func snapInvents(t *testing.T, c *capturetest.Case, number int, whole *analysis.Report) {
	t.Helper()
	sizes := []int{96, 128, 200, 300, 500, 1000} // of frames; pktmon keeps 128 bytes unless it is asked for more
	step := testcost.Step(len(sizes))
	for i := number % step; i < len(sizes); i += step {
		r := replay(t, c, c.With(capturetest.Snap(sizes[i])).Pcapng())
		coherent(t, fmt.Sprintf("cut to %d bytes", sizes[i]), r)
		for _, f := range r.Findings {
			if f.Severity != analysis.Info && underLoss[f.Check]+underSnap[f.Check] == "" && !named(whole, f.Check) {
				t.Errorf("cut to %d bytes: new finding %s %s %s: %s", sizes[i], f.Check, f.Severity, f.Evidence, f.Message)
			}
		}
	}
}

// names returns the checks that found something, each once.
func names(r *analysis.Report) []string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, f.Check)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// needAddresses lists the checks that the addresses of both ends, or who is between them, rule out,
// which no browser export holds, and how.
var needAddresses = map[string]string{
	"cleartext-auth-exposure": "nothing crosses the network between a machine and itself",
	"many-names-refused":      "what a browser recorded came from nobody behind it",
}

// needPackets lists the checks whose proof no browser export holds, and why.
var needPackets = map[string]string{
	"ntlm-connection-not-persistent": "an export does not show how connections end",
	"auth-every-request":             "an export does not show which connection a request went over",
	"handshake-abandoned":            "an export does not show how connections end",
	"ntlm-cbt-mismatch":              "an export does not hold the certificate",
	"preemptive-authorization":       "an export may lack the 401 before it",
	"http2-connection-auth":          "an export does not show which connection a request went over",
	"connection-identity-mixing":     "an export does not show which connection a request went over",
	"post-body-auth-interaction":     "an export may leave out the sizes of bodies",
	"event-log-contradicts-capture":  "an export does not show the client's port, by which an event belongs to a connection",
	"proxy-drops-credentials":        "an export does not show that the server of one exchange is the client of another",
	"double-hop-anonymous":           "an export does not show that the server of one exchange is the client of another",
}

// exportAgrees reads the case as HAR: nothing new of weight may be found, and what HTTP
// alone proved must be found again. What was inferred from absence may vanish: no
// export is complete.
func exportAgrees(t *testing.T, check *analysis.Check, c *capturetest.Case, whole *analysis.Report) {
	t.Helper()
	file, ok := c.HAR()
	if !ok {
		return
	}
	r := replay(t, c, file)
	for _, f := range r.Findings {
		if f.Severity != analysis.Info && underLoss[f.Check] == "" && needAddresses[f.Check] == "" && !named(whole, f.Check) {
			t.Errorf("as HAR: new finding %s %s: %s", f.Check, f.Severity, f.Message)
		}
	}
	proven := func(f *analysis.Finding) bool { return f.Check == check.Name && f.Evidence == analysis.Proven }
	if c.Log != nil {
		return // an export does not show the address of the client, by which the line of a log is found
	}
	if c.OnlyHTTP() && slices.ContainsFunc(whole.Findings, proven) && needPackets[check.Name] == "" && !named(r, check.Name) {
		t.Errorf("as HAR: no finding of %s in\n%s", check.Name, list(r))
	}
}
