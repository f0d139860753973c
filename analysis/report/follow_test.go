package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// aFollowed is a handshake that is shown twice before it is final, with a finding more the
// second time, and what was found on none before.
func aFollowed(to analysis.Sink) {
	at := httpstream.Pos{Frame: 7, Time: httpstream.TimeOf(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))}
	h := &analysis.Handshake{ID: 1, Outcome: analysis.Succeeded, Mechanism: analysis.NTLM, Scheme: "Negotiate", Host: "web", Start: at}
	found := func(handshake, frame int, message string, evidence analysis.Evidence) *analysis.Finding {
		return &analysis.Finding{Check: "a-check", Severity: analysis.Warning, Evidence: evidence, Handshake: handshake, Message: message, Frame: frame, Time: at.Time}
	}
	early, first, second, none := found(0, 3, "refused", analysis.Proven), found(1, 7, "one", analysis.Proven), found(1, 8, "two", analysis.Proven), found(0, 4, "no answer", analysis.Inferred)
	to.Provisional(nil, []*analysis.Finding{early})
	to.Provisional(nil, []*analysis.Finding{none})
	to.Provisional(h, []*analysis.Finding{first})
	to.Provisional(h, []*analysis.Finding{first, second})
	to.Handshake(h)
	to.Finding(first)
	to.Finding(second)
	to.Finding(early)
	to.Flush()
}

// TestFollowLines holds that what is found is a line as soon as it is known, once, and that it
// comes again as final in NDJSON only.
func TestFollowLines(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"ndjson": {
			"provisional_finding refused", "provisional_finding no answer", "provisional 1", "provisional_finding one", "provisional 1", "provisional_finding two",
			"handshake 1", "finding one", "finding two", "finding refused",
		},
		"table": {
			"2026-11-23 UTC",
			"09:00:00.000  warning    a-check: refused",
			"09:00:00.000  so far: warning    a-check: no answer",
			"09:00:00.000  succeeded  Negotiate/ntlm     a client",
			"              warning    a-check: one",
			"09:00:00.000  succeeded  Negotiate/ntlm     a client",
			"              warning    a-check: two",
		},
	} {
		var b bytes.Buffer
		i := slices.IndexFunc(Formats(), func(f Format) bool { return f.Name == name })
		aFollowed(Formats()[i].Follow(&b, Options{}).Sink)
		var got []string
		for line := range strings.Lines(b.String()) {
			if name == "ndjson" {
				var v struct {
					Type, Message string
					ID            int
				}
				if err := json.Unmarshal([]byte(line), &v); err != nil {
					t.Fatal(err)
				}
				if line = v.Type + " " + v.Message; v.Message == "" {
					line = fmt.Sprint(v.Type, " ", v.ID)
				}
			}
			got = append(got, strings.TrimRight(line, "\n"))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}
