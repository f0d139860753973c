package capture

import "time"

// What reading holds is bounded here and nowhere else in this package, so that memory
// depends neither on the size of a file nor on the good will of its maker. What is lost
// by a limit is counted in the Counters, noted as damage, or an error.

// Packet files.
const (
	// maxRecord is the longest record that is taken in one piece. The longest packets in
	// the wild are those of segmentation offload, below 1 MiB, the longest records the key
	// logs of long sessions.
	maxRecord = 16 << 20
	// maxInterfaces is how many interfaces of a pcapng section are known, far more than
	// any host has.
	maxInterfaces = 1 << 16
	// maxAhead is how many bytes are read ahead to find the end of a file of a ring.
	maxAhead = 8 << 20
	// maxNotes is how many places of damage are listed.
	maxNotes = 100
)

// Packets.
const (
	// maxDepth is how many tunnels inside each other are followed.
	maxDepth = 4
	// maxDatagram is the longest IP packet there is, and maxFragments what is kept of all
	// whose fragments are not all there. Hosts wait for the rest for 15 s (RFC 791 section
	// 3.2) to 60 s (RFC 8200 section 4.5); fragmentTimeout is between.
	maxDatagram     = 64 << 10
	maxFragments    = 4 << 20
	fragmentTimeout = 30 * time.Second
)

// Compressed files.
const (
	// maxWindow is the longest distance over which a zstd stream may refer back, and so
	// the memory that it takes to unpack it: what `zstd --long` needs without a number.
	maxWindow = 128 << 20
	// A stream that unpacks to more than bombSize and more than bombRatio times its own
	// length is no capture: those have new bytes in each packet.
	bombSize  = 64 << 20
	bombRatio = 250
)
