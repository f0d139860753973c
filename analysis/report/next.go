package report

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/httpstream"
)

// A nextCapture says what to capture so that the next report shows what this one could not.
type nextCapture struct {
	Why      string
	Commands []string
}

// nextCaptures says what to capture next, for the hosts and ports of this case.
func nextCaptures(r *analysis.Report) []nextCapture {
	s := r.Summary
	if s.Counters == nil {
		return nil
	}
	var all []nextCapture
	h := decisive(r)
	if hosts := s.WithoutKeyLog(); len(hosts) > 0 {
		all = append(all, nextCapture{"TLS could not be opened: let the browser write its secrets, from before it starts.", []string{
			`set SSLKEYLOGFILE=%TEMP%\keys.log (Windows)`, `export SSLKEYLOGFILE=$HOME/keys.log (Linux, macOS)`, "negotrace --keylog keys.log FILE",
		}})
	}
	closed := settled(r)
	if open := openAtKDC(r, h, closed); open != nil || h == nil && hasNote(&s, "kdc-not-seen") {
		all = append(all, nextCapture{"The capture does not show how a ticket was asked for: empty the caches, then capture at the client" + clientAddress(open) + ", from before the first request.",
			append(emptyCaches(open), "tcpdump -s 0 -w auth.pcap '"+portsFilter(open)+"'")})
	}
	if log, ok := serverLog(h); ok {
		all = append(all, log)
	}
	if s.MidStream > s.GivenUp() {
		all = append(all, nextCapture{"Connections began before the capture: start it first, then close the browser and open it again.", nil})
	}
	if s.Cut > 0 || s.Gaps > 0 || s.LostBytes > 0 {
		all = append(all, nextCapture{"Packets are cut or missing: record whole ones, with a larger buffer, at the machine itself and not at a mirror port.", []string{
			"tcpdump -s 0 -B 65536 -w auth.pcap '" + portsFilter(h) + "'", `pktmon start --capture --pkt-size 0 --file-name C:\auth.etl`,
		}})
	}
	if h != nil && h.Browser() && h.Outcome != analysis.Succeeded && !closed[h.ID] && !sentNTLM(h) {
		commands := []string{"tcpdump -s 0 -w auth.pcap '" + portsFilter(h) + "'"}
		if h.First().Source == 0 && ofBrowser(h) && !h.Has(fact.ClientFirefox, fact.ClientSafari) { // no log of the browser's network
			commands = append(commands, "chrome://net-export, edge://net-export: Include cookies and credentials")
		}
		all = append(all, nextCapture{"An export has no packets: capture at the client beside it, with the KDC.", commands})
	}
	return all
}

// ofBrowser reports whether a browser sent the requests, by what recorded them or by the name that it gives itself.
func ofBrowser(h *analysis.Handshake) bool {
	return h.LastResponseOnly() && !h.Conn().Recorder.Library || h.Has(fact.Browsers()...)
}

// sentNTLM reports whether the handshake has a whole NTLM answer: packets show no more of it.
func sentNTLM(h *analysis.Handshake) bool {
	_, n3 := h.NTLM(3)
	return n3 != nil
}

func hasNote(s *analysis.Summary, kind string) bool {
	return slices.ContainsFunc(s.Notes, func(n httpstream.Limitation) bool { return n.Kind == kind })
}

// portsFilter returns a capture filter for the ports of the case: the server's, the KDC's and the
// name server's.
func portsFilter(h *analysis.Handshake) string {
	ports := []string{"88", "53"}
	if h != nil {
		if at, err := netip.ParseAddrPort(h.Server); err == nil {
			ports = append([]string{fmt.Sprint(at.Port())}, ports...)
		} else if strings.HasPrefix(h.URL, "https:") {
			ports = append([]string{"443"}, ports...)
		} else {
			ports = append([]string{"80"}, ports...)
		}
	} else {
		ports = append([]string{"80", "443"}, ports...)
	}
	ports = slices.Compact(ports)
	return "port " + strings.Join(ports, " or port ")
}

// captureNext writes what to capture next.
func (p *page) captureNext(r *analysis.Report) {
	all := nextCaptures(r)
	if len(all) == 0 {
		return
	}
	p.title("WHAT TO CAPTURE NEXT")
	for _, n := range all {
		p.item(0, "- ", n.Why)
		for _, c := range n.Commands {
			p.item(4, "", c)
		}
	}
}

// next writes it into a document.
func (m *markdown) next(r *analysis.Report) {
	all := nextCaptures(r)
	if len(all) == 0 {
		return
	}
	m.heading(3, "What to capture next")
	for _, n := range all {
		m.item(prose(n.Why))
		for _, c := range n.Commands {
			m.line("  - %s", code(c))
		}
	}
}
