package pcap

import (
	"fmt"
	"io"

	"negotrace/capture/block"
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

// maxInterfaces is how many interfaces of a section are known, far more than any host has.
const maxInterfaces = 1 << 16

// An ngFile reads packets of a pcapng file, section by section.
type ngFile struct {
	*File
	order      block.ByteOrder // of the current section
	interfaces []*Interface    // of the current section
	losses     losses
	begun      bool // the first packet was asked for
}

// IsPcapng reports whether a file that begins with head is in pcapng format.
func IsPcapng(head []byte) bool {
	if len(head) < 12 || block.LittleEndian.Uint32(head) != ngSection {
		return false
	}
	_, ok := ngOrder(head)
	return ok
}

// ngOrder returns the byte order that a section header block says it has, if that makes sense.
func ngOrder(head []byte) (order block.ByteOrder, ok bool) {
	for _, order := range []block.ByteOrder{block.LittleEndian, block.BigEndian} {
		if order.Uint32(head[8:]) == ngByteOrder {
			return order, true
		}
	}
	return block.LittleEndian, false
}

// OpenPcapng begins reading a pcapng file. The error is of a file that is cut in its first
// block, or of a version that is not known.
func OpenPcapng(f *File) (Next, error) {
	head, err := f.Blocks.Peek(ngMinBlock)
	if err != nil {
		return nil, fmt.Errorf("pcapng file is cut short in its header, after %d bytes", len(head))
	}
	order, _ := ngOrder(head)
	n := &ngFile{File: f, order: order}
	if len(head) >= 14 && n.order.Uint16(head[12:]) != 1 {
		return nil, fmt.Errorf("pcapng of version %d, which is not known", n.order.Uint16(head[12:]))
	}
	return n.next, nil
}

func (n *ngFile) next(k *Packet) bool {
	if !n.begun {
		n.begun = true
		n.tailSecrets()
	}
	for {
		kind, whole, err := n.block()
		if err != nil {
			n.endFile()
			return n.End(err)
		}
		if whole == nil {
			continue
		}
		body := whole[ngBlockHeader : len(whole)-4]
		isPacket, ok := n.record(kind, body, k)
		switch {
		case ok:
			k.Block = Block{kind, n.order, whole}
			return true
		case !isPacket:
			n.metadata(kind, body)
			if n.Other != nil {
				n.Other(Block{kind, n.order, whole})
			}
		}
	}
}

// record reads a block that Wireshark numbers like a packet. It reports whether it is one,
// and whether it could be read.
func (n *ngFile) record(kind uint32, body []byte, k *Packet) (isPacket, ok bool) {
	switch kind {
	case ngEnhanced:
		return true, n.enhanced(body, k)
	case ngSimple:
		return true, n.simple(body, k)
	case ngPacket:
		return true, n.obsolete(body, k)
	case ngJournal, ngCustom, ngCustomNoCopy, ngSysdig, ngSysdigFlags, ngSysdigLong, ngSysdigLongFlags:
		*k = Packet{Link: NoPacket}
		return true, true
	}
	return false, false
}

// metadata reads what matters of a block without a packet.
func (n *ngFile) metadata(kind uint32, body []byte) {
	switch kind {
	case ngSection:
		n.section(body)
	case ngInterface:
		if len(n.interfaces) == maxInterfaces {
			n.Damage("more than %d interfaces in one section", maxInterfaces)
			return
		}
		n.interfaces = append(n.interfaces, newInterface(n.order, body))
	case ngDecryption:
		n.secrets(n.order, body)
	case ngStatistics:
		n.losses.statistics(n.order, body)
	}
}

// block takes the next block. It returns a nil block if the block is of no interest, or if the
// file is damaged and reading goes on after the damage.
func (n *ngFile) block() (kind uint32, whole []byte, err error) {
	head, err := n.Blocks.Peek(ngMinBlock)
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
	if length < ngMinBlock || size > block.MaxRecord {
		return 0, nil, n.resync("a block of %d bytes", length)
	}
	if head, err = n.Blocks.Peek(int(size)); err != nil {
		if whole = n.unpadded(head, length); whole != nil {
			return kind, whole, nil
		}
		if n.Blocks.Err() != io.EOF || n.plausible(head) {
			return 0, nil, err
		}
		return 0, nil, n.resync("a block of %d bytes, of which %d are there", length, len(head))
	}
	whole = head[:size:size]
	if again := n.order.Uint32(whole[size-4:]); again != length {
		if whole = n.unpadded(head, length); whole != nil {
			return kind, whole, nil
		}
		return 0, nil, n.resync("a block of %d bytes that ends in length %d", length, again)
	}
	n.Blocks.Take(int(size))
	return kind, whole, nil
}

// unpadded takes a block that is written without the padding that makes its length a multiple
// of 4, and returns it with that. It returns nil for one that does not end there.
func (n *ngFile) unpadded(b []byte, length uint32) []byte {
	if length%4 == 0 || int64(len(b)) < int64(length) || n.order.Uint32(b[length-4:]) != length {
		return nil
	}
	size := (length + 3) &^ 3
	whole := make([]byte, size)
	copy(whole, b[:length-4])
	n.order.AppendUint32(whole[:4], size)
	n.order.AppendUint32(whole[:size-4], size)
	n.Blocks.Take(int(length))
	return whole
}

// section begins a new section: its interfaces are counted from 0 again.
func (n *ngFile) section(body []byte) {
	n.losses.endSection(n.interfaces)
	n.interfaces = n.interfaces[:0]
	if len(body) >= 8 && n.order.Uint16(body[4:]) != 1 {
		n.Damage("section of pcapng version %d, which is not known", n.order.Uint16(body[4:]))
	}
}

// enhanced reads an Enhanced Packet Block (section 4.3), and reports whether it holds a packet.
func (n *ngFile) enhanced(body []byte, k *Packet) bool {
	if len(body) < 20 {
		n.Damage("packet block of %d bytes", len(body))
		return false
	}
	units := uint64(n.order.Uint32(body[4:]))<<32 | uint64(n.order.Uint32(body[8:]))
	return n.packet(k, n.order.Uint32(body), units, n.order.Uint32(body[12:]), n.order.Uint32(body[16:]), body[20:], 0)
}

// obsolete does the same with a Packet Block (appendix A), which the Enhanced one has replaced.
func (n *ngFile) obsolete(body []byte, k *Packet) bool {
	if len(body) < 20 {
		n.Damage("packet block of %d bytes", len(body))
		return false
	}
	units := uint64(n.order.Uint32(body[4:]))<<32 | uint64(n.order.Uint32(body[8:]))
	drops := n.order.Uint16(body[2:])
	if drops == unknownDrops {
		drops = 0
	}
	return n.packet(k, uint32(n.order.Uint16(body)), units, n.order.Uint32(body[12:]), n.order.Uint32(body[16:]), body[20:], uint64(drops))
}

// packet reads a packet. data is followed by options, and before it so many were lost.
func (n *ngFile) packet(k *Packet, iface uint32, units uint64, captured, wire uint32, data []byte, drops uint64) bool {
	if int64(captured) > int64(len(data)) {
		n.Damage("a packet of %d bytes in a block with room for %d", captured, len(data))
		captured = uint32(len(data))
	}
	k.Data = data[:captured:captured]
	k.Wire = max(int(wire), len(k.Data))
	if int64(iface) >= int64(len(n.interfaces)) {
		n.Damage("a packet of interface %d, which the file does not describe", iface)
		k.Link, k.Time, k.Interface = LinkUnknown, httpstream.Time{}, nil
		return true
	}
	i := n.interfaces[iface]
	k.Link, k.Time, k.Interface = i.Link, i.time(units), i
	options := data[min((int(captured)+3)&^3, len(data)):]
	if len(options) > 0 {
		drops += dropsIn(n.order, options)
	}
	if drops > 0 {
		i.before(drops)
	}
	if i.plainCopy != nil {
		k.PlainCopy = n.plainCopyIn(i, options)
	}
	return true
}

// simple does the same with a Simple Packet Block (section 4.4): no time, always interface 0, as
// long as that interface's snapshot length allows.
func (n *ngFile) simple(body []byte, k *Packet) bool {
	if len(body) < 4 {
		n.Damage("packet block of %d bytes", len(body))
		return false
	}
	wire := n.order.Uint32(body)
	data := body[4:]
	captured := min(int64(wire), int64(len(data)))
	k.Link, k.Time, k.Interface = LinkUnknown, httpstream.Time{}, nil
	if len(n.interfaces) == 0 {
		n.Damage("a packet of interface 0, which the file does not describe")
	} else {
		i := n.interfaces[0]
		k.Link, k.Interface = i.Link, i
		if i.snapLen > 0 {
			captured = min(captured, int64(i.snapLen))
		}
	}
	k.Data = data[:captured:captured]
	k.Wire = max(int(wire), len(k.Data))
	return true
}

// secrets reads a Decryption Secrets Block (section 4.7).
func (n *ngFile) secrets(order block.ByteOrder, body []byte) {
	if len(body) < 8 || order.Uint32(body) != ngTLSKeyLog {
		return
	}
	data := body[8:]
	if length := int64(order.Uint32(body[4:])); length < int64(len(data)) {
		data = data[:length]
	}
	n.KeyLog(data)
}
