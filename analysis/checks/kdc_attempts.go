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
	refused  bool
	answered bool
	referral string // the realm to which the answer sends the client, "" for none
}

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
			add(k.Client.Addr(), kdcTry{at: k.RequestPos, kdc: k.KDC.Addr(), n: 1 + k.Retries})
		}
	}
	for _, c := range p.Conns {
		if port := c.Server.Port(); c.SYNOnly && (port == httpstream.PortKerberos || port == httpstream.PortZscaler) {
			add(c.Client.Addr(), kdcTry{at: c.Start, kdc: c.Server.Addr(), n: 1, refused: c.Ending == httpstream.RST})
		}
	}
	for _, all := range tries {
		slices.SortStableFunc(all, func(a, b kdcTry) int { return a.at.Time.Compare(b.at.Time) })
	}
	return clients, tries
}

// kdcAttempts are the attempts of one client since a KDC answered it last.
type kdcAttempts struct {
	n, refused int
	kdcs       []netip.Addr
	last       httpstream.Pos
	answered   httpstream.Pos // the last answer, the zero Pos if there was none
	referral   string         // to which it sends the client
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
		a.last = t.at
		if t.refused {
			a.refused++
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
		if h.ClientAddr() == client && h.Mechanism != analysis.Kerberos && h.ChallengeLeg() != nil && slices.Contains(h.Offered, "Negotiate") &&
			!asked.After(a.last.Time) && a.last.Time.Sub(asked) < analysis.Soon {
			return h
		}
	}
	return nil
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
	switch a.refused {
	case 0:
		return "got no answer"
	case a.n:
		return "was refused the connection"
	}
	return fmt.Sprintf("got no answer, or was refused the connection (%d)", a.refused)
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
