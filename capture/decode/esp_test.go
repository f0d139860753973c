package decode

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"negotrace/capture/pcap"
)

// TestESPEncrypted holds that what is encrypted is not taken for something else.
func TestESPEncrypted(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	d := newDecoding()
	const packets = 200_000
	for range packets {
		b := make([]byte, 80)
		random.Read(b)
		copy(b, []byte{0x45, 0, 0, byte(len(b)), 0, 7, 0, 0, 64, protoESP, 0, 0, 203, 0, 113, 1, 203, 0, 113, 2})
		d.frame(linkRaw, b)
	}
	d.Close()
	if n := d.counters.Undecoded["ESP, encrypted by IPsec: record at an end of it"]; n != packets || len(d.found) != 0 {
		t.Errorf("%d of %d packets are encrypted, %d segments", n, packets, len(d.found))
	}
}

// TestESPUnsound holds that ESP is read only where all that can be checked is right.
func TestESPUnsound(t *testing.T) {
	const sequence = 14 + 20 + espHeader + 8 + 7 // of TCP, behind Ethernet, IPv4, ESP and its vector
	_, all := encapsulations(t)
	for _, e := range all {
		if e.name != "ESP without encryption" {
			continue
		}
		for i, p := range e.Packets {
			places := []int{len(p.Data) - 13, len(p.Data) - 14}
			if etherType := p.Data[12]; etherType == 8 {
				places = []int{len(p.Data) - 17, len(p.Data) - 18, sequence}
			}
			for _, at := range places {
				b := bytes.Clone(p.Data)
				b[at] ^= 0x40
				d := newDecoding()
				d.frame(pcap.LinkType(e.Link), b)
				d.Close()
				if len(d.found) > 0 {
					t.Errorf("packet %d is read with byte %d changed", i+1, at)
				}
			}
		}
	}
}
