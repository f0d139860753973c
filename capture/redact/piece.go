package redact

// A piece is a part of a direction that lies in a packet.
type piece struct {
	p   *packet
	at  int64
	b   []byte
	ack uint32 // what its sender had received, if isAcking
	// isAcking is set where it may wait for what it answers.
	isAcking bool
	isRest   bool // of a segment whose beginning came before
	// contradicts is what it is a copy of with other bytes, nil for nothing.
	contradicts *beginning
}

func (x *piece) end() int64 { return x.at + int64(len(x.b)) }

// takeUpTo takes from x what lies in front of a place, and returns it.
func (x *piece) takeUpTo(place int64) piece {
	taken, n := *x, min(int64(len(x.b)), place-x.at)
	taken.b = x.b[:n]
	x.at, x.b, x.isRest = x.at+n, x.b[n:], x.isRest || n > 0
	return taken
}

// rewrote notes that a piece was rewritten.
func (x *piece) rewrote() { x.p.rewrote() }
