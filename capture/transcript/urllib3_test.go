package transcript

import (
	"strings"
	"testing"
)

var urllib3Logs = map[string]string{
	"basicConfig": "DEBUG:urllib3.connectionpool:Starting new HTTP connection (1): web:80\nDEBUG:urllib3.connectionpool:http://web:80 \"GET /a HTTP/1.1\" 401 None\nDEBUG:urllib3.connectionpool:http://web:80 \"GET /a HTTP/1.1\" 200 12\n",
	"times":       "2026-03-02 10:00:00,123 DEBUG urllib3.connectionpool Starting new HTTP connection (1): web:80\n2026-03-02 10:00:00,124 DEBUG other words\n2026-03-02 10:00:00,200 DEBUG urllib3.connectionpool http://web:80 \"GET /a HTTP/1.1\" 401 1293\n2026-03-02 10:00:00,300 DEBUG urllib3.connectionpool http://web:80 \"GET /a HTTP/1.1\" 200 None\n",
	"old":         "Starting new HTTP connection (1): web\n\"GET /a HTTP/1.1\" 401 1293\n\"GET /a HTTP/1.1\" 200 12\n",
	"cut":         "DEBUG:urllib3.connectionpool:http://web:80 \"GET /a HTTP/1.1\" 401 None\nDEBUG:urllib3.connectionpool:http://web:80 \"GET /a HTTP/1.1\" 200 12\n",
}

func TestUrllib3(t *testing.T) {
	t.Parallel()
	const want = "1 c1 GET web http://web/a HTTP/1.1 [] -> 401 []\n2 c2 GET web http://web/a HTTP/1.1 [] -> 200 []\n"
	for name, text := range urllib3Logs {
		got, counters, err := result(t, []byte(text))
		if got != want || err != nil || !Is([]byte(text)) || !strings.Contains(counters.Notes[0].Text, "no header lines") {
			t.Errorf("%s: err %v, recognised %v, %+v\ngot\n%swant\n%s", name, err, Is([]byte(text)), counters.Notes, got, want)
		}
		for n := range len(text) {
			got, counters, err := result(t, []byte(text[:n]))
			if counters.Requests > 2 || err == nil && got == "" {
				t.Fatalf("%s, %d bytes: err %v, %s", name, n, err, got)
			}
		}
	}
}

// The logs of servers are not those of urllib3.
func TestNotUrllib3(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"10.0.0.1 - - [02/Mar/2026:10:00:00 +0000] \"GET /a HTTP/1.1\" 401 1293\n",
		"proxy: http://web:80 \"GET /a HTTP/1.1\" 401 1293\n",
		"\"GET /a HTTP/1.1\" 401 1293\n",
		"Starting new HTTP connection (1): web:80\nand nothing else\n",
		"Starting new HTTP connection (1): web:80\n10.0.0.1 - - [02/Mar/2026:10:00:00 +0000] \"GET /a HTTP/1.1\" 401 1293\n",
	} {
		if Is([]byte(text)) {
			t.Errorf("%q is recognised", text)
		}
	}
}

// Where http.client prints heads, too, each request counts once.
func TestUrllib3BesideHTTPClient(t *testing.T) {
	t.Parallel()
	got, _, err := result(t, []byte("DEBUG:urllib3.connectionpool:Starting new HTTP connection (1): web:80\nsend: b'GET /a HTTP/1.1\\r\\nHost: web\\r\\n\\r\\n'\nreply: 'HTTP/1.1 401 No\\r\\n'\nheader: WWW-Authenticate: NTLM\nDEBUG:urllib3.connectionpool:http://web:80 \"GET /a HTTP/1.1\" 401 None\n"))
	if want := "1 c1 GET web /a HTTP/1.1 [] -> 401 [\"NTLM\"]\n"; got != want || err != nil {
		t.Errorf("err %v\ngot\n%swant\n%s", err, got, want)
	}
}
