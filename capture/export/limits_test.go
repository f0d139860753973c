package export

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"negotrace/httpstream"
)

// What an exchange of a NetLog has of events beyond the limit is counted.
func TestAuthEventsLimit(t *testing.T) {
	const over = 7
	first := len(readExport(ReadNetLog, []byte(netlogOf("", netlogDirect))).exchanges[0].Events)
	more := strings.Repeat("6 - HTTP_AUTH_CONTROLLER:4 AUTH_HANDLER_CREATE_RESULT {\"scheme\":\"ntlm\"}\n", maxAuthEvents-first+over)
	ended := "6 E HTTP_AUTH_CONTROLLER:4 AUTH_LIBRARY_INIT_SEC_CTX\n6 E HTTP_AUTH_CONTROLLER:4 AUTH_GENERATE_TOKEN\n6 E HTTP_AUTH_CONTROLLER:4 AUTH_GENERATE_TOKEN\n"
	got := readExport(ReadNetLog, []byte(netlogOf("", netlogDirect+ended+more)))
	if n := len(got.exchanges[0].Events); n != maxAuthEvents {
		t.Errorf("%d events are kept, want %d", n, maxAuthEvents)
	}
	if n := got.counters.Dropped[authEventsDropped]; n != over {
		t.Errorf("%d events are counted, want %d: %v", n, over, got.counters.Dropped)
	}
}

// Of more challenges than may wait for their next leg those that came last are counted.
func TestChallengesLimit(t *testing.T) {
	const over = 7
	out := new(exportResult).newOut()
	cs := newConnections(out)
	for i := range maxExportConns + over {
		x := &httpstream.Exchange{
			Conn:     cs.connection(""),
			Request:  &httpstream.Request{Method: "GET", Host: "web.contoso.com", Target: fmt.Sprint("/", i)},
			Response: &httpstream.Response{Status: 401},
		}
		cs.assign(x)
		cs.placed(x)
	}
	if len(cs.waiting) != maxExportConns || out.Counters.Dropped[challengeDropped] != over {
		t.Errorf("%d wait, dropped %v", len(cs.waiting), out.Counters.Dropped)
	}
}

// A header line that is longer than any is cut, and that is said; a body may be as long.
func TestLongLinesLimit(t *testing.T) {
	long := strings.Repeat("x", maxJSONString+1)
	netlog := `6 - URL_REQUEST:1 HTTP_TRANSACTION_SEND_REQUEST_HEADERS {"headers":["Cookie: %s","A: b"],"line":"GET / HTTP/1.1\r\n"}`
	har := harOf(chromeCreator, harEntryOf(0, 200, "http://web.contoso.com/", "", []string{"Cookie: %s"}, []string{"A: b"}))
	tests := []struct {
		name, text string
		read       func(io.Reader, *Out) error
		want       int
	}{
		{"NetLog", netlogOf("", netlogDirect+fmt.Sprintf(netlog, long)), ReadNetLog, 1},
		{"NetLog, as long as may be", netlogOf("", netlogDirect+fmt.Sprintf(netlog, long[:maxJSONString-len("Cookie: ")])), ReadNetLog, 0},
		{"HAR", strings.ReplaceAll(har, "%s", long), ReadHAR, 1},
		{"HAR, as long as may be", strings.ReplaceAll(har, "%s", long[1:]), ReadHAR, 0},
		{"HAR with a long body", strings.ReplaceAll(har, `"text":"abc"`, `"text":"`+long+`"`), ReadHAR, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := readExport(tt.read, []byte(tt.text))
			if n := got.counters.Dropped[longLinesDropped]; n != tt.want || got.err != nil {
				t.Errorf("%d lines are counted, want %d; err %v", n, tt.want, got.err)
			}
		})
	}
}
