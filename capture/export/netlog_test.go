package export

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"negotrace/httpstream"
	"negotrace/internal/testcost"
)

var netlogSourceTypes = []string{"NONE", "URL_REQUEST", "SOCKET", "HTTP_STREAM_JOB", "HTTP2_SESSION", "QUIC_SESSION", "HTTP_AUTH_CONTROLLER", "PROXY_CLIENT_SOCKET"}

var netlogSourceRef = regexp.MustCompile(`@([A-Z0-9_]+):(\d+)`)

// netlogOf makes a NetLog of lines "MILLISECOND PHASE SOURCE:ID EVENT [PARAMS]", with
// PHASE one of B, E and -. @SOURCE:ID in PARAMS becomes a source_dependency.
func netlogOf(constants, lines string) string {
	types := map[string]int{}
	var events []string
	for line := range strings.Lines(lines) {
		w := strings.SplitN(strings.TrimSpace(line), " ", 5)
		if len(w) < 4 {
			continue
		}
		if _, ok := types[w[3]]; !ok {
			types[w[3]] = len(types)
		}
		source, id, _ := strings.Cut(w[2], ":")
		params := ""
		if len(w) == 5 {
			params = `"params":` + netlogSourceRef.ReplaceAllStringFunc(w[4], func(ref string) string {
				m := netlogSourceRef.FindStringSubmatch(ref)
				return fmt.Sprintf(`"source_dependency":{"id":%s,"type":%d}`, m[2], slices.Index(netlogSourceTypes, m[1]))
			}) + ","
		}
		events = append(events, fmt.Sprintf(`{%s"phase":%d,"source":{"id":%s,"start_time":"1","type":%d},"time":"%s","type":%d}`,
			params, strings.Index("-BE", w[1]), id, slices.Index(netlogSourceTypes, source), w[0], types[w[3]]))
	}
	names, _ := json.Marshal(types)
	sources := map[string]int{}
	for i, s := range netlogSourceTypes {
		sources[s] = i
	}
	sourceNames, _ := json.Marshal(sources)
	return `{"constants":{"activeFieldTrialGroups":[],"logEventPhase":{"PHASE_BEGIN":1,"PHASE_END":2,"PHASE_NONE":0},` +
		`"logEventTypes":` + string(names) + `,"logSourceType":` + string(sourceNames) + `,"netError":{"CONNECTION_RESET":-101},` +
		constants + `"timeTickOffset":1767323045000},` + "\n" + `"events": [` + "\n" + strings.Join(events, ",\n") + `],` + "\n" + `"polledData": {}}` + "\n"
}

const netlogDirect = `
0 B SOCKET:2 SOCKET_ALIVE
0 B SOCKET:2 TCP_CONNECT {"address_list":["10.0.0.20:80"]}
1 E SOCKET:2 TCP_CONNECT {"local_address":"10.0.0.10:50000","remote_address":"10.0.0.20:80"}
1 B URL_REQUEST:1 URL_REQUEST_START_JOB {"method":"GET","url":"http://web.contoso.com/"}
1 - HTTP_STREAM_JOB:3 SOCKET_POOL_BOUND_TO_SOCKET {@SOCKET:2}
1 - URL_REQUEST:1 HTTP_STREAM_REQUEST_BOUND_TO_JOB {@HTTP_STREAM_JOB:3}
2 - URL_REQUEST:1 HTTP_TRANSACTION_SEND_REQUEST_HEADERS {"headers":["Host: web.contoso.com"],"line":"GET / HTTP/1.1\r\n"}
3 - URL_REQUEST:1 HTTP_TRANSACTION_READ_RESPONSE_HEADERS {"headers":["HTTP/1.1 401 Unauthorized","WWW-Authenticate: Negotiate","WWW-Authenticate: NTLM"]}
3 B HTTP_AUTH_CONTROLLER:4 AUTH_CONTROLLER {"target":"server","url":"http://web.contoso.com/"}
3 - URL_REQUEST:1 AUTH_BOUND_TO_CONTROLLER {@HTTP_AUTH_CONTROLLER:4}
3 B HTTP_AUTH_CONTROLLER:4 AUTH_HANDLE_CHALLENGE {@URL_REQUEST:1}
3 - HTTP_AUTH_CONTROLLER:4 AUTH_HANDLER_CREATE_RESULT {"allows_default_credentials":true,"scheme":"negotiate","challenge":"Negotiate"}
3 E HTTP_AUTH_CONTROLLER:4 AUTH_HANDLE_CHALLENGE
4 B HTTP_AUTH_CONTROLLER:4 AUTH_GENERATE_TOKEN {@URL_REQUEST:1}
4 B HTTP_AUTH_CONTROLLER:4 AUTH_GENERATE_TOKEN
4 B HTTP_AUTH_CONTROLLER:4 AUTH_LIBRARY_ACQUIRE_CREDS
4 E HTTP_AUTH_CONTROLLER:4 AUTH_LIBRARY_ACQUIRE_CREDS {"domain":"CONTOSO","user":"alice","status":{"net_error":0,"security_status":0}}
5 B HTTP_AUTH_CONTROLLER:4 AUTH_LIBRARY_INIT_SEC_CTX {"flags":{"delegated":false,"mutual":false,"value":"0x00000000"},"spn":"HTTP/web.contoso.com"}
`

