package capturetest

import "slices"

// relinkedCooked puts the packets on devices of Linux that are no Ethernet, as the cooked
// headers name them, and on links that say their type somewhere else.
func (r *Recording) relinkedCooked() map[string]func() *Recording {
	const (
		frameRelay = 770
		gre        = 778
		dot11      = 801
		radiotap   = 803
		none       = 65534
	)
	return map[string]func() *Recording{
		"SLL of radiotap":    r.on(linkSLL, func(f []byte) []byte { return cooked(f, radiotap, 4, radiotapped(stationFrame(f))) }),
		"SLL2 of radiotap":   r.on(linkSLL2, func(f []byte) []byte { return cooked2(f, radiotap, 4, radiotapped(stationFrame(f))) }),
		"SLL of 802.11":      r.on(linkSLL, func(f []byte) []byte { return cooked(f, dot11, 0x19, stationFrame(f)) }),
		"SLL of frame relay": r.on(linkSLL, func(f []byte) []byte { return cooked(f, frameRelay, 0, append([]byte{0x18, 0x41}, f[12:]...)) }),
		"SLL of GRE":         r.on(linkSLL, func(f []byte) []byte { return cooked(f, gre, etherType(f), f[14:]) }),
		"SLL2 of GRE with Ethernet": r.on(linkSLL2, func(f []byte) []byte {
			return cooked2(f, gre, 0x6558, f)
		}),
		"SLL without a link":  r.on(linkSLL, func(f []byte) []byte { return cooked(f, none, 0, f[14:]) }),
		"SLL2 without a link": r.on(linkSLL2, func(f []byte) []byte { return cooked2(f, none, etherType(f), f[14:]) }),
		"SLL with LLC": r.on(linkSLL, func(f []byte) []byte {
			return cooked(f, 1, 4, append([]byte{0xaa, 0xaa, 3, 0, 0, 0}, f[12:]...))
		}),
		"IP over InfiniBand": r.on(linkIPoIB, func(f []byte) []byte {
			return slices.Concat(make([]byte, 40), f[12:14], []byte{0, 0}, f[14:])
		}),
		"EPON": r.on(linkEPON, func(f []byte) []byte { return append([]byte{0x55, 0x55, 0xd5, 0x55, 0x55, 0, 1, 0x7a}, f...) }),
		"ATM, routed": r.on(linkATM, func(f []byte) []byte {
			return append([]byte{0xfe, 0xfe, 3, nlpidOf(f)}, f[14:]...)
		}),
		"Cisco HDLC called PPP": r.on(linkPPPHDLC, func(f []byte) []byte { return append([]byte{0x8f, 0}, f[12:]...) }),
	}
}

// cooked returns a packet with the header that Linux puts before those of a kind of device, and
// cooked2 with the later one.
func cooked(frame []byte, device, kind uint16, packet []byte) []byte {
	return slices.Concat([]byte{0, 0, byte(device >> 8), byte(device), 0, 6}, frame[6:12], []byte{0, 0, byte(kind >> 8), byte(kind)}, packet)
}

func cooked2(frame []byte, device, kind uint16, packet []byte) []byte {
	head := []byte{byte(kind >> 8), byte(kind), 0, 0, 0, 0, 0, 2, byte(device >> 8), byte(device), 0, 6}
	return slices.Concat(head, frame[6:12], []byte{0, 0}, packet)
}

// nlpidOf returns the number that frame relay and ATM have for the packet in a frame.
func nlpidOf(frame []byte) byte {
	if etherType(frame) == 0x86dd {
		return 0x8e
	}
	return 0xcc
}
