package capturetest

import "slices"

// Link types (LINKTYPE_ values of tcpdump.org).
const (
	linkNull     = 0
	linkEthernet = 1
	linkRaw      = 101
	linkLoop     = 108
	linkSLL      = 113
	linkSLL2     = 276
)

// Relinked returns the recording as it would be on other kinds of link, by name. What is
// no IP becomes a packet that is cut to nothing, so that the others keep their numbers.
func (r *Recording) Relinked() map[string]*Recording {
	return map[string]*Recording{
		"SLL": r.on(linkSLL, func(f []byte) []byte {
			return slices.Concat([]byte{0, 0, 0, 1, 0, 6}, f[6:12], []byte{0, 0}, f[12:])
		}),
		"SLL2": r.on(linkSLL2, func(f []byte) []byte {
			return slices.Concat(f[12:14], []byte{0, 0, 0, 0, 0, 2, 0, 1, 0, 6}, f[6:12], []byte{0, 0}, f[14:])
		}),
		"NULL": r.on(linkNull, func(f []byte) []byte { return append([]byte{family(f), 0, 0, 0}, f[14:]...) }),
		"LOOP": r.on(linkLoop, func(f []byte) []byte { return append([]byte{0, 0, 0, family(f)}, f[14:]...) }),
		"raw":  r.on(linkRaw, func(f []byte) []byte { return f[14:] }),
	}
}

// family is the address family that BSD writes before the packet.
func family(frame []byte) byte {
	if etherType(frame) == 0x86dd {
		return 30
	}
	return 2
}

func (r *Recording) on(link uint16, relink func([]byte) []byte) *Recording {
	out := &Recording{Link: link, Secrets: r.Secrets}
	for _, p := range r.Packets {
		frame := relink(p.Data)
		if kind := etherType(p.Data); kind != 0x0800 && kind != 0x86dd {
			frame = nil
		}
		out.Packets = append(out.Packets, Packet{p.Time, frame})
	}
	return out
}
