package checks

import (
	"fmt"
	"net/netip"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
)

var kdcUnreachable = &analysis.Check{
	Name:     "kdc-unreachable",
	Title:    "the client cannot reach a KDC",
	Severity: analysis.Error,
	Evidence: analysis.Inferred,
	Topic:    analysis.Cause,
	Means:    "The client tried to talk to a domain controller on port 88 and got no answer, so it can get no ticket. Whether it then falls back to NTLM depends on the client: Microsoft's documents disagree, so look at what it did.",
	Proof:    "Two or more attempts to port 88 (a SYN without an answer or refused, a UDP request without reply), and no reply from any KDC to that client in the capture.",
	Not:      "No traffic to port 88 at all: tickets are cached, a KDC proxy speaks https, IAKERB goes through the server. Windows clients use TCP only.",
	Causes:   []string{"A firewall between client and domain controller.", "DNS names a domain controller that is not there, or none.", "The client is outside, without VPN."},
	Fix: []string{
		"nltest /dsgetdc:<domain> /force /kdc on the client; Linux: KRB5_TRACE=/dev/stderr kinit.",
		"Open TCP and UDP port 88 to the domain controllers of the client's site; check the SRV records _kerberos._tcp.dc._msdcs.<domain>.",
	},
	Sources: []string{
		"RFC 4120 section 7.2",
		"Microsoft, Kerberos authentication troubleshooting guidance, learn.microsoft.com/troubleshoot/windows-server/windows-security",
	},
	Run: runKDCUnreachable,
}

func runKDCUnreachable(p *analysis.Pass) {
	answered := map[netip.Addr]bool{}
	tries := map[netip.Addr]int{}
	last := map[netip.Addr]httpstream.Pos{}
	kdcs := map[netip.Addr]netip.Addr{}
	var order []netip.Addr
	try := func(client, kdc netip.Addr, at httpstream.Pos, n int) {
		if tries[client] == 0 {
			order = append(order, client)
		}
		tries[client] += n
		last[client], kdcs[client] = at, kdc
	}
	for _, k := range p.KDC {
		if k.Reply != nil {
			answered[k.Client.Addr()] = true
		} else {
			try(k.Client.Addr(), k.KDC.Addr(), k.RequestPos, 1+k.Retries)
		}
	}
	for _, c := range p.Conns {
		if c.Server.Port() == httpstream.PortKerberos && c.SYNOnly {
			try(c.Client.Addr(), c.Server.Addr(), c.Start, 1)
		}
	}
	for _, client := range order {
		if answered[client] || tries[client] < 2 {
			continue
		}
		var h *analysis.Handshake
		for _, o := range p.Context {
			if o.ClientAddr() == client && o.Mechanism != analysis.Kerberos {
				h = o
				break
			}
		}
		f := p.Found(h, last[client], "%v tried %d times to reach the KDC %v and got no answer", client, tries[client], kdcs[client])
		f.Cause = noKDCInDNS(p, client)
	}
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
			none = fmt.Sprintf("The name server knows no KDC: %s has no SRV record (%s).", l.Name, strings.TrimPrefix(l.RCode.String(), "RCode"))
		}
	}
	return none
}
