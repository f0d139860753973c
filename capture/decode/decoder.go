// Package decode decodes packets from the link layer to TCP and UDP. It allocates nothing for
// common encapsulations.
package decode

import (
	"fmt"
	"net/netip"
	"slices"

	"negotrace/capture/pcap"
	"negotrace/httpstream"
)

// An Event is a TCP segment or a datagram that was found in a packet.
type Event struct {
	Segment  httpstream.Segment
	Datagram *Datagram // if it is not nil, there is no Segment
}

// A Datagram is a UDP datagram to or from a port that is read.
type Datagram struct {
	At       httpstream.Pos
	Src, Dst netip.AddrPort
	Payload  []byte // as far as it was captured; valid as long as the data of its packet
	Cut      bool   // the rest of it was not captured
}

// A Decoder decodes the packets of a timeline. Its fields describe the current packet.
type Decoder struct {
	counters  *httpstream.Counters
	events    []Event               // not yet handed over
	most      int                   // events in one call of handOver
	handOver  func([]Event) []Event // see New
	fragments fragments
	unread    unread
	pduNext   map[pduFlow]uint32 // next sequence number of exported PDUs

	// Visit, if it is not nil, is called with each header of a packet that may hold an address, in
	// order, outermost first. b begins with the header and reaches to the end of what the header
	// announces. It is a part of the packet's data, or of an IP packet that was put together from
	// fragments.
	Visit func(h Header, b []byte)
	// Fragment, if it is not nil, is called with each fragment of an IP packet: the number of that
	// packet, and the offset of the fragment in its payload. Assembled, if it is not nil, is
	// called with the complete payload, before its headers are visited.
	Fragment  func(number, offset int, b []byte)
	Assembled func(number int, b []byte)

	at       httpstream.Pos
	origin   int
	missing  int  // bytes of the frame that are not in the capture
	cut      bool // something that we need is not in the capture
	depth    int  // tunnels around the current header
	tunnel   uint64
	opened   *httpstream.PlainCopy
	src, dst netip.Addr // of the innermost IP header
	ttl      uint8
}

// At returns where the current packet is.
func (d *Decoder) At() httpstream.Pos { return d.at }

// New returns a Decoder that counts packets in c. When it has found most events, or sooner, it
// calls handOver with them. handOver returns memory for the next events, empty, or nil.
func New(c *httpstream.Counters, most int, handOver func([]Event) []Event) *Decoder {
	d := &Decoder{counters: c, most: most, handOver: handOver}
	d.at.Stream = -1
	return d
}

// Packet decodes the next packet of the timeline. origin is the number of the capture point, and
// file becomes Pos.File.
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
		d.countHere(&d.counters.Cut, &d.counters.Places.Cut)
	}
}

// openedTunnel separates connections that negotrace redact wrote from connections of a network
// with the same addresses and ports.
const openedTunnel = 0x6f70656e6564 // "opened"

// HandOver passes on the events found so far.
func (d *Decoder) HandOver() { d.events = d.handOver(d.events) }

// Close ends the timeline: it counts what is still incomplete, and passes on the remaining events.
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

// smallBatch is the initial room for events: a small capture has no more.
const smallBatch = 64

// makeRoom passes on the events if there are enough, and otherwise lets the memory grow, because a
// small capture needs little.
func (d *Decoder) makeRoom() {
	if len(d.events) >= d.most {
		d.HandOver()
	}
	if n := len(d.events); n == cap(d.events) {
		room := d.most - n // all at once: growing in steps leaves garbage
		if n == 0 {
			room = min(d.most, smallBatch)
		}
		d.events = slices.Grow(d.events, room)
	}
}

// enter counts a tunnel and reports whether to decode what is in it.
func (d *Decoder) enter() bool {
	if d.depth++; d.depth > maxDepth {
		d.undecodable("too many tunnels inside each other")
		return false
	}
	return true
}

// short counts a packet that ends inside a header, with which b begins. Its first bytes say how long it
// is, if they are no address.
func (d *Decoder) short(header string, b []byte) {
	shown := 4
	switch header {
	case "Ethernet", "A-MSDU":
		shown = 0
	case "TCP":
		shown = 13
	}
	d.shortBehind(header, b, shown)
}

// shortBehind does what short does, where the first bytes are needed to find the end of the header.
func (d *Decoder) shortBehind(header string, b []byte, shown int) {
	d.breakOff(b, shown)
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

// countHere counts one more of something, and notes where the first was.
func (d *Decoder) countHere(n *int, first *httpstream.Pos) {
	if *n == 0 {
		*first = d.at
	}
	*n++
}

// undecodable counts a packet whose content is not known, by the reason.
func (d *Decoder) undecodable(reason string) { d.counters.Undecodable(reason, d.at) }
