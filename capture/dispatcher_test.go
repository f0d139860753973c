package capture

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/dns/dnsmessage"

	"negotrace/capture/pcap"
	"negotrace/httpstream"
	"negotrace/internal/packettest"
)

// TestDNSOverTCP reads a question and its answer on a connection whose beginning is not
// in the capture, and passes over what is no message.
func TestDNSOverTCP(t *testing.T) {
	server := netip.AddrPortFrom(packettest.Server4.Addr(), httpstream.PortDNS)
	message := func(response bool) string {
		m := dnsmessage.Message{Header: dnsmessage.Header{ID: 7, Response: response}, Questions: []dnsmessage.Question{{
			Name: dnsmessage.MustNewName("web.contoso.com."), Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}}}
		b, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		return string(packettest.U16(len(b))) + string(b)
	}
	var got []string
	r := newRun(t.Context(), Sink{DNS: func(at httpstream.Pos, src, dst netip.AddrPort, m *dnsmessage.Message) {
		got = append(got, fmt.Sprint(at.Frame, " ", src.Port(), " > ", dst.Port(), " ", m.Questions[0].Name, " ", m.Response))
	}}, Options{})
	frames := [][]byte{
		packettest.IPv4(6, server.Addr(), packettest.Client4.Addr(), packettest.Segment(server, netip.AddrPortFrom(packettest.Client4.Addr(), 50002), "the end of an answer")),
		packettest.IPv4(6, packettest.Client4.Addr(), server.Addr(), packettest.Segment(packettest.Client4, server, message(false))),
		packettest.IPv4(6, server.Addr(), packettest.Client4.Addr(), packettest.Segment(server, netip.AddrPortFrom(packettest.Client4.Addr(), 50001), message(true))),
	}
	r.decodeAndDispatch(func(p *producer) {
		for i, f := range frames {
			p.packet(&pcap.Packet{Frame: i + 1, Data: f, Wire: len(f), Link: packettest.LinkRaw}, 0, httpstream.File{})
		}
	})
	want := []string{"2 50000 > 53 web.contoso.com. false", "3 53 > 50001 web.contoso.com. true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
