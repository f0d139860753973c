package checks

import (
	"cmp"
	"strconv"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
)

var anonymousFirstRoundtrip = &analysis.Check{
	Name:     "anonymous-first-roundtrip",
	Title:    "the first 401 is the normal opening, not a failure",
	Severity: analysis.Info,
	Evidence: analysis.Proven,
	Topic:    analysis.Hygiene,
	Means: "The client asked without credentials, learned which schemes there are, and then authenticated. " +
		"HTTP authentication begins this way; the 401 is a question, and the log line for it (401.2 with Win32 status 5 in IIS) is no error.",
	Proof: "A request without Authorization, its 401 (407) with bare challenges, then a request with a token by the same client for the same URL, and a response that is neither 401 nor 407.",
	Not:   "A client that never answers (client-ignored-challenge), or asks again without credentials (client-token-generation-failed).",
	Causes: []analysis.Advice{
		{Text: "Clients ask anonymously first unless they are set to authenticate in advance."},
	},
	Fix: []analysis.Advice{
		{Text: "Nothing. Where the extra round trip costs too much, see that connections are kept and Persistent-Auth: true is sent (auth-every-request)."},
	},
	Sources: []string{
		"RFC 9110 section 11.1",
		"Microsoft, Windows Authentication HTTP request flow in IIS, techcommunity.microsoft.com ba-p/324645",
	},
	Reads: []string{"Server"},
	Run:   runAnonymousFirstRoundtrip,
}

func runAnonymousFirstRoundtrip(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		first := h.First()
		if h.Outcome != analysis.Succeeded || h.Mechanism == analysis.Other || first.Sent != nil || !first.Asks || len(h.AnonymousLegs()) != 1 {
			continue
		}
		p.Found(h, first.ResponsePos(), "%s asked for credentials with a %d (%s), and %s then authenticated%s",
			serverName(h), first.Status(), offeredList(h), clientName(h), inIISLog(h))
	}
}

// loggedStatuses returns the statuses of all legs in the server's log, "" if it lacks one.
func loggedStatuses(h *analysis.Handshake) string {
	var all []string
	for _, l := range h.Legs {
		stated, _ := l.StatedReason()
		if l.Logged == nil {
			return ""
		}
		all = append(all, cmp.Or(stated, strconv.Itoa(l.Logged.Status)))
	}
	return strings.Join(all, ", ")
}

// inIISLog says how such a beginning looks in the log of IIS: the bare challenge is 401.2 with the
// Win32 status 5, an NTLM challenge 401.1 with SEC_E_NO_CREDENTIALS. None of that is on the wire.
func inIISLog(h *analysis.Handshake) string {
	if statuses := loggedStatuses(h); statuses != "" {
		return "; in its log: " + statuses
	}
	if !windowsServer(h.First()) || h.Last().Status() != httpstream.StatusOK {
		return ""
	}
	if _, n2 := h.NTLM(2); n2 != nil {
		return "; in IIS's log, by inference: 401 2 5, 401 1 2148074254, 200 0 0"
	}
	return "; in IIS's log, by inference: 401 2 5, 200 0 0"
}
