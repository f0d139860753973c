package capture

import (
	"fmt"

	"negotrace/httpstream"
)

// Magic numbers of pcap files, as a reader of their own byte order sees them.
const (
	pcapMicro    = 0xa1b2c3d4
	pcapNano     = 0xa1b23c4d
	pcapModified = 0xa1b2cd34 // Alexey Kuznetzov's: microseconds, longer record headers
)

const (
	pcapFileHeader     = 24
	pcapRecord         = 16
	pcapModifiedRecord = 24
)

// A pcapFile reads packets of a pcap file. Neither the snapshot length in the file's
// header nor the order of a record's two lengths is believed: writers get both wrong.
type pcapFile struct {
	*packetFile
	order   byteOrder
	record  int   // length of a record header
	nanos   int64 // in one unit of a record's fraction of a second
	link    uint16
	swapped bool   // the two lengths stand the other way round
	last    uint32 // time of the packet before, in seconds
}

func isPcap(head []byte) bool {
	_, magic := pcapOrder(head)
	return magic != 0
}

// pcapOrder returns the byte order of a pcap file and its magic number; 0 if it is none.
func pcapOrder(head []byte) (byteOrder, uint32) {
	if len(head) < 4 {
		return littleEndian, 0
	}
	for _, order := range []byteOrder{littleEndian, bigEndian} {
		switch magic := order.Uint32(head); magic {
		case pcapMicro, pcapNano, pcapModified:
			return order, magic
		}
	}
	return littleEndian, 0
}

func openPcap(f *packetFile) (func(*packet) bool, error) {
	head, err := f.blocks.peek(pcapFileHeader)
	if err != nil {
		return nil, fmt.Errorf("pcap file is cut short in its header, after %d bytes", len(head))
	}
	p := &pcapFile{packetFile: f, record: pcapRecord, nanos: 1000}
	var magic uint32
	p.order, magic = pcapOrder(head)
	switch magic {
	case pcapNano:
		p.nanos = 1
	case pcapModified:
		p.record = pcapModifiedRecord
	}
	// libpcap wrote the lengths in the other order before version 2.3.
	major, minor := p.order.Uint16(head[4:]), p.order.Uint16(head[6:])
	p.swapped = major == 2 && minor < 3
	// The upper half of the field holds the length of frame check sequences, which the
	// length fields of IP leave out for us.
	p.link = uint16(p.order.Uint32(head[20:]))
	f.blocks.take(pcapFileHeader)
	f.blocks.trail = p.trail
	return p.next, nil
}

func (p *pcapFile) next(k *packet) bool {
	head, err := p.blocks.peek(p.record)
	if err != nil {
		return p.ended(err)
	}
	captured, wire := p.lengths(head)
	if captured > maxRecord {
		if err := p.resync(captured); err != nil {
			return p.ended(err)
		}
		return p.next(k)
	}
	p.last = p.order.Uint32(head)
	k.time = httpstream.UnixTime(int64(p.last), int64(p.order.Uint32(head[4:]))*p.nanos)
	n := p.record + int(captured)
	if head, err = p.blocks.peek(n); err != nil {
		return p.ended(err)
	}
	k.data = head[p.record:n:n]
	k.wire = max(int(wire), len(k.data))
	k.link = p.link
	p.blocks.take(n)
	return true
}

// trail is how records after the one at hand are found: for 18 hours the upper half of
// their seconds is the same.
func (p *pcapFile) trail() *trail {
	second := p.order.AppendUint32(nil, p.last)
	t := &trail{
		mark:   second[:2],
		begins: func(b []byte) bool { return p.follow(b, false) },
		order:  p.order,
		length: 8,
		beside: uint(p.record),
	}
	if p.order == littleEndian {
		t.mark, t.at = second[2:], 2
	}
	if p.swapped {
		t.length = 12
	}
	return t
}

// lengths reads the two lengths of a record header: as captured, and on the wire.
func (p *pcapFile) lengths(head []byte) (captured, wire uint32) {
	captured, wire = p.order.Uint32(head[8:]), p.order.Uint32(head[12:])
	if p.swapped {
		return wire, captured
	}
	return captured, wire
}
