package capturetest

import (
	"encoding/binary"
	"slices"
)

// A Wrapping puts a frame into another encapsulation. It returns one frame, or several
// where the packet is fragmented.
type Wrapping struct {
	Name string
	wrap func(frame []byte) [][]byte
}

// Wrap returns the recording in another encapsulation, and for each of its packets the
// number of the one it came from, both counted from 1.
func (r *Recording) Wrap(w Wrapping) (wrapped *Recording, from []int) {
	wrapped = &Recording{Link: r.Link, Secrets: r.Secrets}
	for i, p := range r.Packets {
		for _, frame := range w.wrap(p.Data) {
			wrapped.Packets = append(wrapped.Packets, Packet{p.Time, frame})
			from = append(from, i+1)
		}
	}
	return wrapped, from
}

// Wrappings returns all encapsulations, most of which are used in data centres.
func Wrappings() []Wrapping {
	return slices.Concat([]Wrapping{
		wrapWhole("VLAN", func(f []byte) []byte { return tagged(f, 0x8100, 0, 17) }),
		wrapWhole("QinQ", func(f []byte) []byte { return tagged(tagged(f, 0x8100, 0, 17), 0x88a8, 0, 100) }),
		wrapWhole("MPLS", func(f []byte) []byte {
			labels := []byte{0, 1, 0, 64, 0, 1, 0x11, 64} // two labels, the second the last
			return onLink(f, 0x8847, labels, f[14:])
		}),
		wrapWhole("PPPoE", func(f []byte) []byte {
			session := []byte{0x11, 0, 0, 5, 0, 0, 0, pppOf(f)}
			binary.BigEndian.PutUint16(session[4:], uint16(len(f)-14+2))
			return onLink(f, 0x8864, session, f[14:])
		}),
		wrapWhole("GRE", func(f []byte) []byte { return ipv4Tunnel(f, 47, []byte{0, 0, f[12], f[13]}, f[14:]) }),
		wrapWhole("GRE with Ethernet", func(f []byte) []byte {
			return ipv4Tunnel(f, 47, []byte{0x20, 0, 0x65, 0x58, 0, 0, 0, 9}, f) // with a key
		}),
		wrapWhole("ERSPAN II", func(f []byte) []byte {
			return ipv4Tunnel(f, 47, []byte{0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 1, 0, 0, 0, 0, 0, 0}, f)
		}),
		wrapWhole("VXLAN", func(f []byte) []byte { return vxlan(f, 4789) }),
		wrapWhole("VXLAN of old", func(f []byte) []byte { return vxlan(f, 8472) }),
		wrapWhole("Geneve", func(f []byte) []byte {
			return ipv4Tunnel(f, 17, udpHeader(6081, 12+len(f)), []byte{1, 0, 0x65, 0x58, 0, 0, 9, 0, 0, 0, 0, 0}, f)
		}),
		wrapWhole("IP in IPv4", func(f []byte) []byte { return ipv4Tunnel(f, inIP(f), f[14:]) }),
		wrapWhole("IPv6 in IPv4", sixInFour),
		{"fragments", func(f []byte) [][]byte { return fragmented(f, 512, false) }},
		{"fragments, the last one first", func(f []byte) [][]byte { return fragmented(f, 512, true) }},
		{"fragments of CAPWAP", capwapFragments},
	}, tagWrappings(), udpWrappings(), espWrappings(), mirrorWrappings(), lineWrappings())
}

// wrapWhole returns a Wrapping of packets that stay whole. What is no IP is left as it is.
func wrapWhole(name string, wrap func([]byte) []byte) Wrapping {
	return Wrapping{name, func(f []byte) [][]byte {
		if kind := etherType(f); kind != 0x0800 && kind != 0x86dd {
			return [][]byte{f}
		}
		return [][]byte{wrap(f)}
	}}
}

func etherType(frame []byte) uint16 { return binary.BigEndian.Uint16(frame[12:]) }

// onLink joins parts into an Ethernet frame with the addresses of another.
func onLink(frame []byte, kind uint16, parts ...[]byte) []byte {
	return append(binary.BigEndian.AppendUint16(slices.Clone(frame[:12]), kind), slices.Concat(parts...)...)
}

func tagged(frame []byte, tpid uint16, tag ...byte) []byte {
	return onLink(frame, tpid, tag, frame[12:])
}

// inIP returns the protocol number of the frame's packet inside of IP.
func inIP(frame []byte) byte {
	if etherType(frame) == 0x86dd {
		return 41
	}
	return 4
}

