package httpstream

// The limits, which follow and are in tcp_limits.go, http_limits.go and tls_limits.go, bound everything that an
// Assembler holds, so that memory depends neither on the length of a capture nor on the good will of its maker. What a
// limit drops is counted in Counters.Dropped under its name.
const (
	// maxHeld bounds what waits on all connections together, segments, unfinished heads and
	// requests without a response. What it takes to keep something counts, too: a segment
	// that waits (heldSegment), a piece of one in a queue (heldPiece), an exchange besides
	// its lines (heldExchange), a tunnel inside of a connection (heldTunnel), a segment
	// that waits for its answer (heldArrival), the readers of HTTP/2 (heldHTTP2) and of TLS that is
	// not closed (heldTLS), each of these three with its connection, which cannot rest, an entry of
	// the tables of HTTP/2 (heldEntry), and a connection that cannot rest since something is in its
	// queue (heldQueue).
	maxHeld     = 32 << 20
	heldDropped = "bytes held for unfinished messages"

	heldSegment  = 256
	heldPiece    = 128
	heldExchange = 512
	heldTunnel   = 7 << 8
	heldArrival  = 96
	heldHTTP2    = 3 << 9
	heldTLS      = 3 << 9
	heldEntry    = 192
	heldQueue    = 512

	// maxUnreadPorts is how many ports are counted one by one whose connections are not read.
	maxUnreadPorts = 64

	// maxReasons is how many reasons are counted one by one why packets could not be decoded.
	maxReasons = 64

	// maxNotes is how many notes one exchange has; the last one says that there are more.
	maxNotes = 16
)
