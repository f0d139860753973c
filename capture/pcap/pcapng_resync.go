package pcap

import "fmt"

// known reports whether blocks of a kind are read: an implausible length in one of them is damage.
func (n *ngFile) known(kind uint32) bool {
	switch kind {
	case ngSection, ngInterface, ngPacket, ngSimple, ngNames, ngStatistics, ngEnhanced, ngDecryption:
		return true
	}
	return false
}

// resync notes damage and goes on to the next place that looks like the beginning of
// a block: a known type, and a length that is repeated where the block ends.
func (n *ngFile) resync(format string, args ...any) error {
	return n.SkipDamage("damaged: "+fmt.Sprintf(format, args...), ngMinBlock, n.begins)
}

// begins reports whether a whole block of a known type begins here. b is what is known of the
// file.
func (n *ngFile) begins(b []byte, _ bool) bool {
	kind := n.order.Uint32(b)
	order := n.order
	if kind == ngSection {
		var ok bool
		if order, ok = ngOrder(b); !ok {
			return false
		}
	} else if !n.known(kind) {
		return false
	}
	length := order.Uint32(b[4:])
	return length >= ngMinBlock && length%4 == 0 && int64(length) <= int64(len(b)) &&
		order.Uint32(b[length-4:]) == length
}

// plausible reports whether the beginning of a block whose end is not in the file may be genuine:
// the file was then cut and is not damaged.
func (n *ngFile) plausible(b []byte) bool {
	switch kind := n.order.Uint32(b); {
	case kind != ngEnhanced || len(b) < 28:
		return n.known(kind)
	default:
		captured, length := n.order.Uint32(b[20:]), n.order.Uint32(b[4:])
		return int64(captured)+32 <= int64(length)
	}
}
