package transcript

import (
	"slices"
	"strings"
	"testing"

	"negotrace/capture/export"
	"negotrace/httpstream"
)

const ofOkHTTP = `--> GET http://web/ http/1.1
Host: web
--> END GET
<-- 401 Unauthorized http://web/ (22ms)
WWW-Authenticate: Negotiate
WWW-Authenticate: NTLM

<pre>
<-- END HTTP (5-byte body)
--> GET http://web/ http/1.1
Host: web
Authorization: Negotiate TOKEN
--> END GET
<-- 200 OK http://web/ (3ms)
<-- END HTTP
`

const ofFeign = `[Web#home] ---> GET http://web/ HTTP/1.1
[Web#home] Host: web
[Web#home] ---> END HTTP (0-byte body)
[Web#home] <--- HTTP/1.1 401 Unauthorized (22ms)
[Web#home] WWW-Authenticate: Negotiate
[Web#home] WWW-Authenticate: NTLM
[Web#home] 
[Web#home] X: body
[Web#home] <--- END HTTP (7-byte body)
[Web#home] ---> RETRYING
[Web#home] ---> GET http://web/ HTTP/1.1
[Web#home] Authorization: Negotiate TOKEN
[Web#home] ---> END HTTP (0-byte body)
[Web#home] <--- HTTP/1.1 200 (3ms)
[Web#home] <--- END HTTP (0-byte body)
`

const ofJavaNet = `Mar 02, 2026 10:00:00 AM jdk.internal.net.http.Http1Request headers
INFO: REQUEST: http://web/ GET
Mar 02, 2026 10:00:00 AM jdk.internal.net.http.Http1Request logHeaders
INFO: HEADERS: REQUEST HEADERS:
GET / HTTP/1.1
Host: web

Mar 02, 2026 10:00:00 AM jdk.internal.net.http.Http1Response lambda$readHeadersAsync$0
INFO: HEADERS: RESPONSE HEADERS:
    WWW-Authenticate: Negotiate
    WWW-Authenticate: NTLM

Mar 02, 2026 10:00:00 AM jdk.internal.net.http.Exchange lambda$wrapForLog$11
INFO: RESPONSE: (GET http://web/) 401 HTTP_1_1 Local port:  50000
INFO: REQUEST: http://web/ GET
INFO: HEADERS: REQUEST HEADERS:
GET / HTTP/1.1
Host: web
Authorization: Negotiate TOKEN

INFO: RESPONSE: (GET http://web/) 200 HTTP_1_1 Local port:  50000
`

// eachLine puts something before each line of a text.
func eachLine(text string, prefix func(n int) string) string {
	lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	for n := range lines {
		lines[n] = prefix(n) + lines[n]
	}
	return strings.Join(lines, "") + "\n"
}

// always returns a prefix that is the same for all lines.
func always(prefix string) func(int) string { return func(int) string { return prefix } }

// The lines of calls are read behind what logs put before them.
func TestCallLogs(t *testing.T) {
	t.Parallel()
	const want = `1 c1 GET web http://web/ HTTP/1.1 [] -> 401 ["Negotiate" "NTLM"]
2 c1 GET web http://web/ HTTP/1.1 [Negotiate TOKEN] -> 200 []
`
	seconds := []string{"10:00:09.999", "10:00:10.000", "10:00:10.001"}
	for name, text := range map[string]string{
		"OkHttp":                      ofOkHTTP,
		"OkHttp in logcat":            eachLine(ofOkHTTP, func(n int) string { return "03-02 " + seconds[n%3] + "   999  1300 D OkHttp  : " }),
		"OkHttp in java.util.logging": eachLine(ofOkHTTP, always("Mar 02, 2026 10:00:00 AM okhttp3.internal.platform.Platform log\nINFO: ")),
		"OkHttp 3":                    strings.ReplaceAll(strings.ReplaceAll(ofOkHTTP, "<-- ", "<-- HTTP/1.1 "), " http://web/ (", " ("),
		"OkHttp 5":                    strings.ReplaceAll(ofOkHTTP, "ms)", "ms, unknown-length body)"),
		"OkHttp of HTTP/2":            strings.ReplaceAll(ofOkHTTP, "http/1.1", "h2"),
		"OkHttp's calls":              strings.ReplaceAll(ofOkHTTP, " http/1.1", ""),
		"lines of other threads":      eachLine(eachLine(ofOkHTTP, always("[main] ")), func(n int) string { return "[http] Server: other\n" }),
		"Feign":                       ofFeign,
		"Feign in Spring's log":       eachLine(ofFeign, func(n int) string { return "2026-03-02 " + seconds[n%3] + " DEBUG 1 --- [main] com.corp.Web : " }),
		"java.net.http":               ofJavaNet,
	} {
		got, counters, err := result(t, []byte(text))
		if name == "OkHttp of HTTP/2" {
			got = strings.ReplaceAll(got, "HTTP/2", "HTTP/1.1")
		}
		if !Is([]byte(text)) || got != want || err != nil || counters.Requests != 2 || counters.Connections != 1 {
			t.Errorf("%s: %v, err %v, %+v\ngot\n%swant\n%s", name, Is([]byte(text)), err, counters, got, want)
		}
		for n := range len(text) {
			if _, counters, _ := result(t, []byte(text[:n])); counters.Requests > 2 {
				t.Fatalf("%s, %d bytes: %+v", name, n, counters)
			}
		}
	}
}

