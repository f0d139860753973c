// Package decode takes packets apart, from the link to TCP and UDP. It allocates nothing
// for the encapsulations of every day.
package decode

import (
	"fmt"
	"net/netip"
	"slices"

	"negotrace/capture/pcap"
	"negotrace/httpstream"
)

// An Event is what was found in a packet: a TCP segment, or a datagram.
type Event struct {
	Segment  httpstream.Segment
	Datagram *Datagram // instead of Segment, if it is not nil
}

// A Datagram is what came over UDP to or from a port that is looked into.
type Datagram struct {
	At       httpstream.Pos
	Src, Dst netip.AddrPort
	Payload  []byte // as far as it was captured; valid as long as the data of its packet
}

// A Decoder decodes the packets of a timeline. Its fields describe the packet at hand.
type Decoder struct {
	counters  *httpstream.Counters
	events    []Event               // not yet handed over
	most      int                   // events that are handed over at once
	handOver  func([]Event) []Event // see New
	fragments fragments
	unread    unread
	pduNext   map[pduFlow]uint32 // next sequence number of exported PDUs

	// Visit is called with each header of a packet that may hold an address, in their order,
	// outermost first: with the bytes from it on to the end of what it announces. They are a
	// part of the packet's data, or of an IP packet that was put together of fragments. It is
	// nil for nobody.
	Visit func(h Header, b []byte)
	// Fragment is called with each fragment of an IP packet: the number of the packet, and where
	// in its payload the fragment begins. Assembled is called with the payload when all of it
	// is there, before its headers are visited. They are nil for nobody.
	Fragment  func(number, offset int, b []byte)
	Assembled func(number int, b []byte)

	at       httpstream.Pos
	origin   int
	missing  int  // bytes of the frame that the capture does not hold
	cut      bool // something that we looked for is not in the capture
	depth    int  // tunnels around what is looked at
	tunnel   uint64
	opened   *httpstream.PlainCopy
	src, dst netip.Addr // of the innermost IP header
	ttl      uint8
}

// New returns a Decoder that counts packets in c. When it has found so many events as most
// says, or sooner, it calls handOver with them, which returns memory for the next ones, if
// it has any, with no events in it.
func New(c *httpstream.Counters, most int, handOver func([]Event) []Event) *Decoder {
	d := &Decoder{counters: c, most: most, handOver: handOver}
	d.at.Stream = -1
	return d
}

// Packet decodes the next packet of the timeline. origin is the number of the capture
// point, file what Pos.File shall be.
func (d *Decoder) Packet(k *pcap.Packet, origin int, file httpstream.File) {
	d.counters.Packets++
	d.counters.Frames += 1 + k.Others
	d.counters.Bytes += int64(len(k.Data))
	d.at.Frame = k.Frame
	d.at.Time = k.Time
	d.at.File = file
	d.origin = origin
	d.missing = k.Wire - len(k.Data)
	d.cut = d.missing > 0
	d.depth = 0
	d.tunnel, d.opened = 0, k.PlainCopy
	if k.PlainCopy != nil {
		d.tunnel = openedTunnel
	}
	switch {
	case k.Link == pcap.NoPacket:
		d.undecodable("record of something else than a packet")
	case len(k.Data) == 0:
		d.undecodable("empty packet")
	default:
		d.link(k.Link, k.Data)
	}
	if d.cut && k.PlainCopy == nil {
		d.counters.Cut++
	}
}

// openedTunnel keeps connections that negotrace redact wrote apart from those between the same
// ports that a network had.
const openedTunnel = 0x6f70656e6564 // "opened"

// HandOver hands over what was found so far.
func (d *Decoder) HandOver() { d.events = d.handOver(d.events) }

// Discard forgets what was found since it was last handed over.
func (d *Decoder) Discard() { d.events = d.events[:0] }

// Close ends the timeline: what is still incomplete is counted, and the rest handed over.
func (d *Decoder) Close() {
	d.fragments.close(d)
	d.unread.count(d.counters)
	d.HandOver()
}

// event makes room for one more event, which the caller fills in.
func (d *Decoder) event() *Event {
	if len(d.events) == cap(d.events) {
		d.makeRoom()
	}
	d.events = d.events[:len(d.events)+1]
	return &d.events[len(d.events)-1]
}

// smallBatch is for how many events there is room at first: a small capture has no more.
const smallBatch = 64

// makeRoom hands over what was found if that is enough, and has the memory grow if it is
// not: a small capture needs little.
func (d *Decoder) makeRoom() {
	if len(d.events) >= d.most {
		d.HandOver()
	}
	if n := len(d.events); n == cap(d.events) {
		room := d.most - n // all at once: what grows in steps leaves them behind
		if n == 0 {
			room = min(d.most, smallBatch)
		}
		d.events = slices.Grow(d.events, room)
	}
}

// enter counts a tunnel and reports whether it is still to be followed.
func (d *Decoder) enter() bool {
	if d.depth++; d.depth > maxDepth {
		d.undecodable("too many tunnels inside each other")
		return false
	}
	return true
}

// short counts a packet that ends inside a header.
func (d *Decoder) short(header string) {
	if d.missing > 0 {
		d.undecodable("cut in the " + header + " header")
		return
	}
	d.undecodable("too short for " + header)
}

func (d *Decoder) undecodableNumber(kind string, n uint16) {
	if n > 0xff {
		d.undecodable(fmt.Sprintf("%s 0x%04x", kind, n))
		return
	}
	d.undecodable(fmt.Sprintf("%s %d", kind, n))
}

// undecodable counts a packet whose content is not known, by what stopped us.
func (d *Decoder) undecodable(reason string) { d.counters.Undecodable(reason) }
