package transcript

import (
	"fmt"
	"strings"
	"testing"
)

// responses are texts that have no request of what they have responses to.
var responses = map[string]string{
	"curl -I": "HTTP/1.1 401 Unauthorized\nServer: Microsoft-IIS/10.0\nWWW-Authenticate: Negotiate\nWWW-Authenticate: NTLM\n\n",
	"curl -iL, with its command": `$ curl -iL http://web/
HTTP/1.1 401 Unauthorized
WWW-Authenticate: Negotiate
WWW-Authenticate: NTLM

<html>no</html>HTTP/1.1 200 OK
Server: Apache

hello
`,
	"wget -S": `--2026-11-23 10:00:00--  http://web/
Connecting to web (web)|10.0.0.20|:80... connected.
HTTP request sent, awaiting response... 
  HTTP/1.1 401 Unauthorized
  WWW-Authenticate: Negotiate
  WWW-Authenticate: NTLM

Username/Password Authentication Failed.
`,
	"an exception of .NET": `Exception:
   Response : StatusCode: 401, ReasonPhrase: 'Unauthorized', Version: 1.1, Content: System.Net.Http.HttpConnectionResponseContent, Headers:
              {
              WWW-Authenticate: Negotiate
              WWW-Authenticate: NTLM
              }
   TargetSite : x
`,
	"a reason":         "HTTP/1.1 401 GSSException: No key (Mechanism level: x)\nWWW-Authenticate: Negotiate\nWWW-Authenticate: NTLM\n\n",
	"HTTP/2":           "HTTP/2 401 \nserver: nginx\nwww-authenticate: Negotiate\nwww-authenticate: NTLM\n",
	"cut from curl -v": "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate\n< WWW-Authenticate: NTLM\n<\n* Connection #0 to host web left intact\n",
}

// Each response is an exchange without a request, on a connection of its own, and the
// report says so.
func TestResponsesAlone(t *testing.T) {
	t.Parallel()
	for name, text := range responses {
		for shape, change := range map[string]func(string) string{
			"as it is":        func(s string) string { return s },
			"ends of Windows": func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
			"blank line":      func(s string) string { return "\n" + s },
		} {
			b := []byte(change(text))
			got, counters, err := result(t, b)
			want := `1 c1 none    [] -> 401 ["Negotiate" "NTLM"] (the request of this response is not in the text, or cannot be told from others)` + "\n"
			n := 1
			if strings.Contains(text, "200 OK") {
				want += "2 c2 none    [] -> 200 [] (the request of this response is not in the text, or cannot be told from others)\n"
				n = 2
			}
			if !Is(b) || got != want || err != nil || counters.Requests != 0 || counters.Connections != n || len(counters.Notes) != 2 {
				t.Errorf("%s, %s: %v, err %v, %+v\ngot\n%swant\n%s", name, shape, Is(b), err, counters, got, want)
			} else if says := fmt.Sprintf("without their requests: %d;", n); !strings.Contains(counters.Notes[0].Text, says) {
				t.Errorf("%s: %s", name, counters.Notes[0].Text)
			}
		}
	}
}

// A request that comes later has its own response.
func TestRequestBehindResponse(t *testing.T) {
	t.Parallel()
	got, counters, err := result(t, []byte("< HTTP/1.1 401 No\n< WWW-Authenticate: NTLM\n<\n> GET / HTTP/1.1\n> Host: web\n>\n< HTTP/1.1 200 OK\n<\n"))
	want := "1 c1 none    [] -> 401 [\"NTLM\"] (the request of this response is not in the text, or cannot be told from others)\n2 c1 GET web / HTTP/1.1 [] -> 200 []\n"
	if got != want || err != nil || counters.Requests != 1 {
		t.Errorf("err %v\ngot\n%swant\n%s", err, got, want)
	}
}

func TestResponsePrefixes(t *testing.T) {
	t.Parallel()
	for name, text := range responses {
		for n := range len(text) {
			Is([]byte(text[:n]))
			got, counters, err := result(t, []byte(text[:n]))
			if counters.Requests > 0 || err == nil && !strings.Contains(got, "-> ") {
				t.Fatalf("%s, %d bytes: err %v, %s", name, n, err, got)
			}
		}
	}
}

// Credentials that somebody shortened or blanked out before passing the text on are said to be so.
func TestShortenedCredentials(t *testing.T) {
	t.Parallel()
	for credentials, want := range map[string]bool{
		"Negotiate YIIG/gYGKwYBBQUCoIIG8jCC...": true,
		"Negotiate xxxxxxxx":                    true,
		"NTLM TlRMTVNTUAADAAAAGAAYA\u2026":      true,
		"Basic YWxpY2U6c2VjcmV0":                false,
		// The length at its beginning counts more than is there, with no mark of it.
		"Negotiate YIIG/gYGKwYBBQUCoIIG8jCC": true,
		"Negotiate YII$":                     false, // a broken token, as it was sent
	} {
		_, counters, err := result(t, []byte("> GET / HTTP/1.1\n> Host: web\n> Authorization: "+credentials+"\n>\n< HTTP/1.1 200 OK\n<\n"))
		says := strings.Contains(counters.Notes[0].Text, "shortened or replaced by words (1)")
		if err != nil || says != want {
			t.Errorf("%s: err %v, notes %+v", credentials, err, counters.Notes)
		}
	}
}

// What the Kerberos library prints among the lines of curl is said to be passed over.
func TestTraceAmongRequests(t *testing.T) {
	t.Parallel()
	_, counters, err := result(t, []byte("> GET / HTTP/1.1\n> Host: web\n>\n< HTTP/1.1 401 No\n< WWW-Authenticate: Negotiate\n<\n"+
		"[12] 1795250401.123460: TGS request result: -1765328377/Server HTTP/web@CORP.TEST not found in Kerberos database\n[1] no trace\n"))
	if err != nil || len(counters.Notes) != 2 || !strings.Contains(counters.Notes[0].Text, "passed over (1)") {
		t.Errorf("err %v, notes %+v", err, counters.Notes)
	}
}

// Where a request was printed before the last one got its response, the response is of neither, unless
// the second one repeats the first.
func TestSeveralRequestsWaiting(t *testing.T) {
	t.Parallel()
	const first = "> GET /a HTTP/1.1\n> Host: a\n>\n"
	const answers = "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: NTLM\n<\n* Connection #0 to host a left intact\n< HTTP/1.1 200 OK\n<\n* Connection #1 to host b left intact\n"
	for second, wantAlone := range map[string]int{strings.ReplaceAll(first, "Host: a", "Host: b"): 2, first: 1} {
		got, _, err := result(t, []byte("* Trying 10.0.0.1:80...\n"+first+second+answers))
		if n := strings.Count(got, "cannot be told from others"); n != wantAlone || err != nil {
			t.Errorf("%q: %d responses alone, err %v\n%s", second, n, err, got)
		}
	}
}
