package redact

import "negotrace/capture/pcap"

// A fragment is a part of an IP packet.
type fragment struct {
	p  *packet
	at int // offset in the whole packet
	b  []byte
}

// fragment keeps a fragment until all are there.
func (r *Redactor) fragment(number, offset int, b []byte) {
	p := r.current
	if p.offset(b) < 0 {
		return // inside of a packet that was itself put together
	}
	if r.fragments == nil {
		r.fragments = map[int][]fragment{}
	}
	r.fragments[number] = append(r.fragments[number], fragment{p, offset, b})
	p.pending++
	p.fragmentIDs = append(p.fragmentIDs, number)
}

// assembled makes one packet of its fragments. It is rewritten like any other.
func (r *Redactor) assembled(number int, b []byte) {
	parts := r.fragments[number]
	delete(r.fragments, number)
	if len(parts) == 0 {
		return
	}
	whole := &packet{Packet: pcap.Packet{Data: b, Link: pcap.LinkUnknown}, fragments: parts}
	whole.pending++ // until all that is in it was looked at
	for _, f := range parts {
		r.Unknown("fragments behind the end of their packet", max(min(f.at+len(f.b)-len(b), len(f.b)), 0))
		f.p.reassembled = append(f.p.reassembled, whole)
	}
	r.current = whole
	r.reassembled = append(r.reassembled, whole)
}

// rewrote notes that a piece of a packet is rewritten. Once all of a reassembled packet is, its
// fragments get their new bytes.
func (p *packet) rewrote() {
	if p.pending--; p.pending > 0 || p.fragments == nil {
		return
	}
	p.updateChecksums()
	for _, f := range p.fragments {
		n := copy(f.b, p.Data[min(f.at, len(p.Data)):])
		clear(f.b[n:]) // behind the end that another fragment says
		f.p.rewrote()
	}
	p.fragments = nil
}

// giveUpFragments clears the fragments of a packet that stays incomplete.
func (r *Redactor) giveUpFragments(p *packet) {
	for _, number := range p.fragmentIDs {
		for _, f := range r.fragments[number] {
			r.Unknown("fragments whose others are missing", len(f.b))
			clear(f.b)
			f.p.rewrote()
		}
		delete(r.fragments, number)
	}
}
