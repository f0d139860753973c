package report

import (
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// TestFilesSayWhatIsJoined holds what is said of each of several files.
func TestFilesSayWhatIsJoined(t *testing.T) {
	t.Parallel()
	packets := httpstream.FileOf("a.pcapng", "a.pcapng", httpstream.Frames)
	export := httpstream.FileOf("b.har", "b.har", httpstream.Entries)
	for want, in := range map[string]httpstream.Input{
		"b.har (HAR, 1 entry): none of its requests was found in another file; all are counted apart": {Packets: 1, Requests: 1},
		"b.har (HAR, 3 entries): 1 of its 3 requests is in A too and counts once":                     {Packets: 3, Requests: 3, Joined: 1, With: packets},
		"b.har (HAR, 3 entries): its 3 requests are in A too and count once; its clock is 1 whole hour ahead of that of A, by which times are shown": {
			Packets: 3, Requests: 3, Joined: 3, With: packets, Ahead: 3600e9},
		"b.har (HAR, 0 entries)": {},
	} {
		in.File, in.Name, in.Format = export, "b.har", "HAR"
		r := &analysis.Report{Inputs: []httpstream.Input{{File: packets, Name: "a.pcapng", Format: "pcapng", Packets: 2}, in}}
		l := newFileLetters(r)
		if got := l.about(r, 1); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if got := l.about(r, 0); got != "a.pcapng (pcapng, 2 packets)" || strings.Contains(got, "mergecap") {
			t.Error(got)
		}
	}
}
