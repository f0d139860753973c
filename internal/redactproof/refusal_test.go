package redactproof

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/capture"
	"negotrace/capture/redact/pseudonym"
	"negotrace/capture/redact/search"
	"negotrace/httpstream"
	"negotrace/internal/capturetest"
)

// TestRefusalSaysWhere holds that a refusal says which handshake or finding would differ, with its place, what
// of it, and what can be done, in lines that fit.
func TestRefusalSaysWhere(t *testing.T) {
	t.Parallel()
	made := func(change func(*analysis.Report)) *analysis.Report {
		r := &analysis.Report{Headline: "two handshakes"}
		for i := range 2 {
			h := &analysis.Handshake{ID: i + 1, Outcome: analysis.Failed, Host: "web", Start: httpstream.Pos{Frame: 4 + 10*i}}
			h.Legs = []*analysis.Leg{{}}
			r.Handshakes = append(r.Handshakes, h)
			r.Findings = append(r.Findings, &analysis.Finding{Check: "spn-not-found", Severity: analysis.Error, Frame: 7 + 10*i, Message: fmt.Sprintf("message %d", i)})
		}
		r.Summary.Counters = &httpstream.Counters{Responses: map[int]int{401: 2}}
		change(r)
		return r
	}
	for what, c := range map[string]struct {
		change func(r *analysis.Report)
		says   string
	}{
		"an outcome":          {func(r *analysis.Report) { r.Handshakes[1].Outcome = analysis.Succeeded }, `handshake 2 (frame 14): the outcome is "failed" and would be "succeeded"`},
		"a first line":        {func(r *analysis.Report) { r.Headline = "one handshake" }, `the report: its first line is "two handshakes" and would be "one handshake"`},
		"a long value":        {func(r *analysis.Report) { r.Handshakes[0].Host = strings.Repeat("web", 30) }, `would be "webwebwebwebwebwebwebwebwebweb..."`},
		"one less":            {func(r *analysis.Report) { r.Handshakes = r.Handshakes[:1] }, "handshake 2 (frame 14) would be missing"},
		"one more":            {func(r *analysis.Report) { r.Handshakes = append(r.Handshakes, r.Handshakes...) }, "OUT would have one more handshake"},
		"a finding":           {func(r *analysis.Report) { r.Findings[1].Severity = analysis.Warning }, `finding spn-not-found (frame 17): severity is "error" and would be "warning"`},
		"no finding":          {func(r *analysis.Report) { r.Findings = r.Findings[:1] }, "finding spn-not-found (frame 17) would be missing"},
		"another finding":     {func(r *analysis.Report) { r.Findings = append(r.Findings, r.Findings...) }, "OUT would have one more finding"},
		"of a handshake":      {func(r *analysis.Report) { r.Handshakes[0].SPN = "HTTP/web" }, `handshake 1 (frame 4): the SPN is "" and would be "HTTP/web"`},
		"a count":             {func(r *analysis.Report) { r.Summary.Responses[401] = 1 }, `the number of responses 401 is "2" and would be "1"`},
		"a count less":        {func(r *analysis.Report) { r.Summary.Responses = nil }, `the number of responses 401 is "2" and would be missing`},
		"a count that is new": {func(r *analysis.Report) { r.Summary.Conflicts = 3 }, `the number of conflicting segments would be new`},
		"what follows too":    {func(r *analysis.Report) { r.Headline, r.Handshakes[0].User = "none", "bob" }, `handshake 1 (frame 4): the user is "" and would be "bob"`},
	} {
		names := pseudonym.New(pseudonym.Options{})
		original := made(func(*analysis.Report) {})
		found, err := comparison{names: names}.same(original, made(c.change))
		if err != nil || len(found) == 0 {
			t.Errorf("%s: %q, %v", what, found, err)
			continue
		}
		p := &Proof{Redaction: &capture.Redaction{}, Names: names, Written: make([]capture.Source, 2)}
		p.Redaction.Packets, p.Redaction.Exports.Entries = 1, 1
		err = p.differs(found, original)
		text := err.Error()
		if !errors.Is(err, ErrDiffers) || !strings.Contains(strings.ReplaceAll(text, "\n  ", " "), "found: "+c.says) && !strings.Contains(strings.ReplaceAll(text, "\n  ", " "), c.says) {
			t.Errorf("%s: it says %q", what, text)
		}
		if strings.Contains(text, "_") || strings.Count(text, "found: ") != len(found) || len(found) > 1 && what == "what follows too" {
			t.Errorf("%s: it says %q", what, text)
		}
		for line := range strings.Lines(text) {
			if len("negotrace: "+line) > 81 {
				t.Errorf("%s: a line is too long: %q", what, line)
			}
		}
	}
}

