package serverlog

import (
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"negotrace/capture/wrapped"
	"negotrace/httpstream"
)

func moment(text string) httpstream.Time {
	t, err := time.Parse("2006-01-02 15:04:05.999999", text)
	if err != nil {
		panic(err)
	}
	return httpstream.TimeOf(t)
}

// place returns a line, and its time.
func place(line int, text string) httpstream.Pos {
	return httpstream.Pos{Frame: line, Time: moment(text), Stream: -1}
}

// same compares addresses and times by what they are.
var same = cmp.Options{cmpopts.EquateComparable(netip.AddrPort{}, httpstream.Time{}, httpstream.File{})}

func readW3C(t testing.TB, text string) ([]Request, Lines) {
	t.Helper()
	var got []Request
	lines, err := ReadW3C(strings.NewReader(text), func(q *Request) { got = append(got, *q) })
	if err != nil {
		t.Fatal(err)
	}
	return got, lines
}

func readErrors(t testing.TB, text string) ([]AuthError, Lines) {
	t.Helper()
	var got []AuthError
	lines, err := ReadServerLog(strings.NewReader(text), func(*Request) {}, func(e *AuthError) { got = append(got, *e) })
	if err != nil {
		t.Fatal(err)
	}
	return got, lines
}

// iis is a log whose columns change in its middle.
const iis = "\xef\xbb\xbf#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n#Date: 2026-11-23 10:00:00\r\n" +
	"#Fields: date time s-sitename s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) cs-host sc-status sc-substatus sc-win32-status time-taken X-Forwarded-For\r\n" +
	"2026-11-23 10:00:01 W3SVC1 198.51.100.20 GET /app/ token=secret 443 - 192.0.2.10 Mozilla/5.0+(Windows+NT+10.0) - web.corp.test 401 2 5 15 203.0.113.9,+192.0.2.10\r\n" +
	"2026-11-23 10:00:02 W3SVC1 198.51.100.20 GET /app/ - 443 CORP\\alice 192.0.2.10 Mozilla/5.0+(Windows+NT+10.0) - web.corp.test 401 1 2148074252 31 -\r\n" +
	"#Fields: time c-ip cs-method cs-uri-stem sc-status sc-win32-status s-port\r\n" +
	"10:00:03 2001:db8::10%4 POST /b 200 0 80\r\n" +
	"\x00\x00\x00\x00"

func TestW3C(t *testing.T) {
	t.Parallel()
	got, lines := readW3C(t, iis)
	server := netip.MustParseAddrPort("198.51.100.20:443")
	client := netip.AddrPortFrom(netip.MustParseAddr("192.0.2.10"), 0)
	want := []Request{
		{Pos: place(5, "2026-11-23 10:00:01"), Client: client, Server: server, Method: "GET", Path: "/app/", Host: "web.corp.test",
			UserAgent: "Mozilla/5.0 (Windows NT 10.0)", ForwardedFor: "203.0.113.9, 192.0.2.10", Status: 401, SubStatus: 2, Win32Status: 5, TimeTaken: 15 * time.Millisecond, Site: "W3SVC1", NamesUsers: true, NamesSubStatus: true},
		{Pos: place(6, "2026-11-23 10:00:02"), Client: client, Server: server, Method: "GET", Path: "/app/", Host: "web.corp.test", User: `CORP\alice`,
			UserAgent: "Mozilla/5.0 (Windows NT 10.0)", Status: 401, SubStatus: 1, Win32Status: 0x8009030c, TimeTaken: 31 * time.Millisecond, Site: "W3SVC1", NamesUsers: true, NamesSubStatus: true},
		{Pos: place(8, "2026-11-23 10:00:03"), Client: netip.AddrPortFrom(netip.MustParseAddr("2001:db8::10"), 0), Server: netip.AddrPortFrom(netip.Addr{}, 80),
			Method: "POST", Path: "/b", Status: 200},
	}
	if d := cmp.Diff(want, got, same); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(Lines{Read: 8}, lines); d != "" {
		t.Error(d)
	}
	if !IsW3C([]byte(iis)) || IsW3C([]byte("#Fields: date time\n")) || IsW3C([]byte("# a comment\nhello\n")) || IsW3C(nil) {
		t.Error("a log of IIS is not known, or something else is taken for one")
	}
}

