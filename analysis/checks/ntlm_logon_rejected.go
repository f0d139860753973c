package checks

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/tokens"
)

var ntlmLogonRejected = &analysis.Check{
	Name:     "ntlm-logon-rejected",
	Variants: []string{"challenged-anew"},
	Title:    "the server refused an NTLM logon",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Refusal,
	Label:    "password or account",
	Means: "The handshake was complete, the server (or its domain controller) looked at the answer to the challenge, and said no. " +
		"On the wire all reasons look alike: password, account, logon right, policy, Extended Protection. The server's logs tell them apart.",
	Proof: "A complete NTLM message 3 with a user name, sent on the connection that carried its challenge, answered by bare challenges (401, 407) or SPNEGO reject; by inference also by another challenge of the same machine.",
	Not: "Proof of a wrong password. A message 3 whose challenge went over another connection (ntlm-handshake-split-across-connections). " +
		"Extended Protection refuses with the same bytes (extended-protection-suspected).",
	Causes: []analysis.Advice{
		{Text: "The loopback check: client and server are one machine.", If: []fact.Fact{fact.OneMachine}},
		{Text: "It is a computer's account: its password differs from the domain's (nltest /sc_verify:<domain> on the client), or the other side lets in users alone.", If: []fact.Fact{fact.ComputerAccount}},
		{Text: "Wrong password, or unknown user.", If: []fact.Fact{fact.ByNTLM}, Unless: []fact.Fact{fact.ComputerAccount}},
		{Text: "The account is locked, disabled, expired, or must change its password.", If: []fact.Fact{fact.ByNTLM}, Unless: []fact.Fact{fact.ComputerAccount}},
		{Text: "The account may not log on over the network to that machine."},
		{Text: "Policy of server or domain refuses NTLM, or this version of it."},
		{Text: "Extended Protection: the channel binding does not fit (TLS ends before the server).", If: []fact.Fact{fact.OverHTTPS}, Unless: fact.KeytabServers()},
	},
	Fix: []analysis.Advice{
		{Text: `The proxy's log: squid's cache.log, and that of winbind (ntlm_auth, wbinfo -a DOMAIN\user).`, If: []fact.Fact{fact.AtProxy, fact.ServerSquid}},
		{Text: "The proxy's log; the domain controller that checked the logon: Security log, event 4776, with its error code.", If: []fact.Fact{fact.AtProxy}},
		{Text: "On the server: Security log, event 4625, Sub Status (0xC000006A password, 0xC0000064 user, 0xC0000234 locked, 0xC000015B logon right, 0xC000035B channel binding).", If: []fact.Fact{fact.AtServer, fact.ServerIIS, fact.ServerWinRM, fact.ServerADFS, fact.ServerKestrel}},
		{Text: "IIS log: sc-substatus and sc-win32-status of the 401.", If: []fact.Fact{fact.AtServer, fact.ServerIIS}, Unless: []fact.Fact{fact.ServerLogGiven}},
		{Text: "The server's log at this time, and that of winbind or gss-ntlmssp; the domain controller's Security log, event 4776.", If: fact.KeytabServers()},
	},
	Sources: []string{
		"MS-NLMP 3.2.5.1.2",
		"Microsoft, HTTP status codes in IIS, learn.microsoft.com/troubleshoot/developer/webapps/iis/health-diagnostic-performance/http-status-code",
	},
	Follows:  []string{"connection-identity-mixing", "event-logon-refused", "ntlm-handshake-split-across-connections", "ntlm-connection-not-persistent", "loopback-check-401", "ntlm-cbt-mismatch", "extended-protection-suspected", "http2-connection-auth", "logged-cause"},
	Reads:    slices.Concat(machineMarks, proxyMarks),
	Run:      runNTLMLogonRejected,
	Explains: explainPassword,
}

