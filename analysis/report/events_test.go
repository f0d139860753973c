package report

import (
	"bytes"
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/capture/eventlog"
	"negotrace/httpstream"
)

// TestLogsNotDenied holds that a document and a page of event logs do not say that nobody
// authenticated, or that nobody was seen to.
func TestLogsNotDenied(t *testing.T) {
	refused := &eventlog.Event{ID: 4625, Computer: "WEB", Logon: &eventlog.Logon{User: "alice", Status: 0xC000006D, SubStatus: 0xC000006A}}
	in := &eventlog.Event{ID: 4624, Computer: "WEB", Logon: &eventlog.Logon{User: "bob"}}
	rows := []*analysis.EventRow{{Event: refused, Says: "refused alice", Count: 2}, {Event: in, Says: "let in bob", Count: 1}}
	const counted = "2 refusals, 1 logon, 0 other events about tickets and NTLM."
	for name, tt := range map[string]struct {
		counters httpstream.Counters
		events   []*analysis.EventRow
		want     string
	}{
		"event logs alone":            {httpstream.Counters{Records: 3}, rows, "There is no capture. The event logs have " + counted},
		"a capture without handshake": {httpstream.Counters{Records: 3, Packets: 9}, rows, "No authentication over HTTP was seen. The event logs have " + counted},
		"logs without such events":    {httpstream.Counters{Records: 3}, nil, "There is no capture, and the logs have nothing about logons, tickets or NTLM."},
	} {
		t.Run(name, func(t *testing.T) {
			r := &analysis.Report{Events: tt.events, Summary: analysis.Summary{Counters: &tt.counters}}
			var page bytes.Buffer
			if err := writeHTML(&page, r, Options{}); err != nil {
				t.Fatal(err)
			}
			for format, text := range map[string]string{"markdown": asMarkdown(t, r), "HTML": page.String()} {
				if !strings.Contains(text, tt.want) {
					t.Errorf("%s lacks %q", format, tt.want)
				}
				for _, not := range []string{"No authentication was seen", "Nobody authenticated", "Nobody was refused"} {
					if strings.Contains(text, not) {
						t.Errorf("%s says %q", format, not)
					}
				}
			}
		})
	}
}
