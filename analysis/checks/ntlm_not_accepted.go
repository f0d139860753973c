package checks

import (
	"cmp"
	"fmt"
	"slices"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/httpstream"
)

var ntlmNotAccepted = &analysis.Check{
	Name:     "ntlm-not-accepted",
	Title:    "NTLM was begun, and no challenge came",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	NeedsKDC: true,
	Label:    "no NTLM there",
	Means: "The client could not use Kerberos or did not try, and began NTLM. The server answered the first message with the schemes anew instead of a challenge. " +
		"An acceptor with a keytab, such as those of Apache, nginx and Java, offers Negotiate and takes only Kerberos.",
	Proof: "NTLM message 1, under NTLM or Negotiate, answered by a challenge without a token (401, 407); by inference also by 403.",
	Not:   "A message 1 over HTTP/2, which cannot carry NTLM (http2-connection-auth). A refusal of the complete logon, after the challenge (ntlm-logon-rejected). A message 1 that was answered with a page: the server did not ask who it is.",
	Causes: []analysis.Advice{
		{Text: "The client sends NTLM of its own accord, by its settings (curl --ntlm), and the server offers other schemes.", If: []fact.Fact{fact.NotOffered}},
		{Text: "The acceptor takes only Kerberos: find out why the client had no ticket (no SPN, an address for a name, no KDC in reach, no logon).", If: fact.KeytabServers(), Unless: []fact.Fact{fact.NotOffered, fact.TakesNTLM, fact.OffersNTLM}},
		{Text: "A reverse proxy in between does not pass the Authorization line on, or does not keep a client to one connection.", If: []fact.Fact{fact.OffersNTLM}, Unless: []fact.Fact{fact.TakesNTLM, fact.AtProxy}},
		{Text: "What checks logons for the proxy does not work (winbind and ntlm_auth, its account in the domain, the way to a domain controller), or its policy refuses NTLM.", If: []fact.Fact{fact.OffersNTLM, fact.AtProxy}, Unless: []fact.Fact{fact.TakesNTLM}},
		{Text: "Policy of the server refuses NTLM (Restrict NTLM: Incoming), or its list of providers has Negotiate:Kerberos alone.", If: []fact.Fact{fact.ServerIIS, fact.AtServer}, Unless: []fact.Fact{fact.TakesNTLM}},
		{Text: "A load balancer sends each request to another server, or over another connection.", If: []fact.Fact{fact.TakesNTLM}},
	},
	Fix: []analysis.Advice{
		{Text: "Let the client use a scheme that is offered, as curl does with --anyauth (--proxy-anyauth at a proxy).", If: []fact.Fact{fact.NotOffered}},
		{Text: "Pin one server connection to each client connection (nginx directive ntlm, F5 NTLM profile, haproxy http-reuse never), or authenticate at the proxy.", If: []fact.Fact{fact.TakesNTLM, fact.AtServer}},
		{Text: "Several proxies behind one name: let the balancer keep a connection to one proxy (mode tcp, source address).", If: []fact.Fact{fact.TakesNTLM, fact.AtProxy}},
		{Text: "The proxy's log at this time (squid: cache.log; there wbinfo -t, and ntlm_auth by hand).", If: []fact.Fact{fact.OffersNTLM, fact.AtProxy}, Unless: []fact.Fact{fact.TakesNTLM}},
		{Text: "Name the proxy in the client's settings by its full name, not by its address, and see whether the client gets a ticket for that: klist get HTTP/<proxy name> (Windows), kvno HTTP/<proxy name> (MIT).", If: []fact.Fact{fact.AtProxy}, Unless: []fact.Fact{fact.NotOffered, fact.OffersNTLM, fact.TakesNTLM}},
		{Text: "On the client: klist get HTTP/<host> (Windows), kvno HTTP/<host> (MIT) show why there is no ticket. Use the name that has the SPN.", Unless: []fact.Fact{fact.AtProxy, fact.OffersNTLM, fact.TakesNTLM}},
		{Text: "Capture on both sides of what lies between: does the Authorization line reach the server, and on which connection?", If: []fact.Fact{fact.OffersNTLM, fact.AtServer}, Unless: []fact.Fact{fact.TakesNTLM}},
		{Text: "If NTLM is wanted: NTLM in the list of providers.", If: []fact.Fact{fact.ServerIIS, fact.AtServer}},
	},
	Sources:  []string{"RFC 4559 section 5", "MS-NLMP 3.2.5.1", "mod_auth_gssapi README"},
	Follows:  []string{"connection-identity-mixing", "spn-not-found", "ip-address-url", "kdc-unreachable", "kdc-client-credential-error"},
	Reads:    append([]string{"Connection", "Proxy-Connection"}, proxyMarks...),
	Run:      runNTLMNotAccepted,
	Explains: explainNTLMNotAccepted,
}