// TestHTTPERR reads what HTTP.sys refused itself.
func TestHTTPERR(t *testing.T) {
	t.Parallel()
	const log = "#Software: Microsoft HTTP API 2.0\r\n#Fields: date time c-ip c-port s-ip s-port cs-version cs-method cs-uri streamid sc-status s-siteid s-reason s-queuename\r\n" +
		"2026-11-23 10:00:01 192.0.2.10 50000 198.51.100.20 80 HTTP/1.1 GET /app?x=1 - 400 - RequestLength -\r\n" +
		"2026-11-23 10:00:09 192.0.2.10 50001 198.51.100.20 80 HTTP/1.1 GET /app - - 1 Connection_Abandoned_By_ReqQueue Default+App\r\n"
	got, lines := readW3C(t, log)
	client, server := netip.MustParseAddrPort("192.0.2.10:50000"), netip.MustParseAddrPort("198.51.100.20:80")
	want := []Request{
		{Pos: place(3, "2026-11-23 10:00:01"), Client: client, Server: server, Method: "GET", Path: "/app", Status: 400, Reason: "RequestLength"},
		{Pos: place(4, "2026-11-23 10:00:09"), Client: netip.AddrPortFrom(client.Addr(), 50001), Server: server, Method: "GET", Path: "/app", Site: "1",
			Reason: "Connection_Abandoned_By_ReqQueue", Queue: "Default App"},
	}
	if d := cmp.Diff(want, got, same); d != "" || lines.Malformed > 0 || !IsW3C([]byte(log)) {
		t.Error(lines, d)
	}
}

// TestW3CMalformed counts lines that are not what the columns say, and reads the others.
func TestW3CMalformed(t *testing.T) {
	t.Parallel()
	const head = "#Fields: date time c-ip sc-status sc-win32-status time-taken s-port\n"
	const good = "2026-11-23 10:00:01 192.0.2.10 401 5 15 80\n"
	for name, bad := range map[string]string{
		"too few":        "2026-11-23 10:00:01 192.0.2.10 401 5\n",
		"too many":       "2026-11-23 10:00:01 192.0.2.10 401 5 15 80 x\n",
		"month 13":       "2026-13-23 10:00:01 192.0.2.10 401 5 15 80\n",
		"hour 25":        "2026-11-23 25:00:01 192.0.2.10 401 5 15 80\n",
		"no address":     "2026-11-23 10:00:01 here 401 5 15 80\n",
		"status":         "2026-11-23 10:00:01 192.0.2.10 99999 5 15 80\n",
		"win32":          "2026-11-23 10:00:01 192.0.2.10 401 4294967296 15 80\n",
		"win32 below":    "2026-11-23 10:00:01 192.0.2.10 401 -2147483649 15 80\n",
		"port":           "2026-11-23 10:00:01 192.0.2.10 401 5 15 65536\n",
		"endless":        strings.Repeat("x", 3*maxLine) + "\n",
		"binary":         "\xff\xfe\x01\n",
		"negative time":  "2026-11-23 10:00:01 192.0.2.10 401 5 -15 80\n",
		"another format": "192.0.2.10 - - [23/Nov/2026:10:00:01 +0000] \"GET / HTTP/1.1\" 401 0\n",
	} {
		got, lines := readW3C(t, head+good+bad+good)
		if len(got) != 2 || lines.Malformed != 1 || lines.FirstMalformed != 3 || lines.Read != 4 {
			t.Errorf("%s: %d read, %+v", name, len(got), lines)
		}
	}
	if got, lines := readW3C(t, good); len(got) != 0 || lines.Malformed != 1 {
		t.Errorf("without columns: %v, %+v", got, lines)
	}
	many := "#Fields: c-ip" + strings.Repeat(" x", 2*maxColumns) + "\n"
	if got, lines := readW3C(t, many+"192.0.2.10"+strings.Repeat(" y", 2*maxColumns)+"\n"); len(got) != 0 || lines.Malformed != 1 {
		t.Errorf("too many columns: %v, %+v", got, lines)
	}
	long := readLong(t)
	if len(long.Path) != maxText {
		t.Errorf("%d letters of a path are kept", len(long.Path))
	}
}

func readLong(t *testing.T) Request {
	got, _ := readW3C(t, "#Fields: c-ip cs-uri-stem sc-status\n192.0.2.10 /"+strings.Repeat("a", 2*maxText)+" 200\n")
	if len(got) != 1 {
		t.Fatalf("%d lines", len(got))
	}
	return got[0]
}

