package httpstream

import "crypto/sha256"

// tlsShared is what all TLS connections of an Assembler share.
type tlsShared struct {
	pages   [][]byte // free buffers of pageLimit bytes
	waiting int      // bytes of records that wait on all connections, see allWaitingLimit
	tried   int64    // bytes decrypted to find a sequence number, see trialBytes
	// certificates holds each certificate once, by its hash: a server has few.
	certificates map[[sha256.Size]byte][]byte
	// sessions holds the sessions that can be resumed by the hash of their identifier or
	// ticket.
	sessions map[[sha256.Size]byte]tlsSession
}

// A tlsSession is what a handshake that resumes a session does not show itself.
type tlsSession struct {
	certificate []byte // channel bindings need it
	// random is the ClientHello's of the handshake that made the master secret: some
	// clients log it under that one alone.
	random [32]byte
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

// remember keeps a session.
func (o *outlet) remember(name [sha256.Size]byte, session tlsSession) {
	if o.tlsShared.sessions == nil {
		o.tlsShared.sessions = make(map[[sha256.Size]byte]tlsSession)
	}
	if len(o.tlsShared.sessions) == sessionLimit {
		o.drop(sessionDropped)
		return
	}
	o.tlsShared.sessions[name] = session
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
