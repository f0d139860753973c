package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"negotrace/internal/testcost"
)

// A netLogMode is a capture mode of chrome://net-export, as made from a log in the mode
// that strips nothing.
type netLogMode struct {
	name string
	made func(full []byte) []byte
	// lost names what the mode leaves out: checks that find in the packets what this
	// log does not hold, and why.
	lost map[string]string
	// instead are checks that find something in this mode alone, limits those of them
	// that must.
	instead, limits []string
	// blind is set if nothing is left by which a handshake could be judged.
	blind bool
}

func netLogModes() []netLogMode {
	const (
		packets = "the browser's log holds no message to or from a KDC or a name server"
		inside  = "only the inside of the token shows it"
		tls     = "a connection that carried no request is not in the log's requests"
	)
	full := map[string]string{
		"kdc-benign-error":        packets,
		"spn-cname-canonicalised": packets,
		"tls-failed":              tls,
	}
	stripped := map[string]string{
		"kdc-benign-error":        packets,
		"spn-cname-canonicalised": packets,
		"tls-failed":              tls,
		"ntlm-logon-rejected":     inside,
		"ntlm-no-mic":             inside,
		"ntlm-target-name-issue":  inside,
	}
	return []netLogMode{
		{name: "IncludeSensitive", made: func(b []byte) []byte { return b }, lost: full,
			instead: []string{"spn-host-mismatch"}}, // of an alias, which only DNS explains
		{name: "Default", made: defaultNetLog, lost: stripped,
			instead: []string{"spn-host-mismatch", "auth-refused-unexplained", "netlog-auth-stripped"}, limits: []string{"netlog-auth-stripped"}},
		{name: "HeavilyRedacted", made: heavilyRedactedNetLog, blind: true,
			instead: []string{"netlog-heads-missing"}, limits: []string{"netlog-heads-missing"}},
	}
}

// defaultNetLog does what Chromium does by default: of headers with credentials it
// leaves the length (net/http/http_log_util.cc), of a challenge the scheme, and of the
// auth handler all but the challenge.
func defaultNetLog(b []byte) []byte {
	for _, re := range []*regexp.Regexp{
		regexp.MustCompile(`"(?i:(?:proxy-)?authorization|cookie|set-cookie|set-cookie2): ([^"]+)"`),
		regexp.MustCompile(`"(?i:www-|proxy-)(?i:authenticate): (?i:negotiate|ntlm) ([^"]+)"`),
	} {
		b = re.ReplaceAllFunc(b, func(line []byte) []byte {
			at := re.FindSubmatchIndex(line)[2]
			return fmt.Appendf(slices.Clone(line[:at]), "[%d bytes were stripped]\"", len(line)-1-at)
		})
	}
	b = regexp.MustCompile(`"challenge":"[^"]*",?`).ReplaceAll(b, nil)
	return regexp.MustCompile(`"logCaptureMode":"[^"]*"`).ReplaceAll(b, []byte(`"logCaptureMode":"Default"`))
}

// heavilyRedactedNetLog leaves the events without their parameters.
func heavilyRedactedNetLog(b []byte) []byte {
	b = regexp.MustCompile(`(?m)^\{"params":.*,"phase":`).ReplaceAll(b, []byte(`{"phase":`))
	return regexp.MustCompile(`"logCaptureMode":"[^"]*"`).ReplaceAll(b, []byte(`"logCaptureMode":"HeavilyRedacted"`))
}

// TestNetLogLikePackets holds the report of each NetLog, in each capture mode, against
// that of the packets that were captured at the same time.
func TestNetLogLikePackets(t *testing.T) {
	file, tried := filepath.Join(t.TempDir(), "net-export.json"), 0
	for _, r := range recordings(t) {
		b, err := os.ReadFile(strings.TrimSuffix(r.path, "pcapng") + "netlog.json")
		if err != nil {
			continue
		}
		tried++
		packets := decode(t, r.report(t))
		for i, mode := range netLogModes() {
			if (tried+i)%testcost.Step(2) != 0 {
				continue
			}
			if mode.name == "IncludeSensitive" && bytes.Contains(b, []byte(`"logCaptureMode":"Default"`)) {
				continue
			}
			t.Run(r.name+"/"+mode.name, func(t *testing.T) {
				made := mode.made(b)
				out, _ := analyse(t, "json", write(t, file, made))
				log := decode(t, out)
				mode.compare(t, packets, log)
				if mode.blind || bytes.Contains(made, []byte("bytes were stripped]")) {
					mode.says(t, log)
				}
			})
		}
	}
	if tried == 0 {
		t.Error("no capture has a NetLog")
	}
}

