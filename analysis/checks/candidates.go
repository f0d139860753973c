package checks

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"negotrace/analysis"
)

// What checks answer when they are asked whether their cause explains a refusal: see
// analysis.Check.Explains.

func possible(signs int, frames []int, format string, args ...any) analysis.Explanation {
	return analysis.Explanation{Status: analysis.Possible, Signs: signs, Because: fmt.Sprintf(format, args...), Frames: frames}
}

func ruledOut(frames []int, format string, args ...any) analysis.Explanation {
	return analysis.Explanation{Status: analysis.RuledOut, Because: fmt.Sprintf(format, args...), Frames: frames}
}

func notVisible(format string, args ...any) analysis.Explanation {
	return analysis.Explanation{Status: analysis.NotVisible, Because: fmt.Sprintf(format, args...)}
}

// explainKey says whether the acceptor lacks the key of the ticket.
func explainKey(p *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	_, ap := h.APReq()
	if ap == nil {
		return analysis.Explanation{}
	}
	t := ap.Ticket
	name := fmt.Sprintf("%s, kvno %d, %v", t.Service.String(), t.EncPart.KVNO, t.EncPart.EType)
	if o := sameKeyTaken(p, h); o != nil {
		return ruledOut(frames(o.Last()), "the acceptor took a ticket with the same key (%s) in handshake %d", name, o.ID)
	}
	if l, e := h.KRBError(); e != nil {
		return ruledOut(frames(l), "the acceptor's error is %s", e.Code)
	}
	if completedIn(h.Last()) {
		return ruledOut(frames(h.Last()), "the acceptor read the ticket: it completed the logon")
	}
	holder := "the account under which the service runs must have"
	if !windowsServer(h.Last()) {
		holder = "the keytab of " + machine(h) + " must hold"
	}
	if k := issuingExchange(h); k != nil {
		return possible(2, []int{k.ReplyPos.Frame}, "the KDC issued the ticket in frame %d; %s %s", k.ReplyPos.Frame, holder, name)
	}
	return possible(1, nil, "%s %s, and nothing shows that it does", holder, name)
}

// machine is who answered: behind one name there may be several.
func machine(h *analysis.Handshake) string {
	if a := h.ServerAddr(); a.IsValid() {
		return a.String()
	}
	return h.Host
}

// sameKeyTaken returns a handshake in which the same acceptor let somebody in with a ticket
// under the same key, nil if there is none. Behind one name two machines may hold different
// keys, so the address must be the same.
func sameKeyTaken(p *analysis.Pass, h *analysis.Handshake) *analysis.Handshake {
	_, mine := h.APReq()
	for _, o := range p.LetInBy(h) {
		_, ap := o.APReq()
		if ap != nil && ap.Ticket.Service.String() == mine.Ticket.Service.String() &&
			ap.Ticket.EncPart.KVNO == mine.Ticket.EncPart.KVNO && ap.Ticket.EncPart.EType == mine.Ticket.EncPart.EType {
			return o
		}
	}
	return nil
}

// explainKeytab and explainAccount share a cause: the first is about acceptors with a
// keytab, the second about accounts of Windows.
func explainKeytab(p *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	if windowsServer(h.Last()) {
		return analysis.Explanation{}
	}
	return explainKey(p, h)
}

func explainAccount(p *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	if !windowsServer(h.Last()) {
		return analysis.Explanation{}
	}
	return explainKey(p, h)
}

