package checks

import (
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
)

var logContradictsCapture = &analysis.Check{
	Name:     "log-contradicts-capture",
	Variants: []string{"served", "refused", "named", "named-otherwise"},
	Title:    "a web server's log and the packets say different things of one request",
	Severity: analysis.Warning,
	Evidence: analysis.Inferred,
	Topic:    analysis.Refusal,
	Means: "The log says that a request was served, and the client got a refusal, or the other way round: then something between the two answered in place of the server. " +
		"Or the log names a user for a request that carried no credentials and no cookie, on a connection over which nobody logged on, or others did: then the server takes the client for somebody else.",
	Proof: "A line for the same client, method, path and second, where this request and this line are the only ones left that fit each other; with the client's port in the line (c-port) it is proven. " +
		"For a user: the line that is about the request, and a connection that was seen from its beginning and without loss.",
	Not: "A request or a line that several fit. A log without lines before and after. A connection whose beginning or parts are not in the capture: somebody may have logged on there. A cookie: it may stand for a session.",
	Causes: []analysis.Advice{
		{Text: "A reverse proxy, a balancer or a firewall for the web between the two sends a page of its own, or asks anew by itself."},
		{Text: "The log is of another server behind the same address, or a line of it or a packet is missing, and this line is about another request of the same client."},
		{Text: "For a user: a proxy sends requests of several clients over one connection that one of them has logged on over, and the server lets all in as that one."},
		{Text: "For a user: a client certificate, or a header by which something before the server says who the client is."},
	},
	Fix: []analysis.Advice{
		{Text: "Capture between the proxy and the server too, and give both captures with the log: what each side was answered is then seen."},
		{Text: "For a user: connections to servers must not be shared among clients (haproxy http-reuse never, nginx without keepalive, or its directive ntlm); IIS: authPersistSingleRequest has each request log on."},
		{Text: "Add the client's port to the log, in IIS as a custom field c-port of the server variable REMOTE_PORT: then each line says which connection it is about."},
	},
	Sources: []string{"Microsoft, W3C Logging, learn.microsoft.com/windows/win32/http/w3c-logging", "RFC 4559 section 6 (shared connections)"},
	Run:     runLogContradictsCapture,
}

func runLogContradictsCapture(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		for _, l := range h.Legs {
			q := l.LoggedOtherwise
			if q == nil || l.Sent == nil || h.Target != analysis.ToServer {
				continue
			}
			variant, says := "served", "was served"
			if q.Status >= httpstream.StatusBadRequest {
				variant, says = "refused", "was refused"
			} else if q.User != "" {
				says += " as " + q.User
			}
			f := p.Found(h, l.ResponsePos(), "a request of %s to %s was answered %d, and by the server's log the only one that it can be %s: %s", clientName(h), serverName(h), l.Status(), says, analysis.LoggedStatus(q))
			f.Variant = variant
			if q.Client == l.Conn.Client && q.Client.Port() != 0 {
				f.Evidence = analysis.Proven
			}
			f.AddProof(l.RequestPos(), q.Pos)
			break
		}
	}
	for _, n := range p.NamedRequests {
		if !isAccount(n.Line.User, "") {
			continue
		}
		host := n.Host
		if host == "" {
			host = n.Server
		}
		f := p.Found(nil, n.At, "a request to %s carried no credentials, over a connection on which nobody logged on, and the server's log names %s for it", host, n.Line.User)
		f.Variant = "named"
		if len(n.Users) > 0 {
			f.Message = "a request to " + host + " carried no credentials, over a connection on which " + strings.Join(n.Users, ", ") + " logged on, and the server's log names " + n.Line.User + " for it"
			f.Variant = "named-otherwise"
		}
		f.Client, f.Server, f.Host, f.User = n.Client, n.Server, n.Host, n.Line.User
		f.AddProof(n.Line.Pos)
	}
}
