package pcap

import (
	"fmt"

	"negotrace/capture/block"
	"negotrace/httpstream"
)

// Magic numbers of pcap files, as a reader of their own byte order sees them.
const (
	pcapMicro    = 0xa1b2c3d4
	pcapNano     = 0xa1b23c4d
	pcapModified = 0xa1b2cd34 // Alexey Kuznetzov's: microseconds, longer record headers
	pcapIxiaHard = 0x1c0001ac // of Ixia, by the clock of the card, and
	pcapIxiaSoft = 0x1c0001ab // by that of the program: microseconds, a longer file header
)

const (
	pcapFileHeader     = 24
	pcapIxiaLength     = 4 // of all records, behind the header of Ixia
	pcapRecord         = 16
	pcapModifiedRecord = 24
)

// A pcapFile reads packets of a pcap file. It trusts neither the snapshot length in the file's
// header nor the order of a record's two lengths: writers get both wrong.
type pcapFile struct {
	*File
	order   block.ByteOrder
	magic   uint32
	record  int   // length of a record header
	nanos   int64 // in one unit of a record's fraction of a second
	iface   *Interface
	swapped bool   // the two lengths stand the other way round
	last    uint32 // time of the packet before, in seconds
}

// IsPcap reports whether a file that begins with head is in pcap format
// (draft-ietf-opsawg-pcap).
func IsPcap(head []byte) bool {
	_, magic := pcapOrder(head)
	return magic != 0
}

// pcapOrder returns the byte order of a pcap file and its magic number; 0 if it is none.
func pcapOrder(head []byte) (block.ByteOrder, uint32) {
	if len(head) < 4 {
		return block.LittleEndian, 0
	}
	for _, order := range []block.ByteOrder{block.LittleEndian, block.BigEndian} {
		switch magic := order.Uint32(head); magic {
		case pcapMicro, pcapNano, pcapModified, pcapIxiaHard, pcapIxiaSoft:
			return order, magic
		}
	}
	return block.LittleEndian, 0
}

// OpenPcap begins reading a pcap file. The error is of a file that is cut in its header.
func OpenPcap(f *File) (Next, error) {
	head, err := f.Blocks.Peek(pcapFileHeader)
	if err != nil {
		return nil, fmt.Errorf("pcap file is cut short in its header, after %d bytes", len(head))
	}
	p := &pcapFile{File: f, record: pcapRecord, nanos: 1000}
	p.order, p.magic = pcapOrder(head)
	size := pcapFileHeader
	switch p.magic {
	case pcapIxiaHard, pcapIxiaSoft:
		size += pcapIxiaLength
		if head, err = f.Blocks.Peek(size); err != nil {
			return nil, fmt.Errorf("pcap file is cut short in its header, after %d bytes", len(head))
		}
	case pcapNano:
		p.nanos = 1
	case pcapModified:
		p.record = pcapModifiedRecord
	}
	// libpcap wrote the lengths in the other order before version 2.3.
	major, minor := p.order.Uint16(head[4:]), p.order.Uint16(head[6:])
	p.swapped = major == 2 && minor < 3
	// The upper half of the field holds the length of frame check sequences. They are not needed:
	// the length fields of IP exclude them.
	p.iface = &Interface{Link: LinkType(p.order.Uint32(head[20:])), Digits: 6}
	if p.nanos == 1 {
		p.iface.Digits = 9
	}
	p.aix(major, minor)
	f.Blocks.Take(size)
	p.measure(int64(size))
	return p.next, nil
}

func (p *pcapFile) next(k *Packet) bool {
	head, err := p.Blocks.Peek(p.record)
	if err != nil {
		return p.End(err)
	}
	if p.order.Uint32(head) == p.magic && p.begun(head) {
		return p.next(k)
	}
	captured, wire := p.lengths(head)
	if captured > block.MaxRecord {
		if err := p.resync(captured); err != nil {
			return p.End(err)
		}
		return p.next(k)
	}
	p.last = p.order.Uint32(head)
	k.Time = httpstream.UnixTime(int64(p.last), int64(p.order.Uint32(head[4:]))*p.nanos)
	n := p.record + int(captured)
	if head, err = p.Blocks.Peek(n); err != nil {
		return p.End(err)
	}
	k.Data = head[p.record:n:n]
	k.Wire = max(int(wire), len(k.Data))
	k.Link, k.Interface = p.iface.Link, p.iface
	p.Blocks.Take(n)
	return true
}

// lengths reads the two lengths of a record header: as captured, and on the wire.
func (p *pcapFile) lengths(head []byte) (captured, wire uint32) {
	captured, wire = p.order.Uint32(head[8:]), p.order.Uint32(head[12:])
	if p.swapped {
		return wire, captured
	}
	return captured, wire
}
