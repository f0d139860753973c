package export

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"negotrace/httpstream"
)

// each returns a line for each number below n, which the line may name three times.
func each(n int, line string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, line+"\n", i+100)
	}
	return b.String()
}

// What a NetLog has open over a limit is counted, and what a limit allows is not: with
// another limit another number would be counted.
func TestNetLogLimits(t *testing.T) {
	const over = 7
	session := `
0 B SOCKET:2 SOCKET_ALIVE
0 - HTTP2_SESSION:5 HTTP2_SESSION_INITIALIZED {@SOCKET:2}
0 - HTTP_STREAM_JOB:3 HTTP2_SESSION_POOL_FOUND_EXISTING_SESSION {@HTTP2_SESSION:5}
`
	stream := `1 - URL_REQUEST:%[1]d HTTP_STREAM_REQUEST_BOUND_TO_JOB {@HTTP_STREAM_JOB:3}
1 - URL_REQUEST:%[1]d HTTP_TRANSACTION_HTTP2_SEND_REQUEST_HEADERS {"headers":[":method: GET",":path: /"]}
1 - HTTP2_SESSION:5 HTTP2_SESSION_SEND_HEADERS {"stream_id":%[1]d,@HTTP_STREAM_JOB:3}`
	tunnels := `1 - SOCKET:2 HTTP_TRANSACTION_SEND_TUNNEL_HEADERS {"headers":["Host: a:%d"],"line":"CONNECT a:443 HTTP/1.1\r\n"}
2 - SOCKET:2 HTTP_TRANSACTION_READ_TUNNEL_RESPONSE_HEADERS {"headers":["HTTP/1.1 200 OK"]}`
	tests := []struct {
		name, head, line string
		most             int
		dropped          string
		want             int // of over more than most
	}{
		{"streams", session, stream, maxNetLogStreams, netlogStreamsDropped, maxNetLogStreams},
		{"controllers of a request", netlogDirect, "6 - URL_REQUEST:1 AUTH_BOUND_TO_CONTROLLER {@HTTP_AUTH_CONTROLLER:%d}", maxControllers - 1, controllersDropped, over},
		{"tunnels of a socket", "0 B SOCKET:2 SOCKET_ALIVE\n", tunnels, maxTunnelsOfSocket, tunnelsOfSocketDropped, over},
		{"interim responses", netlogDirect, `6 - URL_REQUEST:1 HTTP_TRANSACTION_READ_EARLY_HINTS_RESPONSE_HEADERS {"headers":["HTTP/1.1 103 %d"]}`, maxInterim, interimDropped, over},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := readExport(ReadNetLog, []byte(netlogOf("", tt.head+each(tt.most+over, tt.line))))
			if n := got.counters.Dropped[tt.dropped]; n != tt.want || len(got.counters.Dropped) != 1 {
				t.Errorf("%d are counted, want %d: %v", n, tt.want, got.counters.Dropped)
			}
		})
	}
}

// What is known of sources is given up where there are too many, and no sooner.
func TestNetLogSources(t *testing.T) {
	tests := []struct {
		name, line string
		fill       func(n *netlogReader, id int64)
	}{
		{"requests", `1 B URL_REQUEST:1 URL_REQUEST_START_JOB {"method":"GET"}`, func(n *netlogReader, id int64) { n.requesters[id] = nil }},
		{"jobs", "1 - HTTP_STREAM_JOB:1 SOCKET_POOL_BOUND_TO_SOCKET {@SOCKET:2}", func(n *netlogReader, id int64) { n.jobs[id] = 0 }},
		{"sessions", "1 B HTTP2_SESSION:1 HTTP2_SESSION", func(n *netlogReader, id int64) { n.sessions[id] = nil }},
		{"sockets", "1 B SOCKET:1 SOCKET_ALIVE", func(n *netlogReader, id int64) {
			n.sockets[id] = &netlogSocket{id: id, conns: []*httpstream.Conn{{}}}
		}},
		{"controllers", "1 B HTTP_AUTH_CONTROLLER:1 AUTH_CONTROLLER", func(n *netlogReader, id int64) { n.controllers[id] = nil }},
	}
	for _, tt := range tests {
		for before, want := range map[int]int{maxNetLogSources - 1: 0, maxNetLogSources: maxNetLogSources} {
			out := new(exportResult).newOut()
			n := newNetLogReader(strings.NewReader(netlogOf("", tt.line)), out)
			for id := range int64(before) {
				tt.fill(n, -1-id)
			}
			if err := n.object(n.member); err != errEventsEnd {
				t.Fatal(err)
			}
			if got := out.Counters.Dropped[netlogSourcesDropped]; got != want {
				t.Errorf("%s, of which there are %d: %d are given up, want %d", tt.name, before, got, want)
			}
		}
	}
}

