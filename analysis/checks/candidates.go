package checks

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// What checks answer when they are asked whether their cause explains a refusal: see
// analysis.Check.Explains.

func possible(signs int, at []httpstream.Pos, format string, args ...any) analysis.Explanation {
	return analysis.Explanation{Status: analysis.Possible, Signs: signs, Because: fmt.Sprintf(format, args...), At: at}
}

func ruledOut(at []httpstream.Pos, format string, args ...any) analysis.Explanation {
	return analysis.Explanation{Status: analysis.RuledOut, Because: fmt.Sprintf(format, args...), At: at}
}

func notVisible(format string, args ...any) analysis.Explanation {
	return analysis.Explanation{Status: analysis.NotVisible, Because: fmt.Sprintf(format, args...)}
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
	if o := sameAuthenticator(p, h); o != nil && o.ServerAddr() != h.ServerAddr() && !throughProxy(h) {
		return possible(0, positionsOf(o.Last()), "the very same token was sent before, in handshake %d, to another machine (%v): it is at fault only where the machines share their record of tokens", o.ID, o.ServerAddr())
	} else if o != nil {
		return possible(4, positionsOf(o.Last()), "the very same token (ticket and authenticator) was sent before, in handshake %d, which %s: a token is taken once", o.ID, o.Outcome)
	}
	switch {
	case !p.SawAll(h):
		return notVisible("the capture does not hold all of the connection on which the token may have come before")
	case p.MidStream > 0:
		return notVisible("the token may have come before on a connection that began before the capture")
	case incompleteTo(p, h):
		return notVisible("no other request of the capture carries this token; not all of another connection to %s could be read", machine(h))
	case between(h):
		return notVisible("no other request of the capture carries this token; the proxy before the acceptor may have sent it twice")
	}
	return ruledOut(nil, "no other request of the capture carries this token")
}

// explainRights says whether a user was recognised but has no permission.
func explainRights(_ *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	last := h.Last()
	_, ap := h.APReq()
	stated, where := last.StatedReason()
	switch {
	case last.Sent.NTLM().Type() == 1:
		return analysis.Explanation{} // it does not say who the user is
	case completedIn(last):
		return analysis.Explanation{Status: analysis.Confirmed}
	case last.StatedSubStatus() == "401.1":
		return ruledOut(statedPlaces(last), "%s says %s: the logon itself failed", where, stated)
	case last.StatedSubStatus() == "401.2":
		return ruledOut(statedPlaces(last), "%s says %s: no way to log on that the server is set up for was used", where, stated)
	case h.Mechanism == analysis.Basic || h.Mechanism == analysis.Digest:
		return notVisible("a wrong password and a missing right look alike: the server's log says which")
	case last.InOwnWords(), last.Words != "":
		return notVisible("the server says something in words of its own, which may be about rights")
	case ap != nil && ap.MutualRequired && sendsLastToken(last) && !between(h):
		return ruledOut(positionsOf(last), "a server that had taken the ticket would have sent the token that the client asked for")
	case h.WinRM():
		return notVisible("the log Microsoft-Windows-WinRM/Operational of the server has it")
	case windowsServer(last):
		return notVisible("the IIS log has it: sc-substatus 3 or 5")
	}
	return notVisible("some acceptors answer so to somebody they know as well; the server's error log shows it")
}

// sendsLastToken reports whether the server is of a kind that sends the acceptor's last token with
// every answer to a user whom it has recognised, also with a refusal: IIS, Apache, Jetty and
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
	if last.Request == nil || last.Response == nil || !tokens.IsTokenScheme(h.Scheme) {
		return analysis.Explanation{}
	}
	limit := analysis.HeaderLimitOf(last.Response.Header.Value("Server"))
	least := analysis.SmallestHeaderLimit()
	switch {
	case between(h): // whose limit counts is not known
	case limit != nil:
		least = max(limit.Line, limit.Total)
		if limit.Line > 0 && limit.Total > 0 {
			least = min(limit.Line, limit.Total)
		}
	case last.HeaderRefused():
		return analysis.Explanation{Status: analysis.Confirmed}
	}
	if last.Request.HeadLen >= least*3/4 {
		e := possible(1, positionsOf(last), "the header has %d bytes, and such a server takes %d by default", last.Request.HeadLen, least)
		if cookies, credentials, _ := shares(last); cookies > credentials {
			e.Variant = cookiesTooLarge
		}
		return e
	}
	if last.Shortened() {
		return notVisible("the credentials in it are not all there")
	}
	return ruledOut(positionsOf(last), "the header has %d bytes; a server takes %d and more", last.Request.HeadLen, least)
}

