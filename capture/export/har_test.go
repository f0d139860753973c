package export

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"negotrace/httpstream"
	"negotrace/internal/testcost"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestMain(m *testing.M) { testcost.Main(m) }

const (
	chromeCreator  = `"creator":{"name":"WebInspector","version":"537.36"}`
	fiddlerCreator = `"creator":{"name":"Fiddler","version":"5.0"}`
)

// harOf makes a HAR of entries.
func harOf(creator string, entries ...string) string {
	return `{"log":{"version":"1.2",` + creator + `,"pages":[],"entries":[` + strings.Join(entries, ",\n") + `]}}`
}

// harEntryOf makes an entry that began at a millisecond, with request and response
// headers as "name: value" lines.
func harEntryOf(ms, status int, rawURL, more string, request, response []string) string {
	return fmt.Sprintf(`{"startedDateTime":"2026-01-02T03:04:05.%03dZ","time":5,%s
		"request":{"method":"GET","url":%q,"httpVersion":"http/1.1","headers":%s,"cookies":[],"queryString":[],"headersSize":100,"bodySize":0},
		"response":{"status":%d,"httpVersion":"http/1.1","headers":%s,"content":{"size":3,"text":"abc"},"headersSize":200,"bodySize":3},
		"cache":{},"timings":{"blocked":1,"dns":-1,"connect":-1,"send":0,"wait":2,"receive":2,"ssl":-1}}`,
		ms, more, rawURL, harHeaders(request), status, harHeaders(response))
}

func harHeaders(lines []string) string {
	var h []string
	for _, l := range lines {
		name, value, _ := strings.Cut(l, ": ")
		h = append(h, fmt.Sprintf(`{"name":%q,"value":%q}`, name, value))
	}
	return "[" + strings.Join(h, ",") + "]"
}