const netlogSSPIFails = netlogDirect + `
6 E HTTP_AUTH_CONTROLLER:4 AUTH_LIBRARY_INIT_SEC_CTX {"status":{"net_error":-344,"security_status":-2146893053}}
6 E HTTP_AUTH_CONTROLLER:4 AUTH_GENERATE_TOKEN {"net_error":-344}
6 E HTTP_AUTH_CONTROLLER:4 AUTH_GENERATE_TOKEN {"net_error":-344}
7 - URL_REQUEST:1 HTTP_TRANSACTION_SEND_REQUEST_HEADERS {"headers":["Host: web.contoso.com"],"line":"GET / HTTP/1.1\r\n"}
8 E URL_REQUEST:1 HTTP_TRANSACTION_READ_HEADERS {"net_error":-101}
8 - SOCKET:2 SOCKET_READ_ERROR {"net_error":-101}
9 E SOCKET:2 SOCKET_ALIVE
`

const netlogSSPIFailsLines = `7 c1 GET web.contoso.com/ HTTP/1.1 -> 401 [Negotiate] [NTLM]
  11 AUTH_HANDLE_CHALLENGE
  12 AUTH_HANDLER_CREATE_RESULT negotiate; default-credentials;
  14 AUTH_GENERATE_TOKEN -344
  16 AUTH_LIBRARY_ACQUIRE_CREDS CONTOSO\alice; complete;
  18 AUTH_LIBRARY_INIT_SEC_CTX HTTP/web.contoso.com; error; 0x80090303 SEC_E_TARGET_UNKNOWN; -344
22 c1 GET web.contoso.com/ HTTP/1.1 (no response: net::ERR_CONNECTION_RESET (-101))
`

