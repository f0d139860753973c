package capture

import (
	"archive/zip"
	"context"
	"encoding/binary"
	"testing"

	"negotrace/httpstream"
)

func contextWithCancel(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithCancel(t.Context())
}

// readAll reads a file and holds what must be true of any.
func readAll(t *testing.T, b []byte) {
	counters, err := Read(t.Context(), []Source{source("x", b)}, Sink{}, Options{})
	if f, err := far(t, b); err == nil && f != nil {
		for k := new(packet); f.next(k); {
		}
	}
	if err == nil && counters.Bytes > int64(len(b)) && !begins("\x1f\x8b", "\x28\xb5\x2f\xfd", zipLocal)(b) {
		t.Errorf("%d bytes of packets in a file of %d", counters.Bytes, len(b))
	}
}

func FuzzPcap(f *testing.F) {
	for _, o := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, magic := range []int{pcapMicro, pcapNano, pcapModified} {
			f.Add(join(pcapHeader(o, magic, linkRaw), pcapPacket(o, 7, 5, tcpv4()), pcapPacket(o, 8, 5, query("a"))))
		}
	}
	f.Fuzz(readAll)
}

func FuzzPcapng(f *testing.F) {
	for _, o := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		f.Add(join(ngSHB(o), ngIDB(o, linkRaw, ngOption(o, ngOptTSResol, []byte{0xa0})), ngEPB(o, 0, 7e6, tcpv4()),
			ngBlock(o, ngSimple, u32(o, 9), tcpv6()), ngBlock(o, ngDecryption, u32(o, ngTLSKeyLog), u32(o, 4), []byte("a b\n"))))
	}
	f.Fuzz(readAll)
}

func FuzzZip(f *testing.F) {
	file := zipEntry{"x.pcap", msFile("x", 1, 2)}
	f.Add(zipped(f, zip.Deflate, true, file))
	f.Add(zipped(f, zip.Store, false, zipEntry{"a/", nil}, file, zipEntry{"__MACOSX/b", []byte("c")}))
	f.Fuzz(readAll)
}

func FuzzDecode(f *testing.F) {
	inner := ethernetFrame(etherIPv4, tcpv4())
	f.Add(uint16(linkEthernet), inner)
	f.Add(uint16(linkRaw), tcpv6())
	f.Add(uint16(127), join("\x00\x00\x08\x00\x00\x00\x00\x00\x08\x01\x00\x00", inner))
	f.Add(uint16(linkSLL2), join("\x08\x00", make([]byte, 18), v4Fragments(tcpv4(), 24)[0]))
	f.Add(uint16(linkRaw), ipv4Packet(protoUDP, clientV4.Addr(), serverV4.Addr(), udpDatagram(1, portVXLAN, join("\x08\x00\x00\x00\x00\x00\x01\x00", inner))))
	f.Add(uint16(linkRaw), ipv4Packet(protoGRE, clientV4.Addr(), serverV4.Addr(), join("\x10\x00\x88\xbe\x00\x00\x00\x01\x10\x01\x00\x01\x00\x00\x00\x00", inner)))
	f.Fuzz(func(t *testing.T, link uint16, b []byte) {
		d := alone(newRun(t.Context(), Sink{}, Options{}))
		for range 2 {
			d.packet(&packet{data: b, wire: len(b), link: link}, 0, httpstream.File{})
		}
		for _, e := range d.events {
			if s := e.segment; len(s.Payload) > 2*len(b) || s.Missing < 0 {
				t.Errorf("segment %+v of %d bytes", s, len(b))
			}
		}
		d.close()
	})
}
