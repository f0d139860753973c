package block

// What tests outside of the package look at: those that need package pcap.
const (
	Walkers     = walkers
	PrefetchLen = prefetchLen
	TCPOffset   = tcpOffset
)

// Find is find.
func (p *RecordPattern) Find(b []byte, from int) int { return p.find(b, from) }

// Prefetch is prefetch.
func (p *RecordPattern) Prefetch(b []byte) (walked int) { return p.prefetch(b) }
