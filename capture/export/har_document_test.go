package export

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"negotrace/httpstream"
)

// A HAR is read in whatever JSON it lies.
func TestHARShapes(t *testing.T) {
	t.Parallel()
	entry := harEntryOf(0, 401, "http://web.contoso.com/", "", nil, []string{"WWW-Authenticate: Negotiate"})
	har := harOf(chromeCreator, entry)
	pages := `{"log":{"entries":[` + entry + `],"pages":[{"startedDateTime":"2026-01-02T03:04:05Z","id":"page_1","pageTimings":{}}],` + chromeCreator + `}}`
	tests := []struct {
		name, text string
		entries    int
	}{
		{"as it should be", har, 1},
		{"another member first", `{"version":"1.2","comment":null,` + har[1:], 1},
		{"entries first", pages, 1},
		{"in another object", `{"id":7,"data":{"title":"x","har":` + har + `}}`, 1},
		{"in an array", `[` + har + `,` + har + `]`, 2},
		{"one after the other", har + "\n" + har, 2},
		{"log alone", har[len(`{"log":`) : len(har)-1], 1},
		{"entries alone", `{"entries":[` + entry + `]}`, 1},
		{"a list of entries", "[" + entry + "," + entry + "]", 2},
		{"one entry", entry, 1},
		{"an entry in each line", strings.ReplaceAll(entry, "\n", "") + "\n" + strings.ReplaceAll(entry, "\n", "") + "\n", 2},
		{"an entry whose members have another order", reordered(entry), 1},
		{"a call", "callback(" + har + ");", 1},
		{"a variable", "var har = " + har + ";\n", 1},
		{"a guard", ")]}',\n" + har, 1},
		{"NaN and Infinity", strings.NewReplacer(`"time":5`, `"time":NaN`, `"wait":2`, `"wait":Infinity`, `"send":0`, `"send":-Infinity`).Replace(har), 1},
	}
	for _, tt := range tests {
		if !IsHAR([]byte(tt.text)) {
			t.Errorf("%s: not recognised", tt.name)
		}
		got := readExport(ReadHAR, []byte(tt.text))
		got.sound(t)
		if got.err != nil || len(got.counters.Damage) > 0 || len(got.exchanges) != tt.entries || got.counters.Responses[401] != tt.entries {
			t.Errorf("%s: err %v, damage %v, exchanges\n%s", tt.name, got.err, got.counters.Damage, got.lines())
		}
	}
	for _, text := range []string{"", "{", "[]", `{"log":"x"}`, `{"logs":[{"level":"info"}]}`, "log", `"log"`, `{"a":[1,2]}`, "entries: [", "<html>{"} {
		if IsHAR([]byte(text)) {
			t.Errorf("%q is recognised as HAR", text)
		}
	}
}

// reordered puts the response of an entry first.
func reordered(entry string) string {
	head, rest, _ := strings.Cut(entry, `"response":`)
	response, tail, _ := strings.Cut(rest, ",\n\t\t\"cache\"")
	return `{"response":` + response + "," + head[1:] + `"cache"` + tail
}

// Headers may be an object with a member for each name.
func TestHARHeadersByName(t *testing.T) {
	t.Parallel()
	text := `{"log":{"entries":[{"request":{"method":"GET","url":"http://a/","headers":{"Host":"a","Authorization":"Negotiate YIIC","Accept":null}},` +
		`"response":{"status":401,"headers":{"WWW-Authenticate":["Negotiate","NTLM"],"Set-Cookie":"a=1\nb=2","X":{"y":1},"Age":5}}}]}}`
	if !IsHAR([]byte(text)) {
		t.Error("not recognised")
	}
	got := readExport(ReadHAR, []byte(text))
	got.sound(t)
	if got.err != nil || len(got.exchanges) != 1 {
		t.Fatalf("err %v, %d exchanges", got.err, len(got.exchanges))
	}
	x := got.exchanges[0]
	said := fmt.Sprint(x.Request.Header.Value("authorization"), x.Response.Header.Values("www-authenticate"), x.Response.Header.Values("Set-Cookie"), x.Response.Header.Value("Age"))
	if want := "Negotiate YIIC[Negotiate NTLM] [a=1 b=2]5"; said != want {
		t.Errorf("got %s", said)
	}
	for n := range len(text) {
		if got := readExport(ReadHAR, []byte(text[:n])); len(got.exchanges) > 1 {
			t.Fatalf("%d bytes: %d exchanges", n, len(got.exchanges))
		}
	}
}

// Entries that lack much are entries.
func TestHARSparseEntries(t *testing.T) {
	t.Parallel()
	tests := []struct{ entry, want string }{
		{`{"request":{"method":"GET","url":"http://a/"},"response":{"status":401}}`, "1 c1 GET a/ HTTP/1.1 -> 401\n"},
		{`{"request":{"method":"GET","url":"http://a/"},"response":{"status":401,"httpVersion":"unknown","headers":[]}}`, "1 c1 GET a/ HTTP/1.1 -> 401\n"},
		{`{"request":{"method":"GET","url":"http://a/"}}`, "1 c1 GET a/ HTTP/1.1 (no response is recorded: no reason given)\n"},
		{`{"request":{"method":"GET","url":"http://a/"},"response":{"status":0,"_error":"net::ERR_UNEXPECTED_PROXY_AUTH"}}`, "1 c1 GET a/ HTTP/1.1 (no response is recorded: net::ERR_UNEXPECTED_PROXY_AUTH)\n"},
		{`{"request":{"method":"GET","url":"http://a/"},"response":{"status":200}}`, ""}, // a browser's cache
	}
	for _, tt := range tests {
		got := readExport(ReadHAR, []byte(harOf(chromeCreator, tt.entry)))
		if got.lines() != tt.want || got.err != nil || got.counters.Packets != 1 {
			t.Errorf("%s: err %v, got %s", tt.entry, got.err, got.lines())
		}
	}
	got := readExport(ReadHAR, []byte(harOf(chromeCreator, tests[3].entry)))
	if x := got.exchanges[0]; x.Failure != "net::ERR_UNEXPECTED_PROXY_AUTH" {
		t.Errorf("failure %q", x.Failure)
	}
}

