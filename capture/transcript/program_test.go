package transcript

import (
	"strings"
	"testing"

	"negotrace/capture/export"
	"negotrace/httpstream"
)

// programs have printed the requests of transcripts, each in a way of its own.
var programs = map[string]string{
	"libcurl, which marks only the first line of a request": `*   Trying 10.0.0.20:80...
* Connected to web (10.0.0.20) port 80 (#0)
> GET / HTTP/1.1
Host: web
Accept: */*

< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Negotiate
< WWW-Authenticate: NTLM
< 
* Connection #0 to host web left intact
> GET / HTTP/1.1
Host: web
Authorization: Negotiate TOKEN

< HTTP/1.1 200 OK
< 
Host: this is the body
`,
	"curl -v with its progress meter": `  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0* Connected to web (10.0.0.20) port 80
> GET / HTTP/1.1
> Host: web
>
< HTTP/1.1 401 Unauthorized
  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0< WWW-Authenticate: Negotiate
< WWW-Authenticate: NTLM
<
> GET / HTTP/1.1
> Host: web
> Authorization: Negotiate TOKEN
>
< HTTP/1.1 200 OK
<
`,
	"curl -v --trace-time --trace-ids, in a log": `2026-03-02T10:00:00.0000001Z stderr F 10:00:00.000001 [0-0] * Connected to web (10.0.0.20) port 80
2026-03-02T10:00:00.0000001Z stderr F 10:00:00.000001 [0-0] > GET / HTTP/1.1
2026-03-02T10:00:00.0000001Z stderr F 10:00:00.000001 [0-0] > Host: web
2026-03-02T10:00:00.0000001Z stderr F 10:00:00.000001 [0-0] >
2026-03-02T10:00:00.0000001Z stderr F 10:00:00.000001 [0-0] < HTTP/1.1 401 Unauthorized
2026-03-02T10:00:00.0000001Z stderr F 10:00:00.000001 [0-0] < WWW-Authenticate: Negotiate
2026-03-02T10:00:00.0000001Z stderr F 10:00:00.000001 [0-0] < WWW-Authenticate: NTLM
2026-03-02T10:00:00.0000001Z stderr F 10:00:00.000001 [0-0] <
2026-03-02T10:00:00.0000001Z stderr F 10:00:00.000001 [0-0] > GET / HTTP/1.1
2026-03-02T10:00:00.0000001Z stderr F 10:00:00.000001 [0-0] > Host: web
2026-03-02T10:00:00.0000001Z stderr F 10:00:00.000001 [0-0] > Authorization: Negotiate TOKEN
2026-03-02T10:00:00.0000001Z stderr F 10:00:00.000001 [0-0] >
2026-03-02T10:00:00.0000001Z stderr F 10:00:00.000001 [0-0] < HTTP/1.1 200 OK
2026-03-02T10:00:00.0000001Z stderr F 10:00:00.000001 [0-0] <
`,
	"curl -v in a mail": `> * Connected to web (10.0.0.20) port 80 (#0)
> > GET / HTTP/1.1
> > Host: web
> >
> < HTTP/1.1 401 Unauthorized
> < WWW-Authenticate: Negotiate
> < WWW-Authenticate: NTLM
> <
> > GET / HTTP/1.1
> > Host: web
> > Authorization: Negotiate TOKEN
> >
> < HTTP/1.1 200 OK
> <
`,
	"Python's http.client": `send: b'GET / HTTP/1.1\r\nHost: web\r\nAccept: */*\r\n\r\n'
reply: 'HTTP/1.1 401 Unauthorized\r\n'
header: Server: "web"
header: WWW-Authenticate: Negotiate
header: WWW-Authenticate: NTLM
send: b"GET / HTTP/1.1\r\nHost: web\r\nAuthorization: Negotiate TOKEN\r\nX: it's\r\n\r\n"
send: b'GET is the body'
reply: 'HTTP/1.1 200 OK\r\n'
header: Content-Length: 0
`,
	"Apache HttpClient, both logs": `2026/03/02 10:00:00:123 CET [DEBUG] headers - http-outgoing-0 >> GET / HTTP/1.1
2026/03/02 10:00:00:123 CET [DEBUG] headers - http-outgoing-0 >> Host: web
2026/03/02 10:00:00:123 CET [DEBUG] wire - http-outgoing-0 >> "GET / HTTP/1.1[\r][\n]"
2026/03/02 10:00:00:123 CET [DEBUG] wire - http-outgoing-0 >> "Host: web[\r][\n]"
2026/03/02 10:00:00:123 CET [DEBUG] wire - http-outgoing-0 >> "[\r][\n]"
2026/03/02 10:00:00:123 CET [DEBUG] wire - http-outgoing-0 << "HTTP/1.1 401 Unauthorized[\r][\n]"
2026/03/02 10:00:00:123 CET [DEBUG] headers - http-outgoing-0 << HTTP/1.1 401 Unauthorized
2026/03/02 10:00:00:123 CET [DEBUG] headers - http-outgoing-0 << WWW-Authenticate: Negotiate
2026/03/02 10:00:00:123 CET [DEBUG] headers - http-outgoing-0 << WWW-Authenticate: NTLM
2026/03/02 10:00:00:123 CET [DEBUG] headers - http-outgoing-0 >> GET / HTTP/1.1
2026/03/02 10:00:00:123 CET [DEBUG] headers - http-outgoing-0 >> Host: web
2026/03/02 10:00:00:123 CET [DEBUG] headers - http-outgoing-0 >> Authorization: Negotiate TOKEN
2026/03/02 10:00:00:123 CET [DEBUG] headers - http-outgoing-0 << HTTP/1.1 200 OK
`,
	"Apache HttpClient, bytes": `DEBUG wire.header - >> "GET / HTTP/1.1[\r][\n]"
DEBUG wire.header - >> "Host: web[\r][\n]"
DEBUG wire.header - >> "[\r][\n]"
DEBUG wire.header - << "HTTP/1.1 401 Unauthorized[\r][\n]"
DEBUG wire.header - << "WWW-Authenticate: Negotiate[\r][\n]"
DEBUG wire.header - << "WWW-Authenticate: NTLM[\r][\n]"
DEBUG wire.header - << "[\r][\n]"
DEBUG wire.header - >> "GET / HTTP/1.1[\r][\n]"
DEBUG wire.header - >> "Host: web[\r][\n]"
DEBUG wire.header - >> "Authorization: Negotiate TOKEN[\r][\n]"
DEBUG wire.header - >> "[\r][\n]"
DEBUG wire.header - << "HTTP/1.1 200 OK[\r][\n]"
`,
	"Wget2": `02.100000.001 # sent 50 bytes:
GET / HTTP/1.1
Host: web

02.100000.002 # got header 90 bytes:
HTTP/1.1 401 Unauthorized
WWW-Authenticate: Negotiate
WWW-Authenticate: NTLM

02.100000.003 need 12 bytes of body
02.100000.004 # sent 150 bytes:
GET / HTTP/1.1
Host: web
Authorization: Negotiate TOKEN

02.100000.005 # got header 20 bytes:
HTTP/1.1 200 OK

`,
	"openssl s_client": `CONNECTED(00000003)
New, TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384
---
GET / HTTP/1.1
Host: web

HTTP/1.1 401 Unauthorized
WWW-Authenticate: Negotiate
WWW-Authenticate: NTLM

GET / HTTP/1.1
Host: web
Authorization: Negotiate TOKEN

HTTP/1.1 200 OK
`,
	"Go's httputil, logged": `2026/03/02 10:00:00 GET / HTTP/1.1
Host: web

2026/03/02 10:00:00 HTTP/1.1 401 Unauthorized
Www-Authenticate: Negotiate
Www-Authenticate: NTLM

2026/03/02 10:00:01.123456 GET / HTTP/1.1
Host: web
Authorization: Negotiate TOKEN

2026/03/02 10:00:01.123456 HTTP/1.1 200 OK

`,
	"telnet": `Trying 10.0.0.20...
Connected to web.
Escape character is '^]'.
GET / HTTP/1.1
Host: web

HTTP/1.1 401 Unauthorized
WWW-Authenticate: Negotiate
WWW-Authenticate: NTLM

GET / HTTP/1.1
Host: web
Authorization: Negotiate TOKEN

HTTP/1.1 200 OK

Connection closed by foreign host.
`,
	"a stream without ends behind bodies": `GET / HTTP/1.1
Host: web
Content-Length: 3

a=bHTTP/1.1 401 Unauthorized
WWW-Authenticate: Negotiate
WWW-Authenticate: NTLM

no entryGET / HTTP/1.1
Host: web
Authorization: Negotiate TOKEN

HTTP/1.1 200 OK

hello`,
}