// errors are lines as Apache httpd 2.4, 2.2 and nginx write them, and others between them.
const errorLines = "[Mon Nov 23 10:00:01.123456 2026] [auth_gssapi:error] [pid 12:tid 140] [client 192.0.2.10:50000] GSS ERROR In Negotiate Auth: gss_accept_sec_context() failed: [Unspecified GSS failure (Request is a replay)], referer: http://web/?secret\n" +
	"[Mon Nov 23 10:00:02.000001 2026] [auth_gssapi:error] [pid 12:tid 140] [client 2001:db8::10:50000] NO AUTH DATA Client did not send any authentication headers\n" +
	"[Mon Nov 23 10:00:03.000000 2026] [core:notice] [pid 12:tid 140] AH00094: Command line: 'httpd'\n" +
	"[Mon Nov  2 10:00:04 2026] [error] [client 192.0.2.11] krb5_get_init_creds_password() failed: Client not found in Kerberos database\n" +
	"2026/11/23 10:00:05 [error] 12#13: *7 gss_accept_sec_context() failed: Cannot decrypt ticket, client: 192.0.2.12, server: web, request: \"GET /a?b=c HTTP/1.1\", host: \"web.corp.test\"\n" +
	"2026/11/23 10:00:06 [error] 12#13: *8 open() \"/x\" failed (2: No such file or directory), client: 192.0.2.12, server: web\n" +
	"2026/11/23 10:00:07 [debug] 12#13: *9 SPNEGO token YIIZ"

func TestErrorLog(t *testing.T) {
	t.Parallel()
	token := strings.Repeat("QUJD", 30)
	got, lines := readErrors(t, errorLines+token+"==, client: 192.0.2.12\nTraceback (most recent call last):\n")
	at := func(text string, port uint16) netip.AddrPort {
		return netip.AddrPortFrom(netip.MustParseAddr(text), port)
	}
	want := []AuthError{
		{Pos: place(1, "2026-11-23 10:00:01.123456"), Level: "error", Module: "auth_gssapi", Client: at("192.0.2.10", 50000),
			Text: "GSS ERROR In Negotiate Auth: gss_accept_sec_context() failed: [Unspecified GSS failure (Request is a replay)]"},
		{Pos: place(2, "2026-11-23 10:00:02.000001"), Level: "error", Module: "auth_gssapi", Client: at("2001:db8::10", 50000),
			Text: "NO AUTH DATA Client did not send any authentication headers"},
		{Pos: place(4, "2026-11-02 10:00:04"), Level: "error", Client: at("192.0.2.11", 0),
			Text: "krb5_get_init_creds_password() failed: Client not found in Kerberos database"},
		{Pos: place(5, "2026-11-23 10:00:05"), Level: "error", Client: at("192.0.2.12", 0), Host: "web.corp.test", Method: "GET", Path: "/a",
			Text: "gss_accept_sec_context() failed: Cannot decrypt ticket"},
		{Pos: place(7, "2026-11-23 10:00:07"), Level: "debug", Client: at("192.0.2.12", 0), Text: "SPNEGO token ..."},
	}
	if d := cmp.Diff(want, got, same); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(Lines{Read: 8, Malformed: 1, FirstMalformed: 8, Others: 2}, lines); d != "" {
		t.Error(d)
	}
	for text, want := range map[string]bool{errorLines: true, errorLines[strings.Index(errorLines, "2026/11/23"):]: true, "": false, "[Mon": false, iis: false, "[1,2]\n": false,
		"ut off] the end of a line\n" + errorLines: true, "one\ntwo\n" + errorLines: false, "\x00\n" + errorLines: false} {
		if IsErrorLog([]byte(text)) != want {
			t.Errorf("IsErrorLog(%.20q) = %v", text, !want)
		}
	}
}

// TestPrefixes cuts logs at every byte: what stands in lines before the cut is read.
func TestPrefixes(t *testing.T) {
	t.Parallel()
	whole, _ := readW3C(t, iis)
	for n := range iis {
		got, _ := readW3C(t, iis[:n])
		for i := range got {
			if end := lineEnd(iis, got[i].Pos.Frame); n >= end && cmp.Diff(whole[i], got[i], same) != "" {
				t.Fatalf("cut at %d: request %d is another", n, i)
			}
		}
		if want := strings.Count(iis[:n], "\n"); len(got) < min(max(want-4, 0), 2) {
			t.Fatalf("cut at %d: %d requests", n, len(got))
		}
	}
	for n := range errorLines {
		got, lines := readErrors(t, errorLines[:n])
		if full := strings.Count(errorLines[:n], "\n"); len(got)+lines.Others < full {
			t.Fatalf("cut at %d: %d of %d lines", n, len(got)+lines.Others, full)
		}
	}
}

