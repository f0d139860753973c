package pcap

// Variants of pcap that some programs have written.

// aixLinks are the link types that AIX writes, by its interface numbers (ifType of RFC 1573),
// which differ from the registry. No other program wrote them with version 2.2.
var aixLinks = map[LinkType]LinkType{
	6:  1,  // Ethernet
	9:  6,  // Token Ring
	15: 10, // FDDI
	24: 0,  // loopback
}

// aix reads the header of AIX: its link types, and times in nanoseconds.
func (p *pcapFile) aix(major, minor uint16) {
	link, known := aixLinks[p.iface.Link]
	if major != 2 || minor != 2 || !known {
		return
	}
	p.iface.Link, p.iface.Digits, p.nanos = link, 9, 1
}

// longer is how much longer the headers of records are than their magic number says, in files of
// Nokia's firewalls and of SuSE with Alexey Kuznetzov's number.
const longer = 4

// measure finds out the length of record headers, if the file can be read at any place: only with
// the right length do records follow each other.
func (p *pcapFile) measure(at int64) {
	if p.At == nil || p.chained(at, p.record) || !p.chained(at, p.record+longer) {
		return
	}
	p.record += longer
}

// chained reports whether records with headers of that length follow each other from a place on.
func (p *pcapFile) chained(at int64, record int) bool {
	q := &pcapFile{order: p.order, record: record, nanos: p.nanos, swapped: p.swapped}
	head := make([]byte, record)
	for i := range plausibleRecords {
		if _, err := p.At.ReadAt(head, at); err != nil {
			return i > 0 && at == p.Size
		}
		n, ok := q.plausible(head)
		if !ok {
			return false
		}
		q.last = p.order.Uint32(head)
		at += int64(n)
	}
	return true
}

// begun takes the header of another file in place of a record, where files were joined end to end,
// and reports whether there is one.
func (p *pcapFile) begun(head []byte) bool {
	if p.order.Uint32(head) != p.magic || p.order.Uint16(head[4:]) != 2 || p.order.Uint16(head[6:]) != 4 {
		return false
	}
	head, err := p.Blocks.Peek(pcapFileHeader)
	if err != nil {
		return false
	}
	if link := LinkType(p.order.Uint32(head[20:])); link != p.iface.Link {
		p.iface = &Interface{Link: link, Digits: p.iface.Digits}
	}
	p.Blocks.Take(pcapFileHeader)
	return true
}
