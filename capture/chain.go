package capture

import (
	"time"

	"negotrace/capture/pcap"
	"negotrace/httpstream"
)

const (
	// The end of a file of a ring and the beginning of the next overlap by a few packets if the
	// capture is not quite in the order of time: by at most maxRingTime, and by at most
	// maxRingCount packets or one in maxRingShare.
	maxRingTime  = time.Second
	maxRingCount = 3
	maxRingShare = 8
)

// A chain is what was captured at one point: files that follow each other. The packets of
// a file are never put in another order, and no packet of a file comes before one of the
// file before it.
type chain struct {
	origin  int
	file    *timedFile
	count   int           // packets that were read from file
	ended   bool          // there are no more to be read from file
	next    pcap.Packet   // the next one to come
	more    bool          // there is a next one
	ahead   []pcap.Packet // what was read after next; copies
	waiting []*timedFile  // files to be read after this one
}

// read reads the next packet of the file, and reports whether there was one.
func (c *chain) read(k *pcap.Packet) bool {
	if c.file.file.next(k) {
		c.count++
		c.file.source.record.packet(k.Time)
		return true
	}
	c.ended = true
	c.file.file.close()
	return false
}

// endsBefore reports whether a chain ends where a file begins, so that this may be its
// continuation.
func (c *chain) endsBefore(begin httpstream.Time) bool {
	if len(c.waiting) > 0 {
		return false
	}
	c.readAhead(begin.Add(maxRingTime))
	if !c.ended {
		return false
	}
	late := 0
	for _, a := range c.ahead {
		if a.Time.After(begin) {
			late++
		}
	}
	if c.more && c.next.Time.After(begin) {
		late++
	}
	return late <= max(maxRingCount, c.count/maxRingShare)
}

// readAhead reads on to see whether the file ends before a time.
func (c *chain) readAhead(limit httpstream.Time) {
	if c.ended {
		return
	}
	c.next = clonePacket(&c.next)
	last, size := c.next.Time, 0
	for _, a := range c.ahead {
		last = a.Time
		size += len(a.Data)
	}
	for size < maxAhead && !last.After(limit) {
		var k pcap.Packet
		if !c.read(&k) {
			return
		}
		c.ahead = append(c.ahead, clonePacket(&k))
		last = k.Time
		size += len(k.Data)
	}
}

// commonPrefix returns how many bytes the names of a file and of the chain's last one have in
// common. If several chains could be continued, only the names decide.
func (c *chain) commonPrefix(f *timedFile) int {
	a, b := c.file.source.Name, f.source.Name
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
