package checks

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// A kdcTry is one attempt of a client to reach a KDC, or several for one request.
type kdcTry struct {
	at       httpstream.Pos
	kdc      netip.Addr
	n        int
	syns     int // of a connection that was not opened
	refused  bool
	accepted outcomeOfTry
	answered bool
	referral string // the realm to which the answer sends the client, "" for none
}

// An outcomeOfTry says what became of a request on a connection that the KDC accepted.
type outcomeOfTry uint8

const (
	notAccepted outcomeOfTry = iota // or it is not certain what became of it
	stayedSilent
	closedInstead // of an answer
)

// kdcTries returns the attempts of each client in the order of their time, and the clients in the
// order in which they are seen.
func kdcTries(p *analysis.Pass) (clients []netip.Addr, tries map[netip.Addr][]kdcTry) {
	tries = map[netip.Addr][]kdcTry{}
	add := func(client netip.Addr, t kdcTry) {
		if _, known := tries[client]; !known {
			clients = append(clients, client)
		}
		tries[client] = append(tries[client], t)
	}
	for _, k := range p.KDC {
		switch {
		case k.Kpasswd():
		case k.Reply != nil:
			add(k.Client.Addr(), kdcTry{at: k.ReplyPos, kdc: k.KDC.Addr(), answered: true, referral: referredTo(k)})
		case k.Via() == "":
			add(k.Client.Addr(), kdcTry{at: k.RequestPos, kdc: k.KDC.Addr(), n: 1 + k.Retries, accepted: acceptedInVain(p, k)})
		}
	}
	for _, c := range p.Conns {
		if port := c.Server.Port(); c.SYNOnly && (port == httpstream.PortKerberos || port == httpstream.PortZscaler) {
			add(c.Client.Addr(), kdcTry{at: c.Start, kdc: c.Server.Addr(), n: 1, syns: 1 + int(c.SYNRetries), refused: c.Ending == httpstream.RST})
		}
	}
	for _, all := range tries {
		slices.SortStableFunc(all, func(a, b kdcTry) int { return a.at.Time.Compare(b.at.Time) })
	}
	return clients, tries
}

// acceptedInVain says what became of a request without a reply that was sent over TCP.
func acceptedInVain(p *analysis.Pass, k *analysis.KDCExchange) outcomeOfTry {
	c, end := p.KDCConn(k), p.End
	if c == nil {
		return notAccepted
	}
	if c.Ending != httpstream.Open {
		end = c.EndedAt.Time
	}
	switch {
	case !c.Complete() || c.SYNOnly || c.Bytes[httpstream.Server] > 0:
	case c.Ending != httpstream.Open && c.EndedBy == httpstream.Server:
		return closedInstead
	case end.Sub(k.RequestPos.Time) >= afterTGT:
		return stayedSilent
	}
	return notAccepted
}

// kdcAttempts are the attempts of one client since a KDC answered it last.
type kdcAttempts struct {
	n        int
	syns     int // of the connections that were not opened
	refused  int
	closed   int // connections that a KDC closed instead of an answer
	silent   int // connections that a KDC accepted, and on which it said nothing
	kdcs     []netip.Addr
	at       []httpstream.Pos // of the first of them
	last     httpstream.Pos
	answered httpstream.Pos // the last answer, the zero Pos if there was none
	referral string         // to which it sends the client
}

// lastInVain returns the attempts after the last answer of any KDC.
func lastInVain(tries []kdcTry) kdcAttempts {
	var a kdcAttempts
	for _, t := range tries {
		if t.answered {
			a = kdcAttempts{answered: t.at, referral: t.referral}
			continue
		}
		a.n += t.n
		a.syns += t.syns
		a.last = t.at
		const most = 16 // frames in a display filter that somebody still reads
		if len(a.at) < most {
			a.at = append(a.at, t.at)
		}
		switch {
		case t.refused:
			a.refused++
		case t.accepted == closedInstead:
			a.closed++
		case t.accepted == stayedSilent:
			a.silent++
		}
		if !slices.Contains(a.kdcs, t.kdc) {
			a.kdcs = append(a.kdcs, t.kdc)
		}
	}
	return a
}

// after says what came before the attempts.
func (a *kdcAttempts) after() string {
	switch {
	case a.referral != "":
		return fmt.Sprintf("after it was sent on to the realm %s, ", a.referral)
	case a.answered.Frame != 0:
		return "after a KDC had answered it, "
	}
	return ""
}

// leftWithoutTicket returns a handshake of a client that used no ticket, at about the time of
// its attempts to reach a KDC; nil if there is none.
func leftWithoutTicket(p *analysis.Pass, client netip.Addr, a kdcAttempts) *analysis.Handshake {
	for _, h := range p.Context {
		asked := h.Start.Time
		if h.ClientAddr() == client && h.Mechanism != analysis.Kerberos && p.SawAll(h) && h.ChallengeLeg() != nil && slices.Contains(h.Offered, "Negotiate") &&
			!asked.After(a.last.Time) && a.last.Time.Sub(asked) < analysis.Soon {
			return h
		}
	}
	return nil
}

// certain reports whether an attempt shows by itself that it was in vain. A single packet without
// an answer may be lost.
func (a *kdcAttempts) certain() bool {
	return a.n > 1 || a.syns > 2 || a.refused+a.closed+a.silent > 0
}

// target names the KDCs.
func (a *kdcAttempts) target() string {
	if len(a.kdcs) == 1 {
		return fmt.Sprintf("the KDC %v", a.kdcs[0])
	}
	names := make([]string, 0, len(a.kdcs))
	for _, kdc := range a.kdcs[:min(4, len(a.kdcs))] {
		names = append(names, kdc.String())
	}
	return fmt.Sprintf("%d KDCs (%s)", len(a.kdcs), strings.Join(names, ", "))
}

// result says how the attempts ended.
func (a *kdcAttempts) result() string {
	switch a.n {
	case a.refused:
		return "was refused the connection"
	case a.closed:
		return "got no answer: the KDC closed the connection instead"
	case a.silent + a.closed:
		return "got no answer on a connection that the KDC had accepted"
	}
	switch {
	case a.n == 1 && a.syns > 1:
		return fmt.Sprintf("got no answer to a SYN that it sent %d times", a.syns)
	case a.refused == 0:
		return "got no answer"
	}
	return fmt.Sprintf("got no answer, or was refused the connection (%d)", a.refused)
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
