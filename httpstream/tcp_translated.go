package httpstream

import (
	"bytes"
	"net/netip"
)

// A router that translates addresses and ports (NAT, RFC 3022) forwards all else of a segment. A
// capture of both of its sides shows each segment twice. Both are one connection here, between the
// addresses that come first, if both ends begin with the same numbers at the same time, and a router
// has made the TTL of the copy smaller; or it comes before the answer to the SYN.

// Translated is the two ends of a connection on another side of a router that translates addresses.
type Translated struct {
	Client netip.AddrPort `json:"client"`
	Server netip.AddrPort `json:"server"`
}

// recent are the flows that began last.
type recent struct {
	seq [maxTranslating]uint32 // of their first segments
	of  [maxTranslating]struct {
		flow *flow // which may be another one by now
		at   Time
		ttl  uint8
	}
	n int // so far
}

// add adds a flow that begins with a segment.
func (r *recent) add(f *flow, s *Segment) {
	if f.sawSYN {
		f.original = r.find(s, func(o *flow) bool { return o.sawSYN && o.half[o.client].base == s.Seq && o.forwarded == nil })
		if f.original != nil {
			f.original.forwarded = f
		}
	}
	i := r.n % maxTranslating
	r.seq[i] = s.Seq
	r.of[i].flow, r.of[i].at, r.of[i].ttl = f, s.At.Time, s.TTL
	r.n++
}

// find returns the flow whose first segment may be one that is now on another side of a router.
func (r *recent) find(s *Segment, is func(*flow) bool) *flow {
	for i, seq := range r.seq {
		if seq != s.Seq || s.TTL == 0 || s.PlainCopy != nil {
			continue
		}
		k := &r.of[i]
		if k.at.Sub(s.At.Time).Abs() < synRetry && k.flow.key.origin == int32(s.Origin) && k.flow.aliases < maxTranslations &&
			!k.flow.isAlias && !k.flow.isPlainCopy() && is(k.flow) {
			return k.flow
		}
	}
	return nil
}

// joinForwarded makes flow o a part of f, if both ends gave it the numbers that they gave f. within is
// set if o was answered before f, as it is behind a router; else the TTL must show that there is one.
func (a *Assembler) joinForwarded(f, o *flow, within bool) {
	if f == nil || o == nil || !o.isOpened() || f.aliases+o.aliases >= maxTranslations {
		return
	}
	for side := range 2 {
		x, y := &f.half[side^int(f.client)], &o.half[side^int(o.client)]
		if !x.begun || !y.begun || x.base != y.base || !within && x.ttl == y.ttl {
			return
		}
	}
	a.counters.Connections--
	a.forgetTunnel(o)
	o.list.remove(o)
	a.last.flow = nil
	if f.conn != nil {
		f.conn.Translated = append(append(f.conn.Translated, Translated{o.conn.Client, o.conn.Server}), o.conn.Translated...)
	}
	f.takeAlias(o, o.client != f.client)
}

// isOpened reports whether a flow was opened by a SYN and its answer, and nothing came since.
func (f *flow) isOpened() bool {
	return f.conn != nil && f.sawSYN && f.sawReply && f.conn.Bytes == [2]int64{} && f.conn.Ending == Open &&
		f.reader == nil && f.opening == nil && f.successor == nil && f.half[0].queue == nil && f.half[1].queue == nil
}

// translated returns the flow that began, without its SYN, with a segment of which s is a copy, and
// the half that it belongs to; nil if there is none. Scanners send segments without data like one
// another.
func (a *Assembler) translated(k flowKey, d int, s *Segment) (f *flow, half int) {
	if len(s.Payload) == 0 {
		return nil, 0
	}
	f = a.recent.find(s, func(f *flow) bool {
		if f.opening == nil {
			return false
		}
		first := &f.opening.held[0]
		return first.Ack == s.Ack && first.Flags == s.Flags && first.Missing == s.Missing && bytes.Equal(first.Payload, s.Payload) &&
			first.TTL != s.TTL
	})
	if f == nil {
		return nil, 0
	}
	half = f.opening.held[0].half
	ends := Translated{s.Src, s.Dst}
	if half != int(f.client) {
		ends = Translated{s.Dst, s.Src}
	}
	f.conn.Translated = append(f.conn.Translated, ends)
	o := a.shared.pools.flows.take()
	o.key, o.stream = k, a.streams
	a.streams++
	a.flows.add(o)
	f.takeAlias(o, half != d)
	return f, half
}

// takeAlias makes another flow and its aliases aliases of f. swapped is set if what is one half of it
// is the other one of f.
func (f *flow) takeAlias(o *flow, swapped bool) {
	next := o.alias
	*o = flow{key: o.key, stream: o.stream, isAlias: true, alias: f, swapped: swapped, next: f.alias}
	f.alias = o
	f.aliases++
	for next != nil {
		o, next = next, next.next
		o.alias, o.next, o.swapped = f, f.alias, o.swapped != swapped
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
