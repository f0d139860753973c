package checks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/tokens"
)

var ntlmHandshakeSplitAcrossConnections = &analysis.Check{
	Name:     "ntlm-handshake-split-across-connections",
	Variants: []string{"balancer-log", "challenged-anew", "other-server"},
	Title:    "the NTLM messages went over different connections",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Label:    "a balancer in between",
	Means:    "The answer to an NTLM challenge came over another connection than the challenge. The server knows nothing of it there and refuses. Something between client and server does not keep a client to one connection.",
	Proof:    "A message 3 on a connection that carried no message 2, made for a challenge sent on another: its AV pairs repeat that challenge's names and time. Another server's challenge must be repeated with its time. Or the log of a balancer that gives the two to different servers. Or a message 3 that is answered by the challenge of a machine of another name.",
	Not:      "A client that starts over with message 1 on a new connection: that is legal. Two clients. A message 3 that the same machine answers with another challenge: some refuse so (ntlm-logon-rejected).",
	Causes: []analysis.Advice{
		{Text: "The balancer chooses a server for each request: no stickiness is set for the backend, or the servers answer as they like (leastconn, roundrobin).", If: []fact.Fact{fact.Variant("balancer-log")}},
		{Text: "A load balancer or reverse proxy multiplexes requests over pooled connections: F5 OneConnect, NetScaler, nginx upstream keepalive, AWS ALB, Envoy, YARP."},
		{Text: "The proxy opens a connection for each request (HTTP/1.0)."},
		{Text: "The client's own pool does not pin the connection."},
	},
	Fix: []analysis.Advice{
		{Text: "HAProxy: option prefer-last-server and http-reuse never in the backend, or balance source; or mode tcp, in which the client keeps one server.", If: []fact.Fact{fact.Variant("balancer-log")}},
		{Text: "Pin one server connection to each client connection: nginx directive ntlm; F5 NTLM profile with OneConnect; AWS: Network Load Balancer with a TCP listener."},
		{Text: "Or authenticate at the proxy, or use Kerberos, which needs no pinning."},
	},
	Sources: []string{
		"MS-NTHT 3.1 and RFC 4559 section 6",
		"Microsoft, Configure Windows Authentication in ASP.NET Core, learn.microsoft.com/aspnet/core/security/authentication/windowsauth",
		"AWS, using a load balancer with Windows Authentication; nginx, directive ntlm",
	},
	Follows:  []string{"ntlm-connection-not-persistent"},
	Reads:    slices.Concat(proxyMarks, machineMarks),
	Run:      runNTLMHandshakeSplitAcrossConnections,
	Explains: explainBalancer,
}

func runNTLMHandshakeSplitAcrossConnections(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		if !h.Split {
			splitByLog(p, h)
			challengedAnew(p, h)
			continue
		}
		l2, n2 := h.NTLM(2)
		l3, n3 := h.NTLM(3)
		if n2 == nil || n3 == nil {
			continue
		}
		f := p.Found(h, l3.RequestPos(), "the challenge of %s and the answer of %s went over different connections", serverName(h), clientName(h))
		f.AddProof(l2.ResponsePos())
		if a, b := l2.Conn.Server, l3.Conn.Server; a != b {
			f.Variant = "other-server"
			f.Message = fmt.Sprintf("the challenge for %s came from %v, and the answer went to %v", clientName(h), a, b)
			f.Cause = "What lies between does not keep a client to one server."
		}
		if n3.Authenticate.Pairs == nil || n3.Authenticate.Pairs.Timestamp == nil {
			f.Evidence = analysis.Inferred
		}
		if h.Outcome == analysis.Succeeded {
			f.Severity = analysis.Warning // this server does not mind
		}
	}
}

// splitByLog reports a logon that was refused, whose challenge and answer a balancer gave to different
// servers by its log.
func splitByLog(p *analysis.Pass, h *analysis.Handshake) {
	a, b := upstreams(h)
	if a == b || h.Outcome != analysis.Failed {
		return
	}
	l2, _ := h.NTLM(2)
	l3, _ := h.NTLM(3)
	f := p.Found(h, l3.RequestPos(), "the challenge for %s came from %s, and the balancer sent the answer to %s, by its log", clientName(h), a, b)
	f.Variant = "balancer-log"
	f.AddProof(l2.Logged.Pos, l3.Logged.Pos)
	if p.LetInAfter(h) != nil {
		f.Severity = analysis.Warning
	}
}

// challengedAnew reports a logon that was answered by the challenge of another machine than the one that it
// answers.
func challengedAnew(p *analysis.Pass, h *analysis.Handshake) {
	l2, first, second := twoChallengers(h)
	if h.Outcome != analysis.Failed || l2 == nil {
		return
	}
	last := h.Last()
	f := p.Found(h, last.ResponsePos(), "%s answered the complete logon of %s with another challenge, as a machine does that does not know the first one", serverName(h), clientName(h))
	f.Variant = "challenged-anew"
	f.Cause = fmt.Sprintf("Two machines answer there: %s sent the first challenge, %s the second.", first, second)
	f.AddProof(last.RequestPos(), l2.ResponsePos())
	if p.LetInAfter(h) != nil {
		f.Severity = analysis.Warning
	}
}

// twoChallengers returns the leg with the challenge that the last message of h answers, and the names of the
// machines that sent it and the challenge that came then. The leg is nil where that is not two machines.
func twoChallengers(h *analysis.Handshake) (l2 *analysis.Leg, first, second string) {
	last := h.Last()
	if !last.ChallengedAnew() {
		return nil, "", ""
	}
	l2 = challengeBefore(h)
	if l2 == nil {
		return nil, "", ""
	}
	first, second = challenger(l2.Answer().NTLM()), challenger(last.Answer().NTLM())
	if first == "" || second == "" || strings.EqualFold(first, second) {
		return nil, "", ""
	}
	return l2, first, second
}