// explainClock says whether a wrong clock explains that a ticket was refused.
func explainClock(p *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	l, ap := h.APReq()
	if ap == nil {
		return analysis.Explanation{}
	}
	server := p.Clocks.Of(h.ServerAddr(), h.Last().ResponsePos().Time)
	client := p.Clocks.Of(h.ClientAddr(), l.RequestPos().Time)
	if server != nil && server.Ahead.Abs() > analysis.MaxClockSkew {
		return possible(3, []int{server.Pos.Frame}, "the acceptor's clock (%s, frame %d) is %s", server.Source, server.Pos.Frame, analysis.Apart(server.Ahead, "the capture's"))
	}
	if client != nil && client.Ahead.Abs() > analysis.MaxClockSkew {
		return possible(3, []int{client.Pos.Frame}, "the client's clock (%s, frame %d) is %s", client.Source, client.Pos.Frame, analysis.Apart(client.Ahead, "the capture's"))
	}
	if completedIn(h.Last()) {
		return ruledOut(frames(h.Last()), "the acceptor took the client's time: it completed the logon")
	}
	if o := tookItsTime(p, h); o != nil {
		return ruledOut(frames(o.Last()), "the acceptor took a ticket of the same machine in handshake %d, at most a minute apart", o.ID)
	}
	if server == nil {
		return notVisible("no message shows the acceptor's clock: ask it (w32tm /query /status, chronyc tracking)")
	}
	near := fmt.Sprintf("the acceptor's clock (%s, frame %d) is %s", server.Source, server.Pos.Frame, analysis.Apart(server.Ahead, "the capture's"))
	switch k := issuingExchange(h); {
	case client != nil:
		return ruledOut([]int{server.Pos.Frame, client.Pos.Frame}, "%s, and the client's (%s) is %s", near, client.Source, analysis.Apart(client.Ahead, "the capture's"))
	case k != nil && k.Request != nil:
		return ruledOut([]int{server.Pos.Frame, k.ReplyPos.Frame}, "%s, and the KDC took the client's time in frame %d", near, k.ReplyPos.Frame)
	}
	return notVisible("%s; the client's time is encrypted in the ticket's authenticator (--keytab opens it)", near)
}

// tookItsTime returns a handshake in which the acceptor took a ticket of the same client
// about the same time.
func tookItsTime(p *analysis.Pass, h *analysis.Handshake) *analysis.Handshake {
	for _, o := range p.LetInBy(h) {
		if _, ap := o.APReq(); ap != nil && h.ClientAddr().IsValid() && o.ClientAddr() == h.ClientAddr() && o.Start.Time.Sub(h.Start.Time).Abs() < time.Minute {
			return o
		}
	}
	return nil
}

// explainReplay says whether the same authenticator came twice.
func explainReplay(p *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	_, ap := h.APReq()
	if ap == nil {
		return analysis.Explanation{}
	}
	if _, e := h.KRBError(); e != nil {
		return analysis.Explanation{}
	}
	if o := sameAuthenticator(p, h); o != nil {
		return possible(4, frames(o.Last()), "the very same token (ticket and authenticator) was sent before, in handshake %d, which %s: a token is taken once", o.ID, o.Outcome)
	}
	if !p.Whole(h) {
		return notVisible("the capture does not hold all of the connection on which the token may have come before")
	}
	return ruledOut(nil, "no other request of the capture carries this token")
}

// explainRights says whether somebody who was recognised was not allowed.
func explainRights(_ *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	last := h.Last()
	_, ap := h.APReq()
	switch {
	case completedIn(last):
		return analysis.Explanation{Status: analysis.Confirmed}
	case strings.HasPrefix(last.SubStatus, "401.1"):
		return ruledOut(frames(last), "the error page says %s: the logon itself failed", last.SubStatus)
	case h.Mechanism == analysis.Basic || h.Mechanism == analysis.Digest:
		return notVisible("a wrong password and a missing right look alike: the server's log tells them apart")
	case ap != nil && ap.MutualRequired && sendsLastToken(last):
		return ruledOut(frames(last), "a server that had taken the ticket would have sent the token that the client asked for")
	case windowsServer(last):
		return notVisible("the IIS log has it: sc-substatus 3 or 5")
	}
	return notVisible("some acceptors answer so to somebody they know as well: the error log tells (Require, require, roles)")
}

// sendsLastToken reports whether the server is of a kind that sends the acceptor's last token
// with every answer to somebody whom it knows, a refusal too: IIS, and Apache, Jetty and
// Tomcat. Others, such as lighttpd, CUPS and squid, do not.
func sendsLastToken(l *analysis.Leg) bool {
	if windowsServer(l) {
		return true
	}
	if l.Response == nil {
		return false
	}
	server := l.Response.Header.Value("Server")
	return strings.HasPrefix(server, "Apache") || strings.HasPrefix(server, "Jetty")
}

// explainHeaderSize says whether the request was too large.
func explainHeaderSize(_ *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	last := h.Last()
	if last.Request == nil || last.Response == nil || !analysis.TokenScheme(h.Scheme) {
		return analysis.Explanation{}
	}
	limit := analysis.HeaderLimitOf(last.Response.Header.Value("Server"))
	least := analysis.SmallestHeaderLimit()
	switch {
	case limit != nil:
		least = max(limit.Line, limit.Total)
		if limit.Line > 0 && limit.Total > 0 {
			least = min(limit.Line, limit.Total)
		}
	case last.HeaderRefused():
		return analysis.Explanation{Status: analysis.Confirmed}
	}
	if last.Request.HeadLen >= least*3/4 {
		return possible(1, frames(last), "the header has %d bytes, and such a server takes %d by default", last.Request.HeadLen, least)
	}
	return ruledOut(frames(last), "the header has %d bytes; a server takes %d and more", last.Request.HeadLen, least)
}

