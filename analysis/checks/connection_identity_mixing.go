package checks

import (
	"net/netip"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/httpstream"
)

var connectionIdentityMixing = &analysis.Check{
	Name:     "connection-identity-mixing",
	Variants: []string{"other-user-agent", "within-a-handshake"},
	Title:    "one authenticated connection carries the requests of several clients",
	Severity: analysis.Error,
	Evidence: analysis.Inferred,
	Topic:    analysis.Cause,
	Means: "NTLM (and Kerberos where the server keeps it) authenticates the TCP connection. Something before the server sends other clients' requests over a connection that one user has authenticated: " +
		"they are served as that user. This is a security incident, not a nuisance. Where it happens in the middle of a logon, the messages of two clients do not fit together, and the server refuses both.",
	Proof: "On one connection to the server the identity changes without a new connection, a new handshake begins without a challenge after one has succeeded, " +
		"or requests without credentials follow that differ from the authenticated client's in X-Forwarded-For or the like; or message 1 and 3 of one logon differ in that or in the workstation, or message 3 repeats the time of another challenge on the connection. Proven where the same client's own connection to the proxy is in the capture.",
	Not: "A client that authenticates anew after a 401, or sends an empty POST with message 1 on its own connection (post-body-auth-interaction); a pool with one service account. Another User-Agent alone is a hint: one program may name itself in several ways, as Office does, and several programs of one machine may share its connections.",
	Causes: []analysis.Advice{
		{Text: "A reverse proxy or load balancer shares a pool of server connections among clients (nginx upstream keepalive, OneConnect, multiplexing)."},
		{Text: "A client library shares authenticated connections (UnsafeAuthenticatedConnectionSharing in .NET)."},
	},
	Fix: []analysis.Advice{
		{Text: "Turn the sharing off for this server, or pin connections: nginx directive ntlm, F5 NTLM profile, haproxy http-reuse never.", If: []fact.Fact{fact.AtServer, fact.AtProxy, fact.ByNTLM, fact.ByKerberos}},
		{Text: `Until then: IIS authPersistSingleRequest="true" makes every request authenticate.`, If: []fact.Fact{fact.ServerIIS, fact.ByNTLM}, Unless: []fact.Fact{fact.Variant("within-a-handshake")}},
		{Text: `Until then: IIS authPersistNonNTLM="false" makes every request authenticate.`, If: []fact.Fact{fact.ServerIIS, fact.ByKerberos}, Unless: []fact.Fact{fact.Variant("within-a-handshake")}},
		{Text: "Let the proxy authenticate (constrained delegation), so that no connection state is needed."},
	},
	Sources: []string{
		"RFC 4559 section 6",
		".NET, HttpWebRequest.UnsafeAuthenticatedConnectionSharing",
		"Microsoft, Configure Windows Authentication in ASP.NET Core",
	},
	Reads:        slices.Concat(clientMarks, []string{"Persistent-Auth", "User-Agent"}),
	KeepFollowOn: hasClientMark,
	Label:        "two clients on one connection",
	Explains:     explainTwoClients,
	Run:          runConnectionIdentityMixing,
}

func runConnectionIdentityMixing(p *analysis.Pass) {
	unasked := map[*httpstream.Conn][]*analysis.Handshake{}
	for _, h := range p.Context {
		if l := h.First(); l.Sent.NTLM().Type() == 1 {
			unasked[l.Conn] = append(unasked[l.Conn], h)
		}
	}
	for _, h := range p.Handshakes {
		if !p.SawAll(h) || h.Mechanism == analysis.NTLM && foundTwoClients(p, h) || h.Outcome != analysis.Succeeded {
			continue
		}
		if h.Mechanism == analysis.Kerberos {
			mixedUnderKerberos(p, h)
			continue
		}
		if h.Mechanism != analysis.NTLM || h.User == "" {
			continue
		}
		if x, from := servedAs(p, h); x != nil {
			f := p.Found(h, x.Request.Pos, "a request that %v sent without credentials reached %s on the connection that %s had authenticated, and was answered %d", from, serverName(h), h.User, analysis.HTTPCode(x.Response.Status))
			f.Evidence = analysis.Proven
			f.AddProof(p.ClientSide(x).Request.Pos)
			continue
		}
		if x, sign := otherClientsRequest(h); x != nil {
			p.Found(h, x.Request.Pos, "a request that differs in %s from those of %s went over the connection to %s that %s had authenticated", sign, h.User, serverName(h), h.User)
			continue
		}
		if !foundUnasked(p, h, unasked[h.Conn()]) {
			otherUserAgent(p, h)
		}
	}
}

// foundUnasked records a finding for the first handshake that somebody else began without being
// asked on the connection of h, and reports whether there is one.
func foundUnasked(p *analysis.Pass, h *analysis.Handshake, unasked []*analysis.Handshake) bool {
	for _, o := range unasked {
		if o.ID <= h.ID || o.Target != h.Target {
			continue
		}
		if o.User != "" && o.User == h.User || isFreshPost(o) {
			continue
		}
		other := "somebody"
		if o.User != "" {
			other = o.User
		}
		f := p.Found(h, o.First().RequestPos(), "%s began a handshake of its own, without being asked, on the connection to %s that %s had authenticated", other, serverName(h), h.User)
		f.AddProof(h.Last().ResponsePos())
		if o.User != "" && o.Outcome == analysis.Succeeded {
			f.Evidence = analysis.Proven
		}
		return true
	}
	return false
}

