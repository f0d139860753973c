package capturetest

import (
	"encoding/binary"
	"maps"
	"slices"
)

// Link types (LINKTYPE_ values of tcpdump.org).
const (
	linkNull       = 0
	linkEthernet   = 1
	linkTokenRing  = 6
	linkPPP        = 9
	linkFDDI       = 10
	linkPPPHDLC    = 50
	linkSymantec   = 99
	linkATM        = 100
	linkRaw        = 101
	linkCHDLC      = 104
	linkDot11      = 105
	linkFrameRelay = 107
	linkLoop       = 108
	linkEnc        = 109
	linkSLL        = 113
	linkPFLOG      = 117
	linkPrism      = 119
	linkSunATM     = 123
	linkRadiotap   = 127
	linkFireWire   = 138
	linkDOCSIS     = 143
	linkUser2      = 149
	linkAVS        = 163
	linkJuniper    = 178
	linkPPI        = 192
	linkERF        = 197
	linkPPPWithDir = 204
	linkMPLS       = 219
	linkNFLOG      = 239
	linkIPoIB      = 242
	linkPKTAP      = 258
	linkEPON       = 259
	linkSLL2       = 276
	linkDSA        = 284
)

// Relinked returns functions that make the recording on other link types, by name. A frame without IP
// becomes an empty packet, so that the others keep their numbers.
func (r *Recording) Relinked() map[string]func() *Recording {
	all := map[string]func() *Recording{
		"SLL": r.on(linkSLL, func(f []byte) []byte {
			return slices.Concat([]byte{0, 0, 0, 1, 0, 6}, f[6:12], []byte{0, 0}, f[12:])
		}),
		"SLL2": r.on(linkSLL2, func(f []byte) []byte {
			return slices.Concat(f[12:14], []byte{0, 0, 0, 0, 0, 2, 0, 1, 0, 6}, f[6:12], []byte{0, 0}, f[14:])
		}),
		"NULL": r.on(linkNull, func(f []byte) []byte { return append([]byte{family(f), 0, 0, 0}, f[14:]...) }),
		"LOOP": r.on(linkLoop, func(f []byte) []byte { return append([]byte{0, 0, 0, family(f)}, f[14:]...) }),
		"raw":  r.on(linkRaw, func(f []byte) []byte { return f[14:] }),

		"802.11": r.on(linkDot11, func(f []byte) []byte { return stationFrame(f) }),
		"802.11 with its check sequence": r.on(linkDot11, func(f []byte) []byte {
			return append(dot11(f, 0x88, false), 0xde, 0xad, 0xbe, 0xef)
		}),
		"802.11 called Ethernet": r.on(linkEthernet, func(f []byte) []byte { return dot11(f, 0x88, false) }),
		"radiotap": r.on(linkRadiotap, func(f []byte) []byte {
			return append([]byte{0, 0, 9, 0, 2, 0, 0, 0, 0}, stationFrame(f)...)
		}),
		"radiotap and padding": r.on(linkRadiotap, func(f []byte) []byte {
			head := append([]byte{0, 0, 17, 0, 3, 0, 0, 0}, make([]byte, 8)...) // the time, and flags
			return append(append(head, 0x20), slices.Insert(dot11(f, 0x88, false), 26, 0, 0)...)
		}),
		"A-MSDU": r.on(linkRadiotap, func(f []byte) []byte {
			return append([]byte{0, 0, 8, 0, 0, 0, 0, 0}, dot11(f, 0x88, true)...)
		}),
		"PPI": r.on(linkPPI, func(f []byte) []byte {
			return append([]byte{0, 0, 8, 0, linkDot11, 0, 0, 0}, stationFrame(f)...)
		}),
		"AVS": r.on(linkAVS, func(f []byte) []byte {
			return append(append([]byte{0x80, 0x21, 0x10, 1, 0, 0, 0, 64}, make([]byte, 56)...), stationFrame(f)...)
		}),
		"PKTAP":        r.on(linkPKTAP, pktap),
		"PKTAP of old": r.on(linkUser2, pktap),
		"NFLOG": r.on(linkNFLOG, func(f []byte) []byte {
			packet := f[14:]
			head := []byte{family(f), 0, 0, 40, 8, 0, 1, 0, 8, 0, 1, 0, 5, 0, 10, 0, 'x', 0, 0, 0}
			head = binary.LittleEndian.AppendUint16(head, uint16(4+len(packet)))
			return pad(append(append(head, 9, 0), packet...))
		}),
		"Juniper": r.on(linkJuniper, func(f []byte) []byte { return append([]byte("MGC\x00"), f...) }),
		"Juniper with extensions": r.on(linkJuniper, func(f []byte) []byte {
			return append([]byte("MGC\x80\x00\x03\x01\x01\x04"), f...)
		}),
	}
	maps.Copy(all, r.relinkedWAN())
	maps.Copy(all, r.relinkedCooked())
	maps.Copy(all, r.relinkedWiFi())
	return all
}

