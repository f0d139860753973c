package redact

import (
	"bytes"

	"negotrace/capture/decode"
	"negotrace/capture/pcap"
	"negotrace/capture/redact/tls"
	"negotrace/httpstream"
)

// A packet is one that is being rewritten. Its data is its own.
type packet struct {
	pcap.Packet
	file    httpstream.File
	layers  []layer
	marks   []mark
	pending int     // pieces of its content that are not rewritten yet
	halves  []*half // directions that they belong to

	fragmentIDs []int      // numbers of packets that it has fragments of
	reassembled []*packet  // those that were put together
	fragments   []fragment // of which it was put together itself
}

// A mark is a part of a header that is no layer of its own: a MAC address, or metadata.
type mark struct {
	kind    decode.Header
	at, end int
}

// A layer is a header in a packet, and what it announces.
type layer struct {
	kind     decode.Header
	at, end  int // in the data of the packet
	ip       int // layer of the IP header that TCP or UDP belongs to, -1 for none
	checksum checksumState
}

// copyPacket returns a copy of a packet, without what says where it was captured.
func (r *Redactor) copyPacket(k *pcap.Packet, file httpstream.File) *packet {
	p := new(packet)
	if n := len(r.free); n > 0 {
		p, r.free = r.free[n-1], r.free[:n-1]
	}
	data := append(p.Data[:0], k.Data...)
	p.Packet, p.file, p.pending, p.layers, p.halves = *k, file, 0, p.layers[:0], p.halves[:0]
	p.marks = p.marks[:0]
	p.fragmentIDs, p.reassembled = p.fragmentIDs[:0], p.reassembled[:0]
	p.Data = data
	p.Process, p.Block = 0, pcap.Block{}
	p.PlainCopy = r.opened(k.PlainCopy)
	return p
}

// offset returns where a part of the packet's data begins, -1 if it is none. An empty one may lie at its end.
func (p *packet) offset(b []byte) int {
	at := cap(p.Data) - cap(b)
	if at < 0 || at > len(p.Data) || len(b) > 0 && &p.Data[at] != &b[0] {
		return -1
	}
	return at
}

// visit notes a header of the packet at hand, before anything of it is rewritten.
func (r *Redactor) visit(h decode.Header, b []byte) {
	at := r.current.offset(b)
	if at < 0 || len(b) == 0 && h != decode.BrokenOff && h != decode.Unread {
		return // decoded by another Decoder, from a copy
	}
	if h == decode.Metadata || h == decode.MACAddress || h == decode.Trailer {
		r.current.marks = append(r.current.marks, mark{h, at, at + len(b)})
		return
	}
	l := layer{kind: h, at: at, end: at + len(b), ip: -1}
	if n := len(r.current.layers); n > 0 {
		if outer := &r.current.layers[n-1]; (h == decode.TCP || h == decode.UDP || h == decode.ICMP || h == decode.ICMPv6) &&
			(outer.kind == decode.IPv4 || outer.kind == decode.IPv6) {
			l.ip = n - 1
		}
	}
	r.current.layers = append(r.current.layers, l)
	r.current.verifyChecksum(len(r.current.layers) - 1)
}

// opened returns what may be said of a packet that was opened.
func (r *Redactor) opened(o *httpstream.PlainCopy) *httpstream.PlainCopy {
	if o == nil || o.ALPN == "" && len(o.Certificate) == 0 {
		return o
	}
	is := *o
	protocol := append([]byte{byte(len(o.ALPN))}, o.ALPN...)
	tls.Protocols(r.Values, protocol)
	is.ALPN, is.Certificate = string(protocol[1:]), bytes.Clone(o.Certificate)
	if len(is.Certificate) > 0 {
		r.Certificate(is.Certificate)
	}
	return &is
}
