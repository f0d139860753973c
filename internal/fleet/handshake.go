package fleet

import (
	"net/netip"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// A Handshake is the record of a handshake.
type Handshake struct {
	Origin
	// Handshake is that of the report. Its legs have only the places and times of the messages,
	// what was asked for, and the status. Its exchanges with KDCs and the answers of name servers
	// are records of their own.
	*analysis.Handshake
	// Checks are the checks that found something in it, in the order of their findings.
	Checks []string `json:"checks,omitempty"`
}

// newHandshake makes the record of a handshake in which these checks found something.
func newHandshake(o Origin, h *analysis.Handshake, checks []string) *Handshake {
	c := *h
	c.KDC, c.DNS = nil, nil
	c.Legs = make([]*analysis.Leg, len(h.Legs))
	for i, l := range h.Legs {
		c.Legs[i] = recordedLeg(l)
	}
	return &Handshake{Origin: o.of("handshake"), Handshake: &c, Checks: checks}
}

// recordedLeg returns the part of a leg that is recorded.
func recordedLeg(l *analysis.Leg) *analysis.Leg {
	x := &httpstream.Exchange{H2Stream: l.H2Stream}
	if q := l.Request; q != nil {
		x.Request = &httpstream.Request{Pos: q.Pos, Done: q.Done, Method: q.Method, Target: q.Target, Proto: q.Proto, Host: q.Host, HeadLen: q.HeadLen, BodyLen: q.BodyLen}
	}
	if r := l.Response; r != nil {
		x.Response = &httpstream.Response{Pos: r.Pos, Done: r.Done, Proto: r.Proto, Status: r.Status, HeadLen: r.HeadLen, BodyLen: r.BodyLen}
	}
	return &analysis.Leg{Exchange: x}
}

// A KDCExchange is the record of an exchange with a KDC.
type KDCExchange struct {
	Origin
	*analysis.KDCExchange
}

// A Lookup is the record of an answer of a name server.
type Lookup struct {
	Origin
	Client netip.Addr       `json:"client"`
	Answer *analysis.Lookup `json:"answer"`
}
