package capturetest

import (
	"encoding/binary"
	"slices"
)

// espWrappings returns ESP (RFC 4303) without encryption, as it is between two machines, between
// two networks, and behind a translator of addresses.
func espWrappings() []Wrapping {
	return []Wrapping{
		wrapWhole("ESP without encryption", func(f []byte) []byte {
			head, payload, _ := dividedIP(f)
			head = slices.Clone(head)
			if etherType(f) == 0x86dd {
				data := esp(head[6], payload, 0, 12)
				head[6] = 50
				binary.BigEndian.PutUint16(head[4:], uint16(len(data)))
				return onLink(f, 0x86dd, head, data)
			}
			data := esp(head[9], payload, 8, 16)
			head[9] = 50
			binary.BigEndian.PutUint16(head[2:], uint16(len(head)+len(data)))
			seal(head)
			return onLink(f, 0x0800, head, data)
		}),
		wrapWhole("ESP without encryption, between networks", func(f []byte) []byte {
			return ipv4Tunnel(f, 50, esp(inIP(f), unpadded(f), 0, 16))
		}),
		wrapWhole("ESP without encryption, around GRE", func(f []byte) []byte {
			return ipv4Tunnel(f, 50, esp(47, slices.Concat([]byte{0x20, 0, f[12], f[13], 0, 0, 0, 9}, unpadded(f)), 0, 16))
		}),
		wrapWhole("ESP without encryption, in UDP", func(f []byte) []byte {
			data := esp(inIP(f), unpadded(f), 0, 12)
			return ipv4Tunnel(f, 17, udpHeader(4500, len(data)), data)
		}),
	}
}

// esp puts a payload into ESP, with a vector and a check value of these lengths.
func esp(next byte, payload []byte, vector, sum int) []byte {
	out := append([]byte{0, 0, 0x10, 1, 0, 0, 0, 7}, make([]byte, vector)...)
	out = append(out, payload...)
	n := byte(-(len(payload) + 2) & 3)
	for i := range n {
		out = append(out, i+1)
	}
	out = append(out, n, next)
	for i := range sum {
		out = append(out, byte(0xa5+31*i))
	}
	return out
}
