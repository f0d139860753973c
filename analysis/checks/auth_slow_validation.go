package checks

import (
	"slices"
	"time"

	"negotrace/analysis"
	"negotrace/analysis/fact"
)

var authSlowValidation = &analysis.Check{
	Name:     "auth-slow-validation",
	Title:    "the server takes long to check the credentials",
	Severity: analysis.Warning,
	Evidence: analysis.Inferred,
	Topic:    analysis.Detour,
	Means:    "Between the last token and the response passes much more time than this server takes otherwise. With NTLM it waits for a domain controller, through a narrow channel.",
	Proof:    "The time from the end of the request with the last token to the first byte of its response, less what the same server usually takes for requests without credentials, is more than a second (ten seconds: error). KDC answers likewise.",
	Not:      "The application's own time: compared with other requests to the same server, with the same credentials and without. A gateway that waits for a server behind it, and says so (502, 503, 504). Retransmissions.",
	Causes: []analysis.Advice{
		{Text: "NTLM: the secure channel's queue (MaxConcurrentApi) is full.", If: []fact.Fact{fact.ByNTLM, fact.ByBasic}},
		{Text: "The domain controller asked is far away, or across a trust; users without a domain name are looked up everywhere.", If: []fact.Fact{fact.ByNTLM, fact.ByBasic}},
		{Text: "PAC verification; domain controller discovery; look-ups of the user's groups."},
	},
	Fix: []analysis.Advice{
		{Text: `Servers and domain controllers: HKLM\SYSTEM\CurrentControlSet\Services\Netlogon\Parameters\MaxConcurrentApi (REG_DWORD, up to 150); Netlogon events 5816 to 5819 say whether it is the cause.`, If: []fact.Fact{fact.ByNTLM, fact.ByBasic}},
		{Text: "Time the steps of the server: it asks for groups and rights (LDAP, Netlogon) after it has taken the ticket.", If: []fact.Fact{fact.ByKerberos}},
		{Text: "Move to Kerberos, which asks no domain controller at logon.", Unless: []fact.Fact{fact.ByKerberos}},
	},
	Sources: []string{"Microsoft KB2688798, Performance tuning for NTLM authentication by using the MaxConcurrentApi setting"},
	Run:     runAuthSlowValidation,
}

func runAuthSlowValidation(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		last := h.Last()
		if h.Browser() || last.Sent == nil || last.Request == nil || last.Response == nil || !h.Complete || last.Request.Done.Time.IsZero() {
			continue
		}
		took := last.Response.Pos.Time.Sub(last.Request.Done.Time)
		usual, n := p.Baseline(h.First().Conn.Server)
		if n == 0 {
			usual = quickest(h)
		}
		if took-usual <= time.Second || ofGateway(last.Status()) || p.PartlyUnseen(h) || acceptedQuickly(p, h, usual) {
			continue
		}
		f := p.Found(h, last.ResponsePos(), "%s took more than %s to check the credentials of %s", serverName(h), (took - usual).Truncate(time.Second), clientName(h))
		f.AddProof(last.RequestPos())
		if took-usual > 10*time.Second {
			f.Severity = analysis.Error
		}
	}
	for _, k := range p.KDC {
		if k.Reply == nil || k.Request == nil || k.Retries > 0 {
			continue
		}
		if took := k.ReplyPos.Time.Sub(k.RequestPos.Time); took > time.Second {
			p.FoundKDC(p.HandshakeOf(k), k, "%s took more than %s to answer", k.KDCName(), took.Truncate(time.Second))
		}
	}
}

// ofGateway reports whether a gateway waited for a server behind it, or had none.
func ofGateway(status analysis.HTTPCode) bool {
	return slices.Contains(gatewayErrors, fact.Status(int(status)))
}

// acceptedQuickly reports whether the server answered other requests with the same credentials
// without delay at about the time of h: if so, the page is slow.
func acceptedQuickly(p *analysis.Pass, h *analysis.Handshake, usual time.Duration) bool {
	slow := h.Last()
	for _, o := range p.Attempts(h) {
		if o.User != h.User || o.Mechanism != h.Mechanism {
			continue
		}
		for _, l := range o.Legs {
			if l == slow || l.Sent == nil || l.Request == nil || l.Response == nil || l.Request.Done.Time.IsZero() || l.Verdict == analysis.Continues {
				continue
			}
			apart := l.Request.Done.Time.Sub(slow.Request.Done.Time).Abs()
			if apart < time.Minute && l.Response.Pos.Time.Sub(l.Request.Done.Time)-usual <= time.Second {
				return true
			}
		}
	}
	return false
}

// quickest returns the shortest answer time among the other legs, as a measure of the server.
func quickest(h *analysis.Handshake) time.Duration {
	best := time.Duration(0)
	for _, l := range h.Legs[:len(h.Legs)-1] {
		if l.Request == nil || l.Response == nil {
			continue
		}
		if d := l.Response.Pos.Time.Sub(l.Request.Done.Time); best == 0 || d < best {
			best = d
		}
	}
	return best
}
