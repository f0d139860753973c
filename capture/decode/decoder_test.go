package decode

import (
	"testing"

	"negotrace/capture/pcap"
	"negotrace/httpstream"
	"negotrace/internal/packettest"
	"negotrace/internal/testcost"
)

func TestMain(m *testing.M) {
	testcost.Main(m)
}

// A decoding is a Decoder that keeps all that it found.
type decoding struct {
	*Decoder
	found    []Event
	counters httpstream.Counters
}

func newDecoding() *decoding {
	d := new(decoding)
	d.Decoder = New(&d.counters, 8, func(events []Event) []Event {
		d.found = append(d.found, events...)
		return events[:0]
	})
	return d
}

// frame decodes a frame that was captured to its end.
func (d *decoding) frame(link pcap.LinkType, b []byte) {
	d.Packet(&pcap.Packet{Frame: d.counters.Packets + 1, Data: b, Wire: len(b), Link: link}, 0, httpstream.File{})
	d.HandOver()
}

// decoded runs frames through a decoder and returns the segment that the last one
// gave, nil if it gave none, and the reasons for what was not decoded.
func decoded(t testing.TB, link pcap.LinkType, frames ...[]byte) (*httpstream.Segment, *httpstream.Counters) {
	t.Helper()
	d := newDecoding()
	for _, f := range frames {
		d.frame(link, f)
	}
	if n := len(d.found); n > 0 && d.found[n-1].Segment.At.Frame == len(frames) {
		return &d.found[n-1].Segment, &d.counters
	}
	return nil, &d.counters
}

// TestSnapLengthCuts holds what is left of a packet of which the snap length cut the end.
func TestSnapLengthCuts(t *testing.T) {
	const fixed, options = 20, 4 // of the TCP header
	tests := []struct {
		name    string
		kept    int    // bytes from the TCP header on
		payload string // of the segment
		missing int    // -1 if there is no segment
		reason  string // why there is none
	}{
		{"before the TCP header", 0, "", -1, "cut in the TCP header"},
		{"inside the TCP header", fixed - 1, "", -1, "cut in the TCP header"},
		{"inside the TCP options", fixed + 1, "", len(packettest.Request), ""},
		{"before the payload", fixed + options, "", len(packettest.Request), ""},
		{"inside the payload", fixed + options + 10, packettest.Request[:10], len(packettest.Request) - 10, ""},
	}
	for _, version := range []struct {
		name   string
		packet []byte
		header int
	}{{"IPv4", packettest.TCP4(), 20}, {"IPv6", packettest.TCP6(), 40}} {
		for _, tt := range tests {
			t.Run(version.name+" "+tt.name, func(t *testing.T) {
				d := newDecoding()
				n := version.header + tt.kept
				d.Packet(&pcap.Packet{Frame: 1, Data: version.packet[:n:n], Wire: len(version.packet), Link: linkRaw}, 0, httpstream.File{})
				d.HandOver()
				if d.counters.Cut != 1 {
					t.Errorf("%d packets count as cut", d.counters.Cut)
				}
				if n := d.counters.Undecoded[tt.reason]; tt.reason != "" && n != 1 || tt.reason == "" && len(d.counters.Undecoded) > 0 {
					t.Errorf("undecoded: %v", d.counters.Undecoded)
				}
				switch {
				case tt.missing < 0 && len(d.found) > 0:
					t.Errorf("segment %+v", d.found[0].Segment)
				case tt.missing >= 0 && len(d.found) != 1:
					t.Errorf("%d segments", len(d.found))
				case tt.missing >= 0:
					if s := &d.found[0].Segment; string(s.Payload) != tt.payload || s.Missing != tt.missing || s.Seq != 1000 {
						t.Errorf("segment %+v", *s)
					}
				}
			})
		}
	}
}