// ipv4Tunnel puts parts into an IPv4 packet between two ends of a tunnel, which has the
// direction of the frame's Ethernet addresses.
func ipv4Tunnel(frame []byte, protocol byte, parts ...[]byte) []byte {
	data := slices.Concat(parts...)
	ends := [2]byte{1, 2}
	if slices.Compare(frame[:6], frame[6:12]) < 0 {
		ends = [2]byte{2, 1}
	}
	header := []byte{0x45, 0, 0, 0, 0, 7, 0, 0, 64, protocol, 0, 0, 203, 0, 113, ends[0], 203, 0, 113, ends[1]}
	binary.BigEndian.PutUint16(header[2:], uint16(20+len(data)))
	seal(header)
	return onLink(frame, 0x0800, header, data)
}

// seal fills in the checksum of an IPv4 header.
func seal(header []byte) {
	header[10], header[11] = 0, 0
	var sum uint32
	for i := 0; i < len(header); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(header[i:]))
	}
	sum = sum>>16 + sum&0xffff
	binary.BigEndian.PutUint16(header[10:], ^uint16(sum+sum>>16))
}

// udpHeader returns a UDP header from a port above 50000, without a checksum.
func udpHeader(port uint16, length int) []byte {
	b := binary.BigEndian.AppendUint16([]byte{0xc3, 0x51}, port)
	return binary.BigEndian.AppendUint32(b, uint32(8+length)<<16)
}

func vxlan(frame []byte, port uint16) []byte {
	return ipv4Tunnel(frame, 17, udpHeader(port, 8+len(frame)), []byte{8, 0, 0, 0, 0, 0, 9, 0}, frame)
}

// sixInFour puts IPv6 into IPv4 (RFC 4213), and what is IPv4 into IPv6 first (RFC 2473).
func sixInFour(frame []byte) []byte { return ipv4Tunnel(frame, 41, inSix(frame)) }

// inSix returns the packet of a frame, in an IPv6 packet if it is IPv4.
func inSix(frame []byte) []byte {
	packet := frame[14:]
	if etherType(frame) == 0x0800 {
		header := []byte{0x60, 0, 0, 0, 0, 0, 4, 64}
		binary.BigEndian.PutUint16(header[4:], uint16(len(packet)))
		src := []byte{0x20, 1, 0x0d, 0xb8, 12: 0, 15: 1}
		dst := []byte{0x20, 1, 0x0d, 0xb8, 12: 0, 15: 2}
		if slices.Compare(frame[:6], frame[6:12]) < 0 {
			src, dst = dst, src
		}
		packet = slices.Concat(header, src, dst, packet)
	}
	return packet
}

// fragmented cuts the payload of an IP packet into fragments of n bytes, n being a
// multiple of eight (RFC 791 section 3.2, RFC 8200 section 4.5).
func fragmented(frame []byte, n int, backwards bool) [][]byte {
	head, payload, ok := dividedIP(frame)
	if !ok || len(payload) <= n {
		return [][]byte{frame}
	}
	var out [][]byte
	for at := 0; at < len(payload); at += n {
		piece, last := payload[at:min(at+n, len(payload))], at+n >= len(payload)
		out = append(out, fragment(frame, head, piece, at, last))
	}
	if backwards {
		slices.Reverse(out)
	}
	return out
}

// dividedIP divides the packet of a frame into its header and what can be fragmented,
// without the padding of the frame.
func dividedIP(frame []byte) (head, payload []byte, ok bool) {
	packet := frame[14:]
	switch etherType(frame) {
	case 0x0800:
		size := int(packet[0]&0xf) * 4
		return packet[:size], packet[size:binary.BigEndian.Uint16(packet[2:])], true
	case 0x86dd:
		return packet[:40], packet[40 : 40+int(binary.BigEndian.Uint16(packet[4:]))], true
	}
	return nil, nil, false
}

func fragment(frame, head, piece []byte, at int, last bool) []byte {
	head = slices.Clone(head)
	if etherType(frame) == 0x86dd {
		extension := []byte{head[6], 0, byte(at >> 8), byte(at), 0, 0, 0, 0}
		if !last {
			extension[3] |= 1
		}
		copy(extension[4:], identification(frame))
		head[6] = 44
		binary.BigEndian.PutUint16(head[4:], uint16(8+len(piece)))
		return onLink(frame, 0x86dd, head, extension, piece)
	}
	binary.BigEndian.PutUint16(head[2:], uint16(len(head)+len(piece)))
	copy(head[4:6], identification(frame))
	flags := uint16(at / 8)
	if !last {
		flags |= 0x2000
	}
	binary.BigEndian.PutUint16(head[6:], flags)
	seal(head)
	return onLink(frame, 0x0800, head, piece)
}

// identification distinguishes the fragments of one packet from those of others: it is made of
// the whole packet, which says its TCP sequence number.
func identification(frame []byte) []byte {
	var sum uint32 = 2166136261
	for _, b := range frame[14:] {
		sum = (sum ^ uint32(b)) * 16777619
	}
	return binary.BigEndian.AppendUint32(nil, sum)
}
