package capture

import (
	"fmt"
	"strings"
	"testing"

	"negotrace/httpstream"
)

// What an exchange of a NetLog has of events beyond the limit is counted.
func TestAuthEventsLimit(t *testing.T) {
	const over = 7
	first := len(readExport(readNetLog, []byte(netlogOf("", netlogDirect))).exchanges[0].Events)
	more := strings.Repeat("6 - HTTP_AUTH_CONTROLLER:4 AUTH_HANDLER_CREATE_RESULT {\"scheme\":\"ntlm\"}\n", maxAuthEvents-first+over)
	ended := "6 E HTTP_AUTH_CONTROLLER:4 AUTH_LIBRARY_INIT_SEC_CTX\n6 E HTTP_AUTH_CONTROLLER:4 AUTH_GENERATE_TOKEN\n6 E HTTP_AUTH_CONTROLLER:4 AUTH_GENERATE_TOKEN\n"
	got := readExport(readNetLog, []byte(netlogOf("", netlogDirect+ended+more)))
	if n := len(got.exchanges[0].Events); n != maxAuthEvents {
		t.Errorf("%d events are kept, want %d", n, maxAuthEvents)
	}
	if n := got.tally.Dropped[authEventsDropped]; n != over {
		t.Errorf("%d events are counted, want %d: %v", n, over, got.tally.Dropped)
	}
}

// Of more challenges than may wait for their next leg those that came last are counted.
func TestChallengesLimit(t *testing.T) {
	const over = 7
	r := newRun(t.Context(), Sink{}, Options{})
	cs := newExportConns(r)
	for i := range maxExportConns + over {
		x := &httpstream.Exchange{
			Conn:     cs.of(""),
			Request:  &httpstream.Request{Method: "GET", Host: "web.contoso.com", Target: fmt.Sprint("/", i)},
			Response: &httpstream.Response{Status: 401},
		}
		cs.place(x)
		cs.placed(x)
	}
	if len(cs.waiting) != maxExportConns || r.tally.Dropped[challengeDropped] != over {
		t.Errorf("%d wait, dropped %v", len(cs.waiting), r.tally.Dropped)
	}
}