const netlogTunnel = `
0 B SOCKET:2 SOCKET_ALIVE
0 B SOCKET:2 TCP_CONNECT
0 E SOCKET:2 TCP_CONNECT {"source_address":"10.0.0.10:50000","remote_address":"10.0.0.30:3128"}
1 - SOCKET:2 HTTP_TRANSACTION_SEND_TUNNEL_HEADERS {"headers":["Host: web.contoso.com:443"],"line":"CONNECT web.contoso.com:443 HTTP/1.1\r\n"}
2 - SOCKET:2 HTTP_TRANSACTION_READ_TUNNEL_RESPONSE_HEADERS {"headers":["HTTP/1.1 407 Proxy Authentication Required","Proxy-Authenticate: Negotiate"]}
2 B HTTP_AUTH_CONTROLLER:4 AUTH_CONTROLLER {"target":"proxy","url":"http://proxy:3128/"}
2 - SOCKET:2 AUTH_BOUND_TO_CONTROLLER {@HTTP_AUTH_CONTROLLER:4}
2 B HTTP_AUTH_CONTROLLER:4 AUTH_HANDLE_CHALLENGE {@SOCKET:2}
2 E HTTP_AUTH_CONTROLLER:4 AUTH_HANDLE_CHALLENGE
3 - SOCKET:2 HTTP_TRANSACTION_SEND_TUNNEL_HEADERS {"headers":["Host: web.contoso.com:443","Proxy-Authorization: Negotiate YII="],"line":"CONNECT web.contoso.com:443 HTTP/1.1\r\n"}
4 - SOCKET:2 HTTP_TRANSACTION_READ_TUNNEL_RESPONSE_HEADERS {"headers":["HTTP/1.1 200 Connection established"]}
5 B SOCKET:2 SSL_CONNECT
6 E SOCKET:2 SSL_CONNECT {"version":"TLS 1.3","cipher_suite":4865,"next_proto":"http/1.1","is_resumed":true}
6 - HTTP_STREAM_JOB:3 SOCKET_POOL_BOUND_TO_SOCKET {@SOCKET:2}
6 B URL_REQUEST:1 URL_REQUEST_START_JOB {"method":"GET","url":"https://web.contoso.com/"}
6 - URL_REQUEST:1 HTTP_STREAM_REQUEST_BOUND_TO_JOB {@HTTP_STREAM_JOB:3}
7 - URL_REQUEST:1 HTTP_TRANSACTION_SEND_REQUEST_HEADERS {"headers":["Host: web.contoso.com"],"line":"GET / HTTP/1.1\r\n"}
8 - URL_REQUEST:1 HTTP_TRANSACTION_READ_RESPONSE_HEADERS {"headers":["HTTP/1.1 200 OK"]}`

const netlogHTTP2 = `
0 B SOCKET:2 TCP_CONNECT
0 E SOCKET:2 TCP_CONNECT {"local_address":"10.0.0.10:50000","remote_address":"10.0.0.20:443"}
0 B HTTP2_SESSION:5 HTTP2_SESSION {"host":"web.contoso.com:443"}
0 - HTTP2_SESSION:5 HTTP2_SESSION_INITIALIZED {"protocol":"h2",@SOCKET:2}
0 - HTTP_STREAM_JOB:3 HTTP2_SESSION_POOL_IMPORTED_SESSION_FROM_SOCKET {@HTTP2_SESSION:5}
1 - URL_REQUEST:1 HTTP_STREAM_REQUEST_BOUND_TO_JOB {@HTTP_STREAM_JOB:3}
1 - URL_REQUEST:1 HTTP_TRANSACTION_HTTP2_SEND_REQUEST_HEADERS {"headers":[":method: GET",":authority: web.contoso.com",":scheme: https",":path: /a"]}
1 - HTTP2_SESSION:5 HTTP2_SESSION_SEND_HEADERS {"stream_id":7,@HTTP_STREAM_JOB:3}
2 - URL_REQUEST:1 HTTP_TRANSACTION_READ_EARLY_HINTS_RESPONSE_HEADERS {"headers":["HTTP/1.1 103"]}
2 - URL_REQUEST:1 HTTP_TRANSACTION_READ_RESPONSE_HEADERS {"headers":["HTTP/1.1 401","www-authenticate: NTLM"]}
3 - HTTP2_SESSION:5 HTTP2_SESSION_RECV_RST_STREAM {"stream_id":7,"error_code":"13 (HTTP_1_1_REQUIRED)"}`

