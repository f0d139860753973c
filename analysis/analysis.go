// Package analysis groups exchanges into handshakes and runs checks over them.
//
// A Trace takes what a capture holds in the order of the capture: exchanges, ends of
// connections, messages to and from KDCs, answers of name servers. Its Report says
// who authenticated how, what went wrong, and what could not be seen.
package analysis

import (
	"net/netip"

	"golang.org/x/net/dns/dnsmessage"

	"negotrace/httpstream"
	"negotrace/tokens"
)

// A Trace collects what a capture holds.
type Trace struct {
	decoder    tokens.Decoder
	exchanges  []*Leg
	conns      []*httpstream.Conn
	kdc        []*KDCExchange
	names      []Lookup
	handshakes []*Handshake
}

// NewTrace returns an empty Trace that decodes tokens with decoder.
func NewTrace(decoder tokens.Decoder) *Trace { return &Trace{decoder: decoder} }

// Exchange takes an exchange. It keeps those that tell of authentication, decodes
// their tokens and forgets the secrets of their headers.
func (t *Trace) Exchange(x *httpstream.Exchange) {}

// Conn takes a connection that has ended.
func (t *Trace) Conn(c *httpstream.Conn) { t.conns = append(t.conns, c) }

// Kerberos takes a message to or from port 88. m holds what could be decoded; it is
// never nil.
func (t *Trace) Kerberos(at httpstream.Pos, src, dst netip.AddrPort, m *tokens.Kerberos) {}

// DNS takes a message from a name server.
func (t *Trace) DNS(at httpstream.Pos, src, dst netip.AddrPort, m *dnsmessage.Message) {}

// Report groups what was collected, runs the checks and returns the result. tally is
// what the reading of the capture counted.
func (t *Trace) Report(tally *httpstream.Tally, checks []*Check) *Report { return nil }
