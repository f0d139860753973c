package capture

import (
	"fmt"
	"io"

	"negotrace/httpstream"
)

// Block types of pcapng (draft-ietf-opsawg-pcapng, section 4).
const (
	ngSection     = 0x0a0d0d0a
	ngInterface   = 1
	ngPacket      = 2 // obsolete
	ngSimple      = 3
	ngNames       = 4
	ngStatistics  = 5
	ngEnhanced    = 6
	ngJournal     = 9
	ngDecryption  = 10
	ngByteOrder   = 0x1a2b3c4d
	ngTLSKeyLog   = 0x544c534b
	ngBlockHeader = 8
	ngMinBlock    = 12 // header, no body, the length again

	// Wireshark numbers these like packets.
	ngCustom          = 0xbad
	ngCustomNoCopy    = 0x40000bad
	ngSysdig          = 0x204
	ngSysdigFlags     = 0x208
	ngSysdigLong      = 0x216
	ngSysdigLongFlags = 0x221
)

// A ngFile reads packets of a pcapng file, section by section.
type ngFile struct {
	*packetFile
	order      byteOrder // of the current section
	interfaces []ngIface // of the current section
}

func isPcapng(head []byte) bool {
	if len(head) < 12 || littleEndian.Uint32(head) != ngSection {
		return false
	}
	_, ok := ngOrder(head)
	return ok
}

// ngOrder returns the byte order a section header block says it is in, if it says
// anything sensible.
func ngOrder(block []byte) (order byteOrder, ok bool) {
	for _, order := range []byteOrder{littleEndian, bigEndian} {
		if order.Uint32(block[8:]) == ngByteOrder {
			return order, true
		}
	}
	return littleEndian, false
}

func openPcapng(f *packetFile) (func(*packet) bool, error) {
	head, err := f.blocks.peek(ngMinBlock)
	if err != nil {
		return nil, fmt.Errorf("pcapng file is cut short in its header, after %d bytes", len(head))
	}
	order, _ := ngOrder(head)
	n := &ngFile{packetFile: f, order: order}
	f.blocks.trail = n.trail
	if len(head) >= 14 && n.order.Uint16(head[12:]) != 1 {
		return nil, fmt.Errorf("pcapng of version %d, which is not known", n.order.Uint16(head[12:]))
	}
	return n.next, nil
}

func (n *ngFile) next(k *packet) bool {
	for {
		kind, block, err := n.block()
		if err != nil {
			return n.ended(err)
		}
		if block == nil {
			continue
		}
		body := block[ngBlockHeader : len(block)-4]
		switch kind {
		case ngSection:
			n.section(body)
		case ngInterface:
			if n.interfaces = append(n.interfaces, newNgIface(n.order, body)); len(n.interfaces) > maxInterfaces {
				n.interfaces = n.interfaces[:maxInterfaces]
				n.damage("more than %d interfaces in one section", maxInterfaces)
			}
		case ngEnhanced:
			if n.enhanced(body, k) {
				return true
			}
		case ngSimple:
			if n.simple(body, k) {
				return true
			}
		case ngPacket:
			if n.obsolete(body, k) {
				return true
			}
		case ngDecryption:
			n.secrets(body)
		case ngJournal, ngCustom, ngCustomNoCopy, ngSysdig, ngSysdigFlags, ngSysdigLong, ngSysdigLongFlags:
			*k = packet{link: linkNoPacket}
			return true
		}
	}
}

// trail is how packets after the one at hand are found.
func (n *ngFile) trail() *trail {
	return &trail{
		mark:   n.order.AppendUint32(nil, ngEnhanced),
		begins: func(b []byte) bool { return n.begins(b, false) },
		order:  n.order,
		length: 4,
		pad:    3,
	}
}