func runNTLMNotAccepted(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		if !messageOneRefused(h) && !messageOneForbidden(h) {
			continue
		}
		answer := "the schemes anew"
		switch l := h.Last(); {
		case !l.Asks:
			answer = fmt.Sprint(l.Status())
		case len(l.Got) == 0:
			answer = fmt.Sprintf("%d and no scheme", l.Status())
		}
		f := p.Found(h, h.Last().ResponsePos(), "%s answered the NTLM message 1 of %s under %s%s with %s instead of a challenge: %s", serverName(h), clientName(h), h.Scheme, notOffered(p, h), answer, whyNoChallenge(p, h))
		f.Evidence = cmp.Or(h.OutcomeEvidence, analysis.Inferred)
		if mark := proxyMark(h); mark != "" && h.Target == analysis.ToServer && h.Offers("NTLM") {
			f.Cause = "A proxy is in between, by the line " + mark + ": it may not pass the Authorization line on, or not keep a client to one connection to the server."
		}
		f.AddProof(requestPlace(h)...)
		if p.LetInAfter(h) != nil || h.Outcome == analysis.Unknown {
			f.Severity = analysis.Warning
		}
	}
}

// whyNoChallenge says what follows from the missing challenge. A host that sends challenges to
// others accepts NTLM: an intermediary then uses several connections or servers.
func whyNoChallenge(p *analysis.Pass, h *analysis.Handshake) string {
	otherScheme := ""
	for _, o := range p.Context {
		if o == h || o.Host != h.Host || o.Target != h.Target {
			continue
		}
		_, n2 := o.NTLM(2)
		switch {
		case n2 == nil:
		case o.Conn() == h.Conn() && o.ID < h.ID:
			return "it sent one to an earlier message 1 on the same connection"
		case o.Conn() == h.Conn():
			return "it sent one to the next message 1 on the same connection"
		case o.ID > h.ID && closesConnection(h.Last().Response) && o.ClientAddr() == h.ClientAddr():
			return "it ended the connection with that answer, and sent one on the next connection"
		case o.Scheme != h.Scheme:
			otherScheme = o.Scheme // one that takes NTLM under both may come yet
		case len(o.Offered) > 0 && len(h.Offered) > 0 && !slices.Equal(o.Offered, h.Offered):
			return "it sent one to others, to whom it offered other schemes"
		default:
			return "it sent one to others, so that what lies between may not keep a client to one connection or one server"
		}
	}
	if otherScheme != "" {
		return "it sent one under " + otherScheme + ", and seems to take no NTLM under " + h.Scheme
	}
	if h.Outcome == analysis.Unknown {
		return "it takes no NTLM there, or forbids the page to anybody"
	}
	if h.Offers("NTLM") && h.Target == analysis.ToProxy {
		return "it offers NTLM and refuses it, by policy or because what checks its logons does not work"
	}
	if h.Offers("NTLM") {
		return "it offers NTLM and refuses it by policy, or what lies between does not keep a client to one connection"
	}
	return "it seems to take no NTLM there"
}

// messageOneRefused reports whether the client's last message is NTLM message 1, and it was
// refused.
func messageOneRefused(h *analysis.Handshake) bool {
	last := h.Last()
	return h.Outcome == analysis.Failed && last.Sent.NTLM().Type() == 1 && last.Answer() == nil && (last.Asks || last.Status() == httpstream.StatusForbidden && last.ErrorText == "")
}

// messageOneForbidden reports whether a message 1 for which nobody had asked got a 403 and no challenge:
// it is about the page, or about the message.
func messageOneForbidden(h *analysis.Handshake) bool {
	last := h.Last()
	_, n2 := h.NTLM(2)
	return h.Outcome == analysis.Unknown && n2 == nil && h.Scheme == "Negotiate" && last.Sent.NTLM().Type() == 1 && last.Status() == httpstream.StatusForbidden && last.ErrorText == "" && last.Words == ""
}

func explainNTLMNotAccepted(_ *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	if h.Mechanism != analysis.NTLM {
		return analysis.Explanation{}
	}
	if messageOneRefused(h) {
		return analysis.Explanation{Status: analysis.Confirmed}
	}
	_, n2 := h.NTLM(2)
	last := h.Last()
	if last.Asks && len(last.Got) > 0 && !h.Offers("NTLM") && !h.Offers("Negotiate") && n2 == nil {
		return possible(4, positionsOf(last), "the answer offers %s, and no NTLM%s", offeredList(h), notKept(last))
	}
	if last.Sent.NTLM().Type() == 1 && last.Response != nil && n2 == nil {
		return possible(4, positionsOf(last), "NTLM message 1 got the answer %d and no challenge: the acceptor seems to take no NTLM", last.Status())
	}
	if l, _ := h.NTLM(2); n2 != nil {
		return analysis.Explanation{Status: analysis.RuledOut, Because: "the server sent an NTLM challenge", At: []httpstream.Pos{l.ResponsePos()}}
	}
	return analysis.Explanation{}
}

// notKept says of an answer to NTLM that ends the connection that the offer may depend on that: squid 2 names NTLM only
// where the request asks to go on. It is "" for any other.
func notKept(l *analysis.Leg) string {
	q, s := l.Request, l.Response
	if q == nil || s.Proto != "HTTP/1.0" || !endsConnection(s.Proto, s.Header.Values("Connection")) || q.Header.Has("Proxy-Connection") || q.Header.Has("Connection") {
		return ""
	}
	return "; it is of HTTP/1.0 and ends the connection, which NTLM needs, and the request does not ask to keep it (Proxy-Connection: keep-alive)"
}