func TestHAR(t *testing.T) {
	const page = "http://web.contoso.com/a?b=c"
	tests := []struct {
		name, text string
		want       string
		kinds      string
		undecoded  map[string]int
	}{
		{
			name: "chrome joins lines and leaves credentials out",
			text: harOf(chromeCreator, harEntryOf(0, 401, page, `"_connectionId":"41","connection":"80","serverIPAddress":"10.0.0.20",`,
				[]string{"Host: web.contoso.com"}, []string{"WWW-Authenticate: Negotiate\nNTLM"})),
			want:  "1 c1 GET web.contoso.com/a?b=c HTTP/1.1 -> 401 [Negotiate] [NTLM]\n",
			kinds: "har-auth-stripped har-legs-missing",
		},
		{
			name: "lower case and pseudo-headers of HTTP/2",
			text: harOf(chromeCreator, harEntryOf(0, 200, "https://web.contoso.com/", "", []string{":authority: web.contoso.com:8443", ":path: /", "authorization: Negotiate YII="}, nil)),
			want: "1 c1 GET web.contoso.com:8443/ HTTP/1.1 [Negotiate YII=] -> 200\n",
			// Nothing is said of stripping: there is a credential.
			kinds: "har-legs-missing har-connections-unnamed",
		},
		{
			name: "entries out of order, connections by client port",
			text: harOf(fiddlerCreator,
				harEntryOf(30, 200, page, `"connection":"50001",`, []string{"Authorization: NTLM TlRMTVNTUAAD"}, nil),
				harEntryOf(10, 401, page, `"connection":"50001",`, nil, []string{"WWW-Authenticate: NTLM"}),
				harEntryOf(20, 200, page, `"connection":"50002",`, nil, nil)),
			want: "2 c1 GET web.contoso.com/a?b=c HTTP/1.1 -> 401 [NTLM]\n" +
				"3 c2 GET web.contoso.com/a?b=c HTTP/1.1 -> 200\n" +
				"1 c1 GET web.contoso.com/a?b=c HTTP/1.1 [NTLM TlRMTVNTUAAD] -> 200\n",
		},
		{
			name: "the server's port names no connection, a challenge and its answer share one",
			text: harOf(fiddlerCreator,
				harEntryOf(0, 401, page, `"connection":"80",`, nil, []string{"WWW-Authenticate: NTLM"}),
				harEntryOf(1, 200, "http://web.contoso.com/other", `"connection":"80",`, nil, nil),
				harEntryOf(2, 200, page, `"connection":"80",`, []string{"Authorization: NTLM TlRM"}, nil),
				harEntryOf(3, 200, page, `"connection":"80",`, nil, nil)),
			want: "1 c1 GET web.contoso.com/a?b=c HTTP/1.1 -> 401 [NTLM]\n" +
				"2 c2 GET web.contoso.com/other HTTP/1.1 -> 200\n" +
				"3 c1 GET web.contoso.com/a?b=c HTTP/1.1 [NTLM TlRM] -> 200\n" +
				"4 c3 GET web.contoso.com/a?b=c HTTP/1.1 -> 200\n",
			kinds: "har-connections-unnamed",
		},
		{
			name: "what was no exchange is counted, what failed is kept",
			text: harOf(chromeCreator,
				harEntryOf(0, 200, "data:text/plain,x", "", nil, nil),
				harEntryOf(1, 200, page, `"_fromCache":"memory",`, nil, nil),
				harEntryOf(2, 0, page, "", nil, nil),
				`{"startedDateTime":"2026-01-02T03:04:06Z"}`),
			want:      "3 c1 GET web.contoso.com/a?b=c HTTP/1.1 (no response is recorded: no reason given)\n",
			kinds:     "har-legs-missing",
			undecoded: map[string]int{"answered from the browser's cache": 1, "entry without request": 1},
		},
		{
			name:  "a sanitiser's words",
			text:  harOf(`"creator":{"name":"Firefox"}`, harEntryOf(0, 200, page, `"_connectionId":"1",`, []string{"Authorization: [REDACTED]"}, nil)),
			want:  "1 c1 GET web.contoso.com/a?b=c HTTP/1.1 [[REDACTED]] -> 200\n",
			kinds: "har-auth-stripped har-legs-missing",
		},
		{
			name:  "a word instead of the response of Digest",
			text:  harOf(fiddlerCreator, harEntryOf(0, 401, page, `"connection":"50001",`, []string{`Authorization: Digest response=***`}, nil)),
			want:  "1 c1 GET web.contoso.com/a?b=c HTTP/1.1 [Digest response=***] -> 401\n",
			kinds: "har-auth-stripped",
		},
		{
			name:  "a proxy opened TLS, and tunnels",
			text:  harOf(fiddlerCreator, strings.Replace(harEntryOf(0, 407, "https://web.contoso.com:443/", `"connection":"50001",`, nil, []string{"Proxy-Authenticate: Negotiate"}), "GET", "CONNECT", 1)),
			want:  "1 c1 CONNECT web.contoso.com:443web.contoso.com:443 HTTP/1.1 -> 407 [Negotiate]\n",
			kinds: "tls-intercepted",
		},
		{
			name:  "no entries",
			text:  harOf(chromeCreator),
			want:  "",
			kinds: "",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if !IsHAR([]byte(tt.text)) {
				t.Error("not recognised as HAR")
			}
			got := readExport(ReadHAR, []byte(tt.text))
			got.sound(t)
			if got.err != nil || len(got.counters.Damage) > 0 {
				t.Errorf("err %v, damage %v", got.err, got.counters.Damage)
			}
			if d := cmp.Diff(got.lines(), tt.want); d != "" {
				t.Errorf("exchanges (-got +want):\n%s", d)
			}
			if got.kinds() != tt.kinds {
				t.Errorf("limitations %q, want %q", got.kinds(), tt.kinds)
			}
			if tt.undecoded == nil {
				tt.undecoded = map[string]int{}
			}
			if d := cmp.Diff(got.counters.Undecoded, tt.undecoded, cmpopts.EquateEmpty()); d != "" {
				t.Errorf("undecoded (-got +want):\n%s", d)
			}
		})
	}
}

