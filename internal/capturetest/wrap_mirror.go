package capturetest

import (
	"encoding/binary"
	"slices"
)

// mirrorWrappings returns the tunnels in which access points, switches, routers and clouds send
// mirrored packets to a monitor.
func mirrorWrappings() []Wrapping {
	return []Wrapping{
		wrapWhole("ERSPAN I", func(f []byte) []byte { return ipv4Tunnel(f, 47, []byte{0, 0, 0x88, 0xbe}, f) }),
		wrapWhole("ERSPAN II without a number", func(f []byte) []byte {
			return ipv4Tunnel(f, 47, []byte{0, 0, 0x88, 0xbe, 0x10, 1, 0, 0, 0, 0, 0, 0}, f)
		}),
		wrapWhole("ERSPAN III", func(f []byte) []byte {
			return ipv4Tunnel(f, 47, []byte{0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 1, 0, 0}, make([]byte, 8), f)
		}),
		wrapWhole("ERSPAN III under the number of II", func(f []byte) []byte {
			return ipv4Tunnel(f, 47, []byte{0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x20, 1, 0, 0}, make([]byte, 8), f)
		}),
		wrapWhole("NVGRE", func(f []byte) []byte {
			return ipv4Tunnel(f, 47, []byte{0x20, 0, 0x65, 0x58, 0, 0x17, 0x71, 5}, tagged(f, 0x8100, 0, 5))
		}),
		wrapWhole("WCCP", func(f []byte) []byte { return ipv4Tunnel(f, 47, []byte{0, 0, 0x88, 0x3e}, f[14:]) }),
		udp("VXLAN of a load balancer", 10800, func(f []byte) ([]byte, []byte) { return []byte{8, 0, 0, 0, 0, 3, 0x20, 0}, f }),
		udp("VXLAN that says what it carries", 4789, func(f []byte) ([]byte, []byte) {
			return []byte{0x0c, 0, 0, 1 + f[14]>>4/6, 0, 0, 9, 0}, f[14:]
		}),
		udp("Geneve of a load balancer", 6081, func(f []byte) ([]byte, []byte) {
			head := []byte{8, 0, f[12], f[13], 0, 0, 0, 0, 1, 8, 1, 2, 0, 0, 0, 0, 0, 0, 0, 1, 1, 8, 2, 2, 0, 0, 0, 0, 0, 0, 0, 2}
			return append(head, 1, 8, 3, 1, 0, 0, 0, 3), f[14:]
		}),
		wrapWhole("TZSP the other way", func(f []byte) []byte {
			head := udpHeader(5001, 5+len(f))
			head[0], head[1] = 37008>>8, 37008&0xff
			return ipv4Tunnel(f, 17, head, []byte{1, 0, 0, 1, 1}, f)
		}),
		udp("mirrored by Juniper", 30030, func(f []byte) ([]byte, []byte) { return []byte{0, 0, 0, 1, 0, 0, 0, 2}, f[14:] }),
		udp("mirrored by Aruba with radiotap", 5555, func(f []byte) ([]byte, []byte) {
			body := radiotapped(stationFrame(f))
			head := binary.BigEndian.AppendUint32([]byte{0x65, 0, 0, 0, 0, 0, 0, 0}, uint32(len(body)))
			return binary.BigEndian.AppendUint32(head, uint32(len(body))), body
		}),
		udp("listening for Omnipeek", 5000, func(f []byte) ([]byte, []byte) {
			head := make([]byte, 55)
			copy(head, []byte{0, 0xff, 0xab, 0xcd, 2, 0, 0, 0, 55, 0, 0, 0, 6})
			return head, append(stationFrame(f), 0xde, 0xad, 0xbe, 0xef)
		}),
		udp("listening for Omnipeek of old", 5000, func(f []byte) ([]byte, []byte) {
			body := stationFrame(f)
			head := make([]byte, 20)
			binary.BigEndian.PutUint16(head[2:], uint16(len(body)))
			binary.BigEndian.PutUint16(head[4:], uint16(len(body)))
			return head, body
		}),
	}
}

