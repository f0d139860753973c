package fleet

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/correlate"
	"negotrace/httpstream"
	"negotrace/tokens"
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
	o.Type = "handshake"
	c := *h
	c.KDC, c.DNS = nil, nil
	c.Legs = make([]*analysis.Leg, len(h.Legs))
	for i, l := range h.Legs {
		c.Legs[i] = recordedLeg(l)
	}
	return &Handshake{Origin: o, Handshake: &c, Checks: checks}
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

// A requestRecord is a request with credentials at one capture point. Requests with the same token
// have the same key. Requests without a token have the same key if path and credentials are the
// same.
type requestRecord struct {
	Place
	// Shared says that other requests may have the same credentials, as with Basic.
	Shared bool `json:"shared,omitempty"`
	// ToProxy says that a proxy asked for the credentials. It does not forward them.
	ToProxy bool `json:"to_proxy,omitempty"`
	Version int  `json:"record"`
	// Client and Server are the ends of the connection.
	Client netip.AddrPort `json:"client"`
	Server netip.AddrPort `json:"server"`
	Method string         `json:"method"`
	Target string         `json:"target"`
	// ForwardedFor are the addresses for which a proxy says that it forwarded the request, see
	// forwardedFor.
	ForwardedFor []netip.Addr `json:"for,omitempty"`
	// At is when the request was sent, by the clock of the capture point. Frame is where it is.
	At    httpstream.Time `json:"at"`
	Frame int             `json:"frame"`
	User  string          `json:"user,omitempty"`
	URL   string          `json:"url,omitempty"`
}

// CheckVersion returns an error for a record of another version.
func (p *requestRecord) CheckVersion() error { return (&Origin{Version: p.Version}).CheckVersion() }

// exchange returns the request in the form that correlate.MayBeForwarded reads.
func (p *requestRecord) exchange() *httpstream.Exchange {
	return &httpstream.Exchange{
		Conn:    &httpstream.Conn{Client: p.Client, Server: p.Server},
		Request: &httpstream.Request{Method: p.Method, Target: p.Target},
	}
}

// requestRecords returns the requests of a handshake with credentials, each with its key: requests
// that may be the same have the same key. Message 1 of NTLM is the same for every client, so it
// gets no record.
func requestRecords(at Place, h *analysis.Handshake) (all []*requestRecord, keys []string) {
	for _, l := range h.Legs {
		if l.Sent == nil || l.Request == nil || !l.Conn.Client.IsValid() {
			continue
		}
		key, shared := requestKey(l)
		if key == "" || slices.Contains(keys, key) {
			continue
		}
		keys = append(keys, key)
		all = append(all, &requestRecord{Place: at, Version: Version, Shared: shared, ToProxy: h.Target != analysis.ToServer, Client: l.Conn.Client, Server: l.Conn.Server,
			Method: l.Request.Method, Target: l.Request.Target, ForwardedFor: forwardedFor(l.Request.Header), At: l.Request.Pos.Time,
			Frame: l.Request.Pos.Frame, User: h.User, URL: h.URL})
	}
	return all, keys
}

// requestKey returns a key for the credentials of a request, the same in every capture, "" if
// there is none, and whether other requests may have the same credentials. The response of Digest
// differs with each request if the client counts them (RFC 7616 section 3.4).
func requestKey(l *analysis.Leg) (key string, shared bool) {
	switch {
	case l.Sent.Token != nil && l.Sent.NTLM().Type() == 1:
		return "", false
	case l.Sent.Token != nil:
		return strconv.FormatUint(l.Sent.Token.Sum, 16), false
	case l.Sent.Sum == 0:
		return "", false
	case l.Sent.Scheme == "Digest" && slices.ContainsFunc(l.Sent.Params, func(p tokens.Param) bool { return strings.EqualFold(p.Name, "nc") }):
		return strconv.FormatUint(l.Sent.Sum, 16), false
	}
	return fmt.Sprintf("%x %s %s", l.Sent.Sum, l.Request.Method, correlate.Path(l.Request.Target)), true
}

// A clientRecord is a handshake, an exchange with a KDC, an answer of a name server, or a finding
// about an exchange, of one client.
type clientRecord struct {
	Version int    `json:"record"`
	Set     string `json:"set"`
	Host    string `json:"capture_host"`
	// Client is the client's address.
	Client    netip.Addr            `json:"client"`
	Handshake *analysis.Handshake   `json:"handshake,omitempty"` // with its legs, as in Handshake
	KDC       *analysis.KDCExchange `json:"kdc,omitempty"`
	Lookup    *analysis.Lookup      `json:"lookup,omitempty"`
	Check     string                `json:"check,omitempty"` // that found something in the reply at At
	At        httpstream.Pos        `json:"at,omitzero"`
	// Server is the server of the handshake. Ticket is the sum of the ticket that the handshake
	// presents or the KDC issued; 0 if there is none.
	Server netip.AddrPort `json:"server,omitzero"`
	Ticket uint64         `json:"ticket,omitempty"`
}

// CheckVersion returns an error for a record of another version.
func (c *clientRecord) CheckVersion() error { return (&Origin{Version: c.Version}).CheckVersion() }

// restore sets the fields of the handshake and of the exchange that JSON leaves out and the rules
// read: the ends of the connection and the sum of the ticket.
func (c *clientRecord) restore() {
	if h := c.Handshake; h != nil {
		conn := &httpstream.Conn{Client: netip.AddrPortFrom(c.Client, 0), Server: c.Server}
		for _, l := range h.Legs {
			l.Conn = conn
			if l.Exchange == nil {
				l.Exchange = &httpstream.Exchange{}
			}
		}
		if c.Ticket != 0 {
			ticket := tokens.Ticket{EncPart: tokens.Encrypted{Len: 1, Sum: c.Ticket}}
			h.Last().Sent = &tokens.Auth{Token: &tokens.Token{Kerberos: &tokens.Kerberos{APReq: &tokens.APReq{Ticket: ticket}}}}
		}
	}
	if c.KDC != nil {
		if r := c.KDC.Rep(); r != nil {
			r.Ticket.EncPart.Sum = c.Ticket
		}
	}
	if c.Lookup != nil {
		c.Lookup.Client = netip.AddrPortFrom(c.Client, 0)
	}
}
