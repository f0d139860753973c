package serverlog

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// jsonLines are a request each, as servers and gateways write it.
const jsonLines = `{"time_local":"23/Nov/2026:11:00:01 +0100","remote_addr":"192.0.2.10","remote_user":"CORP\\alice","request":"GET /app?x=1 HTTP/1.1","status":"401","http_user_agent":"Mozilla/5.0","http_x_forwarded_for":"203.0.113.9"}
{"level":"info","ts":1795428001.25,"logger":"http.log.access","request":{"remote_ip":"192.0.2.10","remote_port":"50000","client_ip":"192.0.2.10","method":"GET","host":"web.corp.test","uri":"/app?x=1","headers":{"User-Agent":["curl/8.9.1"]}},"user_id":"","duration":0.01,"status":200,"resp_headers":{"Server":["Caddy"]}}
{"ClientAddr":"192.0.2.10:50000","ClientHost":"192.0.2.10","ClientPort":"50000","ClientUsername":"-","DownstreamStatus":401,"OriginStatus":200,"RequestHost":"web.corp.test","RequestMethod":"GET","RequestPath":"/app?x=1","StartUTC":"2026-11-23T10:00:01.25Z","request_User-Agent":"curl/8.9.1"}
{"start_time":"2026-11-23T10:00:01.250Z","method":"GET","path":"/app?x=1","response_code":401,"user_agent":"curl/8.9.1","authority":"web.corp.test","downstream_remote_address":"192.0.2.10:50000"}
{"timeStamp":"2026-11-23T10:00:01.25+00:00","properties":{"clientIP":"192.0.2.10","clientPort":"50000","httpMethod":"GET","requestUri":"/app","userAgent":"curl/8.9.1","httpStatus":401,"host":"web.corp.test"}}
{"c-ip":"192.0.2.10","cs-method":"GET","cs-uri-stem":"/app","cs-host":"web.corp.test","cs-username":"CORP\\alice","sc-status":401,"sc-substatus":1,"sc-win32-status":2148074252,"@timestamp":"2026-11-23T10:00:01.25Z"}
{"time":1795428001,"client":"192.0.2.10","url":"https://web.corp.test/app?x=1","method":"GET","status":403}
`

const ecsLines = `{"@timestamp":"2026-11-23T10:00:01.250Z","ecs":{"version":"8.11"},"host":{"name":"web1"},"process":{"user":{"name":"root"}},"source":{"ip":"192.0.2.10","port":50000},"http":{"request":{"method":"GET","body":{"bytes":0}},"response":{"status_code":401},"version":"1.1"},"url":{"original":"http://mallory@web.corp.test/app?x=1","domain":"web.corp.test","username":"mallory"},"user_agent":{"original":"curl/8.9.1","name":"curl"}}
{"@timestamp":"2026-11-23T10:00:01.250Z","ecs.version":"8.11","client.ip":"192.0.2.10","client.port":50000,"http.request.method":"GET","http.response.status_code":200,"url.path":"/app","url.domain":"web.corp.test","user.name":"alice","user_agent.original":"curl/8.9.1","host.name":"web1","service.name":"front"}
`

// TestElasticCommonSchema holds that members in objects, or with dots in their names, are read, and that the users of a
// process and of a URL are not that of a request.
func TestElasticCommonSchema(t *testing.T) {
	t.Parallel()
	p := place(1, "2026-11-23 10:00:01")
	p.Time = p.Time.Add(250 * time.Millisecond)
	first := Request{Pos: p, Client: netip.MustParseAddrPort("192.0.2.10:50000"), Method: "GET", Path: "/app", Host: "web.corp.test", UserAgent: "curl/8.9.1", Status: 401, MayBeStartTime: true}
	second := first
	second.Pos.Frame, second.Status, second.User, second.NamesUsers = 2, 200, "alice", true
	var got []Request
	if _, err := readAccess(strings.NewReader(ecsLines), func(q *Request) { got = append(got, *q) }); err != nil {
		t.Error(err)
	}
	if d := cmp.Diff([]Request{first, second}, got, same); d != "" {
		t.Error(d)
	}
}

func TestJSONLog(t *testing.T) {
	t.Parallel()
	client := netip.MustParseAddrPort("192.0.2.10:50000")
	noPort := netip.AddrPortFrom(client.Addr(), 0)
	at := func(line int, fraction time.Duration) Request {
		p := place(line, "2026-11-23 10:00:01")
		p.Time = p.Time.Add(fraction)
		return Request{Pos: p, Client: client, Method: "GET", Path: "/app", Host: "web.corp.test", UserAgent: "curl/8.9.1", Status: 401, MayBeStartTime: true}
	}
	nginx, caddy, traefik, envoy, azure, iis, other := at(1, 0), at(2, 250*time.Millisecond), at(3, 250*time.Millisecond), at(4, 250*time.Millisecond), at(5, 250*time.Millisecond), at(6, 250*time.Millisecond), at(7, 0)
	nginx.Client, nginx.Host, nginx.User, nginx.NamesUsers, nginx.UserAgent, nginx.ForwardedFor = noPort, "", `CORP\alice`, true, "Mozilla/5.0", "203.0.113.9"
	caddy.Status, caddy.NamesUsers = 200, true
	traefik.NamesUsers = true
	iis.Client, iis.User, iis.NamesUsers, iis.UserAgent, iis.SubStatus, iis.Win32Status = noPort, `CORP\alice`, true, "", 1, 0x8009030c
	other.Client, other.UserAgent, other.Status = noPort, "", 403
	var got []Request
	lines, err := readAccess(strings.NewReader(jsonLines), func(q *Request) { got = append(got, *q) })
	if err != nil || lines.Malformed > 0 || lines.Others > 0 {
		t.Error(lines, err)
	}
	if d := cmp.Diff([]Request{nginx, caddy, traefik, envoy, azure, iis, other}, got, same); d != "" {
		t.Error(d)
	}
	if !IsAccessLog([]byte(jsonLines)) {
		t.Error("it is not known")
	}
}

