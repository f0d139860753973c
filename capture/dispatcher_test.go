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
	"negotrace/tokens"
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

// TestMessagesNotRead holds that a message that is cut is not said to be malformed.
func TestMessagesNotRead(t *testing.T) {
	t.Parallel()
	r := newRun(t.Context(), Sink{
		DNS:      func(httpstream.Pos, netip.AddrPort, netip.AddrPort, *dnsmessage.Message) {},
		Kerberos: func(httpstream.Pos, netip.AddrPort, netip.AddrPort, *httpstream.Destination, *tokens.Kerberos) {},
	}, Options{})
	frames := []struct {
		port    uint16
		message string
		missing int
	}{
		{88, "\x6a\x81\xb0\x30", 0}, {88, "\x6a\x81\xb0\x30", 100}, {53, "\x00\x07\x01", 0}, {53, "\x00\x07\x01", 30},
	}
	r.decodeAndDispatch(func(p *producer) {
		for i, f := range frames {
			b := packettest.IPv4(17, packettest.Client4.Addr(), packettest.Server4.Addr(), packettest.UDP(50000, f.port, append([]byte(f.message), make([]byte, f.missing)...)))
			p.packet(&pcap.Packet{Frame: i + 1, Data: b[:len(b)-f.missing], Wire: len(b), Link: packettest.LinkRaw}, 0, httpstream.File{})
		}
	})
	got := map[string]int{}
	for what, at := range r.counters.Places.Undecoded {
		got[what] = at.Frame
	}
	want := map[string]int{"malformed Kerberos": 1, "cut message of Kerberos": 2, "malformed DNS": 3, "cut message of DNS": 4}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestSOCKSToken holds that a token of a logon to a SOCKS proxy is described, with its frame, and that so are
// not more than some.
func TestSOCKSToken(t *testing.T) {
	t.Parallel()
	d := newDispatcher(newRun(t.Context(), Sink{}, Options{}))
	c := &httpstream.Conn{Client: packettest.Client4, Server: packettest.Server4}
	message1 := append([]byte("NTLMSSP\x00\x01\x00\x00\x00\x07\x82\x08\xa2"), make([]byte, 24)...)
	for i := range 2 * maxSOCKSTokens {
		d.socksToken(c, httpstream.Side(i&1), httpstream.Pos{Frame: i + 1}, message1[:len(message1)*(1-i&1)])
	}
	notes := d.counters.Notes
	if len(notes) != maxSOCKSTokens {
		t.Fatalf("%d tokens are described", len(notes))
	}
	const end = "; logons to SOCKS proxies are not judged"
	want := []string{
		fmt.Sprintf("frame 1: %s logs on to the SOCKS proxy %s with GSS-API (RFC 1961): NTLM NEGOTIATE_MESSAGE", c.Client, c.Server) + end,
		fmt.Sprintf("frame 2: the SOCKS proxy %s answers %s with GSS-API (RFC 1961): 0 bytes of no known mechanism", c.Server, c.Client) + end,
	}
	if diff := cmp.Diff(want, []string{notes[0].Text, notes[1].Text}); diff != "" {
		t.Error(diff)
	}
}
