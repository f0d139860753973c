package httpstream

import (
	"bytes"
	"cmp"
	"net/netip"
	"slices"
)

// A flowKey names a 4-tuple at a capture point, in whichever direction.
type flowKey struct {
	addr   [2][16]byte
	port   [2]uint16
	origin int32
	tunnel uint64
}

// keyOf returns the key of a segment and its direction.
func keyOf(s *Segment) (k flowKey, d direction) {
	k = flowKey{origin: int32(s.Origin), tunnel: s.Tunnel}
	src, dst := s.Src.Addr().As16(), s.Dst.Addr().As16()
	c := bytes.Compare(src[:], dst[:])
	if c > 0 || c == 0 && s.Src.Port() > s.Dst.Port() {
		d = 1
	}
	k.addr[d], k.addr[d.other()] = src, dst
	k.port[d], k.port[d.other()] = s.Src.Port(), s.Dst.Port()
	return k, d
}

// end returns one of the two ends.
func (k *flowKey) end(i direction) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom16(k.addr[i]).Unmap(), k.port[i])
}

// A flow is a TCP connection in the table of an Assembler. After its end it stays for
// a while without conn and reader.
type flow struct {
	key    flowKey
	conn   *Conn
	reader reader // nil until there is something to read, and between messages of HTTP/1
	stream int

	client      direction // in which the client sends
	clientKnown bool      // client is certain
	sawSYN      bool      // the client's SYN was seen
	sawReply    bool      // the server sent something other than a RST
	isAlias     bool      // all else is in the flow alias
	first       direction // of an alias: which one there is its first
	aliases     uint8     // how many there are of this flow
	spoke       bool      // a segment with data came
	settled     bool      // where it begins is certain, or will not become more so
	challenged  bool      // the SYN came to an earlier connection, whose end goes on
	reset       bool      // by a RST that may not have been taken, see afterReset
	resetBy     direction // in which it came
	resetSeq    uint32

	list *flowList
	links[flow]
	lastUsed uint64
	half     [2]half // by direction

	closed     Time
	probe      *probe       // see mayBeProbe
	doubts     *[2]*doubt   // what is held back of each half; nil if nothing is
	successor  *successor   // see isForeign
	renumbered *renumbering // nil but where there are two sets of numbers
	opening    *opening     // what is held of its beginning, see opens
	alias      *flow        // its first alias, see oneConnection and join; the others follow by next
	forwarded  *flowName    // what may be a part of it, see noteSYN
}

// A flowName finds a flow whether it rests or not, and no other one that came in its place.
type flowName struct {
	key    flowKey
	number uint64 // of its Conn
}

// side returns who sends in a direction.
func (f *flow) side(d direction) Side { return Side(d ^ f.client) }

// from returns the direction in which a side sends.
func (f *flow) from(s Side) direction { return direction(s) ^ f.client }

// findClient decides which side is the client of a connection whose SYN was not seen, by
// the first bytes that show it.
func (f *flow) findClient(d direction, b []byte, sh *shared) {
	if f.conn.HTTP || f.conn.TLS != nil {
		f.clientKnown = true
		return
	}
	side, known := likelySide(b)
	if !known {
		return
	}
	f.clientKnown = true
	if f.side(d) == side {
		return
	}
	c := f.conn
	f.dropReader()
	f.client ^= 1
	c.swapEnds()
	c.Bytes[0], c.Bytes[1] = c.Bytes[1], c.Bytes[0]
	c.Lost[0], c.Lost[1] = c.Lost[1], c.Lost[0]
	c.Unread[0], c.Unread[1] = c.Unread[1], c.Unread[0]
	c.EndedBy = c.EndedBy.Other()
	for d := range direction(2) {
		if f.half[d].ended {
			f.read(sh).end(f.side(d), &c.End)
		}
	}
}

// dropReader drops a reader that took the client for the server. What it holds is held no longer.
func (f *flow) dropReader() {
	switch r := f.reader.(type) {
	case nil:
	case *sniffer:
		r.forget()
	default: // of HTTP/2 whose preface came in parts
		for d := range direction(2) {
			if !f.half[d].ended {
				r.end(f.side(d), &f.conn.End)
			}
		}
	}
	f.reader = nil
}

// read returns the reader of a flow.
func (f *flow) read(sh *shared) reader {
	switch {
	case f.reader != nil:
	case f.conn.HTTP:
		f.reader = newHTTP1(sh, f.conn, [2]bool{})
	default:
		f.reader = sh.sniff(f.conn)
	}
	return f.reader
}

// settleReader replaces a reader by that which it found, and drops one without state: most
// connections are idle most of the time.
func (f *flow) settleReader(sh *shared) {
	if k, is := f.reader.(*aheadReader); is {
		if k.reader = sh.settled(k.reader); !k.isEmpty() || k.side[Client].over || k.side[Server].over {
			return
		}
		f.reader = k.reader
	}
	f.reader = sh.settled(f.reader)
	if r, ok := f.reader.(*http1); ok && r.idle() {
		f.reader = nil
		r.recycle()
	}
}

// settled returns what a sniffer found in place of it, and discard in place of a reader of TLS that has
// nothing left to do.
func (sh *shared) settled(r reader) reader {
	if s, ok := r.(*sniffer); ok && s.next != nil {
		r = s.next
		s.forget()
		*s = sniffer{}
		sh.pools.sniffers.put(s)
	}
	if t, ok := r.(*tlsReader); ok && t.closed && t.inner == nil && !t.asked {
		t.recycle()
		r = discard{}
	}
	return r
}

// guessClient takes the side with the lower port for the server, while nothing better is known.
func guessClient(src, dst netip.AddrPort, d direction) (client direction) {
	if dst.Port() <= src.Port() {
		return d
	}
	return d.other()
}

// reportable reports whether a connection goes to the Sink: what it carried is of interest,
// or that it carried nothing.
func reportable(c *Conn) bool {
	return c.HTTP || c.Bytes == [2]int64{} || c.TLS != nil || c.SYNOnly || c.HasKerberosPort()
}

// A flowList is a list of flows, the one used longest ago first.
type flowList struct {
	list[flow, *flow]
	at *flow // where restIdle looks next; nil for the first one
}

// moveTo puts a flow last into a list, and takes it out of that which it is in.
func (f *flow) moveTo(l *flowList) {
	f.leaveList()
	f.list = l
	l.push(f)
}

// leaveList takes a flow out of its list, if it is in one.
func (f *flow) leaveList() {
	if f.list == nil {
		return
	}
	if f.list.at == f {
		f.list.at = f.next
	}
	f.list.remove(f)
	f.list = nil
}

// An openFlow is one that is open where a capture ends.
type openFlow struct {
	endOrder
	flow *flow
}

// inOrder returns those flows of the lists that are asked for, in the order in which they end.
func inOrder(which func(*flow) bool, lists ...*flowList) []openFlow {
	var all []openFlow
	for _, l := range lists {
		for f := l.first; f != nil; f = f.next {
			if which(f) {
				all = append(all, openFlow{endOrder{f.key.origin, f.stream, f.conn.number}, f})
			}
		}
	}
	slices.SortFunc(all, func(a, b openFlow) int { return a.compare(b.endOrder) })
	return all
}

// An endOrder is when a flow ends, of those that are open where a capture ends.
type endOrder struct {
	origin int32
	stream int
	conn   uint64 // of several in one stream the one that began first
}

func (o endOrder) compare(p endOrder) int {
	return cmp.Or(cmp.Compare(o.origin, p.origin), cmp.Compare(o.stream, p.stream), cmp.Compare(o.conn, p.conn))
}
