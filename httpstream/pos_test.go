package httpstream_test

import (
	"testing"
	"time"

	"negotrace/httpstream"
)

// TestPosCompare holds that frames of a file are in their order whatever clock wrote their times, and
// that entries of an export, which may be in any order, are in that of their times.
func TestPosCompare(t *testing.T) {
	t.Parallel()
	at := func(sec int64) httpstream.Time { return httpstream.TimeOf(time.Unix(1.8e9+sec, 0)) }
	pcap, har, other := httpstream.FileOf("a.pcap", "", httpstream.Frames), httpstream.FileOf("a.har", "", httpstream.Entries), httpstream.FileOf("b.har", "", httpstream.Entries)
	for _, tt := range []struct {
		name string
		p, q httpstream.Pos
		want int
	}{
		{"frames", httpstream.Pos{Frame: 1, Time: at(9), File: pcap}, httpstream.Pos{Frame: 2, Time: at(1), File: pcap}, -1},
		{"entries", httpstream.Pos{Frame: 1, Time: at(9), File: har}, httpstream.Pos{Frame: 2, Time: at(1), File: har}, 1},
		{"entries of one time", httpstream.Pos{Frame: 1, Time: at(1), File: har}, httpstream.Pos{Frame: 2, Time: at(1), File: har}, -1},
		{"entries without times", httpstream.Pos{Frame: 1, File: har}, httpstream.Pos{Frame: 2, File: har}, -1},
		{"request and response of an entry", httpstream.Pos{Frame: 1, Time: at(1), File: har}, httpstream.Pos{Frame: 1, Time: at(2), File: har}, 0},
		{"two files", httpstream.Pos{Frame: 1, Time: at(9), File: har}, httpstream.Pos{Frame: 2, Time: at(1), File: other}, 1},
	} {
		if got := tt.p.Compare(tt.q); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
		if got := tt.q.Compare(tt.p); got != -tt.want {
			t.Errorf("%s, the other way: %d", tt.name, got)
		}
	}
}
