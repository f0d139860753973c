package redactproof

import (
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/capture/redact/pseudonym"
	"negotrace/httpstream"
)

// TestOpenedDiffers holds that all that a report says must be the same but for numbers of frames
// and streams, and where packets are missing what handshakes say that are whole.
func TestOpenedDiffers(t *testing.T) {
	t.Parallel()
	of := func(outcome analysis.Outcome, text string, checks ...string) *analysis.Report {
		r := &analysis.Report{Handshakes: []*analysis.Handshake{{ID: 1, Complete: true, Outcome: outcome, Host: "web"}}}
		r.Summary.Counters = &httpstream.Counters{}
		for _, c := range checks {
			r.Findings = append(r.Findings, &analysis.Finding{Check: c, Handshake: 1, Message: text, Frame: len(text)})
		}
		return r
	}
	c := comparison{names: pseudonym.New(pseudonym.Options{}), renumbered: true}
	before := of(analysis.Failed, "frame 9 and frames 10, 11", "spn-not-found", "ntlm-cbt-mismatch")
	for want, after := range map[string]*analysis.Report{
		"":                 of(analysis.Failed, "frame 19 and frames 12, 13", "spn-not-found", "ntlm-cbt-mismatch"),
		"the sentence":     of(analysis.Failed, "frame 9 or 10, 11", "spn-not-found", "ntlm-cbt-mismatch"),
		"would be missing": of(analysis.Failed, "frame 9 and frames 10, 11", "spn-not-found"),
		"outcome":          of(analysis.Succeeded, "frame 9 and frames 10, 11", "spn-not-found", "ntlm-cbt-mismatch"),
	} {
		if found, err := c.same(before, after); err != nil || (len(found) == 0) != (want == "") || !strings.Contains(strings.Join(found, "\n"), want) {
			t.Errorf("%s: %q, %v", want, found, err)
		}
	}
	gone, more := unmatched(wholeHandshakes(before), wholeHandshakes(of(analysis.Succeeded, "")), c.names)
	if len(gone) != 1 || len(more) != 1 {
		t.Errorf("%v, %v", gone, more)
	}
}
