package transcript

import (
	"strings"
	"testing"

	"negotrace/capture/export"
	"negotrace/httpstream"
)

// programLogs are those of programs that log heads among other lines.
var programLogs = map[string]string{
	"R's httr": `*  Connected to web (10.0.0.20) port 80 (#0)
-> GET / HTTP/1.1
-> Host: web
-> 
<- HTTP/1.1 401 Unauthorized
<- WWW-Authenticate: Negotiate
<- WWW-Authenticate: NTLM
<- 
*  Connection #0 to host web left intact
-> GET / HTTP/1.1
-> Host: web
-> Authorization: Negotiate TOKEN
-> 
<- HTTP/1.1 200 OK
<- 
`,
	"Ruby's Net::HTTP": `opening connection to web:80...
opened
<- "GET / HTTP/1.1\r\nAccept: */*\r\nHost: web\r\n\r\n"
-> "HTTP/1.1 401 Unauthorized\r\n"
-> "WWW-Authenticate: Negotiate\r\n"
-> "WWW-Authenticate: NTLM\r\n"
-> "\r\n"
reading 20 bytes...
-> "Host: this is a body"
read 20 bytes
<- "GET / HTTP/1.1\r\nHost: web\r\nAuthorization: Negotiate TOKEN\r\n\r\n"
-> "HTTP/1.1 200 OK\r\n"
-> "\r\n"
Conn keep-alive
`,
	"Java's HttpURLConnection": `Nov 23, 2026 5:44:39 PM sun.net.www.protocol.http.HttpURLConnection writeRequests
FINE: sun.net.www.MessageHeader@4b85612c2 pairs: {GET / HTTP/1.1: null}{Host: web}
Nov 23, 2026 5:44:39 PM sun.net.www.protocol.http.HttpURLConnection getInputStream
FINE: sun.net.www.MessageHeader@277050dc3 pairs: {null: HTTP/1.1 401 Unauthorized}{WWW-Authenticate: Negotiate}{WWW-Authenticate: NTLM}
FINE: sun.net.www.MessageHeader@4b85612c3 pairs: {GET / HTTP/1.1: null}{Host: web}{Authorization: Negotiate TOKEN}
FINE: sun.net.www.MessageHeader@277050dc1 pairs: {null: HTTP/1.1 200 OK}
`,
	"System.Net": `System.Net Information: 0 : [4852] Associating Connection#18 with HttpWebRequest#54
System.Net Information: 0 : [4852] Connection#18 - Created connection from 10.0.0.10:49800 to 10.0.0.20:80.
System.Net Information: 0 : [4852] HttpWebRequest#54 - Request: GET / HTTP/1.1

System.Net Information: 0 : [4852] ConnectStream#23 - Sending headers
{
Host: web
Connection: Keep-Alive
}.
    ProcessId=3232
    DateTime=2026-11-23T16:44:39.1234567Z
System.Net Information: 0 : [3004] Connection#18 - Received status line: Version=1.1, StatusCode=401, StatusDescription=Unauthorized.
System.Net Information: 0 : [3004] Connection#18 - Received headers
{
WWW-Authenticate: Negotiate
WWW-Authenticate: NTLM
}.
System.Net Information: 0 : [3004] InitializeSecurityContext(In-Buffer length=0, Out-Buffer length=40, returned code=ContinueNeeded).
System.Net Information: 0 : [3004] HttpWebRequest#54 - Request: GET / HTTP/1.1
System.Net Information: 0 : [3004] ConnectStream#24 - Sending headers
{
Authorization: Negotiate TOKEN
Host: web
}.
System.Net Information: 0 : [3004] Connection#18 - Received status line: Version=1.1, StatusCode=200, StatusDescription=OK.
System.Net Information: 0 : [3004] Connection#18 - Received headers
{
Content-Length: 0
}.
`,
	"Firefox": `2026-11-23 16:44:39.100000 UTC - [Parent 4242: Main Thread]: I/nsHttp http request [
2026-11-23 16:44:39.100000 UTC - [Parent 4242: Main Thread]: I/nsHttp   GET / HTTP/1.1
2026-11-23 16:44:39.100001 UTC - [Parent 4242: Socket Thread]: D/nsHttp nsHttpConnection::Init 7f
2026-11-23 16:44:39.100000 UTC - [Parent 4242: Main Thread]: I/nsHttp   Host: web
2026-11-23 16:44:39.100000 UTC - [Parent 4242: Main Thread]: I/nsHttp ]
2026-11-23 16:44:39.101000 UTC - [Parent 4242: Socket Thread]: E/nsHttp http response [
2026-11-23 16:44:39.101000 UTC - [Parent 4242: Socket Thread]: E/nsHttp   HTTP/1.1 401 Unauthorized
2026-11-23 16:44:39.101000 UTC - [Parent 4242: Socket Thread]: E/nsHttp   WWW-Authenticate: Negotiate
2026-11-23 16:44:39.101000 UTC - [Parent 4242: Socket Thread]: E/nsHttp   WWW-Authenticate: NTLM
2026-11-23 16:44:39.101000 UTC - [Parent 4242: Socket Thread]: E/nsHttp     OriginalHeaders
2026-11-23 16:44:39.101000 UTC - [Parent 4242: Socket Thread]: E/nsHttp   WWW-Authenticate: NTLM
2026-11-23 16:44:39.101000 UTC - [Parent 4242: Socket Thread]: E/nsHttp ]
2026-11-23 16:44:39.110000 UTC - [Parent 4242: Main Thread]: I/nsHttp http request [
2026-11-23 16:44:39.110000 UTC - [Parent 4242: Main Thread]: I/nsHttp   GET / HTTP/1.1
2026-11-23 16:44:39.110000 UTC - [Parent 4242: Main Thread]: I/nsHttp   Host: web
2026-11-23 16:44:39.110000 UTC - [Parent 4242: Main Thread]: I/nsHttp   Authorization: Negotiate TOKEN
2026-11-23 16:44:39.110000 UTC - [Parent 4242: Main Thread]: I/nsHttp ]
2026-11-23 16:44:39.121000 UTC - [Parent 4242: Socket Thread]: E/nsHttp http response [
2026-11-23 16:44:39.121000 UTC - [Parent 4242: Socket Thread]: E/nsHttp   HTTP/1.1 200 OK
2026-11-23 16:44:39.121000 UTC - [Parent 4242: Socket Thread]: E/nsHttp ]
`,
	"ZAP": `==== 1 ==========
GET / HTTP/1.1
Host: web


HTTP/1.1 401 Unauthorized
WWW-Authenticate: Negotiate
WWW-Authenticate: NTLM

<html>body</html>
==== 2 ==========
GET / HTTP/1.1
Host: web
Authorization: Negotiate TOKEN


HTTP/1.1 200 OK

<html>body</html>
`,
	"Apache HttpClient 3": `17:44:39,123 DEBUG [org.apache.commons.httpclient.wire.header] >> "GET / HTTP/1.1[\r][\n]"
17:44:39,123 DEBUG [org.apache.commons.httpclient.wire.header] >> "Host: web[\r][\n]"
17:44:39,123 DEBUG [org.apache.commons.httpclient.wire.header] << "HTTP/1.1 401 Unauthorized[\r][\n]"
17:44:39,123 DEBUG [org.apache.commons.httpclient.wire.header] << "WWW-Authenticate: Negotiate[\r][\n]"
17:44:39,123 DEBUG [org.apache.commons.httpclient.wire.header] << "WWW-Authenticate: NTLM[\r][\n]"
17:44:39,123 DEBUG [org.apache.commons.httpclient.wire.header] >> "GET / HTTP/1.1[\r][\n]"
17:44:39,123 DEBUG [org.apache.commons.httpclient.wire.header] >> "Host: web[\r][\n]"
17:44:39,123 DEBUG [org.apache.commons.httpclient.wire.header] >> "Authorization: Negotiate TOKEN[\r][\n]"
17:44:39,123 DEBUG [org.apache.commons.httpclient.wire.header] << "HTTP/1.1 200 OK[\r][\n]"
`,
}