// otherUserAgent reports the first request without credentials on the connection of h that
// names another program. That alone does not show another client.
func otherUserAgent(p *analysis.Pass, h *analysis.Handshake) {
	opening := h.OpeningLeg()
	if opening == nil || opening.Request == nil {
		return
	}
	own := opening.Request.Header.Value("User-Agent")
	for _, x := range h.FollowOns {
		if x.Request == nil || x.Response == nil || x.Response.Status >= httpstream.StatusBadRequest {
			continue
		}
		other := x.Request.Header.Value("User-Agent")
		if own == "" || other == "" || own == other {
			continue
		}
		f := p.Found(h, x.Request.Pos, "a request that names its program %s went without credentials over the connection to %s that %s had authenticated with %s: the same program under two names, two programs of one machine, or two clients behind one address",
			quoted(other), serverName(h), clientName(h), quoted(own))
		f.Variant, f.Severity, f.Evidence = "other-user-agent", analysis.Info, analysis.Hint
		f.AddProof(opening.RequestPos())
		return
	}
}

// mixedUnderKerberos reports another client's request on a connection on which the server
// remembers a Kerberos logon: it says so, or it serves requests without credentials.
func mixedUnderKerberos(p *analysis.Pass, h *analysis.Handshake) {
	if itsOwnLogon(h) {
		return
	}
	x, mark := otherClientsRequest(h)
	if x == nil {
		if keepsLogon(h) {
			otherUserAgent(p, h)
		}
		return
	}
	if x.Response == nil || x.Response.Status >= httpstream.StatusBadRequest {
		return
	}
	f := p.Found(h, x.Request.Pos, "a request for %s (%s) went without credentials over the connection to %s that %s had authenticated with Kerberos, and was answered %d",
		quoted(x.Request.Header.Value(mark)), mark, serverName(h), clientName(h), analysis.HTTPCode(x.Response.Status))
	f.AddProof(h.OpeningLeg().RequestPos(), x.Response.Pos)
}

// keepsLogon reports whether the server says that it keeps the logon for the connection.
func keepsLogon(h *analysis.Handshake) bool {
	r := h.Last().Response
	return r != nil && strings.EqualFold(r.Header.Value("Persistent-Auth"), "true")
}

// itsOwnLogon reports whether the machine that sent the ticket, which may be a proxy, had got it
// from the KDC in its own name: it then logs on for all its clients.
func itsOwnLogon(h *analysis.Handshake) bool {
	k := issuingExchange(h)
	return k != nil && !k.ForAnotherUser()
}

// isFreshPost reports whether a client begins a handshake of its own on a connection where it has
// authenticated before: WinINET sends a POST with an empty body and message 1 if it expects to be
// asked.
func isFreshPost(o *analysis.Handshake) bool {
	r := o.First().Request
	return o.User == "" && hasBody(r) && r.BodyLen == 0 && !slices.ContainsFunc(clientMarks, r.Header.Has)
}

// servedAs returns the first request without credentials on the handshake's connection
// that came to the proxy over another connection than the user's own, and from where.
func servedAs(p *analysis.Pass, h *analysis.Handshake) (*httpstream.Exchange, netip.AddrPort) {
	own := p.ClientSideHandshake(h)
	if own == nil {
		return nil, netip.AddrPort{}
	}
	for _, x := range h.FollowOns {
		a := p.ClientSide(x)
		if a != nil && a.Conn != own.Conn() && x.Response != nil && x.Response.Status < httpstream.StatusBadRequest {
			return x, a.Conn.Client
		}
	}
	return nil, netip.AddrPort{}
}

// hasClientMark reports whether a proxy says in a request for which client it is.
func hasClientMark(x *httpstream.Exchange) bool {
	return x.Request != nil && slices.ContainsFunc(clientMarks, x.Request.Header.Has)
}

// firstClient returns the first client, without its port, in a list to which each proxy adds the
// address from which it got the request.
func firstClient(list string) string {
	first, _, _ := strings.Cut(list, ",")
	first = strings.TrimSpace(first)
	if a, err := netip.ParseAddrPort(first); err == nil {
		return a.Addr().String()
	}
	return first
}

// otherClientsRequest returns the first request without credentials on the handshake's connection
// whose clientMarks differ from the authenticated client's, and the mark.
func otherClientsRequest(h *analysis.Handshake) (*httpstream.Exchange, string) {
	opening := h.OpeningLeg()
	if opening == nil || opening.Request == nil {
		return nil, "" // only the server's answer is in the capture
	}
	for _, x := range h.FollowOns {
		if x.Request == nil {
			continue
		}
		if mark := clientsDiffer(opening.Request, x.Request); mark != "" {
			return x, mark
		}
	}
	return nil, ""
}

// clientsDiffer returns the first of the clientMarks by which two requests come from two clients, "" if they
// have none.
func clientsDiffer(a, b *httpstream.Request) string {
	for _, mark := range clientMarks {
		if !a.Header.Has(mark) || !b.Header.Has(mark) {
			continue // nearly always
		}
		x, y := firstClient(a.Header.Value(mark)), firstClient(b.Header.Value(mark))
		if x != "" && y != "" && !strings.EqualFold(x, y) {
			return mark
		}
	}
	return ""
}