// Lines of threads between each other belong to the requests of theirs.
func TestCallsOfThreads(t *testing.T) {
	t.Parallel()
	const a, b = "03-02 10:00:09.999   999  1300 D OkHttp  : ", "03-02 10:00:10.001   999  1301 D OkHttp  : "
	text := a + "--> GET http://web/a http/1.1\n" + b + "--> GET http://web/b http/1.1\n" + a + "Authorization: Negotiate OFA\n" + a + "--> END GET\n" + b + "Authorization: Negotiate OFB\n" + b + "--> END GET\n" +
		b + "<-- 401 Unauthorized http://web/b (2ms)\n" + a + "<-- 200 OK http://web/a (2ms)\n" + b + "Server: 10.0.0.1:80\n" + b + "WWW-Authenticate: Negotiate\n" + a + "<-- END HTTP\n" + b + "<-- END HTTP\n"
	const want = `1 c1 GET web http://web/a HTTP/1.1 [Negotiate OFA] -> 200 []
2 c2 GET web http://web/b HTTP/1.1 [Negotiate OFB] -> 401 ["Negotiate"]
`
	for name, text := range map[string]string{
		"numbers": text,
		"names":   strings.NewReplacer(a, "[http-exec-1] ", b, "[http-exec-2] ").Replace(text),
	} {
		got, _, err := result(t, []byte(text))
		lines := strings.SplitAfter(got, "\n")
		slices.Sort(lines)
		if strings.Join(lines, "") != want || err != nil {
			t.Errorf("%s: err %v\ngot\n%swant\n%s", name, err, got, want)
		}
	}
}

// TestSimultaneousCalls holds that responses of several calls at once, of which no thread is named, belong to the request
// whose URL they name, and to none where several asked for that, nor header lines that may be of either.
func TestSimultaneousCalls(t *testing.T) {
	t.Parallel()
	const a, b, end = "--> GET http://web/a http/1.1\nAuthorization: Negotiate OFA\n--> END GET\n", "--> GET http://web/b http/1.1\nAuthorization: Negotiate OFB\n--> END GET\n", "<-- END HTTP\n"
	for text, want := range map[string]string{
		a + b + "<-- 401 Unauthorized http://web/b (2ms)\nWWW-Authenticate: Negotiate\n" + end + "<-- 200 OK http://web/a (3ms)\n" + end: `1 c1 GET web http://web/a HTTP/1.1 [Negotiate OFA] -> 200 []
2 c2 GET web http://web/b HTTP/1.1 [Negotiate OFB] -> 401 ["Negotiate"]
`,
		a + a + "<-- 401 Unauthorized http://web/a (2ms)\nWWW-Authenticate: Negotiate\n" + end + "<-- 200 OK http://web/a (3ms)\n" + end: `1 c2 GET web http://web/a HTTP/1.1 [Negotiate OFA]
2 c3 GET web http://web/a HTTP/1.1 [Negotiate OFA]
3 c1 none    [] -> 401 ["Negotiate"] (the request of this response is not in the text, or cannot be told from others)
4 c4 none    [] -> 200 [] (the request of this response is not in the text, or cannot be told from others)
`,
		a[:len("--> GET http://web/a http/1.1\n")] + b + "<-- 401 Unauthorized http://web/b (2ms)\n<-- 200 OK http://web/a (3ms)\nWWW-Authenticate: Negotiate\n" + end + end: `1 c1 GET web http://web/a HTTP/1.1 [] -> 200 []
2 c2 GET web http://web/b HTTP/1.1 [] -> 401 []
`,
	} {
		got, _, err := result(t, []byte(text))
		lines := strings.SplitAfter(got, "\n")
		slices.Sort(lines)
		if strings.Join(lines, "") != want || err != nil {
			t.Errorf("err %v\ngot\n%swant\n%s", err, got, want)
		}
	}
}

// What a call failed with is said.
func TestFailedCalls(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"--> GET http://web/ http/1.1\nHost: web\n--> END GET\n<-- HTTP FAILED: java.net.ProtocolException: Too many follow-up requests: 21\n": "1 c1 GET web http://web/ HTTP/1.1 [] (OkHttp says: HTTP FAILED: java.net.ProtocolException: Too many follow-up requests: 21)\n",
		"[A#b] ---> GET http://web/ HTTP/1.1\n[A#b] ---> END HTTP (0-byte body)\n[A#b] <--- ERROR UnknownHostException: web (3ms)\n":           "1 c1 GET web http://web/ HTTP/1.1 [] (Feign says: ERROR UnknownHostException: web (3ms))\n",
	} {
		got, counters, err := result(t, []byte(text))
		if got != want || err != nil {
			t.Errorf("err %v\ngot\n%swant\n%s", err, got, want)
		}
		if n := counters.Notes[0]; n.Kind != "requests-unanswered" || !strings.HasPrefix(n.Text, "calls that failed without a response: 1; ") {
			t.Errorf("%+v", n)
		}
	}
}

// A log without header lines does not show that none were sent.
func TestCallLogsWithoutHeaders(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"--> GET https://web/ h2\n<-- 401 https://web/ (25ms, 0-byte body)\n":                                true,
		"INFO: REQUEST: http://web/ GET\nINFO: RESPONSE: (GET http://web/) 401 HTTP_1_1 Local port: 50000\n": true,
		ofOkHTTP:  false,
		ofFeign:   false,
		ofJavaNet: false,
	} {
		if got := recorder(t, text).NoHeaders; got != want {
			t.Errorf("%.40q: %v, want %v", text, got, want)
		}
	}
}

// recorder returns the program that wrote a text.
func recorder(t *testing.T, text string) *httpstream.Recorder {
	t.Helper()
	var program *httpstream.Recorder
	out := &export.Out{Counters: &httpstream.Counters{}, Damage: func(string, ...any) {}}
	out.Sink.Exchange = func(x *httpstream.Exchange) bool {
		program = x.Conn.Recorder
		return true
	}
	if err := Read(strings.NewReader(text), out); err != nil {
		t.Fatal(err)
	}
	return program
}