// TestRefusalAdvice holds that a refusal says what can be done about each kind of thing that is left, and
// why copies that differ are one.
func TestRefusalAdvice(t *testing.T) {
	t.Parallel()
	p := &Proof{Redaction: &capture.Redaction{}}
	p.Redaction.Packets = 1
	for says, f := range map[string]*leftover{
		"found: the name \"contoso\", in base64, in frame 3\n":       {&search.Found{Name: "contoso", Form: "base64"}, " in frame 3"},
		"to do: if others may see that name: --keep-names contoso\n": {&search.Found{Name: "contoso", Form: "base64"}, ""},
		"found: the address 10.1.2.3, in a header, in a packet\n":    {&search.Found{Name: "10.1.2.3", Form: "a header", IsAddress: true}, " in a packet"},
		"--keep-addresses\n": {&search.Found{Name: "10.1.2.3", Form: "bytes", IsAddress: true}, ""},
		"found: a cookie, a token or a ciphertext, in frame 3\n":               {&search.Found{}, " in frame 3"},
		"\n  negotrace convert --only-proof FILE -o PART.pcapng\n  editcap FI": {&search.Found{}, " in frame 3"},
	} {
		if text := p.left(f).Error(); !strings.Contains(text, says) {
			t.Errorf("%q is not in %q", says, text)
		}
	}
	r := &analysis.Report{}
	for want, conflicts := range []int{0, 1} {
		r.Summary.Counters = &httpstream.Counters{Conflicts: conflicts, Places: httpstream.Places{Conflicts: httpstream.Pos{Frame: 9}, Decoys: httpstream.Pos{Frame: 12}}}
		text := p.differs([]string{"x"}, r).Error()
		if strings.Contains(strings.ReplaceAll(text, "\n  ", " "), "came twice with other bytes, or with a wrong checksum (at first frame 9, frame 12)") != (want == 1) {
			t.Errorf("%d conflicts: %q", conflicts, text)
		}
	}
}

// TestPlaceOf holds that the place of a byte of a written file is said as the number of its packet, entry,
// event or session.
func TestPlaceOf(t *testing.T) {
	t.Parallel()
	c, err := capturetest.Parse("conn 1\n> GET /first HTTP/1.1\n> Host: a.example\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: NTLM\n\n> GET /second HTTP/1.1\n> Host: a.example\n< HTTP/1.1 200 OK\n")
	if err != nil {
		t.Fatal(err)
	}
	har, _ := c.HAR()
	netlog := `{"constants":{"logEventTypes":{"events":[]}},"events":[{"params":{"url":"/first"}},{"params":[{}]},{"params":{"url":"/second"}}]}`
	for name, f := range map[string]struct {
		file          []byte
		first, second string
	}{
		"pcap":               {c.Pcap(), " in frame 4", " in frame 8"},
		"pcapng":             {c.Pcapng(), " in frame 4", " in frame 8"},
		"pcapng, big endian": {c.PcapngBigEndian(), " in frame 4", " in frame 8"},
		"HAR":                {har, " in entry 1", " in entry 2"},
		"NetLog":             {[]byte(netlog), " in event 1", " in event 3"},
	} {
		for text, want := range map[string]string{"/first": f.first, "/second": f.second} {
			at := bytes.Index(f.file, []byte(text))
			if got := placeOf(bytes.NewReader(f.file), int64(at)); got != want {
				t.Errorf("%s: %s at %d is%q, not%q", name, text, at, got, want)
			}
		}
		if got := placeOf(bytes.NewReader(f.file), 8); got != "" {
			t.Errorf("%s: the beginning is%q", name, got)
		}
		for n := range len(f.file) { // files that are cut
			placeOf(bytes.NewReader(f.file[:n]), int64(len(f.file)))
		}
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"raw/1_c.txt", "raw/2_c.txt"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(w, "GET /contoso%c HTTP/1.1\r\n\r\n", name[4])
	}
	z.Close()
	names := pseudonym.New(pseudonym.Options{})
	names.Word("contoso2")
	found, err := leftIn(memory(b.Bytes()), search.New(names.Replaced()))
	if err != nil || found == nil || found.place != ` in member "raw/2_c.txt"` {
		t.Errorf("%v, %v", found, err)
	}
}