func TestHARDetails(t *testing.T) {
	text := harOf(chromeCreator, harEntryOf(0, 403, "https://web.contoso.com/", `"serverIPAddress":"[2001:db8::1]","_securityDetails":{"protocol":"TLS 1.3"},"_connectionId":"7",`, nil, nil))
	got := readExport(ReadHAR, []byte(text))
	x := got.exchanges[0]
	start := httpstream.TimeOf(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	if x.Request.Pos.Time != start || x.Response.Pos.Time != start.Add(3*time.Millisecond) || x.Response.Done.Time != start.Add(5*time.Millisecond) {
		t.Errorf("times %v %v %v", x.Request.Pos.Time, x.Response.Pos.Time, x.Response.Done.Time)
	}
	if string(x.Response.Body) != "abc" || x.Response.HeadLen != 200 || x.Response.BodyLen != 3 || x.Request.HeadLen != 100 {
		t.Errorf("body %q, head %d, body length %d, request head %d", x.Response.Body, x.Response.HeadLen, x.Response.BodyLen, x.Request.HeadLen)
	}
	c := x.Conn
	if c.Server.String() != "[2001:db8::1]:443" || c.Stream != -1 || c.SYN || c.TLS == nil || c.TLS.Version != "1.3" || !c.TLS.Opened {
		t.Errorf("connection %+v, TLS %+v", c, c.TLS)
	}
	if got.counters.Packets != 1 || got.counters.Connections != 1 {
		t.Errorf("%d entries on %d connections", got.counters.Packets, got.counters.Connections)
	}
}

func TestHAREncodings(t *testing.T) {
	text := harOf(chromeCreator, harEntryOf(0, 200, "http://web.contoso.com/\u00e4", "", nil, nil))
	want := readExport(ReadHAR, []byte(text)).lines()
	encode := func(order binary.AppendByteOrder, bom bool) []byte {
		var b []byte
		if bom {
			b = order.AppendUint16(b, 0xFEFF)
		}
		for _, u := range utf16.Encode([]rune(text)) {
			b = order.AppendUint16(b, u)
		}
		return b
	}
	for name, b := range map[string][]byte{
		"UTF-8 mark":      []byte("\xef\xbb\xbf" + text),
		"UTF-16 LE, mark": encode(binary.LittleEndian, true),
		"UTF-16 BE, mark": encode(binary.BigEndian, true),
		"UTF-16 LE":       encode(binary.LittleEndian, false),
		"UTF-16 BE":       encode(binary.BigEndian, false),
	} {
		got := readExport(ReadHAR, b)
		if !IsHAR(b) || got.err != nil || got.lines() != want {
			t.Errorf("%s: recognised %v, err %v, got %q", name, IsHAR(b), got.err, got.lines())
		}
	}
}

// What a limit leaves out is counted, and times that no report could write are none.
func TestHARLimits(t *testing.T) {
	lines := slices.Repeat([]string{"X: y"}, maxHeaderLines+7)
	got := readExport(ReadHAR, []byte(harOf(chromeCreator, harEntryOf(0, 200, "http://web.contoso.com/", "", lines, nil))))
	if n := got.counters.Dropped[headerLinesDropped]; n < 7 || len(got.exchanges[0].Request.Header) > maxHeaderLines {
		t.Errorf("%d lines are counted, %d kept", n, len(got.exchanges[0].Request.Header))
	}
	for _, s := range []string{"9999-12-31T23:59:59-05:00", "0000-01-01T00:00:00+05:00", "9998-01-01T00:00:00Z"} {
		if at := harTime(s); !at.IsZero() {
			t.Errorf("%s is %v", s, at)
		}
	}
}

// Every prefix of a HAR gives the entries that are whole in it, and says where it ends.
func TestHARPrefixes(t *testing.T) {
	entry := harEntryOf(0, 401, "http://web.contoso.com/", "", nil, []string{"WWW-Authenticate: Negotiate"})
	text := harOf(fiddlerCreator, entry, entry, entry)
	for n := range len(text) {
		got := readExport(ReadHAR, []byte(text[:n]))
		got.sound(t)
		whole := strings.Count(text[:n], `"ssl":-1}}`)
		if len(got.exchanges) != whole || (got.err != nil) != (whole == 0) || len(got.counters.Damage) != min(whole, 1) {
			t.Fatalf("%d bytes: %d exchanges, want %d; err %v, damage %v", n, len(got.exchanges), whole, got.err, got.counters.Damage)
		}
	}
}

func TestHARWrongKinds(t *testing.T) {
	good := harEntryOf(9, 200, "http://web.contoso.com/", "", nil, nil)
	for _, entry := range []string{
		`7`, `null`, `[]`, `"x"`, `{}`, `{"request":1,"response":2,"timings":3,"time":{}}`,
		`{"request":{"headers":{"a":1},"url":[],"method":{}},"response":{"status":[1]}}`,
		`{"request":{"headers":[1,null,{"name":{},"value":[[]]}]}}`,
		`{"startedDateTime":"yesterday","time":1e400,"request":{"url":"http://%zz/"},"response":{"status":1e99}}`,
	} {
		got := readExport(ReadHAR, []byte(harOf(fiddlerCreator, entry, good)))
		got.sound(t)
		last := len(got.exchanges) - 1
		if got.err != nil || last < 0 || got.exchanges[last].Request.Pos.Frame != 2 || got.counters.Packets != 2 {
			t.Errorf("%s: err %v, exchanges %s", entry, got.err, got.lines())
		}
	}
	if got := readExport(ReadHAR, []byte(`{"log":{"version":"1.2"}}`)); got.err == nil {
		t.Error("no error without entries")
	}
}

// Hostile files end soon and within bounded memory.
func TestHARHostile(t *testing.T) {
	entry := harEntryOf(0, 200, "http://web.contoso.com/", "", nil, nil)
	head, tail, _ := strings.Cut(harOf(fiddlerCreator, entry, "SPLIT", entry), "SPLIT")
	long := func(unit string, n int) io.Reader {
		return io.LimitReader(&repeat{unit: strings.Repeat(unit, 4096/len(unit))}, int64(n*len(unit)))
	}
	const big = 2 * maxJSONValue
	tests := []struct {
		name   string
		middle io.Reader
		want   int // exchanges
	}{
		{"arrays a quarter of a million deep", long("[", 1<<18), 1},
		{"objects a quarter of a million deep", long(`{"a":`, 1<<18), 1},
		{"one endless string", io.MultiReader(strings.NewReader(`{"request":{"url":"`), long("x", big), strings.NewReader(`"}}`)), 3},
		{"escapes without end", io.MultiReader(strings.NewReader(`{"request":{"url":"`), long(`\u00e4\n`, big/8), strings.NewReader(`"}}`)), 3},
		{"one endless number", io.MultiReader(strings.NewReader(`{"time":`), long("1", big)), 1},
		{"one endless blank", io.MultiReader(strings.NewReader(`{"time":`), long(" ", big), strings.NewReader(`1}`)), 2},
		{"headers without end", io.MultiReader(strings.NewReader(`{"request":{"headers":[{}`), long(`,{"name":"a","value":"b"}`, 1<<17), strings.NewReader(`]}}`)), 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			out := new(exportResult).newOut()
			err := ReadHAR(io.MultiReader(strings.NewReader(head), tt.middle, strings.NewReader(tail)), out)
			runtime.ReadMemStats(&after)
			if grown := after.HeapSys - before.HeapSys; int64(grown) > 48<<20 {
				t.Errorf("heap grew by %d MiB", grown>>20)
			}
			if err != nil || out.Counters.Requests != tt.want {
				t.Errorf("err %v, %d requests, want %d; damage %v", err, out.Counters.Requests, tt.want, out.Counters.Damage)
			}
		})
	}
}

