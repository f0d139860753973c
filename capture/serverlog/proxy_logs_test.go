package serverlog

import (
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	squidLines = "1795428001.123     12 192.0.2.10 TCP_DENIED/407 4012 CONNECT www.example.org:443 - HIER_NONE/- text/html\n" +
		"1795428009.000   5000 192.0.2.10 TCP_TUNNEL/200 9012 CONNECT www.example.org:443 alice@CORP.TEST HIER_DIRECT/203.0.113.9 -\n" +
		"1795428010.001      3 2001:db8::10 TCP_DENIED/403 3000 GET http://www.example.org/games?x=1 CORP\\bob%20b HIER_NONE/- text/html\n" +
		"1795428011.000      3 192.0.2.11 NONE_NONE/000 0 - error:transaction-end-before-headers - HIER_NONE/- -\n"
	haproxyLines = "Nov 23 10:00:01 lb1 haproxy[1234]: 192.0.2.10:50001 [23/Nov/2026:10:00:01.123] web~ iis/web1 0/0/1/5/6 401 512 - - ---- 1/1/0/0/0 0/0 {web.corp.test} \"GET /app?x=1 HTTP/1.1\"\n" +
		"Nov 23 10:00:02 lb1 haproxy[1234]: 192.0.2.10:50001 [23/Nov/2026:10:00:02.000] web~/2: SSL handshake failure\n" +
		"2001:db8::10:50002 [23/Nov/2026:10:00:03.000] web web/<NOSRV> 0/-1/-1/-1/0 -1 0 - - CR-- 1/1/0/0/0 0/0 \"<BADREQ>\"\n" +
		"Nov 23 10:00:03 lb1 haproxy[1234]: 2001:db8::10:50002 [23/Nov/2026:10:00:03.000] web iis/web2 0/0/1/5/+12 200 +512 - - ---- 1/1/0/0/0 0/0 \"POST /b HTTP/1.1\"\n"
)

func readWith(t testing.TB, read func(io.Reader, func(*Request)) (Lines, error), text string) ([]Request, Lines) {
	t.Helper()
	var got []Request
	lines, err := read(strings.NewReader(text), func(q *Request) { got = append(got, *q) })
	if err != nil {
		t.Fatal(err)
	}
	return got, lines
}

func TestSquidLog(t *testing.T) {
	t.Parallel()
	got, lines := readWith(t, ReadSquidLog, squidLines)
	client := netip.AddrPortFrom(netip.MustParseAddr("192.0.2.10"), 0)
	want := []Request{
		{Pos: place(1, "2026-11-23 10:00:01.111"), Client: client, Method: "CONNECT", Host: "www.example.org", Status: 407, TimeTaken: 12 * time.Millisecond, NamesUsers: true, AtProxy: true, MayBeStartTime: true},
		{Pos: place(2, "2026-11-23 10:00:04"), Client: client, Method: "CONNECT", Host: "www.example.org", User: "alice@CORP.TEST", Status: 200, TimeTaken: 5 * time.Second, NamesUsers: true, AtProxy: true, MayBeStartTime: true},
		{Pos: place(3, "2026-11-23 10:00:10.001"), Client: netip.AddrPortFrom(netip.MustParseAddr("2001:db8::10"), 0), Method: "GET", Host: "www.example.org", Path: "/games", User: `CORP\bob b`, Status: 403,
			Module: "access rules of Squid", TimeTaken: 3 * time.Millisecond, NamesUsers: true, AtProxy: true, MayBeStartTime: true},
	}
	if d := cmp.Diff(want, got, same); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(Lines{Read: 4, Others: 1}, lines); d != "" {
		t.Error(d)
	}
	for text, want := range map[string]bool{squidLines: true, "its end\n" + squidLines: true, "": false, iis: false, accessLines: false, haproxyLines: false, "1795428001.123 12 192.0.2.10 hello/407 1 2 3 4 5 6\n": false, "1795428001.1 12 192.0.2.10 TCP_HIT/200 1 GET / - - -\n": false} {
		if IsSquidLog([]byte(text)) != want {
			t.Errorf("IsSquidLog(%.20q) = %v", text, !want)
		}
	}
}

func TestHAProxyLog(t *testing.T) {
	t.Parallel()
	got, lines := readWith(t, ReadHAProxyLog, haproxyLines)
	want := []Request{
		{Pos: place(1, "2026-11-23 10:00:01.123"), Client: netip.MustParseAddrPort("192.0.2.10:50001"), Method: "GET", Path: "/app", Status: 401, Upstream: "iis/web1", TimeTaken: 6 * time.Millisecond, MayBeStartTime: true},
		{Pos: place(4, "2026-11-23 10:00:03"), Client: netip.MustParseAddrPort("[2001:db8::10]:50002"), Method: "POST", Path: "/b", Status: 200, Upstream: "iis/web2", TimeTaken: 12 * time.Millisecond, MayBeStartTime: true},
	}
	if d := cmp.Diff(want, got, same); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(Lines{Read: 4, Others: 2}, lines); d != "" {
		t.Error(d)
	}
	own, _ := readWith(t, ReadHAProxyLog, strings.ReplaceAll(haproxyLines, "iis/web1", "web/<NOSRV>"))
	if len(own) != 2 || own[0].Upstream != "" || own[0].Status != 401 {
		t.Errorf("an answer of HAProxy's own: %+v", own)
	}
	for text, want := range map[string]bool{haproxyLines: true, "its end\n" + haproxyLines: true, "": false, iis: false, accessLines: false, squidLines: false,
		"Nov 23 10:00:01 lb1 haproxy[1234]: 192.0.2.10:50001 [23/Nov/2026:10:00:01.123] web iis/web1 1/0/5 512 -- 1/1/0/0/0 0/0\n": false} {
		if IsHAProxyLog([]byte(text)) != want {
			t.Errorf("IsHAProxyLog(%.20q) = %v", text, !want)
		}
	}
}

// TestProxyPrefixes cuts logs of proxies at every byte: what stands in lines before the cut is read, and
// no line counts twice.
func TestProxyPrefixes(t *testing.T) {
	t.Parallel()
	for text, read := range map[string]func(io.Reader, func(*Request)) (Lines, error){squidLines: ReadSquidLog, haproxyLines: ReadHAProxyLog} {
		for n := range text {
			got, lines := readWith(t, read, text[:n])
			if full := strings.Count(text[:n], "\n"); len(got)+lines.Others < full || len(got)+lines.Others+lines.Malformed > full+1 {
				t.Fatalf("cut at %d: %d of %d lines, %+v", n, len(got), full, lines)
			}
		}
	}
}
