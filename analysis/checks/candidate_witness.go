package checks

import (
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
	x, y := a.Response, b.Response
	if x == nil || y == nil {
		return false
	}
	for _, name := range machineMarks {
		if x.Header.Value(name) != y.Header.Value(name) {
			return true
		}
	}
	return false
}

// between reports whether a handshake shows an intermediary between its client and the acceptor. A
// proxy that is the acceptor itself is none.
func between(h *analysis.Handshake) bool {
	l := h.Last()
	if l.Response != nil {
		via := l.Response.Header.Value("Via")
		if h.Target == analysis.ToProxy && strings.Contains(via, ",") || h.Target == analysis.ToServer && via != "" {
			return true
		}
	}
	if l.Request == nil {
		return false
	}
	for _, name := range proxyMarks {
		if l.Request.Header.Value(name) != "" {
			return true
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
	return h.Target == analysis.ToServer && (l.Conn.Tunnel != nil || l.Request != nil && strings.Contains(l.Request.Target, "://") && !strings.HasPrefix(l.Request.Target, "/"))
}
