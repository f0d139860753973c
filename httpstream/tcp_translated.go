package httpstream

import (
	"hash/maphash"
	"net/netip"
)

// A router that translates addresses and ports (NAT, RFC 3022) forwards all else of a segment. A
// capture of both of its sides shows each segment twice. Both are one connection here, between the
// addresses that come first, if their first data have the same bytes and numbers of both ends at the
// same time, and a router has made the TTL of one smaller; or if both ends begin with the same numbers,
// and the answer to one SYN comes within that to the other.

// Translated is the two ends of a connection on another side of a router that translates addresses.
type Translated struct {
	Client netip.AddrPort `json:"client"`
	Server netip.AddrPort `json:"server"`
}

// leastRandom is what an end's number reaches, but for one in 65536, since it begins at random (RFC 9293
// section 3.4.1). What generates load or captures begins all with one small number: that is no proof.
const leastRandom = 1 << 16

// recent are the segments that came last of those with which flows began, or first sent data.
type recent struct {
	seq [maxTranslating]uint32
	of  [maxTranslating]struct {
		key    flowKey // of the flow, which may be another one by now, or at rest
		stream int
		half   direction
		ack    uint32
		at     Time
		ttl    uint8
		sum    uint64 // of the data
	}
	n int // so far
}

// add adds a segment of half d of a flow, and sum, that of its data.
func (r *recent) add(f *flow, d direction, s *Segment, sum uint64) {
	i := r.n % maxTranslating
	k := &r.of[i]
	r.seq[i], k.key, k.stream, k.half, k.ack, k.at, k.ttl, k.sum = s.Seq, f.key, f.stream, d, s.Ack, s.At.Time, s.TTL, sum
	r.n++
}

// findRecent returns the flow of which f may be a part, by a segment with that sum of its data, and the half
// that the segment belongs to there; nil if there is none.
func (a *Assembler) findRecent(f *flow, s *Segment, sum uint64) (*flow, direction) {
	if s.Seq < leastRandom || s.Flags&FlagACK != 0 && s.Ack < leastRandom {
		return nil, 0
	}
	for i, seq := range a.recent.seq {
		k := &a.recent.of[i]
		if seq != s.Seq || k.sum != sum || k.at.Sub(s.At.Time).Abs() >= synRetry || s.TTL == 0 || sum != 0 && (k.ack != s.Ack || k.ttl == s.TTL) {
			continue
		}
		if k.key == f.key || k.key.origin != f.key.origin {
			continue
		}
		if o := a.lookUp(&k.key); o != nil && o.stream == k.stream && !o.isAlias && !o.isPlainCopy() {
			return o, k.half
		}
	}
	return nil, 0
}

// noteSYN notes a flow that begins with a SYN at the one of which it may be a part: that shows when both
// are answered, since a scanner begins all with one number.
func (a *Assembler) noteSYN(f *flow, d direction, s *Segment) {
	if o, _ := a.findRecent(f, s, 0); o != nil && o.sawSYN && !o.sawReply && s.TTL <= o.half[o.client].ttl {
		o.forwarded = &flowName{f.key, f.conn.number}
	}
	a.recent.add(f, d, s, 0)
}

// joinForwarded makes f.forwarded a part of f when a SYN of f answers the other one, if both ends gave it the
// numbers that they gave f.
func (a *Assembler) joinForwarded(f *flow, s *Segment) {
	name := f.forwarded
	if name == nil || s.Flags&FlagACK == 0 {
		return
	}
	f.forwarded = nil
	o := a.lookUp(&name.key)
	if o == nil || o.conn == nil || o.conn.number != name.number || !o.sawSYN || !o.sawReply || !o.isFresh() {
		return
	}
	for side := range Side(2) {
		if x, y := &f.half[f.from(side)], &o.half[o.from(side)]; !x.begun || !y.begun || x.base != y.base {
			return
		}
	}
	a.join(f, o, o.client^f.client)
}

// speaks takes the first data of a flow. It returns the flow that they are of, and which half: another
// one if f is a part of that.
func (a *Assembler) speaks(f *flow, d direction, s *Segment) (*flow, direction) {
	f.spoke = true
	if s.TTL == 0 || s.PlainCopy != nil || f.isPlainCopy() {
		return f, d
	}
	sum := maphash.Bytes(a.flows.seed, s.Payload) | 1
	if o, half := a.findRecent(f, s, sum); o != nil && o.spoke && f.isFresh() && o.aliases+f.aliases < maxTranslations {
		a.join(o, f, half^d)
		return o, half
	}
	a.recent.add(f, d, s, sum)
	return f, d
}

// isFresh reports whether nothing of a flow was read yet.
func (f *flow) isFresh() bool {
	return f.conn != nil && f.conn.Bytes == [2]int64{} && f.conn.Ending == Open && f.reader == nil && f.successor == nil &&
		f.doubts == nil && f.probe == nil && f.half[0].queue == nil && f.half[1].queue == nil
}

// join makes flow o a part of f, and its first direction that one of f.
func (a *Assembler) join(f, o *flow, first direction) {
	a.counters.Connections--
	if o.opening != nil {
		a.forgetOpening(o)
	}
	a.forgetTunnel(o)
	o.leaveList()
	a.last.flow = nil
	if c := f.conn; c != nil {
		ends := Translated{o.conn.Client, o.conn.Server}
		if first != o.client^f.client {
			ends.Client, ends.Server = ends.Server, ends.Client
		}
		c.Translated = append(append(c.Translated, ends), o.conn.Translated...)
	}
	f.takeAlias(o, first)
}

// takeAlias makes another flow and its aliases aliases of f, and the first direction of o that one of f.
func (f *flow) takeAlias(o *flow, first direction) {
	next := o.alias
	*o = flow{key: o.key, stream: o.stream, isAlias: true, alias: f, first: first, links: links[flow]{next: f.alias}}
	f.alias = o
	f.aliases++
	for next != nil {
		o, next = next, next.next
		o.alias, o.next, o.first = f, f.alias, o.first^first
		f.alias = o
		f.aliases++
	}
}

// forgetAliases removes the aliases of a flow.
func (a *Assembler) forgetAliases(f *flow) {
	for o := f.alias; o != nil; o = f.alias {
		f.alias = o.next
		a.flows.remove(o)
		*o = flow{}
		a.shared.pools.flows.put(o)
	}
}