// Streams of exchanges that were handed on make room for new ones and are not missed.
func TestNetLogEndedStreams(t *testing.T) {
	s := &netlogSession{streams: map[uint32]*held{}}
	for i := range uint32(maxNetLogStreams) {
		s.streams[i] = &held{emitted: i%2 == 0}
	}
	n := newNetLogReader(strings.NewReader(""), new(exportResult).newOut())
	n.roomForStream(s)
	if len(s.streams) != maxNetLogStreams/2 || len(n.out.Counters.Dropped) > 0 {
		t.Errorf("%d streams are left, dropped %v", len(s.streams), n.out.Counters.Dropped)
	}
}

// Of what has ended nothing is kept: a log of a week is one of few things at a time.
func TestNetLogForgets(t *testing.T) {
	const ends = `
9 E HTTP_STREAM_JOB:3 HTTP_STREAM_JOB
9 B HTTP_STREAM_JOB:8 HTTP_STREAM_JOB
9 - HTTP_STREAM_JOB:8 HTTP_STREAM_JOB_BOUND_TO_REQUEST {@URL_REQUEST:1}
9 - HTTP_STREAM_JOB:8 SOCKET_POOL_BOUND_TO_SOCKET {@SOCKET:2}
9 E HTTP_STREAM_JOB:8 HTTP_STREAM_JOB
9 - HTTP_STREAM_JOB:9 SOCKET_POOL_BOUND_TO_SOCKET {@SOCKET:2}
9 - URL_REQUEST:1 HTTP_STREAM_REQUEST_BOUND_TO_JOB {@HTTP_STREAM_JOB:9}
9 E HTTP_STREAM_JOB:9 HTTP_STREAM_JOB
9 E HTTP_AUTH_CONTROLLER:4 AUTH_CONTROLLER
9 E URL_REQUEST:1 REQUEST_ALIVE
9 E HTTP2_SESSION:5 HTTP2_SESSION
9 E SOCKET:2 SOCKET_ALIVE
`
	for name, lines := range map[string]string{"direct": netlogDirect, "tunnel": netlogTunnel, "HTTP/2": netlogHTTP2} {
		t.Run(name, func(t *testing.T) {
			n := newNetLogReader(strings.NewReader(netlogOf("", lines+ends)), new(exportResult).newOut())
			if err := n.object(n.member); err != errEventsEnd {
				t.Fatal(err)
			}
			for what, left := range map[string]int{
				"requesters": len(n.requesters), "jobs": len(n.jobs), "owners": len(n.owners), "sockets": len(n.sockets),
				"sessions": len(n.sessions), "controllers": len(n.controllers),
			} {
				if left != 0 {
					t.Errorf("%d %s are left", left, what)
				}
			}
		})
	}
}

// TestNetLogUnnamed holds that what cannot be known of a log is said, and not made up.
func TestNetLogUnnamed(t *testing.T) {
	t.Parallel()
	whole := netlogOf("", netlogDirect)
	got := readExport(ReadNetLog, []byte(strings.Replace(whole, `"timeTickOffset":1767323045000`, `"timeTickOffset":"x"`, 1)))
	if len(got.exchanges) == 0 || !got.exchanges[0].Request.Pos.Time.IsZero() || len(got.counters.Damage) == 0 || !strings.Contains(got.counters.Damage[len(got.counters.Damage)-1].Text, "timeTickOffset") {
		t.Errorf("without the origin of its ticks: damage %v, exchanges\n%s", got.counters.Damage, got.lines())
	}
	got = readExport(ReadNetLog, []byte(regexp.MustCompile(`"type":(\d+)}`).ReplaceAllString(whole, `"type":9$1}`)))
	if n := got.counters.Undecoded["event of a type that this log does not name"]; n == 0 || n != got.counters.Packets {
		t.Errorf("unknown types: %d of %d are said", n, got.counters.Packets)
	}
	head, rest, _ := strings.Cut(whole, "[\n")
	body, tail, _ := strings.Cut(rest, "],\n")
	events := strings.Split(body, ",\n")
	slices.Reverse(events)
	got = readExport(ReadNetLog, []byte(head+"[\n"+strings.Join(events, ",\n")+"],\n"+tail))
	for _, x := range got.exchanges {
		if x.Response != nil && x.Response.Pos.Time.Before(x.Request.Pos.Time) {
			t.Errorf("a response is older than its request:\n%s", got.lines())
		}
	}
}