func (m netLogMode) compare(t *testing.T, packets, log contents) {
	if !m.blind {
		m.sameHandshakes(t, packets.Handshakes, log.Handshakes)
	}
	seen := log.checks()
	for _, check := range packets.checks() {
		if m.lost[check] == "" && !m.blind && !slices.Contains(seen, check) {
			t.Errorf("%s is found in the packets alone", check)
		}
	}
	for _, check := range seen {
		if !slices.Contains(packets.checks(), check) && !slices.Contains(m.instead, check) {
			t.Errorf("%s is found in the log alone", check)
		}
	}
}

// sameHandshakes compares what both inputs show. The log knows of no realm, and
// sometimes of no user; of a ticket that was not to be had it alone knows the name.
func (m netLogMode) sameHandshakes(t *testing.T, packets, log []handshake) {
	if len(packets) != len(log) {
		t.Errorf("%d handshakes in the packets, %d in the log", len(packets), len(log))
		return
	}
	for i, p := range packets {
		l := log[i]
		p.Start = l.Start
		p.SPN, _, _ = strings.Cut(p.SPN, "@")
		l.SPN, _, _ = strings.Cut(l.SPN, "@")
		if p.User == "" || l.User == "" {
			p.User, l.User = "", ""
		}
		if p.SPN == "" {
			l.SPN = ""
		}
		if l.SPN == "" && p.Mechanism == "ntlm" && m.name != "IncludeSensitive" {
			p.SPN = "" // it stands in the token
		}
		if l.Mechanism == "other" && m.name != "IncludeSensitive" {
			p.Mechanism = "other" // so does what it is
		}
		if d := cmp.Diff(p, l); d != "" {
			t.Errorf("handshake %d (-packets +log):\n%s", i+1, d)
		}
	}
}

// says holds that the report names what was taken out of the log.
func (m netLogMode) says(t *testing.T, log contents) {
	for _, limit := range m.limits {
		if !slices.Contains(log.checks(), limit) {
			t.Errorf("%s is not said", limit)
		}
	}
}

// checks names the checks that found something; those about the limits of the input by
// their variant.
func (r contents) checks() []string {
	var all []string
	for _, f := range r.Findings {
		name := f.Check
		if name == "capture-or-har-limitations" {
			name = f.Variant
		}
		all = append(all, name)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// TestHARLikePackets holds that where a HAR shows other handshakes than the packets
// captured at the same time, or leaves out a finding about them, it is said that it
// does not show them all.
func TestHARLikePackets(t *testing.T) {
	tried := 0
	for _, r := range recordings(t) {
		file := strings.TrimSuffix(r.path, "pcapng") + "har"
		if !exists(file) {
			continue
		}
		tried++
		packets := decode(t, r.report(t))
		out, _ := analyse(t, "json", file)
		har := decode(t, out)
		if same := cmp.Equal(outcomes(packets), outcomes(har)); !same && len(har.Summary.Limitations) == 0 {
			t.Errorf("%s: handshakes %q in the packets, %q in the HAR, and nothing is said of it", r.name, outcomes(packets), outcomes(har))
		}
		for _, f := range har.Findings {
			refused := f.Check == "browser-refused" && slices.ContainsFunc(packets.Handshakes, func(h handshake) bool { return h.Outcome != "succeeded" })
			if f.Severity == "error" && !refused && !slices.Contains(packets.checks(), f.Check) {
				t.Errorf("%s: %s is found in the HAR alone: %s", r.name, f.Check, f.Message)
			}
		}
	}
	if tried == 0 {
		t.Error("no capture has a HAR")
	}
}

// outcomes returns the handshakes in short.
func outcomes(r contents) []string {
	var all []string
	for _, h := range r.Handshakes {
		all = append(all, h.Mechanism+" "+h.Outcome)
	}
	return all
}
