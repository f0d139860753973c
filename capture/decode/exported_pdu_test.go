package decode

import (
	"slices"
	"testing"

	"negotrace/internal/packettest"
)

// exported returns what Wireshark exports of a connection from 192.0.2.10, or of the other
// direction.
func exported(protocol string, back bool, ports int, data string) []byte {
	tag := func(kind int, value ...byte) []byte {
		return slices.Concat(packettest.U16(kind), packettest.U16(len(value)), value)
	}
	name := append([]byte(protocol), make([]byte, -len(protocol)&3)...)
	src, dst := []byte{192, 0, 2, 10}, []byte{192, 0, 2, 80}
	srcPort, dstPort := packettest.U32(50000), packettest.U32(443)
	if back {
		src, dst, srcPort, dstPort = dst, src, dstPort, srcPort
	}
	return packettest.Join(tag(pduProtocol, name...), tag(pduIPv4Src, src...), tag(pduIPv4Dst, dst...),
		tag(pduPortType, packettest.U32(ports)...), tag(pduPortSrc, srcPort...), tag(pduPortDst, dstPort...), tag(pduEnd), data)
}

// TestExportedPDU holds that the bytes of exported PDUs follow each other as in a
// connection, and what becomes of other kinds.
func TestExportedPDU(t *testing.T) {
	t.Parallel()
	d := newDecoding()
	d.frame(linkExportedPDU, exported("http", false, pduPortTCP, "GET / HTTP/1.1\r\n"))
	d.frame(linkExportedPDU, exported("http", false, pduPortTCP, "\r\n"))
	d.frame(linkExportedPDU, exported("http", true, pduPortTCP, "HTTP/1.1 401 x\r\n\r\n"))
	d.frame(linkExportedPDU, exported("ip", false, 0, string(packettest.TCP4())))
	want := []string{
		`192.0.2.10:50000 > 192.0.2.80:443 1 1 18 0 "GET / HTTP/1.1\r\n"`,
		`192.0.2.10:50000 > 192.0.2.80:443 17 1 18 0 "\r\n"`,
		`192.0.2.80:443 > 192.0.2.10:50000 1 19 18 0 "HTTP/1.1 401 x\r\n\r\n"`,
		`192.0.2.10:50000 > 198.51.100.80:80 1000 2000 18 0 "GET / HTTP/1.1\r\nHost: a\r\n\r\n"`,
	}
	var got []string
	for i := range d.found {
		got = append(got, brief(&d.found[i].Segment))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	d.frame(linkExportedPDU, exported("sip", false, pduPortUDP, "OPTIONS"))
	if n := d.counters.Undecoded["exported PDU of another protocol than TCP"]; n != 1 {
		t.Errorf("undecoded %v", d.counters.Undecoded)
	}
	for n, whole := 0, exported("http", false, pduPortTCP, "GET"); n < len(whole)-3; n++ {
		if s, counters := decoded(t, linkExportedPDU, whole[:n]); s != nil || len(counters.Undecoded) != 1 {
			t.Errorf("cut at %d: %v, undecoded %v", n, s, counters.Undecoded)
		}
	}
}

// TestExportedPDUBounded holds that connections without end take no more memory than some.
func TestExportedPDUBounded(t *testing.T) {
	t.Parallel()
	d := newDecoding()
	b := exported("http", false, pduPortTCP, "GET")
	const port, host = 17, 40 // from the end, where the source's port and the last byte of its address are
	for i := range maxPDUFlows {
		b[len(b)-port], b[len(b)-port+1] = byte(i>>8), byte(i)
		b[len(b)-host] = byte(i >> 12)
		d.frame(linkExportedPDU, b)
	}
	if n := len(d.pduNext); n > maxPDUFlows+2 || len(d.counters.Dropped) != 1 {
		t.Errorf("%d flows are kept, dropped %v", n, d.counters.Dropped)
	}
}
