// Package plain makes TCP connections with the plain text of other connections of a capture: of
// TLS that can be decrypted, and of the compressed header blocks of HTTP/2. Each packet has the
// time of the packet that carried the same content. The first packets of a connection come after
// that packet, so that a reader has seen the TLS handshake. All others come before it, so that
// they are there before the connection ends; and so do the first ones if it ends with that packet.
package plain

import (
	"negotrace/capture/decode"
	"negotrace/capture/pcap"
	"negotrace/httpstream"
)

// Counts count what was made.
type Counts struct {
	Connections, Packets int
	// NotMade counts connections for which there was no room, or no addresses.
	NotMade int
}

// An Opener reads the packets of a timeline, and makes packets with the same content in plain text.
type Opener struct {
	Counts Counts
	// Cleartext is where HTTP/2 without TLS was found. It is not complete before Close.
	Cleartext Cleartext
	// Hide is the Cleartext of the same packets, which is cleared in the original packets: so that
	// only those that are made can be read. It is nil if nothing is.
	Hide Cleartext

	assembler *httpstream.Assembler
	decoder   *decode.Decoder
	ignored   httpstream.Counters // not used: the reader of the capture has its own
	events    []decode.Event

	current    *pcap.Packet
	made       []Packet
	before     []Packet // those of the packets made that come before the current packet
	started    []*connection
	conns      map[*httpstream.Conn]*connection // nil where none could be made
	usedPairs  map[pair]bool
	interfaces map[interfaceKey]*pcap.Interface
	data       []byte // a copy of the current packet's data, for Hide
}

// A Packet is a packet that was made, with its capture point and its file.
type Packet struct {
	pcap.Packet
	Origin int
	File   httpstream.File
}

// New returns an Opener, which decrypts TLS with the secrets (nil for none), and reads HTTP/2 without
// TLS.
func New(secrets *httpstream.Secrets) *Opener {
	o := &Opener{Cleartext: Cleartext{}, conns: map[*httpstream.Conn]*connection{}, usedPairs: map[pair]bool{}, interfaces: map[interfaceKey]*pcap.Interface{}}
	o.ignored = httpstream.Counters{Undecoded: map[string]int{}, Dropped: map[string]int{}, TLSNotOpened: map[string]int{}, Responses: map[int]int{}}
	o.assembler = httpstream.NewAssembler(httpstream.Sink{Plain: o.part}, secrets, &o.ignored)
	o.decoder = decode.New(&o.ignored, 1, func(events []decode.Event) []decode.Event {
		o.events = append(o.events, events...)
		return events[:0]
	})
	return o
}

// Packet takes the next packet of the timeline, and returns the packets to be written before and
// after it. They are valid until the next call.
func (o *Opener) Packet(k *pcap.Packet, origin int, file httpstream.File) (before, behind []Packet) {
	o.made, o.before = o.made[:0], o.before[:0]
	if k.Link == pcap.NoPacket || k.PlainCopy != nil {
		return nil, nil
	}
	if len(o.Hide) > 0 {
		o.data = append(o.data[:0], k.Data...)
		k.Data = o.data
	}
	o.current = k
	o.events = o.events[:0]
	o.decoder.Packet(k, origin, file)
	o.decoder.HandOver()
	for i := range o.events {
		if e := &o.events[i]; e.Datagram == nil {
			o.segment(&e.Segment)
		}
	}
	for _, m := range o.started {
		m.insertBefore = true
	}
	o.started = o.started[:0]
	return o.before, o.made
}

// segment gives a segment to the assembler.
func (o *Opener) segment(s *httpstream.Segment) {
	o.notePair(s)
	o.assembler.Segment(s)
	o.assembler.Keep() // the payload may be cleared, and the packet is gone with the next one
	if len(s.Payload) > 0 {
		o.note(s)
		o.Hide.hide(s)
	}
}

// Close ends the timeline, and returns the packets that come after it.
func (o *Opener) Close() []Packet {
	o.made, o.before = o.made[:0], o.before[:0]
	o.assembler.Close()
	return append(o.before, o.made...)
}
