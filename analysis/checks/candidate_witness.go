package checks

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// A handshake that was let in refutes causes of a refusal only if its success is proven and
// the same machine answered both.

// nearInTime is how far apart two logons may be for one to say something about the other: keys and
// settings may change.
const nearInTime = 5 * time.Minute

// near reports whether two handshakes begin so near in time.
func near(a, b *analysis.Handshake) bool { return a.Start.Time.Sub(b.Start.Time).Abs() <= nearInTime }

// isProven reports whether the capture proves how a handshake ended.
func isProven(h *analysis.Handshake) bool { return h.OutcomeEvidence == analysis.Proven }

// machineMarks are header lines of responses in which machines behind one address differ.
var machineMarks = []string{"Server", "X-FEServer", "X-BEServer", "X-DiagInfo", "X-Backend", "X-Served-By", "Via"}

// differs reports whether the responses to two handshakes come from two machines behind one
// address, by what they say.
func differs(a, b *analysis.Handshake) bool { return differentMachines(a.Last(), b.Last()) }

func differentMachines(a, b *analysis.Leg) bool {
	name, _, _ := markApart(a, b, false)
	return name != ""
}

// machineNames are those of the machineMarks in which the machine that answers names itself. Servers of one machine may
// differ in Server (IIS and HTTP.sys), and one machine may pass on what several others say.
var machineNames = []string{"X-FEServer", "X-Backend", "X-Served-By"}

// markApart returns the first of the machineMarks, or of the machineNames alone, in which two responses differ, and what
// they have there; "" if they do not differ.
func markApart(a, b *analysis.Leg, namesAlone bool) (name, of, and string) {
	x, y := a.Response, b.Response
	if x == nil || y == nil {
		return "", "", ""
	}
	for _, name := range machineMarks {
		if of, and := x.Header.Value(name), y.Header.Value(name); of != and && (!namesAlone || slices.Contains(machineNames, name)) {
			return name, of, and
		}
	}
	return "", "", ""
}

// between reports whether a handshake shows an intermediary between its client and the acceptor. A
// proxy that is the acceptor itself is none.
func between(h *analysis.Handshake) bool { return proxyMark(h) != "" }

// proxyMark returns the name of a header line that shows the intermediary, "" if none does.
func proxyMark(h *analysis.Handshake) string {
	l := h.Last()
	if l.Response != nil {
		via := l.Response.Header.Value("Via")
		if h.Target == analysis.ToProxy && strings.Contains(via, ",") || h.Target == analysis.ToServer && via != "" {
			return "Via"
		}
	}
	if l.Request == nil || h.Browser() { // which writes down what it sent itself
		return ""
	}
	for _, name := range proxyMarks {
		if value := l.Request.Header.Value(name); value != "" && !namesClient(h, value) {
			return name
		}
	}
	return ""
}

// namesClient reports whether a header line by which proxies show themselves names the machine of the client alone: its
// workstation as the last proxy, or its own address as that of the proxy's client. A program there wrote it.
func namesClient(h *analysis.Handshake, value string) bool {
	last := value[strings.LastIndexByte(value, ',')+1:]
	workstation := ""
	if _, n3 := h.NTLM(3); n3 != nil {
		workstation = n3.Authenticate.Workstation
	}
	if fields := strings.Fields(last); len(fields) > 1 { // Via: protocol, then the proxy (RFC 9110 section 7.6.3)
		name, _, _ := strings.Cut(analysis.HostOnly(fields[1]), ".")
		return workstation != "" && strings.EqualFold(name, workstation)
	}
	for pair := range strings.SplitSeq(last, ";") { // Forwarded: for=address (RFC 7239)
		name, address, isPair := strings.Cut(strings.TrimSpace(pair), "=")
		if !isPair {
			name, address = "for", name
		}
		if strings.EqualFold(name, "for") {
			at, err := netip.ParseAddr(strings.Trim(analysis.HostOnly(strings.Trim(address, `"`)), "[]"))
			return err == nil && at.Unmap() == h.ClientAddr().Unmap()
		}
	}
	return false
}

// incompleteTo reports whether another connection to the server of a handshake could not be read
// completely.
func incompleteTo(p *analysis.Pass, h *analysis.Handshake) bool {
	return slices.ContainsFunc(p.Conns, func(c *httpstream.Conn) bool {
		return c != h.Conn() && c.Server == h.Conn().Server && !c.Complete()
	})
}

// throughProxy reports whether the requests of a handshake with a server went to a proxy.
func throughProxy(h *analysis.Handshake) bool {
	l := h.Last()
	return h.Target == analysis.ToServer && (l.Conn.ThroughProxy() || l.Request != nil && strings.Contains(l.Request.Target, "://") && !strings.HasPrefix(l.Request.Target, "/"))
}
