package capture

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"negotrace/capture/pcap"
	"negotrace/httpstream"
	"negotrace/internal/packettest"
)

// TestUnreadConnections holds that every TCP connection with content is read or counted, by
// the port of its server.
func TestUnreadConnections(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		port uint16
		data string
		want string // by which it is counted; nothing if it is read, or nothing is in it
	}{
		{"HTTP", 8080, packettest.Request, ""},
		{"SMB", 445, "\x00\x00\x00\x55\xfeSMB", "SMB on port 445"},
		{"something on the port of HTTP", 80, "hello", "port 80"},
		{"noise", 7777, "\xa5\xa5\xa5", "port 7777"},
		{"nothing", 7777, "", ""},
		{"DNS", httpstream.PortDNS, "\x00\x11\x00\x07\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x01", ""},
		{"noise on the port of DNS", httpstream.PortDNS, "\xa5\xa5\xa5", "port 53"},
		{"a part of a message on the port of DNS", httpstream.PortDNS, "\x00\x11\x00\x07\x00\x00\x00\x01\x00\x00\x00\x00", "port 53"},
	}
	for _, tt := range tests {
		r := newRun(t.Context(), Sink{}, Options{})
		server := netip.AddrPortFrom(packettest.Server4.Addr(), tt.port)
		frame := packettest.IPv4(6, packettest.Client4.Addr(), server.Addr(), packettest.Segment(packettest.Client4, server, tt.data))
		r.decodeAndDispatch(func(p *producer) {
			p.packet(&pcap.Packet{Data: frame, Wire: len(frame), Link: packettest.LinkRaw}, 0, httpstream.File{})
		})
		var want map[string]int
		if tt.want != "" {
			want = map[string]int{tt.want: 1}
		}
		if diff := cmp.Diff(want, r.counters.UnreadTCP); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

// TestUnreadConnectionsBounded holds that a scan of all ports takes no more memory than some.
func TestUnreadConnectionsBounded(t *testing.T) {
	t.Parallel()
	r := newRun(t.Context(), Sink{}, Options{})
	r.decodeAndDispatch(func(p *producer) {
		for port := range 500 {
			server := netip.AddrPortFrom(packettest.Server4.Addr(), uint16(10000+port))
			frame := packettest.IPv4(6, packettest.Client4.Addr(), server.Addr(), packettest.Segment(packettest.Client4, server, "\xa5"))
			p.packet(&pcap.Packet{Data: frame, Wire: len(frame), Link: packettest.LinkRaw}, 0, httpstream.File{})
		}
	})
	sum := 0
	for _, n := range r.counters.UnreadTCP {
		sum += n
	}
	if n := len(r.counters.UnreadTCP); n > 100 || sum != 500 {
		t.Errorf("%d connections by %d names: %s", sum, n, fmt.Sprint(r.counters.UnreadTCP)[:200])
	}
}
