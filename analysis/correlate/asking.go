package correlate

import (
	"net/http"
	"net/netip"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// A place is where a client is asked for credentials: a proxy, or a part of the site of a
// server.
type place struct {
	target analysis.Target
	server netip.AddrPort
	name   string
	part   string // see partOf
}

// placeOf returns the place that a leg is about.
func placeOf(l *leg) place {
	p := place{target: l.target, server: l.Conn.Server}
	if l.Request != nil {
		p.name = strings.ToLower(l.Request.Host)
	}
	if l.target == analysis.ToServer {
		p.part = partOf(l.Request)
	}
	return p
}

// maxPart is how much of the name of a part of a site is kept, in bytes.
const maxPart = 64

// partOf returns the first segment of the path of a request, "" for the root. Applications
// protect what lies beneath a path, as clients take it for granted too (RFC 7617 section
// 2.2), and most have the first segment to themselves.
func partOf(r *httpstream.Request) string {
	if r == nil || r.Method == http.MethodConnect {
		return ""
	}
	path, _, _ := strings.Cut(r.Target, "?")
	if _, rest, absolute := strings.Cut(path, "://"); absolute {
		path = rest[max(0, strings.IndexByte(rest, '/')):]
	}
	segment, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return strings.ToLower(segment[:min(len(segment), maxPart)])
}

// addAsking notes that a server or proxy asks for credentials, and of which schemes.
func (k *knowledge) addAsking(l *leg) {
	p := placeOf(l)
	if _, known := k.asking[p]; !known && len(k.asking) >= maxAsking {
		return
	}
	asks := k.asking[p]
	for i := range l.Got {
		asks |= kindOf(l.Got[i].Scheme)
	}
	if len(l.Got) == 0 { // it may want any
		asks = ^schemeKinds(0)
	}
	k.asking[p] = asks
}

// schemeKinds are kinds of schemes: those whose tokens stand for one another are one kind.
type schemeKinds uint8

const (
	tokenKind schemeKinds = 1 << iota
	basicKind
	digestKind
	bearerKind
	otherKind
)

func kindOf(scheme string) schemeKinds {
	switch {
	case analysis.TokenScheme(scheme):
		return tokenKind
	case scheme == "Basic":
		return basicKind
	case scheme == "Digest":
		return digestKind
	case scheme == "Bearer", scheme == "DPoP":
		return bearerKind
	}
	return otherKind
}

// asked reports whether somebody asked for credentials: for the same part of the site or for
// its root, or it may have where the capture does not reach. A public page next to a
// protected one asks nobody, and who asks for a ticket asks for no password.
func (h *attempt) asked(k *knowledge) bool {
	if first := h.First(); h.Browser() || !first.Conn.SYN || h.Opening() != first && first.Request == nil {
		return true
	}
	here := placeOf(h.last)
	root := here
	root.part = ""
	return (k.asking[here]|k.asking[root])&kindOf(scheme(&h.Handshake)) != 0
}
