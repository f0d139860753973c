package redact

import "negotrace/capture/redact/tls"

// giveUpBuffered rewrites the buffered bytes of an incomplete message, mostly as zeros.
func (r *Redactor) giveUpBuffered(h *half, why string) {
	if len(h.buf) == 0 {
		return
	}
	switch h.state {
	case inBlank: // the rest of its beginning is missing
		h.sees(h.buf, -1)
		r.rewriteBuffered(h)
		return
	case inPage:
		r.endPage(h)
		return
	case inParts:
		r.cutParts(h)
		r.rewriteBuffered(h)
		return
	}
	left, next := 0, inRecord
	switch {
	case h.state == inHead, h.state == sniffing:
		r.cutHead(h)
	case h.state == packedUntilClose:
		r.packedPage(h.buf, h.packing)
	case h.state == inPacked: // the beginning of a page, whose end is missing
		r.packedPage(h.buf, h.packing)
		left, next, h.packing = int(h.left)-len(h.buf), inBody, ""
	case h.state == atPackedChunks: // one by one, as far as they are there
		h.packing, h.state = "", atChunk
		r.rewriteBuffered(h)
		r.giveUpBuffered(h, why)
		return
	case h.state == atRecord && tls.IsRecord(h.buf):
		left = r.cutRecords(h)
	case h.state == atLengthPrefix:
		left, next = r.cutPrefixed(h), inPrefixed
	case h.state == atHeaded:
		left, next = r.cutHeaded(h), inHeaded
	default:
		r.Unknown(why, len(h.buf))
		clear(h.buf)
	}
	r.commit(h, len(h.buf))
	if left > 0 {
		h.state, h.left = next, int64(left)
		return
	}
	h.setResync()
}

// endPage rewrites the last word of a page, of which the rest is missing or not looked at.
func (r *Redactor) endPage(h *half) {
	n := len(h.buf)
	r.Words(h.buf)
	r.Counts.BodyBytes += n
	r.commit(h, n)
	h.pageLeft = 0
	switch {
	case h.left < 0:
		h.state = untilClose
	case h.left > int64(n):
		h.left, h.state = h.left-int64(n), inBody
	default:
		h.left = 0
		h.bodyEnds()
	}
}

// giveUpPacket rewrites the rest of a packet without waiting for later packets.
func (r *Redactor) giveUpPacket(p *packet) {
	for _, h := range p.halves {
		for p.pending > 0 && (len(h.buf) > 0 || len(h.waiting) > 0) {
			if len(h.buf) > 0 {
				r.giveUpBuffered(h, "incomplete messages")
				r.feedWaiting(h)
			} else {
				r.skipGap(h)
			}
		}
	}
	for _, whole := range p.reassembled {
		if whole.pending > 0 {
			r.giveUpPacket(whole)
		}
	}
	if p.pending > 0 {
		r.giveUpFragments(p)
	}
}

// giveUpConn rewrites the rest of a connection without waiting for later packets.
func (r *Redactor) giveUpConn(c *conn) {
	r.giveUpTunnels(c)
	for i := range c.sides {
		for h := &c.sides[i]; h != nil; h = h.early {
			for len(h.buf) > 0 || len(h.waiting) > 0 {
				r.giveUpBuffered(h, "incomplete messages")
				r.skipGap(h)
			}
		}
	}
}