func runNTLMLogonRejected(p *analysis.Pass) {
	succeeds := sync.OnceValue(func() map[string]bool { return byNTLM(p) })
	for _, a := range p.NTLMAnswers() {
		h, l, n3 := a.Handshake, a.Leg, a.Message
		if h.Outcome != analysis.Failed || h.Split || l != h.Last() || !complete(n3.Authenticate) {
			continue
		}
		if two, _, _ := twoChallengers(h); two != nil {
			continue // nobody looked at it: ntlm-handshake-split-across-connections
		}
		if completedIn(l) || oneOfManyNames(p, h) {
			continue // the page says that it is for the user's rights, or another check has it
		}
		if a.Challenge == nil && !h.Browser() {
			continue // its challenge was not seen on this connection
		}
		said := ""
		if stated, where := l.StatedReason(); stated != "" {
			said = "; " + where + " says " + stated
		} else if windowsServer(l) && !h.WinRM() {
			said = "; in IIS's terms, by inference: 401.1"
		}
		f := p.Found(h, l.ResponsePos(), "%s refused the logon of %s (%s)%s", serverName(h), clientName(h), n3.Authenticate.Kind, said)
		if l.ChallengedAnew() {
			f.Message = fmt.Sprintf("%s answered the logon of %s (%s) with another challenge: it refuses it, or does not know the first one", serverName(h), clientName(h), n3.Authenticate.Kind)
			f.Variant, f.Evidence = "challenged-anew", analysis.Inferred
		}
		f.AddProof(l.RequestPos())
		f.AddProof(logPlace(l)...)
		if p.LetInAfter(h) != nil {
			f.Severity = analysis.Warning
		}
		f.Cause = cmp.Or(challengeOfAnother(h), saidByKDC(h))
		if f.Cause == "" && bindingFits(h) {
			f.Cause = "Likelier a wrong password, or an account that may not log on there, than Extended Protection: the answer is bound to the certificate of this connection."
		}
		if succeeds()[h.User] {
			f.Cause = "The same user succeeds elsewhere in this capture: the account is good, and a wrong password was typed or stored here, if it is one."
			if p.LetInAfter(h) != nil {
				f.Cause = "The same user was let in soon after: the account is good, and a password that was mistyped the first time looks like this."
			}
		}
	}
}

// challengeOfAnother says that the second challenge may come from another machine than the first, by what
// their responses say; "" if nothing shows that.
func challengeOfAnother(h *analysis.Handshake) string {
	l2 := challengeBefore(h)
	if last := h.Last(); l2 != nil && last.ChallengedAnew() {
		if mark, a, b := twoMachines(l2, last); mark != "" {
			return fmt.Sprintf("The two challenges may come from two machines: %s is %s with the first and %s with the second. Then a balancer in between does not keep a client to one of them, and nobody looked at the logon.", mark, quoted(a), quoted(b))
		}
	}
	return ""
}

// saidByKDC says what a KDC said of the account beside a logon with NTLM, "" if it said nothing that
// holds for both.
func saidByKDC(h *analysis.Handshake) string {
	for _, k := range h.KDC {
		if e := k.Err(); e != nil && e.Status != 0 {
			if why := onlyCause(e); why != "" {
				return fmt.Sprintf("Perhaps the same for which the KDC refused a ticket (%s): %s", k.ReplyPos, why)
			}
		}
	}
	return ""
}

// complete reports whether a message 3 names a user and proves something.
func complete(a *tokens.NTLMAuthenticate) bool {
	return a.User != "" && a.NTLen+a.LMLen > 0 && a.Kind != tokens.ResponseAnonymous && a.Kind != tokens.ResponseLocal
}

// byNTLM returns the users who succeed with NTLM.
func byNTLM(p *analysis.Pass) map[string]bool {
	users := map[string]bool{}
	for _, h := range p.Context {
		if h.Mechanism == analysis.NTLM && h.Outcome == analysis.Succeeded {
			users[h.User] = true
		}
	}
	return users
}
