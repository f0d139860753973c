package correlate

import (
	"net/netip"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// A protectionSpace is where a client is asked for credentials: a proxy, or a part of the site
// of a server (RFC 9110 section 11.5).
type protectionSpace struct {
	target       analysis.Target
	server       netip.AddrPort
	name         string
	firstSegment string // of the path
}

// protectionSpaceOf returns the place that a leg is about.
func protectionSpaceOf(l *leg) protectionSpace {
	p := protectionSpace{target: l.target, server: l.Conn.Server}
	if l.Request != nil {
		p.name = strings.ToLower(l.Request.Host)
	}
	if l.target == analysis.ToServer {
		p.firstSegment = firstSegment(l.Request)
	}
	return p
}

// maxSegment is how much of the first segment of a path is kept, in bytes.
const maxSegment = 64

// firstSegment returns the first segment of the path of a request, "" for the root. Applications
// protect what lies beneath a path, as clients take it for granted too (RFC 7617 section
// 2.2), and most have the first segment to themselves.
func firstSegment(r *httpstream.Request) string {
	if r == nil || r.AsksTunnel() {
		return ""
	}
	path, _, _ := strings.Cut(r.Target, "?")
	if _, rest, absolute := strings.Cut(path, "://"); absolute {
		path = rest[max(0, strings.IndexByte(rest, '/')):]
	}
	segment, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return strings.ToLower(segment[:min(len(segment), maxSegment)])
}

// addChallenge notes that a server or proxy asks for credentials, and of which schemes.
func (k *knowledge) addChallenge(l *leg) {
	p := protectionSpaceOf(l)
	if _, known := k.challenged[p]; !known && len(k.challenged) >= maxProtectionSpaces {
		return
	}
	kinds := k.challenged[p]
	for i := range l.Got {
		kinds |= kindOf(l.Got[i].Scheme)
	}
	if len(l.Got) == 0 { // it may want any
		kinds = ^schemeKinds(0)
	}
	k.challenged[p] = kinds
}

// schemeKinds are kinds of schemes, as bits. Schemes that carry the same tokens are one kind.
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
	case tokens.IsTokenScheme(scheme):
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

// wasChallenged reports whether credentials of this kind were asked for: for the same part of
// the site, or for its root. It is true, too, where the challenge may lie outside of the
// capture. A challenge for another part of the site, or for another kind of scheme, does not
// count.
func (h *attempt) wasChallenged(k *knowledge) bool {
	if first := h.First(); h.Browser() || !first.Conn.SYN || h.OpeningLeg() != first && first.Request == nil {
		return true
	}
	return h.sawChallenge(k)
}

// sawChallenge is wasChallenged for a challenge that was seen.
func (h *attempt) sawChallenge(k *knowledge) bool {
	here := protectionSpaceOf(h.last)
	root := here
	root.firstSegment = ""
	return (k.challenged[here]|k.challenged[root])&kindOf(scheme(&h.Handshake)) != 0
}