// explainName says whether the ticket is for another name.
func explainName(p *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	_, ap := h.APReq()
	if ap == nil || h.Host == "" || !ap.Ticket.Service.HTTP() {
		return analysis.Explanation{}
	}
	if o := sameNameTaken(p, h); o != nil {
		return ruledOut(frames(o.Last()), "the acceptor took a ticket for %s in handshake %d", h.SPN, o.ID)
	}
	host, _ := requestedHost(h)
	if at := addresses(p, host); len(at) > 0 && h.ServerAddr().IsValid() && !slices.Contains(at, h.ServerAddr()) {
		return possible(4, nil, "the ticket is for %s, which is %v by DNS; the request went to another machine, %v", h.SPN, at[0], h.ServerAddr())
	}
	switch {
	case strings.EqualFold(host, h.Host):
		return ruledOut(frames(h.Last()), "the ticket is for the name of the URL, %s", h.SPN)
	case h.Target == analysis.ToProxy && analysis.Literal(h.Host):
		return notVisible("the ticket is for %s; the capture does not show what the proxy calls itself", h.SPN)
	case p.DNS.Same(h, host):
		return possible(1, nil, "the ticket is for %s, which is another name of %s: an acceptor with one name may refuse it", h.SPN, h.Host)
	}
	return possible(3, nil, "the ticket is for %s, and the URL names %s", h.SPN, h.Host)
}

// sameNameTaken returns a handshake in which the same acceptor took a ticket for the same
// name.
func sameNameTaken(p *analysis.Pass, h *analysis.Handshake) *analysis.Handshake {
	for _, o := range p.LetInBy(h) {
		if o.Mechanism == analysis.Kerberos && o.SPN == h.SPN {
			return o
		}
	}
	return nil
}

// addresses are those of a host by the answers of name servers.
func addresses(p *analysis.Pass, host string) []netip.Addr {
	var all []netip.Addr
	for _, l := range p.DNS.Lookups {
		if strings.EqualFold(l.Name, host) {
			all = append(all, l.Addrs...)
		}
	}
	return all
}

// explainHop says whether the client is a server that calls on behalf of somebody.
func explainHop(p *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	for _, o := range p.ServedBy(h) {
		if o != h && o.ClientAddr() != h.ClientAddr() && !o.Start.Time.After(h.Last().RequestPos().Time) {
			return possible(1, frames(o.Last()), "the client is itself a server, to which %s came in handshake %d: its rights to call on, or its delegation", clientName(o), o.ID)
		}
	}
	return analysis.Explanation{}
}

// explainPassword says what speaks for or against a wrong password or account.
func explainPassword(p *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	if _, n3 := h.NTLM(3); n3 == nil || !complete(n3.Authenticate) {
		return analysis.Explanation{}
	}
	if as := p.LetInAs(h); len(as) > 0 {
		e := notVisible("the account is good: it was let in with NTLM in handshake %d; a mistyped password leaves no trace", as[0].ID)
		e.Frames = frames(as[0].Last())
		return e
	}
	e := notVisible("password, account and policy leave no trace: event 4776 on the domain controller, its error code")
	if windowsServer(h.Last()) {
		e = notVisible("password, account and policy leave no trace: event 4625 on the server, Sub Status")
	}
	e.Signs = 1 // by far the commonest
	return e
}

// explainLoopback says whether client and server are one machine.
func explainLoopback(_ *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	if h.Mechanism != analysis.NTLM || h.Browser() || !windowsServer(h.Last()) {
		return analysis.Explanation{}
	}
	if h.ClientAddr() == h.ServerAddr() {
		return possible(3, nil, "client and server are one machine")
	}
	return ruledOut(nil, "client and server are two machines")
}

// frames are those of a leg.
func frames(l *analysis.Leg) []int {
	var out []int
	if at := l.RequestPos(); at.Frame != 0 {
		out = append(out, at.Frame)
	}
	if at := l.ResponsePos(); at.Frame != 0 && at.Frame != l.RequestPos().Frame {
		out = append(out, at.Frame)
	}
	return out
}
