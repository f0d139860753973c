// Package plain makes TCP connections that hold in plain what other connections of a capture
// hold in TLS, where that can be opened, or in the compressed header blocks of HTTP/2. Their
// packets have the times of those that carried the same. The first ones of a connection stand
// behind the packet that carried it: who reads them knows the handshake of TLS by then. Others
// stand in front of it: whatever it ends, they are not too late.
package plain

import (
	"bytes"
	"net/netip"

	"negotrace/capture/decode"
	"negotrace/capture/pcap"
	"negotrace/httpstream"
)

// Counts say what was made.
type Counts struct {
	Connections, Packets, Bytes int
	// NotMade counts connections for which there was no room, or no addresses.
	NotMade int
}

// An Opener looks into the packets of a timeline, and makes those that hold the same in plain.
type Opener struct {
	Counts Counts
	// Hide removes HTTP/2 that is not in TLS from its own packets, so that what is made is all
	// that can be read of it.
	Hide bool

	opens     bool // there are keys
	assembler *httpstream.Assembler
	decoder   *decode.Decoder
	ignored   httpstream.Counters // who reads the capture counts for himself
	events    []decode.Event

	k          *pcap.Packet // at hand
	at         flow         // of the segment at hand
	made       []Packet
	before     []Packet // of made
	fresh      []*connection
	conns      map[*httpstream.Conn]*connection // nil for one that is not made
	pairs      map[pair]bool                    // in use
	visible    map[flow]bool                    // those of HTTP/2 that is not in TLS
	interfaces map[interfaceKey]*pcap.Interface
	data       []byte // of the packet at hand, where it may be changed
}

// A Packet is one that was made, and of which capture point and file it is.
type Packet struct {
	pcap.Packet
	Origin int
	File   httpstream.File
}

// A flow is what the segments of both directions of a connection have in common.
type flow struct {
	a, b   netip.AddrPort
	tunnel uint64
	origin int
}

// New returns an Opener. If opens is set it opens TLS with the secrets; without, it looks only
// for HTTP/2 that is not in TLS.
func New(secrets *httpstream.Secrets, opens bool) *Opener {
	o := &Opener{opens: opens, conns: map[*httpstream.Conn]*connection{}, pairs: map[pair]bool{}, visible: map[flow]bool{}, interfaces: map[interfaceKey]*pcap.Interface{}}
	o.ignored = httpstream.Counters{Undecoded: map[string]int{}, Dropped: map[string]int{}, TLSClosed: map[string]int{}, Responses: map[int]int{}}
	o.assembler = httpstream.NewAssembler(httpstream.Sink{Plain: o.part}, secrets, &o.ignored)
	o.decoder = decode.New(&o.ignored, 1, func(events []decode.Event) []decode.Event {
		o.events = append(o.events, events...)
		return events[:0]
	})
	return o
}

// Packet takes the next packet of the timeline, and returns those that come in front of it and
// behind it: they are valid until the next call.
func (o *Opener) Packet(k *pcap.Packet, origin int, file httpstream.File) (before, behind []Packet) {
	o.made, o.before = o.made[:0], o.before[:0]
	begins := len(k.Data) > 0 && bytes.Contains(k.Data, preface)
	if k.Link == pcap.NoPacket || k.Opened != nil || !o.opens && !begins && len(o.visible) == 0 {
		return nil, nil
	}
	if o.Hide && (begins || len(o.visible) > 0) {
		o.data = append(o.data[:0], k.Data...)
		k.Data = o.data
	}
	o.k = k
	o.events = o.events[:0]
	o.decoder.Packet(k, origin, file)
	o.decoder.HandOver()
	for i := range o.events {
		if e := &o.events[i]; e.Datagram == nil {
			o.segment(&e.Segment)
		}
	}
	for _, m := range o.fresh {
		m.placed = true
	}
	o.fresh = o.fresh[:0]
	return o.before, o.made
}

// preface is what HTTP/2 begins with (RFC 9113 section 3.4).
var preface = []byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")

// segment takes a segment.
func (o *Opener) segment(s *httpstream.Segment) {
	o.at = flow{s.Src, s.Dst, s.Tunnel, s.Origin}
	if s.Dst.Compare(s.Src) < 0 {
		o.at.a, o.at.b = s.Dst, s.Src
	}
	o.note(s)
	isSeen := o.opens || o.visible[o.at]
	if !isSeen && bytes.HasPrefix(s.Payload, preface) && len(o.visible) < maxConnections {
		o.visible[o.at], isSeen = true, true
	}
	if isSeen {
		o.assembler.Segment(s)
	}
	if o.Hide && o.visible[o.at] {
		hide(s)
	}
}

// Close ends the timeline, and returns what comes behind it.
func (o *Opener) Close() []Packet {
	o.made, o.before = o.made[:0], o.before[:0]
	o.assembler.Close()
	return append(o.before, o.made...)
}

// hide makes zeros of the content of a segment, and adds that to its checksum.
func hide(s *httpstream.Segment) {
	if len(s.Header) < 18 {
		return
	}
	sum := uint32(0)
	for i, c := range s.Payload {
		sum += uint32(c) << (8 * uint(1-i&1))
		sum = sum&0xffff + sum>>16
	}
	clear(s.Payload)
	field := s.Header[16:18]
	rest := uint32(^be.Uint16(field)) + (sum ^ 0xffff)
	rest = rest&0xffff + rest>>16
	be.PutUint16(field, ^uint16(rest&0xffff+rest>>16))
}
