package decode

import (
	"testing"

	"negotrace/capture/pcap"
	"negotrace/internal/packettest"
)

// FuzzDecode holds that no packet gives more than there is in it.
func FuzzDecode(f *testing.F) {
	inner := packettest.Ethernet(etherIPv4, packettest.TCP4())
	f.Add(uint16(linkEthernet), inner)
	f.Add(uint16(linkRaw), packettest.TCP6())
	f.Add(uint16(127), packettest.Join("\x00\x00\x08\x00\x00\x00\x00\x00\x08\x01\x00\x00", inner))
	f.Add(uint16(linkSLL2), packettest.Join("\x08\x00", make([]byte, 18), v4Fragments(packettest.TCP4(), 24)[0]))
	f.Add(uint16(linkRaw), packettest.IPv4(protoUDP, packettest.Client4.Addr(), packettest.Server4.Addr(), packettest.UDP(1, portVXLAN, packettest.Join("\x08\x00\x00\x00\x00\x00\x01\x00", inner))))
	f.Add(uint16(linkRaw), packettest.IPv4(protoGRE, packettest.Client4.Addr(), packettest.Server4.Addr(), packettest.Join("\x10\x00\x88\xbe\x00\x00\x00\x01\x10\x01\x00\x01\x00\x00\x00\x00", inner)))
	f.Add(uint16(linkExportedPDU), exported("http", false, pduPortTCP, packettest.Request))
	_, all := encapsulations(f)
	for _, e := range all {
		f.Add(e.Link, e.Packets[3].Data)
	}
	f.Fuzz(func(t *testing.T, link uint16, b []byte) {
		d := newDecoding()
		for range 2 {
			d.frame(pcap.LinkType(link), b)
		}
		for _, e := range d.found {
			if s := e.Segment; len(s.Payload) > 2*len(b) || s.Missing < 0 {
				t.Errorf("segment %+v of %d bytes", s, len(b))
			}
		}
		d.Close()
	})
}
