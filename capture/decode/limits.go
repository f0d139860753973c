package decode

import "time"

// What the decoder holds is bounded here, so that memory depends neither on the size of a
// file nor on the good will of its maker. What is lost by a limit is counted.
const (
	// maxDepth is how many tunnels and tags inside each other are followed: twice as many as
	// were ever seen.
	maxDepth = 8
	// maxDatagram is the longest IP packet there is.
	maxDatagram = 64 << 10
	// maxFragments is how many bytes are kept of all datagrams that are incomplete, and
	// datagramCost what one takes besides its bytes.
	maxFragments = 4 << 20
	datagramCost = 512
	// wholeFragments is how many datagrams are kept that were put together, to know their
	// fragments again: a copy comes at once.
	wholeFragments = 8
	// maxFragmentAge is how long a datagram waits for its rest. Hosts wait for 15 s (RFC 791
	// section 3.2) to 60 s (RFC 8200 section 4.5).
	maxFragmentAge = 30 * time.Second
	// maxPDUFlows is of how many directions of connections in exported PDUs it is known how
	// many bytes came.
	maxPDUFlows = 64 << 10
	// maxUnreadPorts is how many ports are counted by number that nobody looks into, and
	// maxUnreadProtocols how many protocols are named of one.
	maxUnreadPorts     = 64
	maxUnreadProtocols = 3
)
