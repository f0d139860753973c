package capturetest

import (
	"encoding/binary"
	"slices"
)

// relinkedWiFi puts the packets into frames of wireless networks, with the headers that stations,
// access points and drivers put between the addresses and LLC.
func (r *Recording) relinkedWiFi() map[string]func() *Recording {
	const (
		toAP      = 1
		relayed   = 3 // between access points, with four addresses
		protected = 0x40
		order     = 0x80
	)
	llc := func(f []byte) []byte { return append([]byte{0xaa, 0xaa, 3, 0, 0, 0}, f[12:]...) }
	aggregate := func(f []byte) []byte {
		body := llc(f)
		return append(binary.BigEndian.AppendUint16(slices.Clone(f[:12]), uint16(len(body))), body...)
	}
	ccmp := []byte{1, 0, 0, 0x20, 0, 0, 0, 0}
	air := func(control, flags byte, extra []byte, body func([]byte) []byte) func() *Recording {
		return r.on(linkRadiotap, func(f []byte) []byte {
			head := slices.Concat([]byte{control, flags, 0, 0}, f[:12], f[:6], []byte{0, 0})
			if flags&relayed == relayed {
				head = append(head, f[6:12]...)
			}
			return radiotapped(slices.Concat(head, extra, body(f)))
		})
	}
	return map[string]func() *Recording{
		"between access points":         air(0x08, relayed, nil, llc),
		"between access points, QoS":    air(0x88, relayed, []byte{5, 0}, llc),
		"between access points, A-MSDU": air(0x88, relayed, []byte{0x80, 0}, aggregate),
		"high throughput control":       air(0x88, toAP|order, []byte{0, 0, 1, 2, 3, 4}, llc),
		"data and acknowledgement":      air(0x18, toAP, nil, llc),
		"mesh":                          air(0x88, relayed, []byte{0, 1, 0, 31, 1, 0, 0, 0}, llc),
		"mesh with two more addresses":  air(0x88, relayed, slices.Concat([]byte{0, 1, 2, 31, 1, 0, 0, 0}, make([]byte, 12)), llc),
		"a long queue, no mesh":         air(0x88, toAP, []byte{0, 1}, llc),
		"decrypted":                     air(0x88, toAP|protected, []byte{0, 0}, llc),
		"decrypted, with CCMP":          air(0x88, toAP|protected, append([]byte{0, 0}, ccmp...), llc),
		"decrypted, with WEP":           air(0x08, toAP|protected, []byte{1, 2, 3, 0}, llc),
		"decrypted A-MSDU":              air(0x88, toAP|protected, []byte{0x80, 0}, aggregate),
		"decrypted A-MSDU, with CCMP":   air(0x88, toAP|protected, append([]byte{0x80, 0}, ccmp...), aggregate),
		"Prism": r.on(linkPrism, func(f []byte) []byte {
			head := make([]byte, 144)
			head[0], head[4] = 0x44, 144
			return append(head, stationFrame(f)...)
		}),
	}
}

// radiotapped returns a frame of a wireless network behind a radiotap header without fields.
func radiotapped(frame []byte) []byte { return append([]byte{0, 0, 8, 0, 0, 0, 0, 0}, frame...) }

// stationFrame returns a frame as a station sends it to its access point.
func stationFrame(frame []byte) []byte { return dot11(frame, 0x08, false) }

// dot11 returns a frame as a station sends it to its access point, of that frame control.
// Quality of service adds two bytes, an aggregate the header of the only frame in it.
func dot11(frame []byte, control byte, aggregate bool) []byte {
	out := []byte{control, 1, 0, 0}
	out = append(out, frame[:6]...)
	out = append(out, frame[6:12]...)
	out = append(out, frame[:6]...)
	out = append(out, 0, 0)
	body := append([]byte{0xaa, 0xaa, 3, 0, 0, 0}, frame[12:]...)
	if aggregate {
		out = append(out, 0x80, 0)
		out = binary.BigEndian.AppendUint16(append(out, frame[:12]...), uint16(len(body)))
	} else if control&0x80 != 0 {
		out = append(out, 0, 0)
	}
	return append(out, body...)
}

// capwapFragments puts a frame into CAPWAP in pieces of 512 bytes (RFC 5415 section 3.4). What is no IP is
// left as it is.
func capwapFragments(frame []byte) [][]byte {
	if kind := etherType(frame); kind != 0x0800 && kind != 0x86dd {
		return [][]byte{frame}
	}
	var out [][]byte
	for at := 0; at < len(frame); at += 512 {
		head := []byte{0, 16, 2, 0x80, 0, 0, byte(at >> 8), byte(at)}
		copy(head[4:6], identification(frame))
		piece := frame[at:min(at+512, len(frame))]
		if at+512 >= len(frame) {
			head[3] |= 0x40
		}
		out = append(out, ipv4Tunnel(frame, 17, udpHeader(5247, len(head)+len(piece)), head, piece))
	}
	return out
}
