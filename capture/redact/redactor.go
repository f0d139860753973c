// Package redact rewrites the packets of a capture so that they can be shown to others: the
// same packets, of the same sizes and times, which still show who authenticated how and what
// went wrong, without the names, addresses, secrets and contents of the original.
//
// A byte of a packet is in the result only if it is known to be structure or a harmless value.
// Content that is not understood becomes zeros or noise, and is counted.
// Every replacement is as long as what it replaces, so that sequence numbers stay.
package redact

import (
	"hash/maphash"

	"negotrace/capture/decode"
	"negotrace/capture/pcap"
	"negotrace/capture/redact/pseudonym"
	"negotrace/capture/redact/text"
	"negotrace/httpstream"
)

// A Redactor rewrites the packets of a timeline. It holds a packet back until all of its content
// is rewritten, which may need later packets: the rest of a message's head, for instance.
type Redactor struct {
	*text.Texts

	out     func(*pcap.Packet, httpstream.File) error
	decoder *decode.Decoder
	ignored httpstream.Counters // of the decoder; the reader of the capture has counters of its own

	events      []decode.Event // in the packet at hand
	current     *packet        // the packet at hand, or one that was put together of it and others
	reassembled []*packet      // that were put together with the packet at hand

	queue       []*packet // not written yet, in order
	queueBuffer []*packet // for the queue, from its beginning
	free        []*packet
	spare       []*buffered
	nothing     *buffered // of directions that wait for nothing: it stays empty
	heldBytes   int       // bytes in the queue
	flows       map[flowKey]*conn

	historyBytes int // bytes in history; some may be dropped already

	seed maphash.Seed // of the sums of beginnings

	fragments map[int][]fragment // by the number of their packet
	oldest    []*conn            // in the order in which they were first seen
}

// New returns a Redactor that hands each finished packet to out, in order, with the file that it
// came with. The packet is valid during the call.
func New(names *pseudonym.Names, out func(*pcap.Packet, httpstream.File) error) *Redactor {
	r := &Redactor{Texts: text.New(names), out: out, nothing: &buffered{}, flows: map[flowKey]*conn{}, seed: maphash.MakeSeed()}
	r.ignored = httpstream.Counters{Undecoded: map[string]int{}, Dropped: map[string]int{}}
	r.decoder = decode.New(&r.ignored, 1, func(events []decode.Event) []decode.Event {
		r.events = append(r.events, events...)
		return events[:0]
	})
	r.decoder.Visit, r.decoder.Fragment, r.decoder.Assembled = r.visit, r.fragment, r.assembled
	return r
}

// Packet takes the next packet of the timeline.
func (r *Redactor) Packet(k *pcap.Packet, origin int, file httpstream.File) error {
	p := r.copyPacket(k, file)
	r.reassembled, r.events, r.current = r.reassembled[:0], r.events[:0], p
	if k.Link != pcap.NoPacket && len(p.Data) > 0 {
		r.decoder.Packet(&p.Packet, origin, file)
		r.decoder.HandOver()
	}
	r.rewrite(p)
	for _, whole := range r.reassembled {
		r.rewrite(whole)
	}
	if len(r.queue) == 0 && cap(r.queue) > cap(r.queueBuffer) {
		r.queueBuffer = r.queue
	}
	r.queue = append(r.queue, p)
	r.heldBytes += len(p.Data) + packetCost
	for i := range r.events {
		if e := &r.events[i]; e.Datagram == nil {
			r.segment(r.packetOf(p, e.Segment.Payload), &e.Segment)
		} else {
			r.datagram(r.packetOf(p, e.Datagram.Payload), e.Datagram)
		}
	}
	for _, whole := range r.reassembled {
		whole.rewrote()
	}
	if err := r.flush(); err != nil {
		return err
	}
	for r.heldBytes > maxHeld {
		r.giveUpPacket(r.queue[0])
		if err := r.flush(); err != nil {
			return err
		}
	}
	return nil
}

// packetOf returns the packet that a payload lies in: the one at hand, or one that was put together.
func (r *Redactor) packetOf(p *packet, b []byte) *packet {
	for _, whole := range r.reassembled {
		if whole.offset(b) >= 0 {
			return whole
		}
	}
	return p
}

// Close rewrites what is left, and hands it over.
func (r *Redactor) Close() error {
	for len(r.queue) > 0 {
		r.giveUpPacket(r.queue[0])
		if err := r.flush(); err != nil {
			return err
		}
	}
	return nil
}

// flush hands over the packets before the first one that is held back.
func (r *Redactor) flush() error {
	done := 0
	for ; done < len(r.queue) && r.queue[done].pending == 0; done++ {
		p := r.queue[done]
		p.updateChecksums()
		r.Counts.Packets++
		if err := r.out(&p.Packet, p.file); err != nil {
			return err
		}
		r.heldBytes -= len(p.Data) + packetCost
		r.free = append(r.free, p)
		r.queue[done] = nil
	}
	if rest := r.queue[done:]; len(rest) > 0 {
		r.queue = rest
	} else {
		r.queue = r.queueBuffer[:0]
	}
	return nil
}