// What is known of TLS is said, and nothing else: most texts do not say.
func TestTranscriptTLS(t *testing.T) {
	t.Parallel()
	const head, answer = "GET / HTTP/1.1\nHost: web\n\n", "HTTP/1.1 401 Unauthorized\n\n"
	const marked = "> GET / HTTP/1.1\n> Host: web\n>\n"
	for text, want := range map[string]string{
		head + answer: "unknown",
		"GET http://web/ HTTP/1.1\nHost: web\n\n":  "plain",
		"GET https://web/ HTTP/1.1\nHost: web\n\n": "TLS",
		marked: "unknown",
		"* Connected to web (10.0.0.20) port 80 (#0)\n" + marked:                                        "plain",
		"* Connected to web (::1) port 8443\n* ALPN: server accepted h2\n" + marked:                     "TLS",
		"* Established connection to web (::1 port 443) from ::2 port 50000\n* using HTTP/2\n" + marked: "TLS",
		"CONNECTED(00000003)\n" + head:                                                                  "unknown",
		"CONNECTED(00000003)\nNew, TLSv1.3, Cipher is X\n" + head:                                       "TLS",
		"Escape character is '^]'.\n" + head:                                                            "plain",
		"*   Trying 10.0.0.20:443...\n* SSL connection using TLSv1.3 / X\n* Established connection to web (10.0.0.20 port 443) from 10.0.0.10 port 50000 \n* using HTTP/1.x\n" + marked:                                  "TLS",
		"*   Trying [::1]:80...\n*   Trying 10.0.0.20:80...\n* Established connection to web (10.0.0.20 port 80) from 10.0.0.10 port 50000 \n" + marked:                                                                  "plain",
		"*   Trying 10.0.0.9:3128...\n> CONNECT web:443 HTTP/1.1\n>\n< HTTP/1.1 200 OK\n<\n* SSL connection using TLSv1.3 / X\n* Established connection to p (10.0.0.9 port 3128) from 10.0.0.10 port 50000 \n" + marked: "plain TLS",
		"* Connected to p (10.0.0.9) port 3128\n> CONNECT web:443 HTTP/1.1\n>\n< HTTP/1.1 200 OK\n<\n* SSL connection using TLSv1.3 / X\n" + marked:                                                                      "plain TLS",
		"* Connected to p (10.0.0.9) port 3128\n> CONNECT web:443 HTTP/1.1\n>\n< HTTP/1.1 200 OK\n<\n" + marked:                                                                                                          "plain unknown",
	} {
		var got []string
		out := &export.Out{Counters: &httpstream.Counters{}, Damage: func(string, ...any) {}}
		out.Sink.Conn = func(*httpstream.Conn) {}
		out.Sink.Exchange = func(x *httpstream.Exchange) bool {
			switch {
			case x.Conn.TLS != nil:
				got = append(got, "TLS")
			case x.Conn.TLSUnknown:
				got = append(got, "unknown")
			default:
				got = append(got, "plain")
			}
			return true
		}
		if err := Read(strings.NewReader(text), out); err != nil || strings.Join(got, " ") != want {
			t.Errorf("%q: %v, want %s, %v", text, got, want, err)
		}
	}
}

