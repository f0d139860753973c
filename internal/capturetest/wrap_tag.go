package capturetest

import "encoding/binary"

// tagWrappings put tags between the addresses of a frame and its type, or the whole frame
// into another one.
func tagWrappings() []Wrapping {
	return []Wrapping{
		wrapWhole("Cisco MetaData", func(f []byte) []byte { return tagged(f, 0x8909, 1, 1, 0, 1, 0, 5) }),
		wrapWhole("VN-tag", func(f []byte) []byte { return tagged(f, 0x8926, 0x80, 3, 0, 4) }),
		wrapWhole("HSR", func(f []byte) []byte { return tagged(f, 0x892f, byte(len(f)>>8), byte(len(f)), 0, 9) }),
		wrapWhole("MACsec, signed only", func(f []byte) []byte {
			return append(tagged(f, 0x88e5, 0, 0, 0, 0, 0, 7), make([]byte, 16)...)
		}),
		wrapWhole("MACsec with its channel", func(f []byte) []byte {
			return append(tagged(f, 0x88e5, 0x20, 0, 0, 0, 0, 7, 2, 0, 0, 0, 0, 1, 0, 1), make([]byte, 16)...)
		}),
		wrapWhole("E-tag", func(f []byte) []byte { return tagged(f, 0x893f, 0, 1, 0, 2, 0, 0) }),
		wrapWhole("R-tag", func(f []byte) []byte { return tagged(f, 0xf1c1, 0, 0, 0, 9) }),
		wrapWhole("tag of Broadcom", func(f []byte) []byte { return tagged(f, 0x8874, 0, 0, 0, 1) }),
		wrapWhole("tag of Marvell", func(f []byte) []byte { return tagged(f, 0xdada, 0, 0, 0xc0, 8, 0, 17) }),
		wrapWhole("ISL", func(f []byte) []byte {
			head := []byte{1, 0, 0x0c, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0xaa, 0xaa, 3, 2, 0, 0, 0, 10, 0, 0, 0, 0}
			binary.BigEndian.PutUint16(head[12:], uint16(len(f)+4+14)) // what follows, with a check sequence
			return append(append(head, f...), 0xde, 0xad, 0xbe, 0xef)
		}),
		wrapWhole("time of Arista", func(f []byte) []byte {
			return tagged(f, 0xd28b, 0, 1, 0, 0x10, 0x65, 0, 0, 0, 0, 0, 0, 1)
		}),
		wrapWhole("PBB", func(f []byte) []byte { return onLink(f, 0x88e7, []byte{0, 0, 1, 2}, f) }),
		wrapWhole("FabricPath", func(f []byte) []byte { // with the check sequence of the frame inside
			return onLink(f, 0x8903, []byte{0x00, 0x60}, f, []byte{0xde, 0xad, 0xbe, 0xef})
		}),
		wrapWhole("TRILL", func(f []byte) []byte { return onLink(f, 0x22f3, []byte{0, 0x3f, 0, 1, 0, 2}, f) }),
		wrapWhole("NSH", func(f []byte) []byte {
			return onLink(f, 0x894f, []byte{0x0f, 0xc2, 2, 3, 0, 0, 9, 0xff}, f) // without metadata
		}),
		wrapWhole("B.A.T.M.A.N., unicast", func(f []byte) []byte {
			return onLink(f, 0x4305, []byte{0x40, 15, 50, 1}, f[:6], f)
		}),
		wrapWhole("B.A.T.M.A.N., unicast with its sender", func(f []byte) []byte {
			return onLink(f, 0x4305, []byte{0x42, 15, 50, 1}, f[:12], []byte{1, 0}, f)
		}),
		wrapWhole("B.A.T.M.A.N., broadcast", func(f []byte) []byte {
			return onLink(f, 0x4305, []byte{0x01, 15, 50, 0, 0, 0, 0, 9}, f[6:12], f)
		}),
		wrapWhole("PIM Register", func(f []byte) []byte {
			return ipv4Tunnel(f, 103, []byte{0x21, 0, 0xde, 0xff, 0, 0, 0, 0}, unpadded(f))
		}),
		wrapWhole("MPLS with Ethernet", func(f []byte) []byte { return onLink(f, 0x8847, []byte{0, 1, 0x11, 64}, f) }),
		wrapWhole("MPLS with Ethernet and a control word", func(f []byte) []byte {
			return onLink(f, 0x8847, []byte{0, 1, 0x11, 64, 0, 0, 0, 0}, f)
		}),
		wrapWhole("MPLS with an associated channel", func(f []byte) []byte {
			return onLink(f, 0x8847, []byte{0, 0, 0xd1, 64, 0x10, 0, 0, 0x21}, unpadded(f))
		}),
	}
}

