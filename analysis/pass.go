package analysis

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"negotrace/capture/hosttext"
	"negotrace/httpstream"
)

// A Pass is what a check may look at. Checks must not change it. A long capture is judged
// in overlapping parts, each by a Pass of its own; DNS, MidStream and Baseline are about
// all of the capture so far, and the Counters are empty until its end.
type Pass struct {
	// Handshakes are those to look at: each is among them in one Pass, in which what came
	// before and after it is visible too.
	Handshakes []*Handshake
	// Context are the Handshakes and those around them, to compare with. A finding about
	// one that is not among the Handshakes is left to the Pass in which it is.
	Context []*Handshake
	KDC     []*KDCExchange
	// Conns are connections that ended and are not complete, were TLS, were never
	// answered, or went to a KDC; of others not all.
	Conns     []*httpstream.Conn
	DNS       *DNS
	Counters  *httpstream.Counters
	Clocks    Clocks
	MidStream int // connections with HTTP whose beginning is not in the capture
	// Exchanges are those with authentication, and of the others those that a check asked
	// for (see Check.Keep), in order.
	Exchanges []*httpstream.Exchange

	// End is the time of the last thing seen.
	End httpstream.Time

	// ClientSides leads from the exchanges of a proxy with a server to those of the client
	// with the proxy, where the capture holds both.
	ClientSides map[*httpstream.Exchange]*httpstream.Exchange
	// Baselines are for each server times that it took to answer requests without
	// credentials, the shortest first.
	Baselines map[netip.AddrPort][]time.Duration

	// Events are those of event logs, nil until the end of the capture; LogsAlone says that there
	// is no capture.
	Events    []*EventRow
	HostTexts []*hosttext.Entry // what commands printed about hosts, likewise
	LogsAlone bool

	// LoggedHandshakes are those that logs of web servers show by themselves, where there are no
	// requests in the capture, or is none; nil until the end. No token of theirs is known.
	LoggedHandshakes []*Handshake
	// LoggedFaults are refusals in logs that do not say more of the requests, in the same case.
	LoggedFaults []*LoggedFault

	// NamedRequests are requests without credentials for which logs name users, nil until the end.
	NamedRequests []*NamedRequest

	// Visits are those of all the capture, and Sites the names of hosts that ask for
	// credentials, that redirects lead to and that tickets were asked for, in lower case. Both
	// are nil until the end of the capture.
	Visits *Visits
	Sites  map[string]bool
	// Questions are those to name servers of all the capture, nil until its end.
	Questions *Questions

	lookups  lookups
	check    *Check             // that runs
	findings []*Finding         // of that check
	found    map[int][]*Finding // of the checks before, by handshake
}

// Run runs a check and returns what it found.
func (p *Pass) Run(c *Check) []*Finding {
	p.check, p.findings = c, nil
	c.Run(p)
	for _, f := range p.findings {
		f.weaken()
		if f.Handshake != 0 {
			if p.found == nil {
				p.found = map[int][]*Finding{}
			}
			p.found[f.Handshake] = append(p.found[f.Handshake], f)
		}
	}
	return p.findings
}

// Found reports a finding about a handshake (nil if it is about none), proven at the
// given place. The message is one sentence of fact about this capture; it names users,
// hosts, SPNs and codes, but no frames, times and ports, so that repeats fall together.
// Severity, evidence and the rest are the check's usual ones until changed on what is
// returned.
func (p *Pass) Found(h *Handshake, at httpstream.Pos, format string, args ...any) *Finding {
	f := &Finding{
		Check: p.check.Name, Severity: p.check.Severity, Evidence: p.check.Evidence,
		Frame: at.Frame, Stream: at.Stream, File: at.File, Time: at.Time,
		Message: fmt.Sprintf(format, args...), Count: 1, Export: !at.InPackets(), By: p.check, said: codesIn(args),
	}
	if h != nil {
		f.Handshake, f.about = h.ID, h
		f.Source = h.sourceAt(at)
		f.Client, f.Server, f.Host, f.User, f.SPN = h.Client, h.Server, h.Host, h.User, h.SPN
	}
	p.findings = append(p.findings, f)
	return f
}

// FoundKDC does the same as Found for an exchange with a KDC, and the handshake that it is about, nil if
// it is about none.
func (p *Pass) FoundKDC(h *Handshake, k *KDCExchange, format string, args ...any) *Finding {
	f := p.Found(h, k.Pos(), format, args...)
	f.AddProof(k.RequestPos)
	if h == nil {
		f.Client, f.Server, f.Host, f.User, f.SPN = k.parties()
	}
	f.aboutKDC = k
	return f
}

// FoundIn does the same as Found for an exchange that is a part of no handshake.
func (p *Pass) FoundIn(x *httpstream.Exchange, at httpstream.Pos, format string, args ...any) *Finding {
	f := p.Found(nil, at, format, args...)
	if c := x.Conn; c.Client.IsValid() {
		f.Client = c.Client.String()
	}
	if c := x.Conn; c.Server.IsValid() {
		f.Server = c.Server.String()
	}
	if x.Request != nil {
		f.Host = HostOnly(x.Request.Host)
	}
	return f
}

// ClientSide returns the exchange by which a client asked a proxy for what x is the proxy's
// request for, nil if x is none or the capture does not hold both sides.
func (p *Pass) ClientSide(x *httpstream.Exchange) *httpstream.Exchange { return p.ClientSides[x] }

// ClientSideHandshake returns the client's handshake with a proxy that h continues on the
// proxy's other side, nil if there is none in the capture.
func (p *Pass) ClientSideHandshake(h *Handshake) *Handshake {
	if h.ClientSide == 0 {
		return nil
	}
	i := slices.IndexFunc(p.Context, func(o *Handshake) bool { return o.ID == h.ClientSide })
	if i < 0 {
		return nil
	}
	return p.Context[i]
}

// Baseline returns the median time that the server took to answer requests without
// credentials, and how many of them there were.
func (p *Pass) Baseline(server netip.AddrPort) (time.Duration, int) {
	q := p.Baselines[server]
	if len(q) == 0 {
		return 0, 0
	}
	return q[len(q)/2], len(q)
}

// SawAll reports whether absence proves something: every connection of the handshake was
// seen from its beginning and without loss, and it does not come from a browser export.
func (p *Pass) SawAll(h *Handshake) bool { return h.Complete && !h.Browser() }