// lineWrappings returns what provider networks put around packets: lines over MPLS, networks of
// segments, and mobile networks.
func lineWrappings() []Wrapping {
	word := []byte{0, 1, 0x11, 64, 0, 0, 0, 9} // the last label, and a control word
	return []Wrapping{
		wrapWhole("MPLS with PPP", func(f []byte) []byte { return onLink(f, 0x8847, word, []byte{0, pppOf(f)}, f[14:]) }),
		wrapWhole("MPLS with Cisco HDLC", func(f []byte) []byte { return onLink(f, 0x8847, word, []byte{0x0f, 0}, f[12:]) }),
		wrapWhole("MPLS with frame relay", func(f []byte) []byte { return onLink(f, 0x8847, word, []byte{3, nlpidOf(f)}, f[14:]) }),
		wrapWhole("Ethernet in IPv4", func(f []byte) []byte { return ipv4Tunnel(f, 143, f) }),
		wrapWhole("EtherIP", func(f []byte) []byte { return ipv4Tunnel(f, 97, []byte{0x30, 0}, f) }),
		wrapWhole("IPv6 with a route of segments", func(f []byte) []byte {
			route := slices.Concat([]byte{inIP(f), 2, 4, 0, 0, 0, 0, 0}, make([]byte, 16))
			return sixTunnel(f, 43, route, f[14:])
		}),
		wrapWhole("IPv6 with a frame and no next header", func(f []byte) []byte { return sixTunnel(f, 59, f) }),
		wrapWhole("IPv6 with all its headers", func(f []byte) []byte {
			headers := slices.Concat([]byte{60, 0, 1, 4, 0, 0, 0, 0}, []byte{43, 0, 1, 4, 0, 0, 0, 0}, []byte{44, 0, 4, 0, 0, 0, 0, 0},
				[]byte{51, 0, 0, 0, 0, 0, 0, 7}, append([]byte{inIP(f), 4}, make([]byte, 22)...))
			return sixTunnel(f, 0, headers, f[14:])
		}),
		wrapWhole("frame relay in GRE", func(f []byte) []byte {
			return ipv4Tunnel(f, 47, []byte{0, 0, 0x65, 0x59, 0x18, 0x41, 3, nlpidOf(f)}, f[14:])
		}),
		wrapWhole("PPTP", func(f []byte) []byte {
			head := []byte{0x30, 0x81, 0x88, 0x0b, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0, 1, 0xff, 3, 0, pppOf(f)}
			binary.BigEndian.PutUint16(head[4:], uint16(len(f)-14+4))
			return ipv4Tunnel(f, 47, head, f[14:])
		}),
		wrapWhole("SNAP of IEEE 802.1H", func(f []byte) []byte {
			return slices.Concat(f[:12], []byte{byte((len(f) - 6) >> 8), byte(len(f) - 6), 0xaa, 0xaa, 3, 0, 0, 0xf8}, f[12:])
		}),
		wrapWhole("the type of the other version", func(f []byte) []byte { return onLink(f, 0x0800, f[14:]) }),
		udp("GTP of GPRS", 3386, func(f []byte) ([]byte, []byte) {
			head := append(binary.BigEndian.AppendUint16([]byte{0x1e, 255}, uint16(len(f)-14)), make([]byte, 16)...)
			return head, f[14:]
		}),
	}
}

// sixTunnel puts parts into an IPv6 packet between two ends of a tunnel.
func sixTunnel(frame []byte, next byte, parts ...[]byte) []byte {
	data := slices.Concat(parts...)
	header := []byte{0x60, 0, 0, 0, byte(len(data) >> 8), byte(len(data)), next, 64}
	src, dst := []byte{0x20, 1, 0x0d, 0xb8, 15: 1}, []byte{0x20, 1, 0x0d, 0xb8, 15: 2}
	if slices.Compare(frame[:6], frame[6:12]) < 0 {
		src, dst = dst, src
	}
	return onLink(frame, 0x86dd, header, src, dst, data)
}
