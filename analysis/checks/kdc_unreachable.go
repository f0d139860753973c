package checks

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
)

var kdcUnreachable = &analysis.Check{
	Name:     "kdc-unreachable",
	Variants: []string{"kdc-proxy-refused"},
	Title:    "the client cannot reach a KDC",
	Severity: analysis.Error,
	Evidence: analysis.Inferred,
	Topic:    analysis.Cause,
	Means:    "The client tried to talk to a domain controller on port 88 and got no answer, so it can get no ticket. Whether it then falls back to NTLM depends on the client: Microsoft's documents disagree, so look at what it did.",
	Proof:    "Two or more attempts to port 88 that get no answer (a SYN, a UDP request), or one that is refused, and no reply from any KDC to that client in the capture. A refused connection (RST) means that the machine is there and no KDC runs on it. A KDC proxy (POST /KdcProxy) that answers with an error status.",
	Not:      "A port scan, which tries many ports in a short time. No traffic to port 88 at all: tickets are cached, a KDC proxy speaks https, IAKERB goes through the server. Windows clients use TCP only.",
	Causes: []analysis.Advice{
		{Text: "A firewall between client and domain controller."},
		{Text: "DNS names a domain controller that is not there, or none."},
		{Text: "The client is outside, without VPN."},
		{Text: "The KDC proxy is not set up for the realm, wants a client certificate, or reaches no KDC itself."},
	},
	Fix: []analysis.Advice{
		{Text: "nltest /dsgetdc:<domain> /force /kdc on the client; Linux: KRB5_TRACE=/dev/stderr kinit."},
		{Text: "Open TCP and UDP port 88 to the domain controllers of the client's site; check the SRV records _kerberos._tcp.dc._msdcs.<domain>."},
	},
	Sources: []string{
		"RFC 4120 section 7.2",
		"Microsoft, Kerberos authentication troubleshooting guidance, learn.microsoft.com/troubleshoot/windows-server/windows-security",
	},
	Reads: []string{"Content-Type"},
	Keep:  refusedByKDCProxy,
	Run:   runKDCUnreachable,
}

func runKDCUnreachable(p *analysis.Pass) {
	var order []netip.Addr
	found := map[netip.Addr]*kdcAttempts{}
	attempts := func(client netip.Addr) *kdcAttempts {
		if found[client] == nil {
			found[client] = &kdcAttempts{}
			order = append(order, client)
		}
		return found[client]
	}
	for _, k := range p.KDC {
		switch a := attempts(k.Client.Addr()); {
		case k.Kpasswd():
		case k.Reply != nil:
			a.answered = true
		case k.Via() == "":
			a.add(k.KDC.Addr(), k.RequestPos, 1+k.Retries)
		}
	}
	for _, c := range p.Conns {
		if port := c.Server.Port(); c.SYNOnly && (port == httpstream.PortKerberos || port == httpstream.PortZscaler) {
			a := attempts(c.Client.Addr())
			a.add(c.Server.Addr(), c.Start, 1)
			if c.Ending == httpstream.RST {
				a.refused++
			}
		}
	}
	proxyRefusals(p, func(client netip.Addr) bool { return found[client] != nil && found[client].answered })
	for _, client := range order {
		a := found[client]
		if a.answered || a.n < 2 && a.refused == 0 || scans(p, client) {
			continue
		}
		f := p.Found(withoutTicket(p, client), a.last, "%v tried %s to reach %s and %s", client, times(a.n), a.target(), a.result())
		f.Cause = noKDCInDNS(p, client)
	}
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// kdcAttempts are the attempts of one client to reach a KDC.
type kdcAttempts struct {
	answered   bool // by any KDC
	n, refused int
	kdcs       []netip.Addr
	last       httpstream.Pos
}

func (a *kdcAttempts) add(kdc netip.Addr, at httpstream.Pos, n int) {
	a.n += n
	a.last = at
	if !slices.Contains(a.kdcs, kdc) {
		a.kdcs = append(a.kdcs, kdc)
	}
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

// withoutTicket returns the first handshake of a client in which it used no ticket, nil if
// there is none.
func withoutTicket(p *analysis.Pass, client netip.Addr) *analysis.Handshake {
	for _, h := range p.Context {
		if h.ClientAddr() == client && h.Mechanism != analysis.Kerberos {
			return h
		}
	}
	return nil
}

// A port scan is known by connections to many ports that nobody accepts within a short
// time; a client in search of its KDC tries port 88 and few others.
const (
	scanPorts = 10
	scanTime  = time.Minute
)

// scans reports whether the client scans ports.
func scans(p *analysis.Pass, client netip.Addr) bool {
	var begin httpstream.Time
	ports := map[uint16]bool{}
	for _, c := range p.Conns {
		if !c.SYNOnly || c.Client.Addr() != client {
			continue
		}
		if len(ports) == 0 || c.Start.Time.Sub(begin) > scanTime {
			begin = c.Start.Time
			clear(ports)
		}
		if ports[c.Server.Port()] = true; len(ports) >= scanPorts {
			return true
		}
	}
	return false
}

// noKDCInDNS says that the name server gave the client no KDC where the client asked
// for one by its SRV record (RFC 4120 section 7.2.3.2), "" if it did not say so.
func noKDCInDNS(p *analysis.Pass, client netip.Addr) string {
	none := ""
	for _, l := range p.DNS.Lookups {
		if l.Client.Addr() != client || !strings.HasPrefix(l.Name, "_kerberos.") {
			continue
		}
		switch {
		case len(l.Targets) > 0:
			return ""
		case none == "":
			none = fmt.Sprintf("The name server knows no KDC: %s has no SRV record (%s).", l.Name, l.RCode)
		}
	}
	return none
}