func TestNetLog(t *testing.T) {
	tests := []struct{ name, constants, text, want, kinds string }{
		{name: "SSPI does not know the target", text: netlogSSPIFails, want: netlogSSPIFailsLines},
		{
			name: "SSPI chooses NTLM, then the challenge is accepted",
			text: netlogDirect + `
6 E HTTP_AUTH_CONTROLLER:4 AUTH_LIBRARY_INIT_SEC_CTX {"context":{"authority":"x","flags":{},"mechanism":"NTLM","open":true,"source":"CONTOSO\\alice","target":"HTTP/web.contoso.com"},"status":{"net_error":0,"security_status":590610}}
6 E HTTP_AUTH_CONTROLLER:4 AUTH_GENERATE_TOKEN
6 E HTTP_AUTH_CONTROLLER:4 AUTH_GENERATE_TOKEN
7 - URL_REQUEST:1 HTTP_TRANSACTION_SEND_REQUEST_HEADERS {"headers":["Host: web.contoso.com","Authorization: Negotiate TlRM"],"line":"GET / HTTP/1.1\r\n"}
8 - URL_REQUEST:1 HTTP_TRANSACTION_READ_RESPONSE_HEADERS {"headers":["HTTP/1.1 401 Unauthorized","WWW-Authenticate: Negotiate TlRM"]}
8 - URL_REQUEST:1 AUTH_BOUND_TO_CONTROLLER {@HTTP_AUTH_CONTROLLER:4}
8 B HTTP_AUTH_CONTROLLER:4 AUTH_HANDLE_CHALLENGE {@URL_REQUEST:1}
8 - HTTP_AUTH_CONTROLLER:4 AUTH_HANDLE_CHALLENGE {"authorization_result":"accept"}
8 E HTTP_AUTH_CONTROLLER:4 AUTH_HANDLE_CHALLENGE
9 E HTTP_AUTH_CONTROLLER:4 AUTH_CONTROLLER
9 E URL_REQUEST:1 REQUEST_ALIVE`,
			want: strings.Split(netlogSSPIFailsLines, "  14")[0] + `  14 AUTH_GENERATE_TOKEN
  16 AUTH_LIBRARY_ACQUIRE_CREDS CONTOSO\alice; complete;
  18 AUTH_LIBRARY_INIT_SEC_CTX HTTP/web.contoso.com; NTLM; CONTOSO\alice; continue;
22 c1 GET web.contoso.com/ HTTP/1.1 [Negotiate TlRM] -> 401 [Negotiate TlRM]
  25 AUTH_HANDLE_CHALLENGE accept;
`,
		},
		{
			name: "a token sent before any challenge, and a site that is not trusted",
			text: `
0 B URL_REQUEST:1 URL_REQUEST_START_JOB {"method":"GET","url":"https://web.contoso.com/a"}
1 B HTTP_AUTH_CONTROLLER:4 AUTH_CONTROLLER {"target":"server","url":"https://web.contoso.com/"}
1 - URL_REQUEST:1 AUTH_BOUND_TO_CONTROLLER {@HTTP_AUTH_CONTROLLER:4}
1 - HTTP_AUTH_CONTROLLER:4 AUTH_HANDLER_CREATE_RESULT {"allows_default_credentials":false,"scheme":"negotiate"}
1 B HTTP_AUTH_CONTROLLER:4 AUTH_GENERATE_TOKEN {@URL_REQUEST:1}
1 - HTTP_AUTH_CONTROLLER:4 AUTH_LIBRARY_IMPORT_NAME {"spn":"HTTP@web.contoso.com"}
1 E HTTP_AUTH_CONTROLLER:4 AUTH_GENERATE_TOKEN
2 - URL_REQUEST:1 HTTP_TRANSACTION_SEND_REQUEST_HEADERS {"headers":["Host: web.contoso.com","Authorization: Negotiate YII="],"line":"GET /a HTTP/1.1\r\n"}
3 - URL_REQUEST:1 HTTP_TRANSACTION_READ_RESPONSE_HEADERS {"headers":["HTTP/1.1 200 OK"]}`,
			want: `8 c1 GET web.contoso.com/a HTTP/1.1 [Negotiate YII=] -> 200
  4 AUTH_HANDLER_CREATE_RESULT negotiate; no-default-credentials;
  5 AUTH_GENERATE_TOKEN
  6 AUTH_LIBRARY_IMPORT_NAME HTTP/web.contoso.com;
`,
		},
		{
			name: "a tunnel through a proxy that asks for credentials",
			text: netlogTunnel,
			want: `4 c1 CONNECT web.contoso.com:443web.contoso.com:443 HTTP/1.1 -> 407 [Negotiate]
  8 AUTH_HANDLE_CHALLENGE
10 c1 CONNECT web.contoso.com:443web.contoso.com:443 HTTP/1.1 [Negotiate YII=] -> 200
17 c2 GET web.contoso.com/ HTTP/1.1 -> 200
`,
		},
		{
			name: "HTTP/2, which the server refuses for authentication",
			text: netlogHTTP2,
			want: "7 c1 GET web.contoso.com/a HTTP/2 -> 401 [NTLM]\n",
		},
		{
			name: "HTTP/3, and heads as old versions write them",
			text: `
0 B QUIC_SESSION:5 QUIC_SESSION {"host":"web.contoso.com"}
0 - HTTP_STREAM_JOB:3 BOUND_TO_QUIC {@QUIC_SESSION:5}
1 - URL_REQUEST:1 HTTP_STREAM_REQUEST_BOUND_TO_JOB {@HTTP_STREAM_JOB:3}
1 - URL_REQUEST:1 HTTP_TRANSACTION_QUIC_SEND_REQUEST_HEADERS {"headers":{":method":"GET",":authority":"web.contoso.com",":path":"/a"}}
2 - URL_REQUEST:1 HTTP_TRANSACTION_READ_RESPONSE_HEADERS {"headers":["HTTP/1.1 204"]}`,
			want: "4 c1 GET web.contoso.com/a HTTP/3 -> 204\n",
		},
		{
			name:      "default mode",
			constants: `"logCaptureMode":"Default",`,
			text: `
0 - URL_REQUEST:1 HTTP_TRANSACTION_SEND_REQUEST_HEADERS {"headers":["Host: a","Authorization: [1882 bytes were stripped]"],"line":"GET / HTTP/1.1\r\n"}`,
			want:  "1 c1 GET a/ HTTP/1.1 [[1882 bytes were str]\n",
			kinds: "netlog-auth-stripped",
		},
		{
			name:      "heavily redacted mode",
			constants: `"logCaptureMode":"HeavilyRedacted",`,
			text: `
0 - URL_REQUEST:1 HTTP_TRANSACTION_SEND_REQUEST_HEADERS
1 - URL_REQUEST:1 HTTP_TRANSACTION_READ_RESPONSE_HEADERS
1 B HTTP_AUTH_CONTROLLER:4 AUTH_CONTROLLER
1 - URL_REQUEST:1 AUTH_BOUND_TO_CONTROLLER
1 B HTTP_AUTH_CONTROLLER:4 AUTH_HANDLE_CHALLENGE
1 E HTTP_AUTH_CONTROLLER:4 AUTH_HANDLE_CHALLENGE`,
			want:  "1 c1  / HTTP/1.1 (a response came, the log leaves its head out)\n  5 AUTH_HANDLE_CHALLENGE\n",
			kinds: "netlog-heads-missing",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := []byte(netlogOf(tt.constants, tt.text))
			if !IsNetLog(b) || IsHAR(b) {
				t.Error("not recognised as NetLog")
			}
			got := readExport(ReadNetLog, b)
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
		})
	}
}