// lineEnd returns where line number n of a text ends.
func lineEnd(text string, n int) int {
	at := 0
	for range n {
		at += strings.IndexByte(text[at:], '\n') + 1
	}
	return at
}

// bounded holds what must be true of any log.
func bounded(t *testing.T, text []byte) {
	total := strings.Count(string(text), "\n") + 1
	requests, lines := readW3C(t, string(text))
	if len(requests)+lines.Malformed > total {
		t.Errorf("%d requests and %d malformed lines of %d", len(requests), lines.Malformed, total)
	}
	for _, q := range requests {
		if n := len(fmt.Sprint(q)); n > 40*maxText {
			t.Errorf("a request of %d letters", n)
		}
	}
	errors, lines := readErrors(t, string(text))
	if len(errors)+lines.Malformed+lines.Others > total {
		t.Errorf("%d messages, %d malformed and %d other lines of %d", len(errors), lines.Malformed, lines.Others, total)
	}
	IsW3C(text)
	IsErrorLog(text)
	IsAccessLog(text)
	IsSquidLog(text)
	IsHAProxyLog(text)
	for _, read := range []func(io.Reader, func(*Request)) (Lines, error){readAccess, ReadSquidLog, ReadHAProxyLog} {
		accessed := 0
		lines, err := read(strings.NewReader(string(text)), func(q *Request) {
			if accessed++; len(fmt.Sprint(*q)) > 40*maxText {
				t.Error("a request that is too long")
			}
		})
		if err != nil || accessed+lines.Malformed > total {
			t.Errorf("%d requests and %d malformed lines of %d, %v", accessed, lines.Malformed, total, err)
		}
	}
}

func FuzzLogs(f *testing.F) {
	f.Add([]byte(iis))
	f.Add([]byte(errorLines))
	f.Add([]byte(accessLines))
	f.Add([]byte(squidLines))
	f.Add([]byte(haproxyLines))
	f.Add([]byte(jsonLines))
	f.Add([]byte("2024-05-01 08:00:05 10.0.0.5 GET /a - 80 - 10.0.0.21 x - 401 1 2148074252 15\n"))
	f.Fuzz(bounded)
}

// TestCutW3C reads logs that begin in the middle: with the usual columns, where these fit.
func TestCutW3C(t *testing.T) {
	t.Parallel()
	const iis = "2024-05-01 08:00:05 10.0.0.5 GET /a - 80 - 10.0.0.21 Mozilla/5.0+(x) - 401 1 2148074252 15\n"
	const httpSys = "2024-05-01 08:00:00 10.0.0.20 50000 10.0.0.5 80 HTTP/1.1 GET / 400 - FieldLength -\n"
	for name, tt := range map[string]struct {
		log                      string
		known                    bool
		read, assumed, malformed int
	}{
		"IIS":                            {iis + iis, true, 2, 2, 0},
		"IIS, and half a line before it": {"/5.0+(x) - 401 1\n" + iis, true, 1, 1, 1},
		"without the referrer":           {"2024-05-01 08:00:05 10.0.0.5 GET /a - 80 CORP\\b 10.0.0.21 curl 200 0 0 15\n", true, 1, 1, 0},
		"HTTP.sys":                       {httpSys, true, 1, 1, 0},
		"columns are named later":        {iis + "#Fields: date time c-ip sc-status\n2024-05-01 08:00:05 10.0.0.21 401\n", true, 2, 1, 0},
		"a date and words":               {"2024-05-01 08:00:05 this is no line of a log, but it has as many words as one has 15\n", false, 0, 0, 0},
		"no path":                        {"2024-05-01 08:00:05 10.0.0.5 GET a - 80 - 10.0.0.21 x - 401 1 5 15\n", false, 0, 0, 0},
		"no status":                      {"2024-05-01 08:00:05 10.0.0.5 GET /a - 80 - 10.0.0.21 x - 40 1 5 15\n", false, 0, 0, 0},
		"nothing":                        {"", false, 0, 0, 0},
	} {
		if got := IsW3C([]byte(tt.log)); got != tt.known {
			t.Errorf("%s: known %v", name, got)
		}
		if !tt.known {
			continue
		}
		read := 0
		n, err := ReadW3C(strings.NewReader(tt.log), func(*Request) { read++ })
		if err != nil || read != tt.read || n.DefaultColumns != tt.assumed || n.Malformed != tt.malformed {
			t.Errorf("%s: %d lines, %+v, %v", name, read, n, err)
		}
	}
	for i := range len(iis) {
		_ = IsW3C([]byte(iis[:i])) // a probe ends anywhere
	}
	if !IsW3C([]byte("\n  \r\n"+iis)) || IsW3C([]byte("#Version: 1.0\n  ")) || IsW3C([]byte(" \t")) {
		t.Error("blanks are taken for another log")
	}
}

