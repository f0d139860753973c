package message

// dnsHeaderLen is how long the header of a message is.
const dnsHeaderLen = 12

// isEmptyDNS reports whether bytes are the header of a message without records.
func isEmptyDNS(b []byte) bool {
	return len(b) >= dnsHeaderLen && be.Uint64(b[4:]) == 0
}

// isCountable reports whether a message can have as many questions and records as its header says. Of text it says too
// many.
func (m *dnsMessage) isCountable() bool {
	const questions, shortestQuestion, shortestRecord, longest = 32, 1 + 4, 1 + 10, 64 << 10
	n := int(be.Uint16(m.b[4:]))
	return n < questions && n*shortestQuestion+m.records()*shortestRecord <= longest
}

// records returns how many records a message has behind its questions.
func (m *dnsMessage) records() int {
	return int(be.Uint16(m.b[6:])) + int(be.Uint16(m.b[8:])) + int(be.Uint16(m.b[10:]))
}

// maskHeader rewrites the header of something that is no message of DNS, so that it stays none.
func (m *dnsMessage) maskHeader() {
	header := m.b[:min(dnsHeaderLen, len(m.b))]
	copy(header, m.Names.Opaque(header))
	for i := 4; i < len(header); i++ { // numbers of records, which are not there
		header[i] = 0xff
	}
}
