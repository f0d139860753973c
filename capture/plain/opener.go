// Package plain makes TCP connections with the plain text of other connections of a capture: of
// TLS that can be decrypted, and of the compressed header blocks of HTTP/2. Each packet has the
// time of the packet that carried the same content. The first packets of a connection come after
// that packet, so that a reader has seen the TLS handshake. All others come before it, so that
// they are there before the connection ends.
package plain

import (
	"bytes"
	"net/netip"

	"negotrace/capture/decode"
	"negotrace/capture/pcap"
	"negotrace/httpstream"
)

// Counts count what was made.
type Counts struct {
	Connections, Packets, Bytes int
	// NotMade counts connections for which there was no room, or no addresses.
	NotMade int
}

// An Opener reads the packets of a timeline, and makes packets with the same content in plain text.
type Opener struct {
	Counts Counts
	// Hide clears HTTP/2 without TLS in the original packets, so that only the packets that are
	// made can be read.
	Hide bool

	opens     bool // there are keys
	assembler *httpstream.Assembler
	decoder   *decode.Decoder
	ignored   httpstream.Counters // not used: the reader of the capture has its own
	events    []decode.Event

	current   *pcap.Packet
	flow      flowKey // of the current segment
	made      []Packet
	before    []Packet // those of the packets made that come before the current packet
	started   []*connection
	conns     map[*httpstream.Conn]*connection // nil where none could be made
	usedPairs map[pair]bool
	// cleartext has the connections that are read without keys: set once HTTP/2 began, and unset
	// where it may begin by Upgrade.
	cleartext  map[flowKey]bool
	interfaces map[interfaceKey]*pcap.Interface
	data       []byte // a copy of the current packet's data, for Hide
}

// A Packet is a packet that was made, with its capture point and its file.
type Packet struct {
	pcap.Packet
	Origin int
	File   httpstream.File
}

// A flowKey is what the segments of both directions of a connection have in common.
type flowKey struct {
	a, b   netip.AddrPort
	tunnel uint64
	origin int
}

// New returns an Opener. If opens is set it decrypts TLS with the secrets; otherwise it reads only
// HTTP/2 without TLS.
func New(secrets *httpstream.Secrets, opens bool) *Opener {
	o := &Opener{opens: opens, conns: map[*httpstream.Conn]*connection{}, usedPairs: map[pair]bool{}, cleartext: map[flowKey]bool{}, interfaces: map[interfaceKey]*pcap.Interface{}}
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
	begins := len(k.Data) > 0 && (bytes.Contains(k.Data, preface) || bytes.Contains(k.Data, upgrade))
	if k.Link == pcap.NoPacket || k.PlainCopy != nil || !o.opens && !begins && len(o.cleartext) == 0 {
		return nil, nil
	}
	if o.Hide && (begins || len(o.cleartext) > 0) {
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

// preface is what HTTP/2 begins with (RFC 9113 section 3.4).
var preface = []byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")

// upgrade is the name by which HTTP/1.1 goes on as HTTP/2 (RFC 7540 section 3.2).
var upgrade = []byte("h2c")

// headEnd is what a head of HTTP/1.1 ends with.
var headEnd = []byte("\r\n\r\n")

// mayUpgrade reports whether a segment may ask for HTTP/2, or agree to it.
func mayUpgrade(b []byte) bool {
	return bytes.Contains(b, upgrade) && bytes.Contains(b, []byte("HTTP/1.1"))
}

// segment gives a segment to the assembler if its connection is one that is read.
func (o *Opener) segment(s *httpstream.Segment) {
	o.flow = flowKey{s.Src, s.Dst, s.Tunnel, s.Origin}
	if s.Dst.Compare(s.Src) < 0 {
		o.flow.a, o.flow.b = s.Dst, s.Src
	}
	o.notePair(s)
	isHTTP2, isSeen := o.cleartext[o.flow]
	begins := bytes.HasPrefix(s.Payload, preface)
	if !isSeen && len(o.cleartext) < maxConnections && (begins || mayUpgrade(s.Payload)) {
		isHTTP2, isSeen = begins, true
		o.cleartext[o.flow] = begins
	}
	if isSeen || o.opens {
		o.assembler.Segment(s)
		o.assembler.Keep() // the payload may be cleared, and the packet is gone with the next one
	}
	if o.Hide && o.cleartext[o.flow] {
		from := 0
		if !isHTTP2 { // it began behind the head of a response
			head, _, _ := bytes.Cut(s.Payload, headEnd)
			from = min(len(head)+len(headEnd), len(s.Payload))
		}
		clearPayload(s, from)
	}
}

// Close ends the timeline, and returns the packets that come after it.
func (o *Opener) Close() []Packet {
	o.made, o.before = o.made[:0], o.before[:0]
	o.assembler.Close()
	return append(o.before, o.made...)
}

// clearPayload sets the payload of a segment to zeros from a place on, and updates the TCP checksum.
func clearPayload(s *httpstream.Segment, from int) {
	if len(s.Header) < 18 {
		return
	}
	sum := uint32(0)
	for i, c := range s.Payload[from:] {
		sum += uint32(c) << (8 * uint(1-(from+i)&1))
		sum = sum&0xffff + sum>>16
	}
	clear(s.Payload[from:])
	field := s.Header[16:18]
	rest := uint32(^be.Uint16(field)) + (sum ^ 0xffff)
	rest = rest&0xffff + rest>>16
	be.PutUint16(field, ^uint16(rest&0xffff+rest>>16))
}
