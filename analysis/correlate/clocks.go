package correlate

import (
	"net/netip"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// clocks are the clocks of machines, as messages have shown them so far.
type clocks struct {
	list     analysis.Clocks
	latest   map[netip.Addr]*analysis.Clock
	counters *httpstream.Counters
}

func newClocks(counters *httpstream.Counters) clocks {
	return clocks{latest: map[netip.Addr]*analysis.Clock{}, counters: counters}
}

// maxAhead is how far a clock may be from the capture's: one whose battery is empty shows 1970 or 2000. What
// is further away was written by no clock, as where a program fills the field with what it has.
const maxAhead = 100 * 365 * 24 * time.Hour

// read takes the time that a machine wrote into a message.
func (c *clocks) read(machine netip.Addr, written time.Time, at httpstream.Pos, source analysis.ClockSource) {
	if written.IsZero() || at.Time.IsZero() || !machine.IsValid() {
		return
	}
	ahead := written.Sub(at.Time.UTC())
	if ahead.Abs() > maxAhead {
		return
	}
	k := c.latest[machine]
	switch {
	case k != nil && !analysis.ClocksDiffer(k.Ahead, ahead):
		k.Last = at
		if source.Precision() > k.Source.Precision() {
			k.Source, k.Ahead = source, ahead
		}
	case len(c.list) >= maxClocks:
		c.counters.Drop("readings of clocks", 1, at)
	default:
		k = &analysis.Clock{Machine: machine, Ahead: ahead, Source: source, Pos: at, Last: at}
		c.latest[machine] = k
		c.list = append(c.list, k)
	}
}

// kdc reads the clocks in the reply of a KDC. If the reply came through another machine, the
// address of the KDC is not known, and its clock is left out.
func (c *clocks) kdc(k *analysis.KDCExchange) {
	kdc, client, direct := k.KDC.Addr(), k.Client.Addr(), k.Via() == ""
	if e := k.Err(); e != nil {
		if direct {
			c.read(kdc, e.STime, k.ReplyPos, analysis.KRBErrorSTime)
		}
		if r := k.Req(); r != nil && !isNonce(e.CTime, r.Nonce) {
			c.read(client, e.CTime, k.ReplyPos, analysis.KRBErrorCTime)
		}
	}
	if r := k.Rep(); r != nil && direct && k.Request != nil && r.Ticket.Opened != nil {
		c.read(kdc, r.Ticket.Opened.StartTime, k.ReplyPos, analysis.TicketStartTime)
	}
}

// isNonce reports whether the ctime of a KDC's error is the nonce of the request: MIT KDCs
// put it there.
func isNonce(ctime time.Time, nonce int) bool { return uint32(ctime.Unix()) == uint32(nonce) }

// exchange reads the clocks in an exchange with authentication. The header must not be redacted yet.
func (c *clocks) exchange(x *httpstream.Exchange, legs [2]*leg) {
	server, client := x.Conn.Server.Addr(), x.Conn.Client.Addr()
	if r := x.Response; r != nil && c.wantsDate(server, r.Pos) && isOriginal(x) {
		if date := r.Header.Value("Date"); date != "" {
			c.date(server, date, r.Pos)
		}
	}
	for _, l := range legs {
		if l == nil {
			continue
		}
		c.leg(l, client, server)
	}
}

func (c *clocks) date(server netip.Addr, value string, at httpstream.Pos) {
	if written, err := analysis.ParseDate(value); err == nil {
		c.read(server, written, at, analysis.HTTPDate)
	}
}

// leg reads the clocks in the tokens of a leg.
func (c *clocks) leg(l *leg, client, server netip.Addr) {
	if k := l.Sent.Kerberos(); k != nil && k.APReq != nil && k.APReq.Opened != nil && !forwarded(l.Request) {
		c.read(client, k.APReq.Opened.Time, l.RequestPos(), analysis.AuthenticatorTime)
	}
	for i := range l.Got {
		if m := l.Got[i].NTLM(); m.Type() == 2 && m.Challenge.TargetInfo != nil && m.Challenge.TargetInfo.Timestamp != nil {
			c.read(server, *m.Challenge.TargetInfo.Timestamp, l.ResponsePos(), analysis.NTLMTimestamp)
		}
		k := l.Got[i].Kerberos()
		if k == nil || k.Error == nil {
			continue
		}
		c.read(server, k.Error.STime, l.ResponsePos(), analysis.KRBErrorSTime)
		if !forwarded(l.Request) {
			c.read(client, k.Error.CTime, l.ResponsePos(), analysis.KRBErrorCTime)
		}
	}
	// An NTLMv2 answer repeats the server's time; without one it has the client's.
	if m := l.Sent.NTLM(); m.Type() == 3 && !forwarded(l.Request) {
		if a := m.Authenticate; a.Pairs != nil && a.Pairs.Timestamp == nil {
			c.read(client, a.Time, l.RequestPos(), analysis.NTLMClientTime)
		}
	}
}

// dateInterval is how often the Date of one server is read: parsing it takes longer than
// everything else about clocks.
const dateInterval = 10 * time.Second

// wantsDate reports whether the Date of a response is to be read.
func (c *clocks) wantsDate(server netip.Addr, at httpstream.Pos) bool {
	k := c.latest[server]
	return k == nil || at.Time.Sub(k.Last.Time) >= dateInterval
}

// isOriginal reports whether a response was made by the machine at the other end, and not taken
// from a cache, as far as its header says.
func isOriginal(x *httpstream.Exchange) bool {
	h := x.Response.Header
	if x.Response.Status == httpstream.StatusProxyAuthRequired {
		return h.Value("Age") == "" // by the proxy itself, which may name itself in Via
	}
	if h.Value("Age") != "" || h.Value("Via") != "" {
		return false
	}
	return x.Request == nil || analysis.TargetAuthority(x.Request.Target) == ""
}

// forwarded reports whether a header says that a proxy sent the request on.
func forwarded(r *httpstream.Request) bool {
	return r != nil && (r.Header.Value("Via") != "" || r.Header.Value("X-Forwarded-For") != "" || r.Header.Value("Forwarded") != "")
}
