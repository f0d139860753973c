package checks

import (
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// requestedSPN returns the service principal that the client of a handshake wanted a ticket for,
// from the ticket it presented or from what it asked the KDC; nil if neither is seen.
func requestedSPN(h *analysis.Handshake) (*tokens.Principal, httpstream.Pos) {
	if l, ap := h.APReq(); ap != nil {
		return &ap.Ticket.Service, l.RequestPos()
	}
	for _, k := range h.KDC {
		if s := k.Service(); s != nil && s.HTTP() {
			return s, k.Pos()
		}
	}
	return nil, httpstream.Pos{Stream: -1}
}

// requestedHost returns the host of that principal without port, "" if there is none.
func requestedHost(h *analysis.Handshake) (string, httpstream.Pos) {
	s, at := requestedSPN(h)
	if s == nil || !s.HTTP() {
		return "", at
	}
	return strings.TrimSuffix(analysis.HostOnly(s.Host()), "."), at
}
