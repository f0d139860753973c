package pcap

import "fmt"

const (
	// maxPlausiblePacket is more than any packet that is captured in one piece.
	maxPlausiblePacket = 256 << 10
	// maxPlausibleTime is how far apart, in seconds, the times of neighbouring packets may be if
	// everything else is in doubt.
	maxPlausibleTime = 24 * 3600
	// plausibleRecords is how many consecutive records are needed to believe them.
	plausibleRecords = 3
)

// resync notes damage and goes on to the next place where records follow each other.
func (p *pcapFile) resync(captured uint32) error {
	return p.SkipDamage(fmt.Sprintf("damaged record header: a packet of %d bytes", captured), p.record, p.follow)
}

// follow reports whether records follow each other from here: as many as are asked for, or all up
// to the end of the file. b is what is known of the file, all of it if ends is set.
func (p *pcapFile) follow(b []byte, ends bool) bool {
	for i := range plausibleRecords {
		if len(b) < p.record {
			return i > 0 && ends && len(b) == 0
		}
		n, ok := p.plausible(b)
		if !ok || n > len(b) {
			return false
		}
		b = b[n:]
	}
	return true
}

// plausible reports whether a record header may begin here, and how long the record is.
func (p *pcapFile) plausible(b []byte) (n int, ok bool) {
	sec, fraction := p.order.Uint32(b), int64(p.order.Uint32(b[4:]))
	captured, wire := p.lengths(b)
	away := int64(sec) - int64(p.last)
	return p.record + int(captured), captured > 0 && captured <= maxPlausiblePacket && captured <= wire &&
		fraction*p.nanos < 1e9 && (p.last == 0 || away > -maxPlausibleTime && away < maxPlausibleTime)
}
