package redactproof_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"negotrace/internal/testcost"
)

func TestMain(m *testing.M) { testcost.Main(m) }

// secretHAR has a zebra in every place where a HAR may have a secret or a name.
const secretHAR = `{"zebra1":"zebra","log":{"version":"1.2","comment":"zebra","_custom":{"zebra":"zebra"},
"creator":{"name":"Firefox","version":"120.0","comment":"zebra"},"browser":{"name":"Firefox","version":"120.0"},
"pages":[{"id":"page_1","title":"zebra of Mr Zebra","startedDateTime":"2026-01-02T03:04:05.678Z","pageTimings":{"onLoad":12,"_x":"zebra"}}],
"entries":[{"startedDateTime":"2026-01-02T03:04:05.678Z","time":12.5,"pageref":"page_1","comment":"zebra","_initiator":{"url":"zebra"},
"request":{"method":"GET","url":"https://zebrauser:zebrapw@zebrahost.example:8443/zebrapath/x.aspx;jsessionid=zebra?zebra=zebra#zebra","httpVersion":"HTTP/1.1",
"headers":[{"name":"Host","value":"zebrahost.example:8443"},{"name":"Authorization","value":"Basic emVicmE6emVicmE="},{"name":"Cookie","value":"zebra=zebra"},
{"name":"X-Token","value":"zebra"},{"name":"Referer","value":"https://zebrahost.example/zebra?zebra"},{"name":"Authorization","value":"zebra-without-scheme"}],
"cookies":[{"name":"zebra","value":"zebra","domain":"zebrahost.example","comment":"zebra"}],"queryString":[{"name":"zebra","value":"zebra"}],
"postData":{"mimeType":"multipart/form-data; boundary=zebra","text":"zebra","params":[{"name":"zebra","value":"zebra"}]},"headersSize":321,"bodySize":6},
"response":{"status":401,"statusText":"Unauthorized zebra","httpVersion":"HTTP/1.1","headers":[{"name":"WWW-Authenticate","value":"Basic realm=\"zebra\""},
{"name":"Set-Cookie","value":"zebra=zebra; Domain=zebrahost.example"}],"cookies":[],"redirectURL":"https://zebrahost.example/zebra","headersSize":100,"bodySize":30,
"content":{"size":30,"mimeType":"application/zebra+json","text":"<p>zebra zebrahost.example</p>","comment":"zebra"},"_error":"zebra","_transferSize":130},
"cache":{"beforeRequest":{"eTag":"zebra"}},"timings":{"send":1,"wait":2,"receive":3,"comment":"zebra"},"serverIPAddress":"10.11.12.13","connection":"zebra",
"_securityDetails":{"protocol":"TLS 1.3","subjectName":"zebrahost.example","issuer":"zebra","validFrom":1767323045,"sanList":["zebra"]},"_webSocketMessages":[{"data":"zebra"}]}]}}`

func TestHARSecrets(t *testing.T) {
	r := newRedactor()
	out := redacted(t, r, []byte(secretHAR))
	if !json.Valid(out) {
		t.Fatalf("no JSON:\n%s", out)
	}
	for _, gone := range []string{"zebra", "Zebra", "emVicm", "10.11.12.13"} {
		if bytes.Contains(out, []byte(gone)) {
			t.Errorf("%q is still there:\n%s", gone, out)
		}
	}
	for _, stays := range []string{`"Firefox"`, `"2026-01-02T03:04:05.678Z"`, `"time":12.5`, `"status":401`, `"headersSize":321`, `"page_1"`, `"wait":2`,
		`"_transferSize":130`, `"TLS 1.3"`, `"validFrom":1767312000`, `:8443/`, `"size":30`, `"WWW-Authenticate"`} {
		if !bytes.Contains(out, []byte(stays)) {
			t.Errorf("%s is gone:\n%s", stays, out)
		}
	}
	if len(r.Counts.LeftOut) == 0 || r.Counts.Entries != 1 {
		t.Errorf("counts %+v", r.Counts)
	}
	before, _ := read([]byte(secretHAR))
	after, err := read(out)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(summary(before, r.Names.Text), summary(after, func(s string) string { return s })); diff != "" {
		t.Errorf("-original +redacted\n%s", diff)
	}
}

