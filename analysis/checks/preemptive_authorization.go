package checks

import (
	"net/netip"
	"slices"
	"sync"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/tokens"
)

var preemptiveAuthorization = &analysis.Check{
	Name:     "preemptive-authorization",
	Title:    "the client sends its token before it is asked",
	Severity: analysis.Info,
	Evidence: analysis.Proven,
	Topic:    analysis.Hygiene,
	Means:    "The first request of the connection already carries a token. It saves a round trip; IIS in kernel mode may answer the first such request with a 401 that nobody expects.",
	Proof:    "A connection seen from its beginning whose first request has an Authorization header with NTLM or Negotiate, and no 401 from that host to that client before.",
	Not:      "A capture that begins in mid-stream, or a handshake that goes on from another connection. Chromium on Windows never does it for Negotiate: there a leg is missing.",
	Causes: []analysis.Advice{
		{Text: "curl --negotiate and --ntlm, Java, .NET PreAuthenticate, WinHTTP, scripts."},
		{Text: "WinINET's NTLM pre-authentication for a folder that was challenged before."},
	},
	Fix: []analysis.Advice{
		{Text: `If it fails: HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings\DisableNTLMPreAuth = 1 on the client, or kernel mode off for the application.`},
	},
	Sources: []string{"RFC 9110 section 11.6.2", "Microsoft KB2749007, 401 error with a pre-authentication header"},
	Reads:   []string{"Server"},
	Run:     runPreemptiveAuthorization,
}

func runPreemptiveAuthorization(p *analysis.Pass) {
	visits := sync.OnceValue(func() map[visit]*analysis.Handshake { return firstVisits(p) })
	for _, h := range p.Context {
		first := h.First()
		if first.Sent == nil || !p.SawAll(h) || h.Split || first.Sent.NTLM().Type() != 1 && first.Sent.Kerberos() == nil {
			continue
		}
		if visits()[visitOf(h)] != h || first.Conn.FirstRequest.Compare(first.Request.Pos) != 0 {
			continue
		}
		f := p.Found(h, first.RequestPos(), "%s sent %s a token with its first request, before it was asked", clientName(h), serverName(h))
		if h.Outcome == analysis.Failed && first == h.Last() && first.Asks && first.Answer() == nil && first.Said() == "" && windowsServer(first) && !h.Has(fact.ServerWinRM) &&
			!letInLater(p, h) && !acceptedUnasked(p, h) {
			f.Severity = analysis.Error // refused on the spot, as IIS does in kernel mode
		}
	}
}

// acceptedUnasked reports whether the host of h accepted another token before it had asked for
// one: it is then no problem.
func acceptedUnasked(p *analysis.Pass, h *analysis.Handshake) bool {
	return slices.ContainsFunc(p.Context, func(o *analysis.Handshake) bool {
		return o.Host == h.Host && o.Target == h.Target && o.Outcome == analysis.Succeeded && o.First().Sent != nil && tokens.IsTokenScheme(o.Scheme)
	})
}

// A visit is of a client to a host.
type visit struct {
	client netip.Addr
	host   string
}

func visitOf(h *analysis.Handshake) visit { return visit{h.ClientAddr(), h.Host} }

// firstVisits returns the first handshake of each client with each host: after it the client knows
// that it will be asked.
func firstVisits(p *analysis.Pass) map[visit]*analysis.Handshake {
	first := map[visit]*analysis.Handshake{}
	for _, h := range p.Context {
		if v := visitOf(h); first[v] == nil {
			first[v] = h
		}
	}
	return first
}