// udpWrappings put frames or packets into datagrams.
func udpWrappings() []Wrapping {
	return []Wrapping{
		udp("VXLAN with reserved bits set", 4789, func(f []byte) ([]byte, []byte) { return []byte{0xf8, 1, 2, 3, 0, 0, 9, 0xff}, f }),
		udp("VXLAN on another port", 5000, func(f []byte) ([]byte, []byte) { return []byte{8, 0, 0, 0, 0, 0, 9, 0}, f }),
		udp("VXLAN-GPE with Ethernet", 4790, func(f []byte) ([]byte, []byte) { return []byte{0x0c, 0, 0, 3, 0, 0, 9, 0}, f }),
		udp("VXLAN-GPE with IP", 4790, func(f []byte) ([]byte, []byte) {
			return []byte{0x0c, 0, 0, 1 + f[14]>>4/6, 0, 0, 9, 0}, f[14:]
		}),
		udp("Geneve on another port", 5001, func(f []byte) ([]byte, []byte) { return []byte{0, 0, 0x65, 0x58, 0, 0, 9, 0}, f }),
		udp("GTP-U", 2152, func(f []byte) ([]byte, []byte) {
			return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint16([]byte{0x30, 255}, uint16(len(f)-14)), 77), f[14:]
		}),
		udp("GTP-U with an extension", 2152, func(f []byte) ([]byte, []byte) {
			head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint16([]byte{0x34, 255}, uint16(len(f)-14+8)), 77)
			return append(head, 0, 0, 0, 0x85, 1, 0x10, 9, 0), f[14:]
		}),
		udp("L2TP", 1701, func(f []byte) ([]byte, []byte) {
			head := binary.BigEndian.AppendUint16([]byte{0x40, 2}, uint16(len(f)-14+12))
			return append(head, 0, 1, 0, 2, 0xff, 3, 0, pppOf(f)), f[14:]
		}),
		udp("L2TP version 3", 1701, func(f []byte) ([]byte, []byte) { return []byte{0, 3, 0, 0, 0, 0, 0, 9}, f }),
		udp("CAPWAP", 5247, func(f []byte) ([]byte, []byte) { return []byte{0, 16, 2, 0, 0, 0, 0, 0}, f }),
		udp("CAPWAP with 802.11", 5247, func(f []byte) ([]byte, []byte) { return []byte{0, 16, 3, 0, 0, 0, 0, 0}, stationFrame(f) }),
		udp("TZSP", 37008, func(f []byte) ([]byte, []byte) { return []byte{1, 0, 0, 1, 0, 0x0a, 1, 0xc8, 1}, f }),
		udp("TZSP with 802.11", 37008, func(f []byte) ([]byte, []byte) { return []byte{1, 0, 0, 18, 1}, stationFrame(f) }),
		udp("MPLS in UDP", 6635, func(f []byte) ([]byte, []byte) { return []byte{0, 1, 0x11, 64}, f[14:] }),
		udp("GRE in UDP", 4754, func(f []byte) ([]byte, []byte) { return []byte{0, 0, f[12], f[13]}, f[14:] }),
		udp("GUE", 6080, func(f []byte) ([]byte, []byte) { return []byte{0, inIP(f), 0, 0}, f[14:] }),
		udp("IP in UDP", 5555, func(f []byte) ([]byte, []byte) { return nil, unpadded(f) }),
		udp("AMT", 2268, func(f []byte) ([]byte, []byte) { return []byte{6, 0}, unpadded(f) }),
		udp("LISP", 4341, func(f []byte) ([]byte, []byte) { return []byte{0, 0, 0, 0, 0, 0, 0, 1}, f[14:] }),
		udp("Teredo", 3544, func(f []byte) ([]byte, []byte) { return []byte{0, 0, 0x12, 0x34, 1, 2, 3, 4}, inSix(f) }),
		wrapWhole("L2TP version 3 in IP", func(f []byte) []byte { return ipv4Tunnel(f, 115, []byte{0, 0, 0, 9}, f) }),
		wrapWhole("EoIP", func(f []byte) []byte {
			return ipv4Tunnel(f, 47, []byte{0x20, 1, 0x64, 0, byte(len(f) >> 8), byte(len(f)), 9, 0}, f)
		}),
		wrapWhole("Cisco MetaData in GRE", func(f []byte) []byte {
			return ipv4Tunnel(f, 47, []byte{0, 0, 0x89, 9, f[12], f[13], 1, 1, 0, 1, 0, 5}, f[14:])
		}),
		wrapWhole("GRE with source routes", func(f []byte) []byte {
			head := []byte{0x40, 0, f[12], f[13], 0, 0, 0, 0, 0x08, 0, 0, 4, 203, 0, 113, 9, 0, 0, 0, 0}
			return ipv4Tunnel(f, 47, head, f[14:])
		}),
		udp("mirrored by Aruba", 5555, func(f []byte) ([]byte, []byte) {
			body := stationFrame(f)
			head := binary.BigEndian.AppendUint32([]byte{0x65, 0, 0, 0, 0, 0, 0, 0}, uint32(len(body)))
			return binary.BigEndian.AppendUint32(head, uint32(len(body))), body
		}),
		wrapWhole("GRE of Aruba", func(f []byte) []byte { return ipv4Tunnel(f, 47, []byte{0, 0, 0x82, 0}, stationFrame(f)) }),
	}
}

// udp returns a Wrapping in datagrams to a port.
func udp(name string, port uint16, wrap func(frame []byte) (head, body []byte)) Wrapping {
	return wrapWhole(name, func(f []byte) []byte {
		head, body := wrap(f)
		return ipv4Tunnel(f, 17, udpHeader(port, len(head)+len(body)), head, body)
	})
}

// unpadded returns the packet in a frame without what follows it.
func unpadded(frame []byte) []byte {
	head, payload, _ := dividedIP(frame)
	return append(append([]byte(nil), head...), payload...)
}

// pppOf returns the number that PPP has for the packet in a frame.
func pppOf(frame []byte) byte {
	if etherType(frame) == 0x86dd {
		return 0x57
	}
	return 0x21
}