// explainName says whether the ticket is for another name.
func explainName(p *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	_, ap := h.APReq()
	if ap == nil || h.Host == "" || !ap.Ticket.Service.HTTP() {
		return analysis.Explanation{}
	}
	if o := sameNameTaken(p, h); o != nil {
		return ruledOut(positionsOf(o.Last()), "the acceptor took a ticket for %s in handshake %d", h.SPN, o.ID)
	}
	host, _ := requestedHost(h)
	if at := addresses(p, host); len(at) > 0 && !throughProxy(h) && h.ServerAddr().IsValid() && !slices.Contains(at, h.ServerAddr()) {
		return possible(4, nil, "the ticket is for %s, which is %v by DNS; the request went to another machine, %v", h.SPN, at[0], h.ServerAddr())
	}
	if named := portInName(p, h, ap); named.Status != "" {
		return named
	}
	switch {
	case h.Target == analysis.ToProxy && !strings.EqualFold(host, h.Host) && strings.EqualFold(host, askedOfProxy(h)):
		return possible(4, positionsOf(h.Last()), "the ticket is for %s, the host that the proxy was asked for, and not for the proxy", h.SPN)
	case strings.EqualFold(host, h.Host) && host != strings.ToLower(host) && otherServer(h.Last()):
		return possible(2, positionsOf(h.Last()), "the ticket is for %s, with upper case in it: a keytab holds names as they are written, mostly in lower case", h.SPN)
	case strings.EqualFold(host, h.Host):
		return ruledOut(positionsOf(h.Last()), "the ticket is for the name of the URL, %s", h.SPN)
	case h.Target == analysis.ToProxy && analysis.IsIPAddress(h.Host):
		return notVisible("the ticket is for %s; the capture does not show what the proxy calls itself", h.SPN)
	case p.DNS.SameHost(h, host):
		return possible(1, nil, "the ticket is for %s, which is another name of %s: an acceptor with one name may refuse it", h.SPN, h.Host)
	}
	return possible(3, nil, "the ticket is for %s, and the URL names %s", h.SPN, h.Host)
}

// askedOfProxy returns the host that the last request of a handshake asks a proxy for.
func askedOfProxy(h *analysis.Handshake) string {
	if r := h.Last().Request; r != nil {
		return analysis.HostOnly(r.Host)
	}
	return ""
}

// portInName says what a port in the service name of a ticket means: few accounts and keytabs have
// such a name.
func portInName(p *analysis.Pass, h *analysis.Handshake, ap *tokens.APReq) analysis.Explanation {
	name := ap.Ticket.Service.Host()
	bare := analysis.HostOnly(name)
	if bare == name {
		return analysis.Explanation{}
	}
	for _, o := range p.LetInAtServer(h) {
		if _, other := o.APReq(); other != nil && isProven(o) && !differs(o, h) && strings.EqualFold(other.Ticket.Service.Host(), bare) {
			return possible(4, positionsOf(o.Last()), "the ticket is for %s, with a port in the name; the acceptor took one for %s in handshake %d", h.SPN, o.SPN, o.ID)
		}
	}
	return possible(2, positionsOf(h.Last()), "the ticket is for %s, with a port in the name: accounts and keytabs mostly have the name without", h.SPN)
}

// sameNameTaken returns a handshake in which the same acceptor accepted a ticket for the same
// name.
func sameNameTaken(p *analysis.Pass, h *analysis.Handshake) *analysis.Handshake {
	for _, o := range p.LetInAtServer(h) {
		if o.Mechanism == analysis.Kerberos && o.SPN == h.SPN && isProven(o) && !differs(o, h) {
			return o
		}
	}
	return nil
}

// addresses returns the addresses of a host, by the answers of name servers.
func addresses(p *analysis.Pass, host string) []netip.Addr {
	var all []netip.Addr
	for _, l := range p.DNS.Lookups {
		if strings.EqualFold(l.Name, host) {
			all = append(all, l.Addrs...)
		}
	}
	return all
}

// explainHop says whether the client is a server that acts for a user.
func explainHop(p *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	if h.Mechanism == analysis.Basic || h.Mechanism == analysis.Digest {
		return analysis.Explanation{} // a name and a password need no delegation
	}
	for _, o := range p.ServedByClient(h) {
		if o != h && o.ClientAddr() != h.ClientAddr() && !o.Start.Time.After(h.Last().RequestPos().Time) {
			return possible(1, positionsOf(o.Last()), "the client is itself a server, to which %s came in handshake %d: its rights to call on, or its delegation", clientName(o), o.ID)
		}
	}
	return analysis.Explanation{}
}

// explainPassword says what speaks for or against a wrong password or account.
func explainPassword(p *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	if _, n3 := h.NTLM(3); n3 == nil || !complete(n3.Authenticate) {
		return analysis.Explanation{}
	}
	if loggedStatus(h) == tokens.SecELogonDenied && h.Last().StatedSubStatus() == "401.1" {
		stated, where := h.Last().StatedReason()
		return possible(2, statedPlaces(h.Last()), "%s says %s: the logon itself was refused; event 4625 on the server has the Sub Status", where, stated)
	}
	for _, e := range h.Events {
		if refusesLogon(e) && !saidBetter(h, e) {
			status, _ := refusalStatus(e)
			return possible(3, []httpstream.Pos{e.Pos}, "%s says %s", analysis.EventPlace(e.Event), status)
		}
	}
	if as := p.UserLetInWithNTLM(h); len(as) > 0 {
		e := notVisible("the account is good: it was let in with NTLM in handshake %d; a mistyped password leaves no trace", as[0].ID)
		e.At = positionsOf(as[0].Last())
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
	client, server := h.Workstation(), ""
	if _, n2 := h.NTLM(2); n2 != nil {
		server = challenger(n2)
	}
	switch {
	case client == "" || server == "":
		return notVisible("client and server have two addresses; a machine that calls itself by way of a balancer has so as well")
	case strings.EqualFold(client, server):
		return possible(3, positionsOf(h.Last()), "client and server both call themselves %s: the machine may have called itself by way of %v", client, h.ServerAddr())
	}
	return ruledOut(positionsOf(h.Last()), "client and server are two machines, %s and %s", client, server)
}

// positionsOf returns those of a leg.
func positionsOf(l *analysis.Leg) []httpstream.Pos {
	var out []httpstream.Pos
	if at := l.RequestPos(); at.Frame != 0 {
		out = append(out, at)
	}
	if at := l.ResponsePos(); at.Frame != 0 && at.Compare(l.RequestPos()) != 0 {
		out = append(out, at)
	}
	return out
}
