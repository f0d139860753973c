package checks

import (
	"fmt"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// foundTwoClients records a finding where the messages of one NTLM handshake, or of two that lie
// between each other on one connection, come from two clients, and reports whether they do.
func foundTwoClients(p *analysis.Pass, h *analysis.Handshake) bool {
	l3, n3 := h.NTLM(3)
	if n3 == nil || h.Split || !complete(n3.Authenticate) {
		return false
	}
	said, at, evidence := twoClients(h, l3, n3), []httpstream.Pos(nil), analysis.Inferred
	if l1, _ := h.NTLM(1); said != "" {
		at = []httpstream.Pos{l1.RequestPos()}
	} else if o := otherChallenge(p, h, l3, n3); o != nil {
		l2, _ := o.NTLM(2)
		said = "it answers an earlier challenge, which another message 1 had replaced by then"
		at, evidence = []httpstream.Pos{l2.ResponsePos()}, analysis.Proven
	}
	if said == "" {
		return false
	}
	f := p.Found(h, l3.RequestPos(), "the NTLM answer of %s came to %s among the messages of another logon over the same connection: %s", clientName(h), serverName(h), said)
	f.Variant, f.Evidence = "within-a-handshake", evidence
	f.AddProof(at...)
	return true
}

// explainTwoClients says whether the messages of two clients met on one connection.
func explainTwoClients(p *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	l3, n3 := h.NTLM(3)
	if n3 == nil || h.Split || !complete(n3.Authenticate) || !p.SawAll(h) {
		return analysis.Explanation{}
	}
	if said := twoClients(h, l3, n3); said != "" {
		return possible(5, positionsOf(l3), "%s: the server got messages that do not belong together", said)
	}
	if otherChallenge(p, h, l3, n3) != nil {
		return analysis.Explanation{Status: analysis.Confirmed}
	}
	return analysis.Explanation{}
}

// twoClients says by what message 1 and message 3 of a handshake come from two clients; "" if nothing
// shows that they do. A client sends the same request with both.
func twoClients(h *analysis.Handshake, l3 *analysis.Leg, n3 *tokens.NTLM) string {
	l1, n1 := h.NTLM(1)
	if n1 == nil || l1.Conn != l3.Conn || l1.Request == nil || l3.Request == nil {
		return ""
	}
	if mark := clientsDiffer(l1.Request, l3.Request); mark != "" {
		a, b := firstClient(l1.Request.Header.Value(mark)), firstClient(l3.Request.Header.Value(mark))
		return fmt.Sprintf("message 1 came for %s, and message 3 for %s (%s)", quoted(a), quoted(b), mark)
	}
	if a, b := n1.Negotiate.Workstation, n3.Authenticate.Workstation; a != "" && b != "" && !sameMachine(a, b) {
		return fmt.Sprintf("message 1 names the workstation %s, and message 3 %s", quoted(a), quoted(b))
	}
	return ""
}

// sameMachine reports whether two names may be of one machine: a name of NetBIOS has at most 15
// characters, of a name in DNS only the first label.
func sameMachine(a, b string) bool {
	short := func(name string) string {
		name, _, _ = strings.Cut(strings.ToLower(name), ".")
		return name[:min(len(name), 15)]
	}
	return short(a) == short(b)
}

// otherChallenge returns the handshake on the connection of h whose challenge its answer repeats by
// the time in it, which is not that of its own challenge; nil if there is none.
func otherChallenge(p *analysis.Pass, h *analysis.Handshake, l3 *analysis.Leg, n3 *tokens.NTLM) *analysis.Handshake {
	pairs := n3.Authenticate.Pairs
	if pairs == nil || pairs.Timestamp == nil {
		return nil
	}
	at := func(o *analysis.Handshake) bool {
		_, n2 := o.NTLM(2)
		return n2 != nil && n2.Challenge.TargetInfo != nil && n2.Challenge.TargetInfo.Timestamp != nil && *n2.Challenge.TargetInfo.Timestamp == *pairs.Timestamp
	}
	if at(h) {
		return nil
	}
	for _, o := range p.Context {
		if o != h && o.ID < h.ID && o.Target == h.Target && o.Conn() == l3.Conn && o.RestartedAt.Frame != 0 && at(o) {
			return o
		}
	}
	return nil
}