// block takes the next block. It returns a nil block for one that is of no interest,
// or where the file is damaged and reading goes on after the damage.
func (n *ngFile) block() (kind uint32, block []byte, err error) {
	head, err := n.blocks.peek(ngMinBlock)
	if err != nil {
		return 0, nil, err
	}
	kind = n.order.Uint32(head)
	if kind == ngSection { // the same in both byte orders
		if order, ok := ngOrder(head); ok {
			n.order = order
		}
	}
	length := n.order.Uint32(head[4:])
	size := (int64(length) + 3) &^ 3 // some writers do not count the padding
	if length < ngMinBlock || size > maxRecord {
		return 0, nil, n.resync("a block of %d bytes", length)
	}
	if head, err = n.blocks.peek(int(size)); err != nil {
		if n.blocks.err != io.EOF || n.plausible(head) {
			return 0, nil, err
		}
		return 0, nil, n.resync("a block of %d bytes, of which %d are there", length, len(head))
	}
	block = head[:size:size]
	if again := n.order.Uint32(block[size-4:]); again != length {
		return 0, nil, n.resync("a block of %d bytes that ends in length %d", length, again)
	}
	n.blocks.take(int(size))
	return kind, block, nil
}

// section begins a new section: its interfaces are counted from 0 again.
func (n *ngFile) section(body []byte) {
	n.interfaces = n.interfaces[:0]
	if len(body) >= 8 && n.order.Uint16(body[4:]) != 1 {
		n.damage("section of pcapng version %d, which is not known", n.order.Uint16(body[4:]))
	}
}

// enhanced reads an Enhanced Packet Block (section 4.3).
func (n *ngFile) enhanced(body []byte, k *packet) bool {
	if len(body) < 20 {
		n.damage("packet block of %d bytes", len(body))
		return false
	}
	units := uint64(n.order.Uint32(body[4:]))<<32 | uint64(n.order.Uint32(body[8:]))
	return n.packet(k, n.order.Uint32(body), units, n.order.Uint32(body[12:]), n.order.Uint32(body[16:]), body[20:])
}

// obsolete reads a Packet Block (appendix A), which the Enhanced one has replaced.
func (n *ngFile) obsolete(body []byte, k *packet) bool {
	if len(body) < 20 {
		n.damage("packet block of %d bytes", len(body))
		return false
	}
	units := uint64(n.order.Uint32(body[4:]))<<32 | uint64(n.order.Uint32(body[8:]))
	return n.packet(k, uint32(n.order.Uint16(body)), units, n.order.Uint32(body[12:]), n.order.Uint32(body[16:]), body[20:])
}

func (n *ngFile) packet(k *packet, iface uint32, units uint64, captured, wire uint32, data []byte) bool {
	if int64(captured) > int64(len(data)) {
		n.damage("a packet of %d bytes in a block with room for %d", captured, len(data))
		captured = uint32(len(data))
	}
	k.data = data[:captured:captured]
	k.wire = max(int(wire), len(k.data))
	if int64(iface) >= int64(len(n.interfaces)) {
		n.damage("a packet of interface %d, which the file does not describe", iface)
		k.link, k.time = linkUnknown, httpstream.Time{}
		return true
	}
	i := &n.interfaces[iface]
	k.link, k.time = i.link, i.time(units)
	return true
}

// simple reads a Simple Packet Block (section 4.4): no time, always interface 0, as
// long as that interface's snapshot length allows.
func (n *ngFile) simple(body []byte, k *packet) bool {
	if len(body) < 4 {
		n.damage("packet block of %d bytes", len(body))
		return false
	}
	wire := n.order.Uint32(body)
	data := body[4:]
	captured := min(int64(wire), int64(len(data)))
	k.link, k.time = linkUnknown, httpstream.Time{}
	if len(n.interfaces) == 0 {
		n.damage("a packet of interface 0, which the file does not describe")
	} else {
		i := &n.interfaces[0]
		k.link = i.link
		if i.snapLen > 0 {
			captured = min(captured, int64(i.snapLen))
		}
	}
	k.data = data[:captured:captured]
	k.wire = max(int(wire), len(k.data))
	return true
}

// secrets reads a Decryption Secrets Block (section 4.7).
func (n *ngFile) secrets(body []byte) {
	if len(body) < 8 || n.order.Uint32(body) != ngTLSKeyLog {
		return
	}
	data := body[8:]
	if length := int64(n.order.Uint32(body[4:])); length < int64(len(data)) {
		data = data[:length]
	}
	n.keyLog(data)
}