func TestNetLogConnections(t *testing.T) {
	got := readExport(ReadNetLog, []byte(netlogOf("", netlogSSPIFails)))
	c := got.conns[0]
	if len(got.conns) != 1 || c.Client.String() != "10.0.0.10:50000" || c.Server.String() != "10.0.0.20:80" || !c.Complete() {
		t.Errorf("%d connections, %+v", len(got.conns), c)
	}
	if c.Ending != httpstream.RST || c.EndedBy != httpstream.Server || c.EndedAt.Frame != 24 || c.Start.Frame != 1 || c.Stream != -1 {
		t.Errorf("ending %q by %v at %d, start %d", c.Ending, c.EndedBy, c.EndedAt.Frame, c.Start.Frame)
	}
	if at := got.exchanges[0].Request.Pos.Time.UTC().UnixMilli(); at != 1767323045002 {
		t.Errorf("time %d", at)
	}
}

func TestNetLogTunnel(t *testing.T) {
	got := readExport(ReadNetLog, []byte(netlogOf("", netlogTunnel)))
	outer, inner := got.exchanges[1].Conn, got.exchanges[2].Conn
	if outer.TLS != nil || inner.Tunnel != got.exchanges[1] || inner.Server.String() != "10.0.0.30:3128" || inner.Client.String() != "10.0.0.10:50000" {
		t.Errorf("outer %+v, inner %+v", outer, inner)
	}
	want := &httpstream.TLS{Version: "1.3", Cipher: "TLS_AES_128_GCM_SHA256", ALPN: "http/1.1", SNI: "web.contoso.com", Resumed: true, Opened: true}
	if d := cmp.Diff(inner.TLS, want, cmpopts.IgnoreUnexported(httpstream.TLS{})); d != "" {
		t.Errorf("TLS (-got +want):\n%s", d)
	}
	if e := got.exchanges[0].Events; len(e) != 1 || !e[0].Proxy {
		t.Errorf("events %+v", e)
	}
}