const accessLines = `192.0.2.10 - - [23/Nov/2026:11:00:01 +0100] "GET /app?token=secret HTTP/1.1" 401 381 "-" "Mozilla/5.0 (X11; \"Linux\")"
192.0.2.10 - alice@CORP.TEST [23/Nov/2026:11:00:02 +0100] "GET /app HTTP/1.1" 200 5 "-" "curl/8.0" "203.0.113.9, 192.0.2.10"
web.corp.test:443 2001:db8::10 - CORP\\bob [23/Nov/2026:10:00:03 +0000] "POST /b%20c HTTP/2.0" 302 -
fe80::1%eth0 - John Doe [23/Nov/2026:10:00:04 +0000] "-" 408 0 "-" "-"
192.0.2.10 - \xc3\xbc [23/Nov/2026:10:00:05 +0000] "\x16\x03\x01" 400 226
`

// TestAccessLog reads lines in the common and in the combined form, with what servers put around
// them.
func TestAccessLog(t *testing.T) {
	t.Parallel()
	var got []Request
	lines, err := readAccess(strings.NewReader(accessLines), func(q *Request) { got = append(got, *q) })
	if err != nil || lines.Read != 5 || lines.Malformed != 0 || !IsAccessLog([]byte(accessLines)) {
		t.Fatal(lines, err)
	}
	client := netip.AddrPortFrom(netip.MustParseAddr("192.0.2.10"), 0)
	want := []Request{
		{Pos: place(1, "2026-11-23 10:00:01"), Client: client, Method: "GET", Path: "/app", Status: 401, UserAgent: `Mozilla/5.0 (X11; "Linux")`},
		{Pos: place(2, "2026-11-23 10:00:02"), Client: client, Method: "GET", Path: "/app", Status: 200, User: "alice@CORP.TEST", UserAgent: "curl/8.0", ForwardedFor: "203.0.113.9, 192.0.2.10"},
		{Pos: place(3, "2026-11-23 10:00:03"), Client: netip.AddrPortFrom(netip.MustParseAddr("2001:db8::10"), 0), Host: "web.corp.test:443", Method: "POST", Path: "/b%20c", Status: 302, User: `CORP\bob`},
		{Pos: place(4, "2026-11-23 10:00:04"), Client: netip.AddrPortFrom(netip.MustParseAddr("fe80::1"), 0), Status: 408, User: "John Doe"},
		{Pos: place(5, "2026-11-23 10:00:05"), Client: client, Status: 400, User: "\u00fc"},
	}
	for i := range want {
		want[i].NamesUsers, want[i].MayBeStartTime = true, true
	}
	if d := cmp.Diff(want, got, same); d != "" {
		t.Error(d)
	}
	for n := range accessLines {
		got = nil
		lines, _ := readAccess(strings.NewReader(accessLines[:n]), func(q *Request) { got = append(got, *q) })
		if full := strings.Count(accessLines[:n], "\n"); len(got) < full || len(got)+lines.Malformed > full+1 {
			t.Fatalf("cut at %d: %d of %d lines", n, len(got), full)
		}
	}
	if !IsAccessLog([]byte("/1.1\" 200 5\r\n" + accessLines)) {
		t.Error("an access log that begins in the middle of a line is not known")
	}
	for _, other := range []string{
		"a text\nabout\n" + accessLines,
		"", "web.corp.test - - [23/Nov/2026:11:00:01 +0100] \"GET / HTTP/1.1\" 200 5", "192.0.2.10 [23/Nov/2026:11:00:01 +0100] \"GET / HTTP/1.1\" 200 5",
		"192.0.2.10 - - [23/Nov/2026:11:00:01] \"GET / HTTP/1.1\" 200 5", "192.0.2.10 - - [23/Nov/2026:11:00:01 +0100] \"GET / HTTP/1.1 200 5",
		"192.0.2.10 - - [23/Nov/2026:11:00:01 +0100] \"GET / HTTP/1.1\" 2000 5", "192.0.2.10 - - [23/Nov/2026:11:00:01 +0100] \"GET / HTTP/1.1\" 200 x",
	} {
		if IsAccessLog([]byte(other)) {
			t.Errorf("%q is taken for an access log", other)
		}
	}
}

