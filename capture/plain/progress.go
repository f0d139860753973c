package plain

import "negotrace/httpstream"

// What a packet that is made acknowledges is what the packet that carried the same content did. By
// that it shows which request a response answers, where packets are out of order or lost.

// maxMarks bounds how far back acknowledgments are looked up.
const maxMarks = 256

// A progress says how far one side had come, in the numbers of the original connection and of the
// one that is made.
type progress []mark

// A mark is a part: what its sender had sent before it in the original, and the sequence numbers at
// which it begins and ends.
type mark struct {
	sent        int64
	first, next uint32
}

// A received is the sequence number up to which the sender of a packet has got what the other side
// sent.
type received struct {
	isKnown bool
	next    uint32
}

// note notes a part.
func (p *progress) note(part *httpstream.Part, first, next uint32) {
	if part.Sent < 0 || first == next {
		return
	}
	if n := len(*p); n > 0 && (*p)[n-1].sent == part.Sent {
		(*p)[n-1].next = next
		return
	}
	if len(*p) == maxMarks {
		*p = append((*p)[:0], (*p)[maxMarks/2:]...)
	}
	*p = append(*p, mark{part.Sent, first, next})
}

// receivedWith returns how much of a side, which has come up to next, had been received by who sent
// a part of the other side. One that is ahead had got at least a byte more.
func (p progress) receivedWith(part *httpstream.Part, next uint32) received {
	switch {
	case part.IsAhead:
		return received{true, next + 1}
	case part.Received < 0 || len(p) == 0:
		return received{}
	}
	for i := len(p) - 1; i >= 0; i-- {
		if p[i].sent < part.Received {
			return received{true, p[i].next}
		}
	}
	return received{true, p[0].first}
}
