package capture

import (
	"net/netip"
	"slices"

	"negotrace/httpstream"
)

// A fragmentKey is what fragments of one datagram have in common.
type fragmentKey struct {
	src, dst netip.Addr
	id       uint32
	proto    uint8 // IPv4 only: in IPv6 the first fragment's word counts
	v6       bool
	tunnel   uint64
	origin   int
}

// A datagram is an IP packet of which some fragments have come.
type datagram struct {
	key     fragmentKey
	since   httpstream.Time
	buf     []byte
	have    []span // sorted, not touching
	total   int    // its length; 0 until the last fragment has come
	proto   uint8
	packets int
}

type span struct{ from, to int }

// fragments puts fragmented IP packets together. The zero value is ready for use.
type fragments struct {
	open  map[fragmentKey]*datagram
	queue []*datagram // the same, oldest first
	bytes int
}

// fragment takes a fragment that begins at offset of its datagram, and decodes the
// datagram if it is the last one that was missing. Where fragments overlap, what came
// first counts.
func (d *decoder) fragment(key fragmentKey, offset int, more bool, b []byte, missing int) {
	key.tunnel, key.origin = d.tunnel, d.origin
	proto := key.proto
	if key.v6 {
		key.proto = 0
	}
	end := offset + len(b)
	if missing > 0 {
		d.isCut = true
		d.undecoded("cut IP fragment")
		return
	}
	if end > maxDatagram || len(b) == 0 {
		d.undecoded("malformed IP fragment")
		return
	}
	f := &d.fragments
	f.expire(d)
	g := f.open[key]
	if g == nil {
		g = &datagram{key: key, since: d.at.Time}
		if f.open == nil {
			f.open = map[fragmentKey]*datagram{}
		}
		f.open[key] = g
		f.queue = append(f.queue, g)
	}
	g.packets++
	f.bytes += g.add(offset, b)
	if offset == 0 {
		g.proto = proto
	}
	if !more && g.total == 0 {
		g.total = end
	}
	if g.total > 0 && len(g.have) == 1 && g.have[0].from == 0 && g.have[0].to >= g.total {
		f.drop(g)
		d.whole(g)
	}
	for f.bytes > maxFragments && len(f.queue) > 0 {
		d.counters.Drop("incomplete IP datagrams, more than 4 MiB of them", 1)
		f.abandon(d, f.queue[0])
	}
}

// whole decodes a datagram that is complete.
func (d *decoder) whole(g *datagram) {
	if g.key.v6 {
		d.extensions(g.proto, g.buf[:g.total], 0)
		return
	}
	d.transport(g.proto, g.buf[:g.total], 0)
}

// add keeps what b has of the bytes that were missing, and returns by how many bytes
// the datagram's memory grew.
func (g *datagram) add(offset int, b []byte) int {
	end, before := offset+len(b), cap(g.buf)
	if end > len(g.buf) {
		g.buf = append(g.buf, make([]byte, end-len(g.buf))...)
	}
	at := offset
	for _, s := range g.have {
		if s.to <= at {
			continue
		}
		if s.from >= end {
			break
		}
		if s.from > at {
			copy(g.buf[at:s.from], b[at-offset:])
		}
		at = s.to
	}
	if at < end {
		copy(g.buf[at:end], b[at-offset:])
	}
	g.cover(span{offset, end})
	return cap(g.buf) - before
}

// cover adds a span to those that are there, joining those that touch.
func (g *datagram) cover(n span) {
	i := 0
	for i < len(g.have) && g.have[i].to < n.from {
		i++
	}
	j := i
	for j < len(g.have) && g.have[j].from <= n.to {
		n.from, n.to = min(n.from, g.have[j].from), max(n.to, g.have[j].to)
		j++
	}
	g.have = slices.Replace(g.have, i, j, n)
}

// expire gives up datagrams that have waited too long.
func (f *fragments) expire(d *decoder) {
	for len(f.queue) > 0 && d.at.Time.Sub(f.queue[0].since) > fragmentTimeout {
		f.abandon(d, f.queue[0])
	}
}

// abandon gives up an incomplete datagram.
func (f *fragments) abandon(d *decoder, g *datagram) {
	f.drop(g)
	for range g.packets {
		d.undecoded("incomplete IP fragments")
	}
}

func (f *fragments) drop(g *datagram) {
	delete(f.open, g.key)
	f.bytes -= cap(g.buf)
	f.queue = slices.Delete(f.queue, slices.Index(f.queue, g), slices.Index(f.queue, g)+1)
}

// close gives up what is still incomplete at the end of the capture.
func (f *fragments) close(d *decoder) {
	for len(f.queue) > 0 {
		f.abandon(d, f.queue[0])
	}
}
