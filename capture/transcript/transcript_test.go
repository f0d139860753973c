package transcript

import (
	"bytes"
	"fmt"
	"maps"
	"strings"
	"testing"

	"negotrace/capture/export"
	"negotrace/httpstream"
	"negotrace/internal/testcost"
)

func TestMain(m *testing.M) { testcost.Main(m) }

const token = "YIIAOAYGKwYBBQUCoIH5MIH2AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// result reads a text and gives its exchanges, one a line.
func result(t *testing.T, text []byte) (string, *httpstream.Counters, error) {
	t.Helper()
	var exchanges []*httpstream.Exchange
	emitted := map[*httpstream.Conn]bool{}
	counters := &httpstream.Counters{}
	out := &export.Out{Counters: counters, Damage: func(format string, args ...any) { t.Logf(format, args...) }}
	out.Sink.Exchange = func(x *httpstream.Exchange) bool {
		exchanges = append(exchanges, x)
		return true
	}
	out.Sink.Conn = func(c *httpstream.Conn) {
		if emitted[c] {
			t.Error("a connection is emitted twice")
		}
		emitted[c] = true
	}
	err := Read(bytes.NewReader(text), out)
	var b strings.Builder
	numbers := map[*httpstream.Conn]int{}
	for _, x := range exchanges {
		if !emitted[x.Conn] {
			t.Error("a connection is never emitted")
		}
		if numbers[x.Conn] == 0 {
			numbers[x.Conn] = len(numbers) + 1
		}
		q := x.Request
		if q == nil {
			q = &httpstream.Request{Pos: x.Response.Pos, Method: "none"}
		}
		fmt.Fprintf(&b, "%d c%d %s %s %s %s [%s]", q.Pos.Frame, numbers[x.Conn], q.Method, q.Host, q.Target, q.Proto, q.Header.Value("Authorization"))
		if s := x.Response; s != nil {
			fmt.Fprintf(&b, " -> %d %q", s.Status, s.Header.Values("WWW-Authenticate"))
		}
		for _, n := range x.Notes {
			fmt.Fprintf(&b, " (%s)", n.Text)
		}
		b.WriteString("\n")
	}
	return b.String(), counters, err
}

// What each program prints is the same two requests.
var want = strings.ReplaceAll(`1 c1 GET web / HTTP/1.1 [] -> 401 ["Negotiate" "NTLM"]
2 c1 GET web / HTTP/1.1 [Negotiate TOKEN] -> 200 []
`, "TOKEN", token)

var transcripts = map[string]string{
	"curl -v": `*   Trying 10.0.0.20:80...
* Connected to web (10.0.0.20) port 80 (#0)
> GET / HTTP/1.1
> Host: web
> Accept: */*
>
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Negotiate
< WWW-Authenticate: NTLM
<
{ [12 bytes data]
* Connection #0 to host web left intact
* Server auth using Negotiate with user ''
> GET / HTTP/1.1
> Host: web
> Authorization: Negotiate TOKEN
>
< HTTP/1.1 200 OK
<
<html>hello</html>
* Closing connection 0
`,
	"curl --trace-ascii": `== Info: Connected to web (10.0.0.20) port 80 (#0)
=> Send header, 30 bytes (0x1e)
0000: GET / HTTP/1.1
0010: Host: web
001b:
<= Recv header, 27 bytes (0x1b)
0000: HTTP/1.1 401 Unauthorized
<= Recv header, 29 bytes (0x1d)
0000: WWW-Authenticate: Negotiate
<= Recv header, 24 bytes (0x18)
0000: WWW-Authenticate: NTLM
<= Recv header, 2 bytes (0x2)
0000:
<= Recv data, 5 bytes (0x5)
0000: Location: no header
=> Send header, 140 bytes (0x8c)
0000: GET / HTTP/1.1
0010: Host: web
001b: Authorization: Negotiate YIIAOAYGKwYBBQUCoIH5MIH2AAAAAAAAAAAAAAA
005b: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
0086:
<= Recv header, 17 bytes (0x11)
0000: HTTP/1.1 200 OK
<= Recv header, 2 bytes (0x2)
0000:
`,
	"Git": `18:38:25.100000 http.c:725              == Info: Connected to web (10.0.0.20) port 80
18:38:25.100001 http.c:672              => Send header, 0000000050 bytes (0x00000032)
18:38:25.100002 http.c:684              => Send header: GET / HTTP/1.1
18:38:25.100003 http.c:684              => Send header: Host: web
18:38:25.100004 http.c:684              => Send header:
18:38:25.200000 http.c:684              <= Recv header: HTTP/1.1 401 Unauthorized
18:38:25.200001 http.c:684              <= Recv header: WWW-Authenticate: Negotiate
18:38:25.200002 http.c:684              <= Recv header: WWW-Authenticate: NTLM
18:38:25.200003 http.c:684              <= Recv header:
18:38:25.300000 http.c:684              => Send header: GET / HTTP/1.1
18:38:25.300001 http.c:684              => Send header: Host: web
18:38:25.300002 http.c:684              => Send header: Authorization: Negotiate TOKEN
18:38:25.300003 http.c:684              => Send header:
18:38:25.400000 http.c:684              <= Recv header: HTTP/1.1 200 OK
18:38:25.400001 http.c:684              <= Recv header:
`,
	"wget -d": `DEBUG output created by Wget 1.21.3 on linux-gnu.
---request begin---
GET / HTTP/1.1
Host: web

---request end---
HTTP request sent, awaiting response...
---response begin---
HTTP/1.1 401 Unauthorized
WWW-Authenticate: Negotiate
WWW-Authenticate: NTLM

---response end---
401 Unauthorized
---request begin---
GET / HTTP/1.1
Host: web
Authorization: Negotiate TOKEN

---request end---
---response begin---
HTTP/1.1 200 OK

---response end---
`,
	"haproxy -d": `00000000:web.accept(0005)=0010 from [10.0.0.10:50000] ALPN=<none>
00000000:web.clireq[0010:ffffffff]: GET / HTTP/1.1
00000000:web.clihdr[0010:ffffffff]: host: web
00000000:srv.srvrep[0010:0011]: HTTP/1.1 401 Unauthorized
00000000:srv.srvhdr[0010:0011]: www-authenticate: Negotiate
00000000:srv.srvhdr[0010:0011]: www-authenticate: NTLM
00000000:web.clireq[0010:ffffffff]: GET / HTTP/1.1
00000000:web.clihdr[0010:ffffffff]: host: web
00000000:web.clihdr[0010:ffffffff]: authorization: Negotiate TOKEN
00000000:srv.srvrep[0010:0011]: HTTP/1.1 200 OK
00000000:srv.closed[0010:0011]
`,
	"raw": `GET / HTTP/1.1
Host: web

HTTP/1.1 401 Unauthorized
WWW-Authenticate: Negotiate
WWW-Authenticate: NTLM

Access denied

GET / HTTP/1.1
Host: web
Authorization: Negotiate TOKEN

HTTP/1.1 200 OK
Content-Type: text/plain

hello
`,
}