// The words of curl about its library are an event of the request that they are about.
func TestLibraryWords(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"gss_init_sec_context() failed: No credentials were supplied. ":       "gss_init_sec_context: No credentials were supplied.",
		"InitializeSecurityContext failed: SEC_E_TARGET_UNKNOWN (0x80090303)": "InitializeSecurityContext: SEC_E_TARGET_UNKNOWN (0x80090303)",
		"gss_init_sec_context() failed : Server not found":                    "gss_init_sec_context: Server not found",
		"gss_init_sec_context() failed: : Success< Server: web":               "gss_init_sec_context: Success",
		"Authentication problem. Ignoring this.":                              "",
	} {
		got := ""
		out := &export.Out{Counters: &httpstream.Counters{}, Damage: func(string, ...any) {}}
		out.Sink.Conn = func(*httpstream.Conn) {}
		out.Sink.Exchange = func(x *httpstream.Exchange) bool {
			for _, e := range x.Events {
				got += e.Name + ": " + e.Status
			}
			if len(x.Notes) != 1 {
				t.Errorf("notes %v", x.Notes)
			}
			return true
		}
		text := "> GET / HTTP/1.1\n> Host: web\n>\n< HTTP/1.1 401 Unauthorized\n<\n* " + said + "\n"
		if err := Read(strings.NewReader(text), out); err != nil || got != want {
			t.Errorf("%q: got %q, want %q, %v", said, got, want, err)
		}
	}
}
