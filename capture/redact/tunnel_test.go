package redact

import (
	"math/rand/v2"
	"testing"

	"negotrace/internal/packettest"
	"negotrace/internal/testcost"
)

// TestTunnelOtherText holds how much of text on the ports of tunnels stays: what looks like the fields of a head that
// are needed to know what follows it.
func TestTunnelOtherText(t *testing.T) {
	t.Parallel()
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_./"
	const l2tp, teredo, lisp, greInUDP, vxlan, gpe, geneve, mpls, juniper = 1701, 3544, 4341, 4754, 4789, 4790, 6081, 6635, 30030
	for port, most := range map[uint16]int{l2tp: 0, teredo: 0, lisp: 12, greInUDP: 7, vxlan: 8, gpe: 8, geneve: 6, mpls: 13, juniper: 12} {
		random := rand.New(rand.NewPCG(uint64(port), 0))
		for range testcost.Count(400, 6000) {
			text := make([]byte, 8+random.IntN(300))
			for i := range text {
				text[i] = letters[random.IntN(len(letters))]
			}
			packet := packettest.IPv4(17, client.Addr(), server.Addr(), packettest.UDP(50000, port, text))
			out := redacted(t, linkRaw, [][]byte{packet})[0][28:]
			for i, inRow := 0, 0; i < len(text); i++ {
				if inRow++; out[i] != text[i] {
					inRow = 0
				}
				if inRow > most {
					t.Fatalf("port %d: %d letters in a row of %q stay in %q", port, inRow, text, out)
				}
			}
		}
	}
}
