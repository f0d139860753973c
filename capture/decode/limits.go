package decode

import "time"

// Limits of what is held in memory, so that it depends neither on the size of a file nor on who
// made it. What a limit leaves out is counted.
const (
	// maxDepth is how many nested tunnels and tags are decoded: twice as many as were ever seen.
	maxDepth = 8
	// maxDatagram is the longest possible IP packet.
	maxDatagram = 64 << 10
	// maxFragments is how many bytes of all incomplete datagrams are kept. datagramCost is the
	// memory of a datagram besides its bytes.
	maxFragments = 4 << 20
	datagramCost = 512
	// wholeFragments is how many completed datagrams are kept, to recognise copies of their
	// fragments. A copy comes at once.
	wholeFragments = 8
	// maxFragmentAge is how long a datagram waits for its missing fragments. Hosts wait for 15 s
	// (RFC 791 section 3.2) to 60 s (RFC 8200 section 4.5).
	maxFragmentAge = 30 * time.Second
	// maxPDUFlows is for how many directions of connections in exported PDUs the number of bytes
	// is kept.
	maxPDUFlows = 64 << 10
	// maxUnreadPorts is how many ports that are not read are counted by number, and
	// maxUnreadProtocols how many protocols of one of these are named.
	maxUnreadPorts     = 64
	maxUnreadProtocols = 3
	// maxHTTP3Clients is how many clients are known that got something from a port of HTTP/3.
	maxHTTP3Clients = 64 << 10
)