// What programs say between heads about a token that could not be made is an event of the request before.
func TestWordsBetweenHeads(t *testing.T) {
	t.Parallel()
	const asked, refused = "GET / HTTP/1.1\nHost: web\n", "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Negotiate\n"
	firefoxHead := func(name, head string) string {
		return "[Main Thread]: I/nsHttp http " + name + " [\n[Main Thread]: I/nsHttp   " + strings.ReplaceAll(strings.TrimSpace(head), "\n", "\n[Main Thread]: I/nsHttp   ") + "\n[Main Thread]: I/nsHttp ]\n"
	}
	tests := map[string]struct{ text, event, note string }{
		"curl, after it left the connection": {"> " + strings.ReplaceAll(asked, "\n", "\n> ") + "\n< " + strings.ReplaceAll(refused, "\n", "\n< ") + "\n* Connection #0 to host web left intact\n* gss_init_sec_context() failed: No credentials\n",
			"No credentials", "curl says: gss_init_sec_context() failed: No credentials"},
		"Firefox": {firefoxHead("request", asked) + firefoxHead("response", refused) + "[Main Thread]: D/negotiateauth gss_init_sec_context() failed: Unspecified GSS failure.\nServer not found in Kerberos database\n\n",
			"Unspecified GSS failure. Server not found in Kerberos database", "Firefox says: gss_init_sec_context() failed: Unspecified GSS failure. Server not found in Kerberos database"},
		"Firefox, of a site that it does not trust": {firefoxHead("request", asked) + firefoxHead("response", refused) + "[Main Thread]: D/negotiateauth nsHttpNegotiateAuth::ChallengeReceived URI blocked\n",
			"", "Firefox says: nsHttpNegotiateAuth::ChallengeReceived URI blocked"},
		"requests_gssapi": {"DEBUG:urllib3.connectionpool:http://web:80 \"GET / HTTP/1.1\" 401 0\nERROR:requests_gssapi.gssapi_:generate_request_header(): ctx.step() failed:\nTraceback (most recent call last):\ngssapi.raw.misc.GSSError: Major (851968): X, Minor (2529639068): Server not found in Kerberos database\n",
			"Major (851968): X, Minor (2529639068): Server not found in Kerberos database", "urllib3 says: gss_init_sec_context() failed: Major (851968): X, Minor (2529639068): Server not found in Kerberos database"},
		"System.Net": {"System.Net Information: 0 : [1] HttpWebRequest#5 - Request: GET / HTTP/1.1\nSystem.Net Information: 0 : [1] Connection#1 - Received status line: Version=1.1, StatusCode=401, StatusDescription=Unauthorized.\nSystem.Net Information: 0 : [1] InitializeSecurityContext(In-Buffer length=0, Out-Buffer length=0, returned code=TargetUnknown).\n",
			"SEC_E_TARGET_UNKNOWN", "System.Net of the .NET Framework says: InitializeSecurityContext failed: SEC_E_TARGET_UNKNOWN"},
	}
	for name, tt := range tests {
		event, note := "", ""
		out := &export.Out{Counters: &httpstream.Counters{}, Damage: func(string, ...any) {}}
		out.Sink.Exchange = func(x *httpstream.Exchange) bool {
			for _, e := range x.Events {
				event += e.Status
			}
			for _, n := range x.Notes {
				note += n.Text
			}
			return true
		}
		if err := Read(strings.NewReader(tt.text), out); err != nil || event != tt.event || note != tt.note || out.Counters.Requests != 1 {
			t.Errorf("%s: %v, %d requests, event %q, want %q; note %q, want %q", name, err, out.Counters.Requests, event, tt.event, note, tt.note)
		}
	}
}

