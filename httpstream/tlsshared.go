package httpstream

import "crypto/sha256"

// tlsShared is what all TLS connections of an Assembler share.
type tlsShared struct {
	pages   [][]byte // free buffers of pageLimit bytes
	waiting int      // bytes of records that wait on all connections, see allWaitingLimit
	// certificates holds each certificate once, by its hash: a server has few.
	certificates map[[sha256.Size]byte][]byte
	// sessions holds the certificate of each session by the hash of its identifier or
	// ticket: a handshake that resumes it sends none, and channel bindings need it.
	sessions map[[sha256.Size]byte][]byte
}

// certificate returns a copy of der that may be kept; nil if there is none, or no room.
func (o *outlet) certificate(der []byte) []byte {
	if len(der) == 0 {
		return nil
	}
	name := sha256.Sum256(der)
	if held, ok := o.tlsShared.certificates[name]; ok {
		return held
	}
	if len(o.tlsShared.certificates) == certificateLimit {
		o.drop(certificateDropped)
		return nil
	}
	if o.tlsShared.certificates == nil {
		o.tlsShared.certificates = make(map[[sha256.Size]byte][]byte)
	}
	held := append([]byte(nil), der...)
	o.tlsShared.certificates[name] = held
	return held
}

// remember keeps the certificate of a session.
func (o *outlet) remember(session [sha256.Size]byte, certificate []byte) {
	if certificate == nil {
		return
	}
	if o.tlsShared.sessions == nil {
		o.tlsShared.sessions = make(map[[sha256.Size]byte][]byte)
	}
	if len(o.tlsShared.sessions) == sessionLimit {
		o.drop(sessionDropped)
		return
	}
	o.tlsShared.sessions[session] = certificate
}

// countClosed counts a TLS connection to that host that could not be opened. Hosts
// over the limit are counted together.
func (o *outlet) countClosed(host string) {
	if o.tally.TLSClosed == nil {
		o.tally.TLSClosed = make(map[string]int)
	}
	if _, known := o.tally.TLSClosed[host]; !known && len(o.tally.TLSClosed) >= hostLimit {
		host = "other hosts"
	}
	o.tally.TLSClosed[host]++
}
