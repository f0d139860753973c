package redact

import (
	"net/netip"

	"negotrace/capture/redact/message"
	"negotrace/httpstream"
)

// A flowKey identifies a connection. The lesser end stands first.
type flowKey struct {
	a, b   netip.AddrPort
	tunnel uint64
	origin int
}

// A conn is a connection.
type conn struct {
	key   flowKey
	sides [2]half // of segments from the lesser end, and to it
	connState
}

// A half is one direction of a connection. Places in it are counted from the first byte that
// was seen.
type half struct {
	*conn
	side      int // its index in sides
	started   bool
	isn       uint32 // of its SYN
	hasISN    bool
	next      uint32 // sequence number of what comes next
	at        int64  // place of the same byte
	done      int64  // place up to which all is rewritten
	unsure    int    // segments of the connection until it begins with what waits; see addFirst
	early     *half  // what came before the first byte that was seen; nil for nothing
	fin       uint32 // sequence number of its FIN
	hasFIN    bool
	answers   int    // segments of the connection until it goes on with what waits; see isEarly
	passed    uint32 // acknowledgment up to which nothing waits any more, if hasPassed
	hasPassed bool
	begun     beginning // the last segment with which a message may have begun

	*buffered                    // what is not rewritten yet; see Redactor.nothing
	retransmitted []piece        // the same bytes once more
	waiting       []piece        // behind a hole, in order
	waitingBytes  int            // bytes in waiting
	history       []historyRange // what was rewritten, up to done

	parser
}

// halfOf returns the direction of a connection that a segment belongs to.
func (r *Redactor) halfOf(s *httpstream.Segment, made bool) *half {
	key, side := flowKey{s.Src, s.Dst, s.Tunnel, s.Origin}, 0
	if s.Dst.Compare(s.Src) < 0 {
		key.a, key.b, side = s.Dst, s.Src, 1
	}
	c := r.flows[key]
	const syn, ack = 2, 16
	if c != nil && s.Flags&(syn|ack) == syn && c.sides[side].isNewConnection(s.Seq) {
		r.giveUpConn(c)
		c = nil
	}
	if c == nil {
		c = &conn{key: key}
		c.headed = message.ByPort(key.a.Port(), key.b.Port())
		c.made = made
		for i := range c.sides {
			c.sides[i].conn, c.sides[i].side, c.sides[i].buffered = c, i, r.nothing
		}
		r.flows[key] = c
		r.oldest = append(r.oldest, c)
		if len(r.oldest) > maxFlows {
			r.giveUpConn(r.oldest[0])
			if old := r.oldest[0]; r.flows[old.key] == old {
				delete(r.flows, old.key)
			}
			r.oldest = r.oldest[1:]
		}
	}
	return &c.sides[side]
}

// isNewConnection reports whether a SYN begins a new connection between the same ends. One that is
// captured late may lie in front of what came before it.
func (h *half) isNewConnection(seq uint32) bool {
	if h.hasISN || !h.started {
		return h.hasISN && h.isn != seq
	}
	ahead := int32(h.next-seq-1) - int32(h.at)
	return ahead < 0 || ahead > maxLateSYN
}
