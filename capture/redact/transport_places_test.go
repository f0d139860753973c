package redact

import (
	"bytes"
	"strings"
	"testing"

	"negotrace/internal/packettest"
)

// fragmentOf returns a fragment of an IP packet from the client.
func fragmentOf(id, offset int, more bool, data string) []byte {
	p := packettest.IPv4(17, client.Addr(), server.Addr(), []byte(data))
	be.PutUint16(p[4:], uint16(id))
	flags := offset / 8
	if more {
		flags |= 0x2000
	}
	be.PutUint16(p[6:], uint16(flags))
	return p
}

// segmentAt returns a segment with flags and a sequence number.
func segmentAt(seq uint32, flags byte, data string) []byte {
	p := packettest.IPv4(6, client.Addr(), server.Addr(), packettest.Segment(client, server, data))
	be.PutUint32(p[20+4:], seq)
	p[20+13] = flags
	return p
}

// TestTransportPlaces holds that nothing is left where a name is split, comes twice, or lies where
// TCP and IP carry nothing.
func TestTransportPlaces(t *testing.T) {
	t.Parallel()
	text := "\x00\x05\x00\x06\x00\x60\x00\x00" + (canary + canary + canary + canary)[:40]
	query := string(packettest.UDP(50000, 53, []byte(answers(dnsName(canary, "corp", "test")))))
	query += strings.Repeat("\x00", (8-len(query)%8)%8)
	half := len(query) / 16 * 8
	const syn, rst, push, ack, urgent, fin = 2, 4, 8, 16, 32, 1
	get := "GET /" + canary + " HTTP/1.1\r\nX-A: " + canary + "\r\n\r\n"
	for name, packets := range map[string][][]byte{
		"a fragment behind the end":            {fragmentOf(1, 0, true, text), fragmentOf(1, 48, false, text), fragmentOf(1, 192, true, text)},
		"a fragment behind a shorter end":      {fragmentOf(1, 96, true, text), fragmentOf(1, 0, true, text), fragmentOf(1, 48, false, text)},
		"fragments over one another":           {fragmentOf(1, 0, true, text), fragmentOf(1, 24, true, text+text), fragmentOf(1, 48, false, text)},
		"an end that goes on":                  {fragmentOf(1, 48, false, text), fragmentOf(1, 24, true, text+text), fragmentOf(1, 0, true, text)},
		"fragments twice":                      {fragmentOf(1, 0, true, text), fragmentOf(1, 0, true, text), fragmentOf(1, 48, false, text), fragmentOf(1, 0, true, text), fragmentOf(1, 48, false, text)},
		"a fragment alone":                     {fragmentOf(1, 0, true, text)},
		"fragments of a query":                 {fragmentOf(1, 0, true, query[:half]), fragmentOf(1, half, false, query[half:])},
		"fragments of a query, the last first": {fragmentOf(1, half, false, query[half:]), fragmentOf(1, 0, true, query[:half])},
		"data in SYN":                          {segmentAt(1, syn, get), segmentAt(2+uint32(len(get)), push|ack, get)},
		"data in RST":                          {segmentAt(1, syn, ""), segmentAt(2, rst, text), segmentAt(2, rst|ack, text)},
		"urgent data":                          {segmentAt(1, syn, ""), segmentAt(2, push|ack|urgent, get)},
		"data behind FIN":                      {segmentAt(1, syn, ""), segmentAt(2, fin|ack, get), segmentAt(3+uint32(len(get)), push|ack, get)},
		"other content again":                  {segmentAt(1, syn, ""), segmentAt(2, ack, strings.ReplaceAll(get, canary, "xxxxxxxxxxxx")), segmentAt(2, ack, get), segmentAt(12, ack, get)},
		"a keep-alive with a byte":             {segmentAt(1, syn, ""), segmentAt(2, ack, get), segmentAt(1, ack, "C"), segmentAt(1, ack, canary)},
		"before the window":                    {segmentAt(1000, syn, ""), segmentAt(1001, ack, get), segmentAt(900, ack, text), segmentAt(999, ack, text)},
		"far away":                             {segmentAt(1000, syn, ""), segmentAt(1001, ack, get), segmentAt(1<<30, ack, text), segmentAt(1<<31+7, ack, text), segmentAt(1001, ack, get)},
		"no flags":                             {segmentAt(1000, 0, get), segmentAt(5, 0, text)},
		"another connection on the port":       {segmentAt(1, syn, ""), segmentAt(2, ack, get[:20]), segmentAt(77777, syn, get), segmentAt(22, ack, get[20:])},
	} {
		for _, cut := range []int{0, 1, 5, 13} {
			var all [][]byte
			for _, p := range packets {
				all = append(all, p[:len(p)-cut])
			}
			for i, out := range redacted(t, linkRaw, all) {
				for _, piece := range []string{"Cana", "nary", "Zebr", "ebra"} {
					if at := bytes.Index(out, []byte(piece)); at >= 0 {
						t.Errorf("%s, cut by %d: packet %d: %q", name, cut, i, out[max(at-30, 0):min(at+30, len(out))])
						break
					}
				}
			}
		}
	}
}
