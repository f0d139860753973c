package checks

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"negotrace/analysis"
	"negotrace/analysis/fact"
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
	Proof:    "Two or more attempts to port 88 that get no answer (a SYN, a UDP request), one whose SYN was sent three times, or one that is refused, or a request over TCP on a connection that the KDC accepted and then closed, or left without an answer for 5 seconds; and no reply from any KDC to that client in the capture. A refused connection (RST) means that the machine is there and no KDC runs on it. A KDC proxy (POST /KdcProxy) that answers with an error status, a redirect, a page, or nothing.",
	Not:      "A port scan, which tries many ports in a short time. No traffic to port 88 at all: tickets are cached, a KDC proxy speaks https, IAKERB goes through the server. Windows clients use TCP only.",
	Causes: []analysis.Advice{
		{Text: "A firewall between client and domain controller.", Unless: viaProxy},
		{Text: "DNS names a domain controller that is not there, or none.", Unless: viaProxy},
		{Text: "The client is outside, without VPN.", Unless: viaProxy},
		{Text: "The KDC proxy is not set up for the realm, wants a client certificate, does not run, or reaches no KDC itself.", If: viaProxy},
	},
	Fix: []analysis.Advice{
		{Text: "nltest /dsgetdc:<domain> /force /kdc on the client; Linux: KRB5_TRACE=/dev/stderr kinit.", Unless: viaProxy},
		{Text: "Open TCP and UDP port 88 to the domain controllers of the client's site; check the SRV records _kerberos._tcp.dc._msdcs.<domain>.", Unless: viaProxy},
		{Text: "On the machine of the KDC proxy: Get-Service KPSSVC; netsh http show urlacl must have /KdcProxy; nltest /dsgetdc:<domain> /kdc; its log Microsoft-Windows-Kerberos-KdcProxy/Operational.", If: viaProxy},
	},
	Sources: []string{
		"RFC 4120 section 7.2",
		"Microsoft, Kerberos authentication troubleshooting guidance, learn.microsoft.com/troubleshoot/windows-server/windows-security",
	},
	Reads: []string{"Content-Type", "Content-Length"},
	Keep:  refusedByKDCProxy,
	Run:   runKDCUnreachable,
}

// viaProxy is the fact that a KDC proxy was asked.
var viaProxy = []fact.Fact{fact.Variant("kdc-proxy-refused")}

func runKDCUnreachable(p *analysis.Pass) {
	scanners := sync.OnceValue(func() map[netip.Addr]bool { return scannersIn(p) })
	clients, tries := kdcTries(p)
	proxyRefusals(p, func(client netip.Addr) bool {
		return slices.ContainsFunc(tries[client], func(t kdcTry) bool { return t.answered })
	})
	for _, client := range clients {
		a := lastInVain(tries[client])
		if !a.certain() || scanners()[client] {
			continue
		}
		h := withoutTicket(p, client)
		if a.answered.Frame != 0 {
			if h = leftWithoutTicket(p, client, a); h == nil {
				continue // it may want something else of that KDC
			}
		}
		f := p.Found(h, a.last, "%s%v tried %s to reach %s and %s%s", a.after(), client, times(a.n), a.target(), a.result(), letInWithoutTicket(p, h))
		f.AddProof(a.at...)
		f.Cause = noKDCInDNS(p, client)
		if a.silent == a.n {
			f.Cause = "The KDC can be connected to, but what it answers does not come: large packets are lost on the way (the MTU of a VPN), or the KDC hangs."
		}
		if a.referral != "" && a.silent < a.n {
			f.Cause = fmt.Sprintf("The name is in the realm %s, whose KDCs the client does not reach: a firewall, or the wrong address for them.", a.referral)
		}
		if a.answered.Frame != 0 {
			f.AddProof(a.answered)
		}
		if h != nil && letInWithoutTicket(p, h) != "" {
			f.Severity = analysis.Warning
		}
	}
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

// A port scan shows as connections to many ports, which nobody accepts, within a short time; a
// client in search of its KDC tries port 88 and few others.
const (
	scanPorts = 10
	scanTime  = time.Minute
)

// scannersIn returns the clients that scan ports.
func scannersIn(p *analysis.Pass) map[netip.Addr]bool {
	type tried struct {
		begin httpstream.Time
		ports map[uint16]bool
	}
	all, clients := map[netip.Addr]*tried{}, map[netip.Addr]bool{}
	for _, c := range p.Conns {
		if !c.SYNOnly {
			continue
		}
		client := c.Client.Addr()
		t := all[client]
		if t == nil || c.Start.Time.Sub(t.begin) > scanTime {
			t = &tried{c.Start.Time, map[uint16]bool{}}
			all[client] = t
		}
		if t.ports[c.Server.Port()] = true; len(t.ports) >= scanPorts {
			clients[client] = true
		}
	}
	return clients
}

// noKDCInDNS says that the name server named no KDC when the client asked for one by its SRV
// record (RFC 4120 section 7.2.3.2); "" if it did not say so.
func noKDCInDNS(p *analysis.Pass, client netip.Addr) string {
	none := ""
	for _, l := range p.DNS.Lookups {
		if l.Client.Addr() != client || !(strings.HasPrefix(l.Name, "_kerberos.") || strings.HasPrefix(l.Name, "_ldap.") && strings.Contains(l.Name, ".dc._msdcs.")) {
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