// What a module that logs on for requests sends is in the next request, although urllib3 logs no header lines.
func TestRequestsToken(t *testing.T) {
	t.Parallel()
	const text = "DEBUG:urllib3.connectionpool:http://web:80 \"GET /a HTTP/1.1\" 401 0\nDEBUG:requests_kerberos.kerberos_:authenticate_user(): Authorization header: Negotiate TOKEN\nDEBUG:urllib3.connectionpool:http://web:80 \"GET /a HTTP/1.1\" 200 9\n"
	got, _, err := result(t, []byte(text))
	if want := "1 c1 GET web http://web/a HTTP/1.1 [] -> 401 []\n2 c2 GET web http://web/a HTTP/1.1 [Negotiate TOKEN] -> 200 []\n"; got != want || err != nil {
		t.Errorf("%v\ngot\n%swant\n%s", err, got, want)
	}
}

// httpx logs the header lines of responses only.
func TestHttpx(t *testing.T) {
	t.Parallel()
	const text = "DEBUG [2026-11-23 17:44:39] httpcore.http11 - receive_response_headers.complete return_value=(b'HTTP/1.1', 401, b'Unauthorized', [(b'Server', b'a'), (b'WWW-Authenticate', b'Negotiate'), (b'WWW-Authenticate', b\"Basic realm='x'\")])\n" +
		"INFO [2026-11-23 17:44:39] httpx - HTTP Request: GET http://web/a \"HTTP/1.1 401 Unauthorized\"\nINFO [2026-11-23 17:44:39] httpx - HTTP Request: GET http://web/a \"HTTP/1.1 200 OK\"\n"
	got, counters, err := result(t, []byte(text))
	want := "1 c1 GET web http://web/a HTTP/1.1 [] -> 401 [\"Negotiate\" \"Basic realm='x'\"]\n2 c2 GET web http://web/a HTTP/1.1 [] -> 200 []\n"
	if got != want || err != nil || !Is([]byte(text)) || !strings.Contains(counters.Notes[0].Text, "no header lines of requests") {
		t.Errorf("%v, recognised %v, %+v\ngot\n%swant\n%s", err, Is([]byte(text)), counters.Notes, got, want)
	}
	for n := range len(text) {
		if _, counters, _ := result(t, []byte(text[:n])); counters.Requests > 2 {
			t.Fatalf("%d bytes: %+v", n, counters)
		}
	}
}

