package pcap

import (
	"encoding/binary"
	"testing"

	"negotrace/internal/packettest"
)

// readAny reads a file and holds that there is not more in it than the file has.
func readAny(t *testing.T, b []byte) {
	got, err := read(t, b)
	if err == nil && got.bytes > len(b) {
		t.Errorf("%d bytes of packets in a file of %d", got.bytes, len(b))
	}
}

// FuzzPcap holds of pcap files what must be true of any.
func FuzzPcap(f *testing.F) {
	for _, o := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, magic := range []int{packettest.PcapMicro, packettest.PcapNano, packettest.PcapModified} {
			f.Add(packettest.Join(packettest.PcapHeader(o, magic, packettest.LinkRaw), packettest.PcapRecord(o, 7, 5, packettest.TCP4()), packettest.PcapRecord(o, 8, 5, packettest.Query("a"))))
		}
	}
	f.Fuzz(readAny)
}

// FuzzPcapng holds the same of pcapng files.
func FuzzPcapng(f *testing.F) {
	for _, o := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		f.Add(packettest.Join(packettest.Section(o), packettest.Interface(o, packettest.LinkRaw, packettest.Option(o, ngOptTSResol, []byte{0xa0})), packettest.Enhanced(o, 0, 7e6, packettest.TCP4()),
			packettest.Block(o, ngSimple, packettest.N32(o, 9), packettest.TCP6()), packettest.Block(o, ngDecryption, packettest.N32(o, ngTLSKeyLog), packettest.N32(o, 4), []byte("a b\n"))))
	}
	f.Fuzz(readAny)
}