func allTranscripts() map[string]string {
	all := maps.Clone(transcripts)
	maps.Copy(all, programs)
	maps.Copy(all, programLogs)
	return all
}

func TestTranscripts(t *testing.T) {
	t.Parallel()
	for name, text := range allTranscripts() {
		for shape, change := range map[string]func(string) string{
			"as it is":         func(s string) string { return s },
			"ends of Windows":  func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
			"without its end":  func(s string) string { return strings.TrimRight(s, "\n") },
			"byte order mark":  func(s string) string { return "\ufeff" + s },
			"blank line first": func(s string) string { return "\n" + s },
			"zeros behind it":  func(s string) string { return s + "\x00\x00\n" },
			"NUL before ends":  func(s string) string { return strings.ReplaceAll(s, "\n", "\x00\r\n") },
			"in colours": func(s string) string {
				return "\x1b[0m" + strings.ReplaceAll(s, "WWW-Authenticate", "\x1b[1mWWW-Authenticate\x1b[0m")
			},
			"in a block of Markdown": func(s string) string {
				return "    " + strings.ReplaceAll(s, "\n", "\n    ")
			},
		} {
			b := []byte(change(strings.ReplaceAll(text, "TOKEN", token)))
			if !Is(b) {
				t.Errorf("%s, %s: not recognised", name, shape)
			}
			got, counters, err := result(t, b)
			if got != want || err != nil || counters.Requests != 2 || len(counters.Notes) != 1 {
				t.Errorf("%s, %s: err %v, %+v\ngot\n%swant\n%s", name, shape, err, counters.Notes, got, want)
			}
		}
	}
}