// TestMidnight holds that a log without dates goes on with the next day.
func TestMidnight(t *testing.T) {
	t.Parallel()
	const log = "#Date: 2026-11-23 23:59:00\n#Fields: time c-ip sc-status\n23:59:59 192.0.2.10 401\n00:00:01 192.0.2.10 200\n00:00:00 192.0.2.10 200\n#Date: 2026-11-25 00:00:00\n23:00:00 192.0.2.10 200\n"
	got, _ := readW3C(t, log)
	var times []string
	for _, q := range got {
		times = append(times, q.Pos.Time.UTC().Format("02 15:04:05"))
	}
	if text := strings.Join(times, ", "); text != "23 23:59:59, 24 00:00:01, 24 00:00:00, 25 23:00:00" {
		t.Error(text)
	}
}

// TestRewrittenW3C reads logs that programs have rewritten, and what Advanced Logging writes.
func TestRewrittenW3C(t *testing.T) {
	t.Parallel()
	const fields = "#Fields: date time c-ip cs-method cs-uri-stem cs-username cs(User-Agent) sc-status sc-substatus\n"
	want := Request{
		Pos: place(2, "2026-11-23 10:00:01"), Client: netip.AddrPortFrom(netip.MustParseAddr("192.0.2.10"), 0), Method: "GET", Path: "/a", User: `CORP\John Doe`, UserAgent: "x 1",
		Status: 200, NamesUsers: true, NamesSubStatus: true,
	}
	for name, log := range map[string]string{
		"tabs":         fields + "2026-11-23\t10:00:01\t192.0.2.10\tGET\t/a\tCORP\\John+Doe\tx+1\t200\t0\n",
		"marks":        fields + `2026-11-23 10:00:01 192.0.2.10 GET /a "CORP\John Doe" "x 1" 200 0` + "\n",
		"local time":   strings.Replace(fields, "date time", "date-local time-local", 1) + "2026-11-23 10:00:01 192.0.2.10 GET /a CORP\\John+Doe x+1 200 0\n",
		"milliseconds": fields + "2026-11-23 10:00:01.000 192.0.2.10 GET /a CORP\\John+Doe x+1 200 0\n",
	} {
		got, lines := readW3C(t, log)
		if d := cmp.Diff([]Request{want}, got, same); d != "" || lines.Malformed > 0 || !IsW3C([]byte(log)) {
			t.Errorf("%s: %+v\n%s", name, lines, d)
		}
	}
	if got, lines := readW3C(t, fields+`2026-11-23 10:00:01 192.0.2.10 GET /a - "x 200 0`+"\n"); len(got) != 1 || got[0].UserAgent != `"x` || lines.Malformed != 0 {
		t.Errorf("a mark that is a part of a value: %+v, %+v", got, lines)
	}
}

// A log of nginx of level debug shows on which connections NTLM came last.
func TestErrorLogShowsNTLM(t *testing.T) {
	t.Parallel()
	const failed = "gss_accept_sec_context() failed: Unknown error:"
	var text strings.Builder
	for _, l := range []string{
		`*4 http header: "Authorization: Negotiate TlRMTVNTUAABAAAA"`, `*5 http header: "Authorization: Negotiate YIIC"`,
		"*4 " + failed, "*5 " + failed, "*6 Token decoded: TlRMTVNT", "*6 " + failed, "*6 Token decoded: YIIC", "*6 " + failed,
	} {
		text.WriteString("2026/01/02 03:04:05 [debug] 7#7: " + l + "\n")
	}
	got, _ := readErrors(t, text.String())
	said := ""
	for _, e := range got {
		if e.Text == failed {
			said += fmt.Sprint(e.NTLM, " ")
		}
	}
	if said != "true false true false " {
		t.Error(said)
	}
}