// relinkedWAN puts the packets on links other than Ethernet.
func (r *Recording) relinkedWAN() map[string]func() *Recording {
	return map[string]func() *Recording{
		"frame relay": r.on(linkFrameRelay, func(f []byte) []byte {
			return append([]byte{0x18, 0x41, 3, nlpidOf(f)}, f[14:]...)
		}),
		"frame relay of Cisco": r.on(linkFrameRelay, func(f []byte) []byte { return append([]byte{0x18, 0x41}, f[12:]...) }),
		"Cisco HDLC":           r.on(linkCHDLC, func(f []byte) []byte { return append([]byte{0x0f, 0}, f[12:]...) }),
		"Token Ring": r.on(linkTokenRing, func(f []byte) []byte {
			head := append([]byte{0x10, 0x40}, f[:12]...)
			head[8] &^= 0x80 // no route
			return append(append(head, 0xaa, 0xaa, 3, 0, 0, 0), f[12:]...)
		}),
		"FDDI": r.on(linkFDDI, func(f []byte) []byte {
			return append(append(append([]byte{0x50}, f[:12]...), 0xaa, 0xaa, 3, 0, 0, 0), f[12:]...)
		}),
		"ATM, bridged": r.on(linkATM, func(f []byte) []byte {
			return append([]byte{0xaa, 0xaa, 3, 0, 0x80, 0xc2, 0, 7, 0, 0}, f...)
		}),
		"multilink PPP": r.on(linkPPP, func(f []byte) []byte {
			return append([]byte{0xff, 3, 0, 0x3d, 0xc0, 0, 0, 9, 0, pppOf(f)}, f[14:]...)
		}),
		"bridged PPP": r.on(linkPPP, func(f []byte) []byte { return append([]byte{0xff, 3, 0, 0x31, 0, 1}, f...) }),
		"ERF": r.on(linkERF, func(f []byte) []byte {
			head := binary.BigEndian.AppendUint16([]byte{0, 0, 0, 0, 0, 0, 0, 0x65, 2, 4}, uint16(18+len(f)))
			return append(append(binary.BigEndian.AppendUint16(append(head, 0, 0), uint16(len(f))), 0, 0), f...)
		}),
		"ERF with an extension": r.on(linkERF, func(f []byte) []byte {
			head := binary.BigEndian.AppendUint16([]byte{0, 0, 0, 0, 0, 0, 0, 0x65, 0x80 | 2, 4}, uint16(26+len(f)))
			head = binary.BigEndian.AppendUint16(append(head, 0, 0), uint16(len(f)))
			return append(append(head, 3, 0, 0, 0, 0, 0, 0, 9, 0, 0), f...)
		}),
		"ATM": r.on(linkATM, func(f []byte) []byte { return append([]byte{0xaa, 0xaa, 3, 0, 0, 0}, f[12:]...) }),
		"SunATM": r.on(linkSunATM, func(f []byte) []byte {
			return append([]byte{2, 0, 0, 33, 0xaa, 0xaa, 3, 0, 0, 0}, f[12:]...)
		}),
		"SunATM, LAN emulation": r.on(linkSunATM, func(f []byte) []byte { return append([]byte{0x81, 0, 0, 33, 0, 9}, f...) }),
		"enc":                   r.on(linkEnc, func(f []byte) []byte { return append([]byte{family(f), 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0}, f[14:]...) }),
		"pflog": r.on(linkPFLOG, func(f []byte) []byte {
			head := make([]byte, 64)
			head[0], head[1] = 61, family(f)
			return append(head, f[14:]...)
		}),
		"FireWire": r.on(linkFireWire, func(f []byte) []byte { return append(make([]byte, 16), f[12:]...) }),
		"DOCSIS": r.on(linkDOCSIS, func(f []byte) []byte {
			return append([]byte{0, 0, byte(len(f) >> 8), byte(len(f)), 0, 0}, f...)
		}),
		"MPLS alone": r.on(linkMPLS, func(f []byte) []byte { return append([]byte{0, 1, 0x11, 64}, f[14:]...) }),
		"Symantec firewall": r.on(linkSymantec, func(f []byte) []byte {
			head := make([]byte, 44)
			copy(head[6:], f[12:14])
			return append(head, f[14:]...)
		}),
		"switch tag of Marvell": r.on(linkDSA, func(f []byte) []byte {
			return append(append(slices.Clone(f[:12]), 0x40, 1, 0, 1), f[12:]...)
		}),
		"PPP and its direction": r.on(linkPPPWithDir, func(f []byte) []byte {
			return append([]byte{1, 0xff, 3, 0, pppOf(f)}, f[14:]...)
		}),
	}
}

// pktap returns a frame as macOS captures it.
func pktap(frame []byte) []byte {
	head := make([]byte, 108)
	binary.LittleEndian.PutUint32(head, 108)
	binary.LittleEndian.PutUint32(head[4:], 1)
	binary.LittleEndian.PutUint32(head[8:], linkEthernet)
	copy(head[12:], "en0")
	return append(head, frame...)
}

// family returns the address family that BSD writes before the packet.
func family(frame []byte) byte {
	if etherType(frame) == 0x86dd {
		return 30
	}
	return 2
}

func (r *Recording) on(link uint16, relink func([]byte) []byte) func() *Recording {
	return func() *Recording {
		out := &Recording{Link: link, Secrets: r.Secrets}
		for _, p := range r.Packets {
			var frame []byte
			if kind := etherType(p.Data); kind == 0x0800 || kind == 0x86dd {
				frame = relink(p.Data)
			}
			out.Packets = append(out.Packets, Packet{p.Time, frame})
		}
		return out
	}
}