func TestNetLogHTTP2(t *testing.T) {
	x := readExport(ReadNetLog, []byte(netlogOf("", netlogHTTP2))).exchanges[0]
	if x.H2Stream != 7 || x.Reset != "HTTP_1_1_REQUIRED" || len(x.Interim) != 1 || x.Interim[0] != 103 || x.Response.Proto != "HTTP/2" {
		t.Errorf("%+v", x)
	}
	if x.Conn.Server.String() != "10.0.0.20:443" {
		t.Errorf("connection %+v", x.Conn)
	}
}

func TestNetLogStripped(t *testing.T) {
	const token = "Negotiate YIIFdwYGKwYBBQUC"
	lines := func(value string) []string { return []string{"Host: a", "Authorization: " + value} }
	_, want := netlogFields(lines(token))
	_, got := netlogFields(lines(fmt.Sprintf("[%d bytes were stripped]", len(token))))
	if got != want {
		t.Errorf("head length %d of a stripped head, want %d", got, want)
	}
}

// Every prefix of a NetLog gives what its whole events hold, and says where it ends.
func TestNetLogPrefixes(t *testing.T) {
	text := netlogOf("", netlogSSPIFails)
	events := strings.Index(text, `"polledData"`) - len("],\n")
	for n := 0; n < events; n += testcost.Step(5) {
		got := readExport(ReadNetLog, []byte(text[:n]))
		got.sound(t)
		if read := got.counters.Packets > 0; (got.err == nil) != read || len(got.counters.Damage) != map[bool]int{true: 1}[read] {
			t.Fatalf("%d bytes: err %v, damage %v", n, got.err, got.counters.Damage)
		}
	}
	if got := readExport(ReadNetLog, []byte(text[:events])); got.lines() != netlogSSPIFailsLines {
		t.Errorf("without its tail:\n%s", got.lines())
	}
}

// What was logged before the log began is not guessed at.
func TestNetLogBeginsLate(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(netlogSSPIFails), "\n")
	for n := range lines {
		readExport(ReadNetLog, []byte(netlogOf("", strings.Join(lines[n:], "\n")))).sound(t)
	}
	got := readExport(ReadNetLog, []byte(netlogOf("", strings.Join(lines[7:], "\n"))))
	if got.counters.Undecoded["response to a request before the log"] != 1 || len(got.exchanges) != 1 {
		t.Errorf("undecoded %v, exchanges:\n%s", got.counters.Undecoded, got.lines())
	}
}

func TestNetLogHostile(t *testing.T) {
	head, _, _ := strings.Cut(netlogOf("", netlogDirect), "{\"phase\"")
	long := func(unit string, n int) io.Reader { return io.LimitReader(&repeat{unit: unit}, int64(n)) }
	for name, middle := range map[string]io.Reader{
		"nested a million deep": long("[", 1<<20),
		"one endless line":      io.MultiReader(strings.NewReader(`{"params":{"headers":["`), long("x", 5*maxJSONValue)),
		"one endless event":     io.MultiReader(strings.NewReader(`{"params":[0`), long(",1", 5*maxJSONValue)),
		"wrong kinds":           strings.NewReader(`7,null,"x",[],{"params":7,"type":"x","source":[],"phase":{},"time":{}},{"params":{"headers":7,"status":"x","context":[1]},"type":6},`),
	} {
		t.Run(name, func(t *testing.T) {
			out := new(exportResult).newOut()
			err := ReadNetLog(io.MultiReader(strings.NewReader(head), middle), out)
			if (err == nil) != (out.Counters.Packets > 0) || err == nil && len(out.Counters.Damage) == 0 {
				t.Errorf("err %v, damage %v", err, out.Counters.Damage)
			}
		})
	}
	if got := readExport(ReadNetLog, []byte(`{"constants":{}}`)); got.err == nil {
		t.Error("no error without event types")
	}
}

