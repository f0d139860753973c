package pcap

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"negotrace/capture/block"
	"negotrace/internal/packettest"
)

// TestTailSecrets reads secrets behind the packets before these, of a file that can be read at
// any place, and of each that is cut there or has a length that is wrong.
func TestTailSecrets(t *testing.T) {
	le, be := binary.LittleEndian, binary.BigEndian
	const log = "CLIENT_RANDOM 00 00\n"
	secrets := func(o packettest.Order) []byte {
		return packettest.Block(o, ngDecryption, packettest.N32(o, ngTLSKeyLog), packettest.N32(o, len(log)), []byte(log))
	}
	packets := packettest.Join(packettest.Section(le), packettest.Interface(le, 1), packettest.Enhanced(le, 0, 7e6, packettest.Query("a")))
	first := func(file []byte) (before, all string) {
		f := &File{
			Blocks: block.NewReader(block.NewSync(t.Context(), bytes.NewReader(file), block.Plan{Size: 4096, Ahead: 3})),
			At:     bytes.NewReader(file), Size: int64(len(file)),
			Damage: func(string, ...any) {},
			KeyLog: func(secrets []byte) { all += string(secrets) },
			Lost:   func(Losses) {},
		}
		next, err := OpenPcapng(f)
		if err != nil {
			return "", ""
		}
		for k := new(Packet); next(k); {
			if before == "" {
				before = all + "."
			}
		}
		return strings.TrimSuffix(before, "."), all
	}
	file := packettest.Join(packets, secrets(le), packettest.Section(be), secrets(be))
	if before, all := first(file); before != log+log || all != log+log+log+log {
		t.Errorf("before the packet %q, in all %q", before, all)
	}
	if before, _ := first(packettest.Join(packets, secrets(le), packettest.Enhanced(le, 0, 8e6, packettest.Query("b")))); before != "" {
		t.Errorf("secrets in the midst of packets are read before these: %q", before)
	}
	for n := len(packets); n < len(file); n++ {
		if before, _ := first(file[:n]); len(before) > len(log) {
			t.Errorf("cut at %d: %q", n, before)
		}
		damaged := bytes.Clone(file)
		for _, c := range []byte{0, 0x7f, 0xff} {
			damaged[n] = c
			first(damaged)
		}
	}
}
