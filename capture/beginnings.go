package capture

import (
	"context"
	"maps"
	"net/netip"

	"negotrace/capture/decode"
	"negotrace/capture/pcap"
	"negotrace/httpstream"
)

// Flags of TCP (RFC 9293).
const (
	flagSYN = 0x02
	flagACK = 0x10
)

// WithConnectionStarts returns the places of frames, and of the frames in which their TCP connections
// begin: SYN, SYN/ACK, the ACK of it, and the hellos of TLS. A place is a number and a file.
// The sources are read twice.
func WithConnectionStarts(ctx context.Context, sources []Source, proof map[httpstream.Pos]bool, progress func(read, total int64)) (map[httpstream.Pos]bool, error) {
	wanted := map[ends]*opening{}
	err := eachSegment(ctx, sources, progress, func(s *httpstream.Segment) {
		if proof[posOf(s)] && wanted[endsOf(s)] == nil {
			wanted[endsOf(s)] = &opening{}
		}
	})
	if err != nil {
		return nil, err
	}
	all := maps.Clone(proof)
	err = eachSegment(ctx, sources, progress, func(s *httpstream.Segment) {
		if o := wanted[endsOf(s)]; o != nil {
			o.segment(s)
			if o.proves = o.proves || proof[posOf(s)]; o.proves {
				for _, at := range o.frames {
					all[at] = true
				}
				o.frames = o.frames[:0]
			}
		}
	})
	return all, err
}

// posOf returns that of a segment.
func posOf(s *httpstream.Segment) httpstream.Pos {
	return httpstream.Pos{Frame: s.At.Frame, File: s.At.File}
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

// An opening collects the frames in which a connection begins. Another SYN begins another
// connection of the same ends.
type opening struct {
	frames []httpstream.Pos // not taken yet
	proves bool             // a frame of the connection is wanted
	taken  int              // frames of this connection
	isn    uint32
	client netip.AddrPort
	acked  bool
	hellos [2]hello // of the client, of the server
}

// A hello is the state of the search for the first TLS message of one direction.
type hello struct {
	looked  int // segments with payload
	missing int // bytes of the hello that are still to come
	done    bool
}

// segment takes a segment of the connection.
func (o *opening) segment(s *httpstream.Segment) {
	syn, ack := s.Flags&flagSYN != 0, s.Flags&flagACK != 0
	switch {
	case syn && !ack && (s.Src != o.client || s.Seq != o.isn):
		*o = opening{frames: o.frames[:0], isn: s.Seq, client: s.Src}
	case !o.client.IsValid():
		o.client = s.Src // whoever is seen first, where the beginning is not
	}
	begins := syn
	if !o.acked && s.Src == o.client && ack && !syn {
		o.acked, begins = true, true
	}
	side := 0
	if s.Src != o.client {
		side = 1
	}
	if o.hellos[side].segment(s.Payload) {
		begins = true
	}
	if begins && o.taken < maxOpening {
		o.taken++
		o.frames = append(o.frames, posOf(s))
	}
}

// segment reports whether a part of the hello is in the payload of a segment. The request for a
// tunnel and the logon for it may come first.
func (h *hello) segment(b []byte) bool {
	switch {
	case h.done || len(b) == 0:
		return false
	case h.missing == 0 && (len(b) < 6 || b[0] != 22 || b[1] != 3 || b[5] != 1 && b[5] != 2):
		h.looked++
		h.done = h.looked >= maxBeforeHello
		return false
	case h.missing == 0:
		h.missing = 5 + int(b[3])<<8 + int(b[4])
	}
	h.missing -= len(b)
	h.done = h.missing <= 0
	return true
}

// eachSegment calls take with each segment of TCP in the packets of the sources.
func eachSegment(ctx context.Context, sources []Source, progress func(read, total int64), take func(*httpstream.Segment)) error {
	r := newRun(ctx, Sink{}, Options{Progress: progress})
	defer r.end()
	d := decode.New(r.counters, batchLen, func(events []decode.Event) []decode.Event {
		for i := range events {
			if events[i].Datagram == nil {
				take(&events[i].Segment)
			}
		}
		return events[:0]
	})
	return r.packets(sources, func(k *pcap.Packet, origin int, file httpstream.File) {
		d.Packet(k, origin, file)
		d.HandOver() // while the bytes of the packet are there
	})
}
