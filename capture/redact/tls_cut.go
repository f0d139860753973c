package redact

// Records of the handshake whose end is not in the capture, where packets are cut or lost.

// cutRecords rewrites what there is of records in the clear, the last one of which is not whole. It
// returns how many of its bytes are missing.
func (r *Redactor) cutRecords(h *half) (missing int) {
	var content []byte
	var places [][]byte // where it lies
	b := h.buf
	for len(b) >= recordHeaderLen && isRecord(b) {
		n := recordHeaderLen + int(be.Uint16(b[3:]))
		here := b[recordHeaderLen:min(n, len(b))]
		missing = n - recordHeaderLen - len(here)
		if b[0] == recordHandshake {
			content = append(content, here...)
			places = append(places, here)
		} else {
			noise.fill(here, h.done)
		}
		b = b[recordHeaderLen+len(here):]
	}
	clear(b)
	if may, more := areMessages(content); may { // as if the rest were zeros
		content = append(content, make([]byte, more)...)
	}
	r.handshakeMessages(h, content)
	for _, p := range places {
		content = content[copy(p, content):]
	}
	return missing
}