// challengeBefore returns the leg with the challenge before the last message of h, nil if there is none.
func challengeBefore(h *analysis.Handshake) *analysis.Leg {
	for _, l := range slices.Backward(h.Legs[:len(h.Legs)-1]) {
		if l.Answer().NTLM().Type() == 2 {
			return l
		}
	}
	return nil
}

// forwardingServers begin the names of servers that accept no NTLM themselves and forward requests.
var forwardingServers = []string{"nginx", "openresty", "haproxy", "envoy", "awselb", "BigIP", "cloudflare", "AkamaiGHost", "Varnish"}

// explainBalancer says whether an intermediary may have sent the NTLM messages to the server over
// two connections. The client's side of it does not show that.
func explainBalancer(p *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	l2, n2 := h.NTLM(2)
	_, n3 := h.NTLM(3)
	last := h.Last()
	if n2 == nil || n3 == nil || h.Split || h.Target == analysis.ToProxy || h.Browser() && !last.ChallengedAnew() {
		return analysis.Explanation{}
	}
	if two, _, _ := twoChallengers(h); two != nil {
		return analysis.Explanation{Status: analysis.Confirmed}
	}
	if h.ClientSide != 0 && l2.Conn == last.Conn {
		return ruledOut(positionsOf(last), "behind the proxy the messages went over one connection")
	}
	if l2 == last { // it was challenged anew
		l2 = cmp.Or(challengeBefore(h), last)
	}
	if mark, a, b := twoMachines(l2, last); mark != "" {
		return possible(4, positionsOf(last), "the challenge came from another machine than the refusal: %s is %s in the one and %s in the other", mark, quoted(a), quoted(b))
	}
	if a, b := upstreams(h); a != b {
		return analysis.Explanation{Status: analysis.Confirmed}
	} else if a != "" {
		return notVisible("the balancer gave both messages to %s, by its log, and may have sent them over two connections: capture there", a)
	}
	if last.ChallengedAnew() {
		return possible(4, append(positionsOf(l2), positionsOf(last)...), "the logon was answered with another challenge, as a machine does that does not know the first one; both name the same machine, or none, and some servers refuse so")
	}
	if name := otherChallenger(p, h, n2); name != "" {
		return possible(3, positionsOf(l2), "on the same connection machines called %s and %s sent challenges: what lies between does not keep a client to one of them", name, challenger(n2))
	}
	server := last.Response.Header.Value("Server")
	for _, name := range forwardingServers {
		if strings.HasPrefix(server, name) {
			return possible(2, positionsOf(last), "the answer is of %s, which takes no NTLM itself: it may send the messages to the server over two connections", quoted(server))
		}
	}
	if mark := proxyMark(h); mark != "" {
		return possible(1, positionsOf(last), "a proxy passes the messages on, by the line %s: it may send them to the server over two connections", mark)
	}
	if cookie := balancerCookie(h); cookie != "" {
		return possible(1, positionsOf(last), "a balancer passes the messages on, by its cookie %s: it may send them to the server over two connections", cookie)
	}
	return notVisible("what passes the messages on, if anything does, may send them over two connections: capture at the server too")
}

// upstreams returns the server that gave the challenge, and the one that got the answer to it, as a
// balancer's log names them; the same where it does not.
func upstreams(h *analysis.Handshake) (challenge, answer string) {
	l2, _ := h.NTLM(2)
	l3, _ := h.NTLM(3)
	if l2 == nil || l3 == nil || l2.Logged == nil || l3.Logged == nil || l2.Logged.Upstream == "" || l3.Logged.Upstream == "" {
		return "", ""
	}
	return l2.Logged.Upstream, l3.Logged.Upstream
}

// twoMachines returns a header line that shows that two responses of one handshake come from two
// machines, and its value in each; "" if there is none.
func twoMachines(a, b *analysis.Leg) (mark, inA, inB string) {
	for _, name := range machineMarks {
		if name == "Server" || name == "Via" {
			continue // one machine may have several: of HTTP.sys and of IIS
		}
		if inA, inB = a.Response.Header.Value(name), b.Response.Header.Value(name); inA != "" && inB != "" && inA != inB {
			return name, inA, inB
		}
	}
	return "", "", ""
}

// challenger returns the name that the sender of a challenge gives itself, "" if it gives none.
func challenger(n2 *tokens.NTLM) string {
	if i := n2.Challenge.TargetInfo; i != nil && i.ComputerName != nil {
		return *i.ComputerName
	}
	return ""
}

// otherChallenger returns the name of another machine that sent a challenge to the same host on
// the connection of a handshake, "" if there is none.
func otherChallenger(p *analysis.Pass, h *analysis.Handshake, n2 *tokens.NTLM) string {
	mine := challenger(n2)
	for _, o := range p.Context {
		if o == h || mine == "" || o.Conn() != h.Conn() || o.Host != h.Host || o.Target != h.Target {
			continue
		}
		if _, other := o.NTLM(2); other != nil {
			if name := challenger(other); name != "" && !strings.EqualFold(name, mine) {
				return name
			}
		}
	}
	return ""
}

// balancerCookie returns the name of such a cookie, set or sent in a handshake; "" if there is none.
func balancerCookie(h *analysis.Handshake) string {
	for _, l := range h.Legs {
		names := slices.Clone(l.CookiesSent)
		for _, c := range l.CookiesSet {
			names = append(names, c.Name)
		}
		for _, name := range names {
			if slices.ContainsFunc(balancerCookies, func(prefix string) bool { return strings.HasPrefix(name, prefix) }) {
				return name
			}
		}
	}
	return ""
}
