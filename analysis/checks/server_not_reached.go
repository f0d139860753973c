package checks

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/httpstream"
	"negotrace/internal/plural"
)

var serverNotReached = &analysis.Check{
	Name:     "server-not-reached",
	Variants: []string{refusedConnection, noAnswer, refusedHere, noAnswerHere},
	Title:    "the client could open no connection to the server or proxy",
	Severity: analysis.Warning,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "Every connection that the client tried to open was refused or went unanswered, so no request was sent, and nobody was asked for credentials. The server and its logs may know nothing of it, and no setting of authentication changes it.",
	Proof:    "A SYN to a usual port of HTTP that is answered with RST, or that is sent three times in two seconds or more without an answer, and no request and no connection of this client that was opened (but to a KDC) in the capture.",
	Not:      "A client to which something comes from a port of HTTP/3, or that reaches the host by another address, or any other host. Clients of IPv4 where others of IPv6 reach a host, and the reverse: one machine may be both. A scan of ports or of addresses: ten servers or more. Port 88 and others that are not HTTP's (kdc-unreachable). A capture that begins after the connections.",
	Causes: []analysis.Advice{
		{Text: "Nothing listens there: the site or proxy is stopped, has another binding or port, or a firewall answers for it.", If: []fact.Fact{fact.Variant(refusedConnection)}},
		{Text: "A firewall drops the packets, the machine is down, or the answers take another way than the capture sees.", If: []fact.Fact{fact.Variant(noAnswer)}},
		{Text: "A firewall, or a rule of the server, that lets others in and not this client; or the server was down only then.", If: []fact.Fact{fact.Variant(refusedHere), fact.Variant(noAnswerHere)}},
		{Text: "The name leads to an old or a wrong address.", Unless: []fact.Fact{fact.Variant(refusedHere), fact.Variant(noAnswerHere)}},
	},
	Fix: []analysis.Advice{
		{Text: "On the server: netstat -ano (Windows), ss -ltnp (Linux) show what listens on which address and port."},
		{Text: "From the client: Test-NetConnection <host> -Port <port> (Windows), nc -vz <host> <port>; compare the address with what the name server should say."},
	},
	Sources: []string{"RFC 9293 section 3.10.7"},
	Run:     runServerNotReached,
}

// The variants: the other end refused the connection, or did not answer, everybody or this client only.
const (
	refusedConnection = "refused"
	noAnswer          = "no-answer"
	refusedHere       = "refused-this-client" // others got connections
	noAnswerHere      = "no-answer-to-this-client"
)

// httpPorts are those at which servers, proxies and WinRM usually are.
var httpPorts = []uint16{80, 443, 3128, 5985, 5986, 8000, 8080, 8081, 8443, 8888, 9443}

// minSYNs is how many SYNs without an answer show that there is none: one may be lost.
const minSYNs = 3

// minSYNTime is over how long: a browser opens several connections at once, whose answers may come after the capture.
const minSYNTime = 2 * time.Second

// manyServers is how many servers and ports a client tries that scans, or looks for services of its own without a way
// out: no single one of them is the cause of anything.
const manyServers = 10

// runServerNotReached looks at the whole capture at its end: a client may still reach a host.
func runServerNotReached(p *analysis.Pass) {
	if p.Visits == nil {
		return
	}
	tries, servers := map[[2]netip.AddrPort][]*httpstream.Conn{}, map[netip.Addr]int{}
	var order [][2]netip.AddrPort
	for _, c := range p.Visits.InVain {
		client := c.Client.Addr()
		if !client.IsValid() || p.Counters.HTTP3Clients[client] || !c.Start.InPackets() || !slices.Contains(httpPorts, c.Server.Port()) || !p.Visits.Known(client) || p.Visits.Opened(client) {
			continue
		}
		k := [2]netip.AddrPort{netip.AddrPortFrom(client, 0), c.Server}
		if tries[k] == nil {
			order = append(order, k)
			servers[client]++
		}
		tries[k] = append(tries[k], c)
	}
	if len(order) == 0 {
		return
	}
	scanners, first, more := scannersIn(p), map[unreached]*analysis.Finding{}, map[unreached]int{}
	for _, k := range order {
		client, u := k[0].Addr(), unreached{k[1], inVain(tries[k])}
		switch {
		case u.variant == "" || servers[client] >= manyServers || scanners[client]:
		case first[u] != nil:
			more[u]++
		default:
			first[u] = foundUnreached(p, client, u, tries[k])
		}
	}
	for u, n := range more {
		first[u].Message += fmt.Sprintf("; %s had the same there", plural.Count(n, "more client"))
	}
}

// unreached is a server or proxy that clients do not reach, and how that shows.
type unreached struct {
	server  netip.AddrPort
	variant string
}

// inVain returns the variant of connections that were all refused, or that nobody answered; "" for others.
func inVain(tries []*httpstream.Conn) string {
	refused, syns := 0, 0
	for _, c := range tries {
		if syns += 1 + int(c.SYNRetries); c.Ending == httpstream.RST && c.EndedBy == httpstream.Server {
			refused++
		}
	}
	waited := tries[len(tries)-1].End.Time.Sub(tries[0].Start.Time)
	switch {
	case refused == len(tries):
		return refusedConnection
	case refused == 0 && syns >= minSYNs && waited >= minSYNTime:
		return noAnswer
	}
	return ""
}

// foundUnreached reports the first client that does not reach a server or proxy.
func foundUnreached(p *analysis.Pass, client netip.Addr, u unreached, tries []*httpstream.Conn) *analysis.Finding {
	server := u.server
	called := server.Addr().String()
	names := p.DNS.NamesOf(server.Addr())
	if len(names) > 0 {
		called = fmt.Sprintf("%s (%v)", names[0], server.Addr())
	}
	at, says, evidence := tries[0].EndedAt, "%s refuses the connections of %v to port %d", analysis.Proven
	if u.variant == noAnswer {
		at, says, evidence = tries[0].Start, "%s does not answer %v at port %d", analysis.Inferred
	}
	if p.Visits.Answers(server) {
		says += ", where other clients got connections"
		u.variant = map[string]string{refusedConnection: refusedHere, noAnswer: noAnswerHere}[u.variant]
	}
	f := p.Found(nil, at, says+", and this client reached no web server or proxy in this capture", called, client, server.Port())
	f.Variant, f.Evidence = u.variant, evidence
	f.Client, f.Server = client.String(), server.String()
	if len(names) > 0 {
		f.Host = names[0]
	}
	f.SetCount(len(tries), tries[len(tries)-1].Start)
	return f
}