// What is not of the kind that it should be is named by entry and member.
func TestHARNamesWrongMembers(t *testing.T) {
	t.Parallel()
	good := harEntryOf(0, 200, "http://a/", `"serverIPAddress":"10.0.0.1",`, nil, nil)
	tests := []struct{ entry, want string }{
		{`{"request":{"method":"GET","url":"http://a/","headers":"none"},"response":{"status":401}}`, "HAR: entry 2: request.headers is not of the kind that the format has there"},
		{`{"request":{"method":"GET","url":"http://a/"},"response":{"status":[401],"headers":7}}`, "HAR: entry 2: response.status and 1 more values are not of the kind that the format has there"},
	}
	for _, tt := range tests {
		got := readExport(ReadHAR, []byte(harOf(chromeCreator, good, tt.entry, good)))
		if len(got.counters.Damage) != 1 || got.counters.Damage[0].Text != tt.want {
			t.Errorf("%s: damage %v", tt.entry, got.counters.Damage)
		}
	}
}

func TestHARTimes(t *testing.T) {
	t.Parallel()
	want := httpstream.TimeOf(time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC))
	epoch := time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC).Unix()
	for _, s := range []string{
		"2026-01-02T03:04:00Z", "2026-01-02T03:04:00.000Z", "2026-01-02T03:04Z", "2026-01-02T05:04:00+02:00", "2026-01-02T05:04:00+0200",
		"2026-01-02T05:04:00+02", "2026-01-02T05:04+02", "2026-01-02 05:04:00+02", "2026-01-02 05:04:00 +02:00", "2026-01-02 03:04:00", "2026-01-02T03:04:00,000Z",
		"Fri Jan 02 2026 04:04:00 GMT+0100 (CET)", "Fri, 02 Jan 2026 03:04:00 GMT", fmt.Sprintf("/Date(%d)/", epoch*1000),
		" 2026-01-02T03:04:00 ", fmt.Sprint(epoch), fmt.Sprint(epoch * 1000), fmt.Sprint(epoch * 1e6), fmt.Sprintf("%d.0", epoch),
	} {
		if got := harTime(s); got != want {
			t.Errorf("%q is %v", s, got)
		}
	}
	for _, s := range []string{"", "yesterday", "11/23/2026 4:38:25 PM", "/Date(x)/", "NaN", "Infinity", "-1", "0", "2026-13-02T03:04:00Z"} {
		if got := harTime(s); !got.IsZero() {
			t.Errorf("%q is %v", s, got)
		}
	}
}

// What is said of a file fits the program that wrote it.
func TestHARWriters(t *testing.T) {
	t.Parallel()
	const edge = "User-Agent: Mozilla/5.0 Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0"
	tests := []struct {
		creator, userAgent string
		program            string
		lastOnly           bool
		says, never        string
	}{
		{"WebInspector", "User-Agent: Mozilla/5.0 Chrome/130.0.0.0 Safari/537.36", "Chrome", true, "take a NetLog from chrome://net-export", "edge://"},
		{"WebInspector", edge, "Edge", true, "take a NetLog from edge://net-export", "chrome://"},
		{"WebInspector", "", "Chrome or Edge", true, "chrome://net-export or edge://net-export", ""},
		{"Firefox", "", "Firefox", true, "about:logging", "net-export"},
		{"WebKit Web Inspector", "", "Safari", true, "take a packet capture", "net-export"},
		{"ZAP", edge, "ZAP", false, "", "browsers answer"},
		{"Burp Suite Professional", "", "Burp Suite", false, "", "browsers answer"},
		{"BrowserUp Proxy", "", "BrowserUp Proxy", false, "", "browsers answer"},
		{"Selenium Wire HAR dump", "", "Selenium Wire", false, "", "browsers answer"},
		{"mitmproxy har_dump", "", "mitmproxy", false, "", "browsers answer"},
		{"Insomnia REST Client", "", "Insomnia", false, "shows what Insomnia did", "browsers answer"},
		{"some tool", "", "some tool", false, "written by some tool: whether it records every message is not known", "browsers answer"},
		{"", "", "", false, "an unnamed program", "browsers answer"},
	}
	for _, tt := range tests {
		entry := harEntryOf(0, 401, "http://a/", "", []string{tt.userAgent}, []string{"WWW-Authenticate: Negotiate"})
		got := readExport(ReadHAR, []byte(harOf(fmt.Sprintf(`"creator":{"name":%q}`, tt.creator), entry)))
		if r := got.exchanges[0].Conn.Recorder; r == nil || r.Program != tt.program || r.LastOnly != tt.lastOnly {
			t.Errorf("%q: recorder %+v", tt.creator, r)
		}
		text := fmt.Sprint(got.counters.Notes)
		if !strings.Contains(text, tt.says) || tt.never != "" && strings.Contains(text, tt.never) {
			t.Errorf("%q: says %s", tt.creator, text)
		}
	}
}