// A repeat reads as one text over and over.
type repeat struct {
	unit string
	at   int
}

func (r *repeat) Read(p []byte) (int, error) {
	for n := 0; n < len(p); {
		some := copy(p[n:], r.unit[r.at:])
		n, r.at = n+some, (r.at+some)%len(r.unit)
	}
	return len(p), nil
}

// The body of a response may be larger than all memory: it is not kept.
func TestHARLargeBody(t *testing.T) {
	entry := harEntryOf(0, 200, "http://web.contoso.com/", "", nil, nil)
	head, tail, _ := strings.Cut(harOf(fiddlerCreator, entry), `"text":"abc"`)
	body := io.LimitReader(&repeat{unit: strings.Repeat(`QUJD\u0041`, 400)}, 5*maxJSONValue)
	out := new(exportResult).newOut()
	err := ReadHAR(io.MultiReader(strings.NewReader(head+`"text":"`), body, strings.NewReader(`"`+tail)), out)
	if err != nil || out.Counters.Requests != 1 || len(out.Counters.Damage) > 0 {
		t.Errorf("err %v, %d requests, damage %v", err, out.Counters.Requests, out.Counters.Damage)
	}
}

func FuzzHAR(f *testing.F) {
	f.Add([]byte(harOf(chromeCreator, harEntryOf(0, 401, "https://web.contoso.com/", `"_connectionId":"1",`, []string{"Authorization: Negotiate YII="}, []string{"WWW-Authenticate: Negotiate\nNTLM"}))))
	f.Add([]byte(harOf(fiddlerCreator, harEntryOf(5, 0, "http://a/", `"connection":"50000",`, nil, nil), harEntryOf(1, 407, "http://a/", "", nil, nil))))
	f.Fuzz(func(t *testing.T, b []byte) {
		IsHAR(b)
		readExport(ReadHAR, b).sound(t)
		if bytes.HasPrefix(b, []byte(`{"log":{`)) && !IsHAR(b) {
			t.Error("not recognised as HAR")
		}
	})
}
