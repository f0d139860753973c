package httpstream

import "crypto/rc4"

// A chain is what a record needs of those before it. In TLS 1.0 the initialization vector
// of a CBC record is the last block of the record before (RFC 2246 section 6.2.3.2), and
// RC4 goes on from record to record in all versions. Other records need nothing but their
// number.
type chain struct {
	block bool   // the initialization vector is the last block
	keep  int    // how long tail is, where it is known: a block, and the MAC behind it
	tail  []byte // the end of the record before

	stream *rc4.Cipher // where the next record begins
}

// begin takes the initialization vector of the first record. In records trailer bytes
// follow the ciphertext.
func (c *chain) begin(iv []byte, trailer int) {
	c.block, c.keep = true, len(iv)+trailer
	c.tail = append(append(make([]byte, 0, 2*c.keep), iv...), make([]byte, trailer)...)
}

// broken reports whether the next record is chained to one whose end is not known.
func (c *chain) broken() bool { return len(c.tail) < c.keep }

// passed takes bytes of a record, without its header: the last of them may be needed for the
// next one.
func (c *chain) passed(b []byte) {
	if !c.block {
		return
	}
	b = b[max(0, len(b)-c.keep):]
	old := c.tail[max(0, len(c.tail)+len(b)-c.keep):]
	c.tail = append(c.tail[:copy(c.tail, old)], b...)
}

// lost takes a record, without its header, of which only the length is known.
func (c *chain) lost(size int) {
	c.tail = c.tail[:0]
	if c.stream != nil {
		skipKeyStream(c.stream, size)
	}
}

// failed takes a record, without its header, that does not decrypt.
func (c *chain) failed(b []byte) {
	c.lost(len(b))
	c.passed(b)
}

// behind returns the chain of a record that lies behind n others which are lost bytes long,
// headers included, and whether it can be known. What is there of them is before.
func (c *chain) behind(lost int64, n uint64, before []byte) (chain, bool) {
	next := *c
	switch {
	case lost == 0:
	case lost > maxTrials*maxPage:
		return next, false
	case c.block:
		next.tail = append(make([]byte, 0, 2*c.keep), before[max(0, len(before)-c.keep):]...)
		return next, !next.broken()
	case c.stream != nil:
		stream := *c.stream
		next.stream = &stream
		skipKeyStream(next.stream, int(lost)-int(n)*recordHeaderLen)
	}
	return next, true
}

func skipKeyStream(c *rc4.Cipher, n int) {
	var b [512]byte
	for n > 0 {
		part := b[:min(n, len(b))]
		c.XORKeyStream(part, part)
		n -= len(part)
	}
}

// openRC4 opens a record of RFC 5246 section 6.2.3.1.
func (p *protection) openRC4(page []byte, seq uint64, record []byte) (kind byte, content []byte, ok bool) {
	sealed := record[recordHeaderLen:]
	if len(page) < len(sealed) {
		return 0, nil, false
	}
	next := *p.chain.stream
	next.XORKeyStream(page, sealed)
	content, ok = p.withoutMAC(seq, record, page[:len(sealed)])
	if ok {
		*p.chain.stream = next
	}
	return record[0], content, ok
}