func TestDetails(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"a pane of DevTools", `Request URL: http://web/a?b
Request Method: GET
Status Code: 401 Unauthorized
Remote Address: 10.0.0.20:80
Response Headers
Content-Length: 0
WWW-Authenticate: Negotiate
Request Headers
Host: web
Accept: */*
`, `1 c1 GET web http://web/a?b HTTP/1.1 [] -> 401 ["Negotiate"]` + "\n"},
		{"a newer pane", "Request URL\nhttps://web/\nRequest Method\nGET\nStatus Code\n401 Unauthorized\nResponse Headers (2)\nwww-authenticate:\nNTLM\nRequest Headers\nhost:\nweb\n",
			`1 c1 GET web https://web/ HTTP/1.1 [] -> 401 ["NTLM"]` + "\n"},
		{"a tunnel", "* Connected to proxy (10.0.0.30) port 3128\n> CONNECT web:443 HTTP/1.1\n> Host: web:443\n>\n< HTTP/1.1 200 OK\n<\n> GET / HTTP/1.1\n> Host: web\n>\n< HTTP/1.1 401 No\n< WWW-Authenticate: Negotiate\n<\n",
			"1 c1 CONNECT web:443 web:443 HTTP/1.1 [] -> 200 []\n2 c2 GET web / HTTP/1.1 [] -> 401 [\"Negotiate\"]\n"},
		{"the library's words", "> GET / HTTP/1.1\n> Host: web\n>\n< HTTP/1.1 401 No\n< WWW-Authenticate: Negotiate\n<\n* gss_init_sec_context() failed: No Kerberos credentials available.\n* Connection #0 to host web left intact\n",
			"1 c1 GET web / HTTP/1.1 [] -> 401 [\"Negotiate\"] (curl says: gss_init_sec_context() failed: No Kerberos credentials available.)\n"},
		{"100 first", "> PUT / HTTP/1.1\n> Host: web\n>\n< HTTP/1.1 100 Continue\n<\n< HTTP/1.1 401 No\n< WWW-Authenticate: NTLM\n<\n",
			"1 c1 PUT web / HTTP/1.1 [] -> 401 [\"NTLM\"]\n"},
		{"no answer", "> GET / HTTP/1.1\n> Host: web\n>\n* Empty reply from server\n", "1 c1 GET web / HTTP/1.1 [] (curl says: Empty reply from server)\n"},
		{"HTTP/2", "> GET / HTTP/2\n> Host: web\n>\n< HTTP/2 401\n< www-authenticate: Negotiate\n<\n", "1 c1 GET web / HTTP/2 [] -> 401 [\"Negotiate\"]\n"},
	}
	for _, tt := range tests {
		if !Is([]byte(tt.text)) {
			t.Errorf("%s: not recognised", tt.name)
		}
		if got, _, err := result(t, []byte(tt.text)); got != tt.want || err != nil {
			t.Errorf("%s: err %v\ngot\n%swant\n%s", tt.name, err, got, tt.want)
		}
	}
}

// curl --trace prints bytes in hex where --trace-ascii prints text.
func TestTrace(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, part := range []struct{ title, text string }{
		{"=> Send header", "GET / HTTP/1.1\r\nHost: web\r\nAuthorization: Negotiate " + token + "\r\n\r\n"},
		{"<= Recv header", "HTTP/1.1 401 No\r\n"}, {"<= Recv header", "WWW-Authenticate: NTLM\r\n"}, {"<= Recv header", "\r\n"}, {"<= Recv data", "A: b\r\n"},
	} {
		fmt.Fprintf(&b, "%s, %d bytes (%#x)\n", part.title, len(part.text), len(part.text))
		for i := 0; i < len(part.text); i += 16 {
			line := part.text[i:min(len(part.text), i+16)]
			fmt.Fprintf(&b, "%04x: %-47s  %s\n", i, fmt.Sprintf("% x", line), strings.Map(func(r rune) rune { return max(r, ' ') }, line))
		}
	}
	got, _, err := result(t, []byte(b.String()))
	if want := "1 c1 GET web / HTTP/1.1 [Negotiate " + token + "] -> 401 [\"NTLM\"]\n"; got != want || err != nil || !Is([]byte(b.String())) {
		t.Errorf("err %v\ngot\n%swant\n%s", err, got, want)
	}
}

func TestIsNot(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "hello\n", "> I said\n> that GET is a method\n", "{\"log\":{}}", "<html>\nGET / HTTP/1.1\n", "see\nGET / HTTP/1.1\nHost: a\n",
		"HTTP/1.1 401 Unauthorized\n", "HTTP/1.1 401 is what I saw\nand then: nothing\n", "HTTP/1.1 401: refused\nServer: x\n",
		"see\nHTTP/1.1 401 Unauthorized\nServer: x\n", "I ran curl -I http://web/\nHTTP/1.1 401 Unauthorized\nServer: x\n", "HTTP/1.1 4010 No\nServer: x\n",
		"IP 10.0.0.10.50000 > 10.0.0.20.80: Flags [P.], HTTP: GET / HTTP/1.1", "* a list\n* of things\n", "Request Method: GET\n", "\x00\x01\x02",
	} {
		if Is([]byte(text)) {
			t.Errorf("%q is recognised", text)
		}
	}
}

// Every prefix gives the requests that began in it.
func TestPrefixes(t *testing.T) {
	t.Parallel()
	for name, text := range allTranscripts() {
		for n := 0; n < len(text); n += testcost.Step(11) {
			got, counters, err := result(t, []byte(text[:n]))
			if counters.Requests > 2 || err == nil && got == "" {
				t.Fatalf("%s, %d bytes: err %v, %s", name, n, err, got)
			}
		}
	}
}

func FuzzTranscript(f *testing.F) {
	for _, text := range allTranscripts() {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		Is(b)
		result(t, b)
	})
}