// TestHARShapes takes what is around a HAR off, and reads entries that nothing is around.
func TestHARShapes(t *testing.T) {
	const entry = `{"startedDateTime":"2026-01-02T03:04:05Z","request":{"method":"GET","url":"http://a.example/"},"response":{"status":200}}`
	for _, c := range []struct{ name, har string }{
		{"bare entry", entry},
		{"list of entries", "[" + entry + "," + entry + "]"},
		{"list without a log", `{"entries":[` + entry + `]}`},
		{"inside other JSON", `{"data":{"x":[{"log":{"creator":{"name":"Charles Proxy"},"entries":[` + entry + `]}}]}}`},
		{"two, one after the other", `{"log":{"entries":[` + entry + `]}} {"log":{"entries":[` + entry + `]}}`},
		{"a function around it", `onInputData({"log":{"entries":[` + entry + `]}})`},
		{"creator behind the entries", `{"log":{"entries":[` + entry + `],"creator":{"name":"Fiddler"}}}`},
		{"values of other kinds", `{"log":{"pages":7,"entries":[{"startedDateTime":{},"time":"x","request":{"method":"GET","url":"http://a/","headers":"x","headersSize":null},"response":[]}]}}`},
		{"headers as objects", `{"log":{"entries":[{"startedDateTime":"2026-01-02T03:04:05Z","_failureText":"net::ERR_FAILED","request":{"method":"GET","url":"http://a.example/",
"headers":{"Host":"a.example","Authorization":"Negotiate YIIB","X-Zebra":["zebra","zebra two"],"Cookie":null,"Via":{"a":"zebra"}}},
"response":{"status":401,"headers":{"WWW-Authenticate":["Negotiate","NTLM"],"Server":"IIS"}}}]}}`},
		{"byte order mark", "\ufeff" + `{"log":{"entries":[` + entry + `]}}`},
	} {
		before, err := read([]byte(c.har))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		r := newRedactor()
		out := redacted(t, r, []byte(c.har))
		after, err := read(out)
		if err != nil {
			t.Errorf("%s: %v in\n%s", c.name, err, out)
			continue
		}
		if diff := cmp.Diff(summary(before, r.Names.Text), summary(after, func(s string) string { return s })); diff != "" {
			t.Errorf("%s: -original +redacted\n%s", c.name, diff)
		}
		if a, b := len(before.Summary.Damage), len(after.Summary.Damage); a != b {
			t.Errorf("%s: damage in %d places became %d\n%s", c.name, a, b, out)
		}
	}
}

// TestCutAnywhere cuts a HAR and a NetLog: as many entries and events are read
// of what they become.
func TestCutAnywhere(t *testing.T) {
	for _, text := range []string{secretHAR, secretNetLog} {
		for n := 0; n < len(text); n += testcost.Step(7) {
			r := newRedactor()
			var out bytes.Buffer
			var err error
			if strings.HasPrefix(text, `{"constants"`) {
				err = r.NetLog(strings.NewReader(text[:n]), &out)
			} else {
				err = r.HAR(strings.NewReader(text[:n]), &out)
			}
			if err == nil && n < len(text)-2 && r.Counts.Entries+r.Counts.Events == 0 {
				t.Errorf("cut at %d of %d: no error, and nothing read", n, len(text))
			}
			if bytes.Contains(out.Bytes(), []byte("zebra")) {
				t.Errorf("cut at %d: a secret is in\n%s", n, out.Bytes())
			}
		}
	}
}

// TestLongStrings redacts a HAR with a body that is longer than what is held of a string.
func TestLongStrings(t *testing.T) {
	long := strings.Repeat("zebra ", 1<<20)
	har := strings.ReplaceAll(secretHAR, "<p>zebra zebrahost.example</p>", long)
	out := redacted(t, newRedactor(), []byte(har))
	if len(out) > 64<<10 || bytes.Contains(out, []byte("zebra")) || !json.Valid(out) {
		t.Errorf("%d bytes of %d", len(out), len(har))
	}
}

func FuzzExports(f *testing.F) {
	f.Add([]byte(secretHAR))
	f.Add([]byte(secretNetLog))
	for _, file := range []string{"../../testdata/chromium-kerberos.har", "../../testdata/chromium-kerberos.netlog.json"} {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b[:min(len(b), 16<<10)])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		newRedactor().HAR(bytes.NewReader(b), io.Discard)
		newRedactor().NetLog(bytes.NewReader(b), io.Discard)
		newRedactor().SAZ(bytes.NewReader(b), int64(len(b)), io.Discard)
	})
}