// The NetLogs of the lab show what the packets beside them show, in every mode.
func TestNetLogModes(t *testing.T) {
	tests := []struct {
		name      string
		requests  int
		responses map[int]int
	}{
		{"chromium-kerberos", 2, map[int]int{200: 1, 401: 1}},
		{"chromium-h2", 2, map[int]int{200: 1, 401: 1}},
		{"chromium-spn-missing", 2, map[int]int{401: 2}},
		{"chromium-ntlm", 4, map[int]int{200: 1, 401: 3}},
		{"chromium-proxy", 9, map[int]int{200: 4, 401: 1, 407: 4}},
	}
	for _, tt := range tests {
		name := tt.name
		b, err := os.ReadFile("../../testdata/" + name + ".netlog.json")
		if err != nil {
			t.Fatal(err)
		}
		got := readExport(ReadNetLog, b)
		got.sound(t)
		if got.counters.Requests != tt.requests || cmp.Diff(got.counters.Responses, tt.responses) != "" || got.kinds() != "" {
			t.Errorf("%s: %d requests, responses %v, limitations %q", name, got.counters.Requests, got.counters.Responses, got.kinds())
		}
		stripped := readExport(ReadNetLog, strippedNetLog(b))
		if d := cmp.Diff(stripped.counters.Responses, got.counters.Responses); d != "" || len(stripped.exchanges) != len(got.exchanges) {
			t.Fatalf("%s, default mode: %s", name, d)
		}
		for i, x := range stripped.exchanges {
			if y := got.exchanges[i]; x.Request.HeadLen != y.Request.HeadLen || len(x.Events) != len(y.Events) {
				t.Errorf("%s, default mode, exchange %d: head of %d, want %d; %d events, want %d", name, i, x.Request.HeadLen, y.Request.HeadLen, len(x.Events), len(y.Events))
			}
		}
		redacted := readExport(ReadNetLog, regexp.MustCompile(`(?m)^\{"params":.*,"phase":`).ReplaceAll(b, []byte(`{"phase":`)))
		redacted.sound(t)
		if text := fmt.Sprint(redacted.counters.Notes); redacted.counters.Requests != got.counters.Requests || redacted.kinds() != "netlog-heads-missing" || !strings.Contains(text, "was asked for credentials (") {
			t.Errorf("%s, heavily redacted: %d requests, limitations %q", name, redacted.counters.Requests, redacted.kinds())
		}
	}
}

// strippedNetLog does what the default capture mode does to header values.
func strippedNetLog(b []byte) []byte {
	strip := func(s []byte) []byte { return fmt.Appendf(nil, "[%d bytes were stripped]", len(s)) }
	for _, re := range []*regexp.Regexp{
		regexp.MustCompile(`"(?i:(?:proxy-)?authorization|cookie|set-cookie): ([^"]+)"`),
		regexp.MustCompile(`"(?i:www-|proxy-)(?i:authenticate): (?:Negotiate|NTLM) ([^",]+)"`),
	} {
		b = re.ReplaceAllFunc(b, func(line []byte) []byte {
			value := re.FindSubmatchIndex(line)
			return slices.Concat(line[:value[2]], strip(line[value[2]:value[3]]), line[value[3]:])
		})
	}
	return b
}

func FuzzNetLog(f *testing.F) {
	f.Add([]byte(netlogOf("", netlogSSPIFails)))
	f.Add([]byte(netlogOf(`"logCaptureMode":"Default",`, netlogDirect)))
	f.Fuzz(func(t *testing.T, b []byte) {
		IsNetLog(b)
		readExport(ReadNetLog, b).sound(t)
	})
}
