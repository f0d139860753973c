package analysis

// A Sink takes results as soon as they are final, all of them, before any limit of how many
// a Report lists. Its functions are called one at a time, in an order that depends on the
// capture alone: of each part of the capture its exchanges with KDCs, then each handshake,
// in the order of their IDs, with what was found on it directly after it, then what was
// found on no handshake. What is nil is not called.
//
// A finding comes as often as it was made, with a Count of 1; a Report merges those that
// say the same. Whoever keeps what a Sink was given must expect it to change: requests that
// follow later on the connection of a handshake are still counted in it, and equal findings
// in the first of them.
type Sink struct {
	DNS       func(*Lookup) // an answer of a name server, when it is read, whatever a Filter is for
	KDC       func(*KDCExchange)
	Handshake func(*Handshake)
	Finding   func(*Finding)
	// Provisional is called while a capture is followed, with a handshake that is not final
	// and what was found on it so far: soon after it has ended, or when nothing comes any
	// more. It comes before the handshake itself, which has the same ID, and again where the
	// handshake went on meanwhile. The handshake is nil for what was found on none. These
	// findings have no ID.
	Provisional func(*Handshake, []*Finding)
	// Flush is called when all was given that is final now: after each part of the capture,
	// and while a capture is followed as often as nothing more comes.
	Flush func()
}
