package capture

import (
	"context"
	"maps"
	"net/netip"
	"slices"

	"negotrace/capture/decode"
	"negotrace/capture/pcap"
	"negotrace/httpstream"
)

// Flags of TCP (RFC 9293).
const (
	flagSYN = 0x02
	flagACK = 0x10
)

// WithConnections returns the places of frames, and of all frames of their TCP connections, or of
// their datagrams if these are in fragments: less cannot be read again. A place is a number and a
// file. The sources are read twice.
func WithConnections(ctx context.Context, sources []Source, proof map[httpstream.Pos]bool, progress func(read, total int64)) (map[httpstream.Pos]bool, error) {
	proves := func(at httpstream.Pos) bool { return proof[at] }
	wanted := map[ends]*connection{}
	err := eachEvent(ctx, sources, progress, func(e *decode.Event, frames []httpstream.Pos) {
		if e.Datagram == nil && slices.ContainsFunc(frames, proves) {
			wanted[endsOf(&e.Segment)] = &connection{}
		}
	})
	if err != nil {
		return nil, err
	}
	all := maps.Clone(proof)
	err = eachEvent(ctx, sources, progress, func(e *decode.Event, frames []httpstream.Pos) {
		of := slices.ContainsFunc(frames, proves)
		if e.Datagram == nil {
			c := wanted[endsOf(&e.Segment)]
			if c == nil {
				return
			}
			frames, of = c.segment(&e.Segment, frames, of)
		}
		for _, at := range frames {
			if of {
				all[at] = true
			}
		}
	})
	return all, err
}

// ends are the two ends of a connection at a capture point, the lesser one first.
type ends struct {
	low, high netip.AddrPort
	origin    int
	tunnel    uint64
}

func endsOf(s *httpstream.Segment) ends {
	e := ends{s.Src, s.Dst, s.Origin, s.Tunnel}
	if e.high.Compare(e.low) < 0 {
		e.low, e.high = e.high, e.low
	}
	return e
}

// A connection collects its frames until one is found that is wanted. Another SYN begins another
// connection of the same ends.
type connection struct {
	frames []httpstream.Pos // none once it proves something
	proves bool
	isn    uint32
	client netip.AddrPort
}

// segment takes the frames of a segment. It returns those of the connection that were not returned
// yet, if it proves something.
func (c *connection) segment(s *httpstream.Segment, frames []httpstream.Pos, proves bool) ([]httpstream.Pos, bool) {
	if s.Flags&(flagSYN|flagACK) == flagSYN && (s.Src != c.client || s.Seq != c.isn) {
		*c = connection{frames: c.frames[:0], isn: s.Seq, client: s.Src}
	}
	c.frames = append(c.frames, frames...)
	if c.proves = c.proves || proves; !c.proves {
		return nil, false
	}
	frames, c.frames = c.frames, nil
	return frames, true
}

// eachEvent calls take with each segment and datagram in the packets of the sources, and the
// places of the frames that it is in: several if it came in fragments.
func eachEvent(ctx context.Context, sources []Source, progress func(read, total int64), take func(*decode.Event, []httpstream.Pos)) error {
	r := newRun(ctx, Sink{}, Options{Progress: progress})
	defer r.end()
	var frames []httpstream.Pos
	d := decode.New(r.counters, batchLen, func(events []decode.Event) []decode.Event {
		for i := range events {
			take(&events[i], frames)
		}
		return events[:0]
	})
	var now httpstream.Pos
	pieces := map[int][]httpstream.Pos{} // by the number of the packet that is in fragments
	d.Fragment = func(number, _ int, _ []byte) {
		if len(pieces) >= maxPieces {
			clear(pieces)
		}
		pieces[number] = append(pieces[number], now)
	}
	d.Assembled = func(number int, _ []byte) {
		frames = append(frames, pieces[number]...)
		delete(pieces, number)
	}
	return r.packets(sources, func(k *pcap.Packet, origin int, file httpstream.File) {
		now = httpstream.Pos{Frame: k.Frame, File: file}
		frames = append(frames[:0], now)
		d.Packet(k, origin, file)
		d.HandOver() // while the bytes of the packet are there
	})
}