// TestJSONLogPrefixes cuts each line anywhere: no part of one is a request.
func TestJSONLogPrefixes(t *testing.T) {
	t.Parallel()
	for line := range strings.Lines(jsonLines) {
		for n := range len(line) - 2 {
			if IsAccessLog([]byte(line[:n])) {
				t.Fatalf("%q is a request", line[:n])
			}
		}
	}
}

// TestOtherJSON holds that objects about something else are no requests.
func TestOtherJSON(t *testing.T) {
	t.Parallel()
	const whole = `{"time":"2026-11-23T10:00:01Z","client":"192.0.2.10","request":"GET / HTTP/1.1","status":401}`
	for name, text := range map[string]string{
		"an export of a browser": `{"log":{"version":"1.2","entries":[{"startedDateTime":"2026-11-23T10:00:01Z","request":{"method":"GET","url":"http://a/"},"response":{"status":401}}]}}`,
		"an event of Windows":    `{"@timestamp":"2026-11-23T10:00:01Z","winlog":{"event_id":4625,"event_data":{"IpAddress":"192.0.2.10","Status":"0xc000006d"}}}`,
		"no time":                strings.Replace(whole, `"time"`, `"moment"`, 1),
		"a time without a zone":  strings.Replace(whole, "01Z", "01", 1),
		"no status of HTTP":      strings.Replace(whole, "401", "1401", 1),
		"no address":             strings.Replace(whole, "192.0.2.10", "here", 1),
		"no request":             strings.Replace(whole, "GET / HTTP/1.1", "GET", 1),
		"too deep":               strings.Replace(whole, `"status"`, `"a":`+strings.Repeat("[", 9)+strings.Repeat("]", 9)+`,"status"`, 1),
		"another end":            whole[:len(whole)-1] + "]",
	} {
		if IsAccessLog([]byte(text + "\n")) {
			t.Errorf("%s is a request", name)
		}
		lines, _ := readAccess(strings.NewReader(whole+"\n"+text+"\n"), func(*Request) {})
		if lines.Others+lines.Malformed != 1 {
			t.Errorf("%s: %+v", name, lines)
		}
	}
}

// TestJSONHeaderLines holds that no line of a header, which its sender chose, stands for what the server says.
func TestJSONHeaderLines(t *testing.T) {
	t.Parallel()
	const line = `{"request":{"headers":{"Client":["10.0.0.1"],"Method":["PUT"],"Path":["/b"],"Status":["200"],"Time":["2020-01-01T00:00:00Z"],"User":["admin"],"User-Agent":["curl/8.9.1"]},"client_ip":"192.0.2.10","method":"GET","uri":"/a"},"ts":1795428001,"user_id":"","status":401,"resp_headers":{"Status":["200 OK"]}}` + "\n"
	want := Request{Pos: place(1, "2026-11-23 10:00:01"), Client: netip.MustParseAddrPort("192.0.2.10:0"), Method: "GET", Path: "/a", UserAgent: "curl/8.9.1", Status: 401, NamesUsers: true, MayBeStartTime: true}
	_, err := readAccess(strings.NewReader(line), func(q *Request) {
		if d := cmp.Diff(want, *q, same); d != "" {
			t.Error(d)
		}
	})
	if err != nil {
		t.Error(err)
	}
}

// TestJSONDepth holds that what lies deeper counts less, wherever it stands, and that null is nobody.
func TestJSONDepth(t *testing.T) {
	t.Parallel()
	const upstream = `"upstream":{"status":502,"client":"10.0.0.1","time":"2020-01-01T00:00:00Z"}`
	const line = `"ts":1795428001,"client":"192.0.2.10","request":"GET /a HTTP/1.1","status":200,"user":null`
	want := Request{Pos: place(1, "2026-11-23 10:00:01"), Client: netip.MustParseAddrPort("192.0.2.10:0"), Method: "GET", Path: "/a", Status: 200, NamesUsers: true, MayBeStartTime: true}
	for _, text := range []string{"{" + upstream + "," + line + "}", "{" + line + "," + upstream + "}", "{" + line + `,"status":1401,"time":"noon"}`} {
		_, err := readAccess(strings.NewReader(text+"\n"), func(q *Request) {
			if d := cmp.Diff(want, *q, same); d != "" {
				t.Errorf("%s: %s", text, d)
			}
		})
		if err != nil {
			t.Error(err)
		}
	}
}
