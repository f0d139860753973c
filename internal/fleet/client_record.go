package fleet

import (
	"fmt"
	"net/netip"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// A clientRecord is a handshake, an exchange with a KDC, an answer of a name server, or a finding
// about an exchange, of one client.
type clientRecord struct {
	versioned
	Set  string `json:"set"`
	Host string `json:"capture_host"`
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

// emitClient emits a record of a client, with one key for its address and each time bucket that it
// touches, and one key for its ticket. A KDC exchange is in one bucket only, so that nothing is
// joined with it twice.
func (x *setAnalysis) emitClient(c *clientRecord, from, until httpstream.Time) {
	c.Version, c.Set, c.Host, c.Client = version, x.set.Name, x.set.Host, c.Client.Unmap()
	b := encode(c)
	for _, n := range buckets(from, until) {
		x.out.Client(fmt.Sprintf("client %s %d", c.Client, n), b)
	}
	if c.Ticket != 0 {
		x.out.Client(fmt.Sprintf("ticket %x", c.Ticket), b)
	}
}

// buckets returns the numbers of the time buckets between two times. If there are very many, it
// returns the first and the last ones.
func buckets(from, until httpstream.Time) []int64 {
	first, last := from.UTC().UnixNano()/int64(bucket), until.UTC().UnixNano()/int64(bucket)
	var all []int64
	for n := first; n <= last; n++ {
		if len(all) == maxBuckets && last-n > maxBuckets {
			n = last - maxBuckets
		}
		all = append(all, n)
	}
	return all
}

// lookupsSeen are the answers of name servers that were emitted in the latest time bucket.
type lookupsSeen struct {
	bucket int64
	seen   map[string]bool
}

// isNew reports whether an answer was not yet emitted in its time bucket.
func (s *lookupsSeen) isNew(l *analysis.Lookup) bool {
	b := l.Pos.Time.UTC().UnixNano() / int64(bucket)
	if b != s.bucket || s.seen == nil || len(s.seen) >= maxLookupsSeen {
		s.bucket, s.seen = b, map[string]bool{}
	}
	key := fmt.Sprint(l.Client.Addr(), l.Name, l.Type, l.RCode, l.CNAMEs, l.Addrs, l.Targets)
	if s.seen[key] {
		return false
	}
	s.seen[key] = true
	return true
}

// An exchangeKey is the same for an exchange with a KDC in every capture of it.
type exchangeKey struct {
	flow, service string
	tgs           bool
	error         int
	ticket        uint64
}

func keyOfExchange(c *clientRecord) exchangeKey {
	k := exchangeKey{flow: c.KDC.CommunityID, tgs: c.KDC.TGS(), ticket: c.Ticket}
	if s := c.KDC.Service(); s != nil {
		k.service = strings.ToLower(s.String())
	}
	if e := c.KDC.Err(); e != nil {
		k.error = int(e.Code)
	}
	return k
}

// clientRecords are all records of one client in one time bucket, or about one ticket.
type clientRecords struct {
	handshakes, kdc []*clientRecord
	found           map[foundAt][]string
	dns             analysis.DNS
}

// A foundAt identifies the reply that findings are about.
type foundAt struct {
	set string
	at  httpstream.Pos
}

// clocksAgree reports whether two times may be of the same exchange: if they differ by no more
// than Kerberos allows.
func clocksAgree(a, b httpstream.Time) bool {
	return a.Sub(b).Abs() <= analysis.MaxClockSkew
}
