package checks

import "negotrace/analysis"

var ntlmHandshakeSplitAcrossConnections = &analysis.Check{
	Name:     "ntlm-handshake-split-across-connections",
	Title:    "the NTLM messages went over different connections",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "The answer to an NTLM challenge came over another connection than the challenge. The server knows nothing of it there and refuses. Something between client and server deals out requests to connections as it likes.",
	Proof:    "A message 3 on a connection that carried no message 2, made for a challenge sent on another: its AV pairs repeat that challenge's names and time.",
	Not:      "A client that starts over with message 1 on a new connection: that is legal. Two clients.",
	Causes: []analysis.Advice{
		{Text: "A load balancer or reverse proxy multiplexes requests over pooled connections: F5 OneConnect, NetScaler, nginx upstream keepalive, AWS ALB, Envoy, YARP."},
		{Text: "The proxy opens a connection for each request (HTTP/1.0)."},
		{Text: "The client's own pool does not pin the connection."},
	},
	Fix: []analysis.Advice{
		{Text: "Pin one server connection to each client connection: nginx directive ntlm; F5 NTLM profile with OneConnect; AWS: Network Load Balancer with a TCP listener."},
		{Text: "Or authenticate at the proxy, or use Kerberos, which needs no pinning."},
	},
	Sources: []string{
		"MS-NTHT 3.1 and RFC 4559 section 6",
		"Microsoft, Configure Windows Authentication in ASP.NET Core, learn.microsoft.com/aspnet/core/security/authentication/windowsauth",
		"AWS, using a load balancer with Windows Authentication; nginx, directive ntlm",
	},
	Follows: []string{"ntlm-connection-not-persistent"},
	Run:     runNTLMHandshakeSplitAcrossConnections,
}

func runNTLMHandshakeSplitAcrossConnections(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		if !h.Split {
			continue
		}
		l2, n2 := h.NTLM(2)
		l3, n3 := h.NTLM(3)
		if n2 == nil || n3 == nil {
			continue
		}
		f := p.Found(h, l3.RequestPos(), "the challenge of %s and the answer of %s went over different connections", serverName(h), clientName(h))
		f.Shown(l2.ResponsePos())
		if n3.Authenticate.Pairs == nil || n3.Authenticate.Pairs.Timestamp == nil {
			f.Evidence = analysis.Inferred
		}
		if h.Outcome == analysis.Succeeded {
			f.Severity = analysis.Warning // this server does not mind
		}
	}
}