// What nginx says at level debug and again at level error of one connection is one line, with the request that
// the second one has.
func TestErrorLogRepeatsDebug(t *testing.T) {
	t.Parallel()
	const debug, failed = "2026/01/02 03:04:05 [debug] 7#7: ", "gss_accept_sec_context() failed: No key"
	const worse = "2026/01/02 03:04:05 [error] 7#7: *4 " + failed + ` while sending to client, client: 192.0.2.7, request: "GET /a HTTP/1.1"` + "\n"
	for text, want := range map[string]string{
		debug + "*4 " + failed + "\n" + worse:                                             "error /a ",
		debug + "*4 " + failed + "\n" + debug + "*4 http finalize request: 401\n" + worse: "error /a ",
		debug + "*5 " + failed + "\n" + worse:                                             "debug  error /a ",
		debug + "*4 " + failed + "\n" + worse + worse:                                     "error /a error /a ",
		debug + "*4 " + failed + "\n" + debug + "*4 " + failed + "\n":                     "debug  debug  ",
		debug + "*4 gss_accept_sec_context() failed: Request is a replay\n" + worse:       "debug  error /a ",
	} {
		got, lines := readErrors(t, text)
		said := ""
		for _, e := range got {
			said += e.Level + " " + e.Path + " "
		}
		if said != want || lines.Read != len(got)+lines.Others {
			t.Errorf("%q, %+v, want %q of\n%s", said, lines, want, text)
		}
	}
}

// What helpers of Squid refuse is in its cache.log, in the words of Squid; what they print themselves is no
// line of its own, and no damage.
func TestCacheLogOfSquid(t *testing.T) {
	t.Parallel()
	const log = "2026/11/23 17:44:30| Starting Squid Cache version 5.7 for x86_64-pc-linux-gnu...\n" +
		"negotiate_kerberos_auth.cc(200): pid=2012 :2026/11/23 17:44:39| negotiate_kerberos_auth: ERROR: gss_accept_sec_context() failed: No key\n" +
		"2026/11/23 17:44:39 kid1| ERROR: Negotiate Authentication validating user. Result: {result=BH, notes={message: gss_accept_sec_context() failed: No key; }}\n" +
		"Login for user [CORP]\\[alice]@[PC7] failed due to [Reading winbind reply failed!]\n" +
		"2026/11/23 17:44:40 kid1| WARNING: 1 of 10 negotiateauthenticator processes\n" +
		"2026/11/23 17:44:41| ERROR: Negotiate Authentication validating user. Error returned 'BH received type 1 NTLM token'\n"
	if !IsErrorLog([]byte(log)) {
		t.Error("not recognised")
	}
	var got []string
	lines, err := ReadServerLog(strings.NewReader(log), func(*Request) {}, func(e *AuthError) {
		got = append(got, fmt.Sprintf("%d %s %s %s", e.Pos.Frame, e.Module, e.Level, e.Text))
	})
	want := []string{
		"3 squid error Negotiate Authentication validating user. gss_accept_sec_context() failed: No key",
		"5 squid warn 1 of 10 negotiateauthenticator processes",
		"6 squid error Negotiate Authentication validating user. Error returned 'BH received type 1 NTLM token'",
	}
	if err != nil || !slices.Equal(got, want) || lines.Malformed != 0 || lines.Others != 3 {
		t.Errorf("%v, %+v\n%q", err, lines, got)
	}
	for n := range len(log) {
		if _, err := ReadServerLog(strings.NewReader(log[:n]), func(*Request) {}, func(*AuthError) {}); err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
	}
	for _, other := range []string{"2026/11/23|", "2026/11/23 17:44:30 x| a\n", "a :2026/11/23 17|\n", "|\n"} {
		if IsErrorLog([]byte(other)) {
			t.Errorf("%q is recognised", other)
		}
	}
}

// readAccess reads an access log.
func readAccess(r io.Reader, take func(*Request)) (Lines, error) {
	return ReadServerLog(r, take, func(*AuthError) {})
}

// A container writes the access log and the error log into one.
func TestBothLogsInOne(t *testing.T) {
	t.Parallel()
	const access = "192.0.2.7 - alice [02/Jan/2026:03:04:05 +0000] \"GET /a HTTP/1.1\" 200 12\n"
	const failed = "2026/01/02 03:04:05 [error] 7#7: *4 gss_accept_sec_context() failed: No key, client: 192.0.2.7\n"
	for _, text := range []string{access + failed + access, failed + access + "broken\n" + access} {
		requests, failures := 0, 0
		lines, err := ReadServerLog(strings.NewReader(text), func(*Request) { requests++ }, func(*AuthError) { failures++ })
		if requests != 2 || failures != 1 || err != nil || lines.Malformed != strings.Count(text, "broken") {
			t.Errorf("%d requests, %d failures, %+v, %v of\n%s", requests, failures, lines, err, text)
		}
	}
}