// Wget -S is known by its first line, in any language and through a proxy.
func TestWgetInOtherLanguages(t *testing.T) {
	t.Parallel()
	const text = "--2026-11-23 17:44:39--  http://web/\nAuflösen des Hostnamens proxy (proxy)… 10.0.0.9\nVerbindungsaufbau zu proxy (proxy)|10.0.0.9|:3128 … verbunden.\nProxy-Anforderung gesendet, auf Antwort wird gewartet … \n" +
		"  HTTP/1.1 407 Proxy Authentication Required\n  Proxy-Authenticate: Negotiate\n  Content-Length: 0\n2026-11-23 17:44:39 FEHLER 407: Proxy Authentication Required.\n"
	got, _, err := result(t, []byte(text))
	if want := "1 c1 none    [] -> 407 []"; !strings.HasPrefix(got, want) || err != nil || !Is([]byte(text)) {
		t.Errorf("%v, recognised %v\ngot\n%swant\n%s", err, Is([]byte(text)), got, want)
	}
}

// The logger of .NET's IHttpClientFactory writes header lines twice, at level Trace only.
func TestClientFactory(t *testing.T) {
	t.Parallel()
	const nlogTime = "2026-03-02 10:00:01.1234" // of NLog's usual layout
	const whole = "info: System.Net.Http.HttpClient.a.LogicalHandler[100]\n      Start processing HTTP request GET http://web/a\ntrce: System.Net.Http.HttpClient.a.LogicalHandler[102]\n      Request Headers:\n      Accept: */*\n" +
		"info: System.Net.Http.HttpClient.a.ClientHandler[100]\n      Sending HTTP request GET http://web/a\ntrce: System.Net.Http.HttpClient.a.ClientHandler[102]\n      Request Headers:\n      Accept: */*\n      \n" +
		"info: System.Net.Http.HttpClient.a.ClientHandler[101]\n      Received HTTP response headers after 12.3456ms - 401\ntrce: System.Net.Http.HttpClient.a.ClientHandler[103]\n      Response Headers:\n      WWW-Authenticate: Negotiate\n      WWW-Authenticate: NTLM\n" +
		"info: System.Net.Http.HttpClient.a.LogicalHandler[101]\n      End processing HTTP request after 15.6ms - 401\ntrce: System.Net.Http.HttpClient.a.LogicalHandler[103]\n      Response Headers:\n      WWW-Authenticate: Negotiate\n"
	for text, want := range map[string]string{
		whole: "1 c1 GET web http://web/a HTTP/1.1 [] -> 401 [\"Negotiate\" \"NTLM\"]\n",
		strings.NewReplacer("info: ", nlogTime+"|INFO|", "trce: ", nlogTime+"|TRACE|", "[100]\n      ", "|", "[101]\n      ", "|", "[102]\n      ", "|", "[103]\n      ", "|", "      ", "").Replace(whole):                                      "1 c1 GET web http://web/a HTTP/1.1 [] -> 401 [\"Negotiate\" \"NTLM\"]\n",
		"[17:44:39 INF] Sending HTTP request GET http://web/a\n[17:44:39 INF] Received HTTP response after 1.5ms - Unauthorized\n[17:44:39 INF] Sending HTTP request GET http://web/a\n[17:44:39 INF] Received HTTP response after 1.5ms - OK\n": "1 c1 GET web http://web/a HTTP/1.1 [] -> 401 []\n2 c1 GET web http://web/a HTTP/1.1 [] -> 200 []\n",
	} {
		got, counters, err := result(t, []byte(text))
		if got != want || err != nil || !Is([]byte(text)) || !strings.Contains(counters.Notes[0].Text, "level Trace only") {
			t.Errorf("%v, recognised %v, %+v\ngot\n%swant\n%s", err, Is([]byte(text)), counters.Notes, got, want)
		}
		for n := range len(text) {
			if _, counters, _ := result(t, []byte(text[:n])); counters.Requests > 2 {
				t.Fatalf("%d bytes: %+v", n, counters)
			}
		}
	}
}

