package checks_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/analysis/checks"
	"negotrace/analysis/correlate"
	"negotrace/capture"
	"negotrace/httpstream"
	"negotrace/internal/capturetest"
	"negotrace/internal/testcost"
)

// TestJoined reads each case together with its own HAR: it is the one event that its packets
// show, with the same findings and the same numbers.
func TestJoined(t *testing.T) {
	step := testcost.Step(7)
	for first, check := range checks.All() {
		for i, c := range fixture(t, check.Name) {
			if (first+i)%step != 0 || c.Export != "" {
				continue
			}
			har, ok := c.HAR()
			if !ok {
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
	alone := reportOf(t, c)
	if len(c.Events)+len(c.Logged)+len(c.Printed)+len(c.Log) > 0 {
		alone = together(t, c, c.Pcapng()) // without what the case has beside its packets
	}
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

// TestJoinedNearMisses reads packets with an export that shows a part of them, or what only
// looks like them: joined is how many requests of the export are in the packets.
func TestJoinedNearMisses(t *testing.T) {
	t.Parallel()
	const (
		logon = "> GET /page HTTP/1.1\n> Host: web.test\n> User-Agent: Mozilla/5.0 one\n> Authorization: Negotiate {apreq}\n" +
			"< HTTP/1.1 200 OK\n< Content-Length: 0\n< WWW-Authenticate: Negotiate {aprep}\n"
		public  = "> GET /public HTTP/1.1\n> Host: web.test\n> User-Agent: Mozilla/5.0 one\n< HTTP/1.1 200 OK\n< Content-Length: 0\n< ETag: %s\n"
		first   = "conn 1 10.0.0.10:50000 > 10.0.0.20:80\n"
		second  = "conn 2 10.0.0.10:50001 > 10.0.0.20:80\n"
		browser = "export WebInspector\n"
		behind  = "conn 3 10.0.0.20:60000 > 10.0.0.30:80\n"
		other   = "conn 4 10.0.0.11:50000 > 10.0.0.20:80\n"
	)
	a, b := fmt.Sprintf(public, `"a"`), fmt.Sprintf(public, `"b"`)
	page := strings.NewReplacer("/public", "/page", "\n< HTTP", "\n> Accept: a\n< HTTP").Replace(a)
	dated := strings.ReplaceAll(a, "< ETag", "< Date: Mon, 02 Mar 2026 10:00:00 GMT\n< ETag")
	cookie := func(id string) string { return strings.Replace(a, "\n< HTTP", "\n> Cookie: session="+id+"\n< HTTP", 1) }
	tests := []struct {
		name, packets, export string
		joined, ambiguous     int
	}{
		{"both sides of a proxy, and the browser", first + logon + behind + logon, first + logon, 1, 0},
		{"both sides of a proxy without a token", first + a + behind + a, first + a, 1, 0},
		{"two tabs with one URL, and both in the export", first + a + second + a, first + a + second + a, 2, 0},
		{"two tabs with one URL, and one in the export", first + a + second + b, first + b, 1, 0},
		{"another client, and another answer", other + a, first + b, 0, 0},
		{"seconds later", first + a, "wait 5s\n" + first + a, 0, 0},
		{"the same page again and again", first + a + a + a, first + a + a + a, 3, 0},
		{"two clients with one request", first + a + other + a, browser + first + a, 0, 1},
		{"two clients, of which the rest of the export shows one", first + page + a + other + a, browser + first + page + a, 2, 0},
		{"two clients, as many in the export of a browser", first + a + other + a, browser + first + a + first + a, 0, 2},
		{"two clients, and a proxy's export that shows both", first + a + other + a, first + a + other + a, 2, 0},
		{"two clients with other cookies", first + cookie("1") + other + cookie("2"), browser + other + cookie("1"), 1, 0},
		{"two clients, one with a header line more", first + page + other + strings.ReplaceAll(page, "> Accept: a\n", ""), browser + first + page, 1, 0},
		{"the same page again and again, of which the export has a part", first + a + a + a, browser + first + a + a, 0, 2},
		{"a page that is loaded every second", first + strings.Repeat(a+"wait 1s\n", 150), first + strings.Repeat(a+"wait 1s\n", 150), 150, 0},
		{"hours later, with the Date of the server", first + dated, "wait 5s\n" + first + dated, 1, 0},
		{"seconds later, with another Date", first + dated, "wait 5s\n" + first + strings.Replace(dated, "10:00:00", "10:00:05", 1), 0, 0},
		{"two requests with one Date", first + dated + dated, "wait 5s\n" + browser + first + dated, 0, 1},
	}
	for _, tt := range tests {
		packets, err := capturetest.Parse(tt.packets)
		if err != nil {
			t.Fatal(tt.name, err)
		}
		export, err := capturetest.Parse(tt.export)
		if err != nil {
			t.Fatal(tt.name, err)
		}
		har, ok := export.HAR()
		if !ok {
			t.Fatal(tt.name, "no HAR")
		}
		alone, r := together(t, packets, packets.Pcapng()), together(t, packets, packets.Pcapng(), har)
		in := r.Inputs[1]
		if in.Ambiguous != tt.ambiguous {
			t.Errorf("%s: %d requests are ambiguous, not %d", tt.name, in.Ambiguous, tt.ambiguous)
		}
		if in.Joined != tt.joined || r.Summary.Requests != alone.Summary.Requests+in.Requests-tt.joined {
			t.Errorf("%s: %d of %d requests of the export were joined, not %d; %d requests, %d in the packets",
				tt.name, in.Joined, in.Requests, tt.joined, r.Summary.Requests, alone.Summary.Requests)
		}
		for _, h := range r.Handshakes {
			for _, l := range h.Legs {
				if len(l.Also) > 0 && l.Conn.Client.Addr().String() != "10.0.0.10" {
					t.Errorf("%s: the browser's request is taken for that of %v", tt.name, l.Conn.Client)
				}
			}
		}
	}
}
