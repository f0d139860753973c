package httpstream

import (
	"crypto/sha256"
	"math/bits"
)

// tlsShared is what all TLS connections of an Assembler share.
type tlsShared struct {
	pages      pages
	waiting    int   // bytes of records that wait on all connections, see maxAllWaiting
	triedBytes int64 // bytes decrypted to find a sequence number, see maxTrialBytes
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
	master []byte // that an RSA key gave, or nil
}

// pages are free buffers for records, those of minPage<<i bytes at i; the last are of
// maxPage bytes. So none is twice as long as the record in it, but for the shortest.
type pages [7][][]byte

// take returns a buffer of n bytes, of which there are maxPage at most. What it holds
// is what was there before.
func (p *pages) take(n int) []byte {
	i := pageClass(n)
	free := p[i]
	if len(free) == 0 {
		return make([]byte, n, min(minPage<<i, maxPage))
	}
	page := free[len(free)-1]
	p[i] = free[:len(free)-1]
	return page[:n]
}

// put takes back what take returned.
func (p *pages) put(page []byte) {
	if i := pageClass(cap(page)); len(p[i]) < maxFreePages {
		p[i] = append(p[i], page)
	}
}

// pageClass returns the place in pages of buffers that have room for n bytes.
func pageClass(n int) int { return bits.Len(uint(n-1) / minPage) }

// internCertificate returns a copy of der that may be kept; nil if there is none, or no room.
func (sh *shared) internCertificate(der []byte) []byte {
	if len(der) == 0 {
		return nil
	}
	name := sha256.Sum256(der)
	if held, ok := sh.tlsShared.certificates[name]; ok {
		return held
	}
	if len(sh.tlsShared.certificates) == maxCertificates {
		sh.drop(certificateDropped)
		return nil
	}
	if sh.tlsShared.certificates == nil {
		sh.tlsShared.certificates = make(map[[sha256.Size]byte][]byte)
	}
	held := append([]byte(nil), der...)
	sh.tlsShared.certificates[name] = held
	return held
}

// keepSession keeps a session.
func (sh *shared) keepSession(name [sha256.Size]byte, session tlsSession) {
	if sh.tlsShared.sessions == nil {
		sh.tlsShared.sessions = make(map[[sha256.Size]byte]tlsSession)
	}
	if _, known := sh.tlsShared.sessions[name]; !known && len(sh.tlsShared.sessions) == maxSessions {
		sh.drop(sessionDropped)
		return
	}
	sh.tlsShared.sessions[name] = session
}