// What a program says may repeat a token, a password or a URL of the request.
func TestRemarksHaveNoSecrets(t *testing.T) {
	const stamp = "[Parent 12: Main Thread]: D/negotiateauth "
	token := "TlRMTVNTUAADAAAAc2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"
	text := "[Parent 12: Socket Thread]: I/nsHttp http request [\n[Parent 12: Socket Thread]: I/nsHttp   GET / HTTP/1.1\n" +
		"[Parent 12: Socket Thread]: I/nsHttp   Host: web\n[Parent 12: Socket Thread]: I/nsHttp ]\n" +
		stamp + "NTLM " + token + "\n" + stamp + "http://alice:secret@web/?key=secret URI blocked\n" +
		stamp + "gss_init_sec_context() failed: No key\npassword=secret\n"
	const want = `1 c1 GET web / HTTP/1.1 [] (Firefox says: NTLM ...) (Firefox says: http://...@web/?... URI blocked) (Firefox says: gss_init_sec_context() failed: No key password=...)` + "\n"
	if got, _, _ := result(t, []byte(text)); got != want {
		t.Error(got)
	}
	const spoken = "* gss_init_sec_context() failed: "
	if got, _, _ := result(t, []byte("> GET / HTTP/1.1\n> Host: web\n>\n"+spoken+strings.Repeat("no ", 10_000)+"\n")); !strings.Contains(got, spoken[2:]) || len(got) > 1200 {
		t.Errorf("%d characters: %.100s", len(got), got)
	}
}

// A server decides what a body holds: lines in it that look like those of another program are none of this text.
func TestBodyLikeAnotherLog(t *testing.T) {
	const head = "> GET / HTTP/1.1\n> Host: web\n>\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate\n<\n"
	want, _, _ := result(t, []byte(head))
	logs := allTranscripts()
	logs["OkHttp"], logs["Feign"], logs["java.net.http"] = ofOkHTTP, ofFeign, ofJavaNet
	for name, log := range logs {
		if got, _, _ := result(t, []byte(head+log)); got != want && !strings.HasPrefix(name, "curl ") && !strings.HasPrefix(name, "libcurl") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// Wget says that it knows no scheme of a challenge; it may do so of responses alone, too.
func TestWgetKnowsNoScheme(t *testing.T) {
	t.Parallel()
	const challenge = "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Negotiate\n"
	for text, want := range map[string]string{
		"---request begin---\nGET / HTTP/1.1\nHost: web\n\n---request end---\n---response begin---\n" + challenge + "\n---response end---\n401 Unauthorized\nUnknown authentication scheme.\n":                                    "unknown-scheme",
		"---request begin---\nGET / HTTP/1.1\nHost: web\n\n---request end---\n---response begin---\n" + challenge + "\n---response end---\n401 Unauthorized\n":                                                                    "",
		"--2026-03-02 10:00:00--  http://web/\nConnecting to web|192.0.2.20|:80... connected.\nHTTP request sent, awaiting response... \n  " + strings.ReplaceAll(challenge, "\nW", "\n  W") + "Unknown authentication scheme.\n": "unknown-scheme",
	} {
		var got string
		out := export.Out{Counters: &httpstream.Counters{}, Damage: t.Logf}
		out.Sink.Exchange = func(x *httpstream.Exchange) bool {
			for _, e := range x.Events {
				got += e.Result
			}
			return false
		}
		if err := Read(strings.NewReader(text), &out); err != nil || got != want {
			t.Errorf("got %q, want %q, %v of\n%s", got, want, err, text)
		}
	}
}