// TestLinesOfContainers holds that each request has the container that wrote its line, and that the lines which name
// containers do not count.
func TestLinesOfContainers(t *testing.T) {
	t.Parallel()
	line, _, _ := strings.Cut(accessLines, "\n")
	var got []string
	_, err := readAccess(strings.NewReader(line+"\n"+wrapped.Container+"web-2\n"+line+"\n\x00\n"+line+"\n"+wrapped.Container+"\n"+line+"\n"+wrapped.Container+"end"), func(q *Request) {
		got = append(got, fmt.Sprintf("%d %s", q.Pos.Frame, q.Site))
	})
	if want := []string{"1 ", "2 web-2", "4 web-2", "5 "}; !slices.Equal(got, want) || err != nil {
		t.Errorf("got %q, want %q, %v", got, want, err)
	}
}

// TestContainersOfEachFormat holds that in logs of every format a request has the container that wrote its line.
func TestContainersOfEachFormat(t *testing.T) {
	t.Parallel()
	const haproxy = "Nov 23 10:00:01 lb1 haproxy[1234]: 192.0.2.10:50001 [23/Nov/2026:10:00:01.123] web~ iis/web1 0/0/1/5/6 401 512 - - ---- 1/1/0/0/0 0/0 \"GET /a HTTP/1.1\"\n"
	const squid = "1795428001.123     12 192.0.2.10 TCP_DENIED/407 4012 GET http://www.example.org/ - HIER_NONE/- text/html\n"
	const w3c = "2026-11-23 10:00:01 192.0.2.10 GET /a 401\n"
	for name, tt := range map[string]struct {
		read       func(io.Reader, func(*Request)) (Lines, error)
		head, line string
	}{
		"access": {readAccess, "", strings.SplitAfter(accessLines, "\n")[0]}, "JSON": {readAccess, "", strings.SplitAfter(jsonLines, "\n")[0]},
		"Envoy": {ReadBalancerLog, "", envoyLine}, "AWS": {ReadBalancerLog, "", albLine}, "HAProxy": {ReadHAProxyLog, "", haproxy}, "Squid": {ReadSquidLog, "", squid},
		"W3C": {ReadW3C, "#Fields: date time c-ip cs-method cs-uri-stem sc-status\n", w3c},
	} {
		got, lines := readWith(t, tt.read, tt.head+tt.line+wrapped.Container+"web-2\n"+tt.line)
		if len(got) != 2 || got[0].Site != "" || got[1].Site != "web-2" || lines.Malformed+lines.Others > 0 {
			t.Errorf("%s: %+v %+v", name, got, lines)
		}
	}
}

// TestW3CColumnsOfContainers has two servers that write into one file, each with columns of its own.
func TestW3CColumnsOfContainers(t *testing.T) {
	t.Parallel()
	const text = "#Fields: date time c-ip cs-method cs-uri-stem cs-username sc-status\n" +
		"2026-03-02 10:00:00 10.0.0.1 GET /a alice 200\n" +
		wrapped.Container + "web-2\n#Fields: date time cs-username cs-method cs-uri-stem sc-status c-ip\n" +
		"2026-03-02 10:00:01 bob GET /b 401 10.0.0.2\n" +
		wrapped.Container + "\n2026-03-02 10:00:02 10.0.0.3 GET /c carol 200\n" +
		wrapped.Container + "web-2\n2026-03-02 10:00:03 dave GET /d 403 10.0.0.4\n"
	var got []string
	lines, err := ReadW3C(strings.NewReader(text), func(q *Request) {
		got = append(got, fmt.Sprint(q.Site, " ", q.Client.Addr(), " ", q.User, " ", q.Path, " ", q.Status))
	})
	want := []string{" 10.0.0.1 alice /a 200", "web-2 10.0.0.2 bob /b 401", " 10.0.0.3 carol /c 200", "web-2 10.0.0.4 dave /d 403"}
	if err != nil || lines.Malformed > 0 || !slices.Equal(got, want) {
		t.Errorf("%v, %+v: got %q, want %q", err, lines, got, want)
	}
}
