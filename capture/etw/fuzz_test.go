package etw

import (
	"slices"
	"testing"

	pt "negotrace/internal/packettest"
)

// samples returns files that have one of everything.
func samples() (etl, netmon []byte) {
	tr := pt.NewTrace(start)
	tr.BufferSize = 1024
	part := pt.NDISAt(at(3), 13, 13, pt.NDISStart|1, query("d")[:30])
	rest := pt.NDISAt(at(4), 13, 13, pt.NDISEnd|1, query("d")[30:])
	rest.Extended = [][]byte{[]byte("stack"), []byte("activity")}
	etl = pt.Join(tr.Header(),
		tr.Buffer(0, ndis(tr, 0, "a"), tr.System(at(0), 0, nil), tr.Message(nil), tr.Classic(at(0), pt.WinINet, nil), tr.Event(part)),
		tr.Buffer(1, tr.Event(pt.NDISSwitch(at(2), 1, query("c"))), tr.Event(pt.PktmonEvent(at(1), pt.PktmonPacket{Number: 1, Type: 1}, query("b")))),
		tr.Buffer(0, tr.Event(rest), tr.Event(pt.PktmonEvent(at(5), pt.PktmonPacket{Number: 2, Type: 1, Dropped: true, Reason: 909}, query("e")))))
	n := &pt.Netmon{Minor: 3, Start: start}
	netmon = n.File(append(frames("a", "b"), n.EventFrame(part), n.EventFrame(rest),
		pt.NetmonFrame{At: at(6), Network: pt.NetmonWiFi, Data: pt.Join("\x02\x20\x00", make([]byte, 60))},
		n.EventFrame(pt.PktmonEvent(at(7), pt.PktmonPacket{Number: 1, Type: 1}, query("e"))))...)
	return etl, netmon
}

// sane holds what must be true of any file.
func sane(t *testing.T, file []byte, random bool) {
	if got := read(t, file, random); got.bytes > len(file) || len(got.rows) > len(file)/frameHeaderLen {
		t.Errorf("%d packets with %d bytes in a file of %d", len(got.rows), got.bytes, len(file))
	}
}

// saneBothWays holds it of a file that can be read at any place, and of one that cannot.
func saneBothWays(t *testing.T, file []byte) {
	sane(t, file, true)
	sane(t, file, false)
}

// TestMutations changes each byte of the samples.
func TestMutations(t *testing.T) {
	t.Parallel()
	etl, netmon := samples()
	for _, sample := range [][]byte{etl, netmon} {
		for i := range sample {
			if blank := sample[i] == 0xff && i > 0 && sample[i-1] == 0xff; blank {
				continue
			}
			file := slices.Clone(sample)
			file[i] ^= []byte{0xff, 0x80, 0x01}[i%3]
			sane(t, file, i%2 == 0)
		}
	}
}

// FuzzETL holds of event traces what must be true of any.
func FuzzETL(f *testing.F) {
	etl, _ := samples()
	f.Add(etl)
	f.Fuzz(saneBothWays)
}

// FuzzNetmon holds the same of captures of Network Monitor.
func FuzzNetmon(f *testing.F) {
	_, netmon := samples()
	f.Add(netmon)
	f.Fuzz(saneBothWays)
}
