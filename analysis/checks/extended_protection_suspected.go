package checks

import (
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/httpstream"
)

var extendedProtectionSuspected = &analysis.Check{
	Name:     "extended-protection-suspected",
	Title:    "Extended Protection may be the reason for the refusal",
	Severity: analysis.Error,
	Evidence: analysis.Inferred,
	Topic:    analysis.Cause,
	Label:    "Extended Protection",
	Means: "The credentials were complete and the server refused them over TLS with bare challenges, and something here breaks the tie between the credentials and the TLS connection. " +
		"A server with Extended Protection on Require does just that. On the wire it looks like a wrong password; the server's log has the difference.",
	Proof: "https, a complete ticket or NTLM message 3, a bare 401, and besides: no channel binding or one to another certificate, two certificates for one name, a proxy that names itself (Via, X-Forwarded-For), " +
		"a path where Extended Protection is usual, or the same user's success over plain HTTP or elsewhere.",
	Not: "Proof: the server sends no code of its own for it.",
	Causes: []analysis.Advice{
		{Text: "tokenChecking=Require, and TLS ended, bridged or inspected before the server."},
		{Text: "A client without channel binding."},
		{Text: "Exchange 2019 CU14 and later turn it on; AD CS and AD FS harden it.", Unless: fact.KeytabServers()},
	},
	Fix: []analysis.Advice{
		{Text: `To confirm: appcmd set config "Site" -section:system.webServer/security/authentication/windowsAuthentication /extendedProtection.tokenChecking:"Allow" /commit:apphost. Then fix the TLS path.`, If: []fact.Fact{fact.ServerIIS}, Unless: []fact.Fact{fact.ServesExchange}},
		{Text: "ExchangeExtendedProtectionManagement.ps1 -ShowExtendedProtection shows where it is on. All that ends TLS before the server has to have the same certificate as it.", If: []fact.Fact{fact.ServesExchange}},
		{Text: "Security log, event 4625, Sub Status 0xC000035B (STATUS_BAD_BINDINGS). AD FS: Set-AdfsProperties -ExtendedProtectionTokenCheck.", Unless: fact.KeytabServers()},
		{Text: "See in the acceptor's own log which certificate it compares with, and have the client send a binding: Java does with jdk.https.negotiate.cbt=always.", If: fact.KeytabServers()},
	},
	Sources: []string{
		"Microsoft, Extended Protection, learn.microsoft.com/iis/configuration/system.webserver/security/authentication/windowsauthentication/extendedprotection",
		"Microsoft, AD FS troubleshooting: Integrated Windows Authentication",
		"MSXFAQ, IIS Extended Protection",
	},
	Follows:  []string{"ntlm-cbt-mismatch", "logged-cause"},
	Reads:    slices.Concat(machineMarks, proxyMarks),
	Run:      runExtendedProtectionSuspected,
	Explains: explainBinding,
}

// protectedPaths are where servers turn Extended Protection on.
var protectedPaths = []string{"/adfs/ls/wia", "/mapi", "/ews", "/rpc", "/certsrv", "/powershell", "/owa", "/ecp", "/oab"}

func runExtendedProtectionSuspected(p *analysis.Pass) {
	certificates := byName(p)
	for _, h := range p.Handshakes {
		last := h.Last()
		if h.Outcome != analysis.Failed || !strings.HasPrefix(h.URL, "https://") || last.Answer() != nil || last.Status() != httpstream.StatusUnauthorized || h.Split || otherServer(last) || causeLogged(h) || refusalNamed(h) {
			continue
		}
		_, n3 := h.NTLM(3)
		_, ap := h.APReq()
		if ap == nil && (n3 == nil || !complete(n3.Authenticate)) {
			continue
		}
		if takenAlike(p, h) || !readBinding(h) && incompleteTo(p, h) { // a success may be in what is missing
			continue
		}
		if sign := signsOfExtendedProtection(p, h, certificates); sign != "" {
			likely := "likely"
			if !strings.HasPrefix(sign, "they are ") && !strings.HasPrefix(sign, "the host shows ") {
				likely = "possibly" // it is where it happens, and nothing of the credentials themselves
			}
			p.Found(h, last.ResponsePos(), "%s refused complete credentials of %s over TLS, and %s: %s Extended Protection", serverName(h), clientName(h), sign, likely)
		}
	}
}

// takenAlike reports whether the same machine is proven to have accepted such credentials: with
// the same binding, or from the same program if the binding cannot be read.
func takenAlike(p *analysis.Pass, h *analysis.Handshake) bool {
	if readBinding(h) {
		return letInBoundAlike(p, h) != nil
	}
	return slices.ContainsFunc(p.LetInAtServer(h), func(o *analysis.Handshake) bool {
		return isProven(o) && o.Mechanism == h.Mechanism && o.ClientAddr() == h.ClientAddr() && analysis.SameProgram(o, h) &&
			strings.HasPrefix(o.URL, "https://") && !differs(o, h) && sameApplication(o, h) && near(o, h)
	})
}

// signsOfExtendedProtection says what indicates Extended Protection, "" if nothing does.
func signsOfExtendedProtection(p *analysis.Pass, h *analysis.Handshake, certificates map[string]int) string {
	last := h.Last()
	if _, n3 := h.NTLM(3); n3 != nil {
		value, bound := binding(n3)
		if !bound {
			return "they are not bound to the TLS connection"
		}
		if c := h.Conn(); c.TLS != nil && len(c.TLS.Certificate) > 0 && !bindsTo(value, c.TLS.Certificate) {
			return "they are bound to another certificate"
		}
	}
	if _, ap := h.APReq(); ap != nil && ap.Opened != nil && ap.Opened.ChannelBindings != nil && *ap.Opened.ChannelBindings == [16]byte{} {
		return "they are not bound to the TLS connection"
	}
	if certificates[h.Host] > 1 {
		return "the host shows two certificates"
	}
	if mark := proxyMark(h); mark != "" {
		return "a proxy is in the path, by the line " + mark
	}
	if path := protectedPath(last); path != "" && !boundWell(h) && !takenElsewhere(p, h) {
		return "the path " + path + " is usually protected"
	}
	for _, o := range p.Context {
		if o.User != "" && o.User == h.User && o.Outcome == analysis.Succeeded && o.Mechanism == h.Mechanism && !strings.HasPrefix(o.URL, "https://") {
			return "the same user gets in over plain HTTP"
		}
	}
	return ""
}

// boundWell reports whether an NTLM answer is bound to a certificate, and nothing shows that TLS ends before
// the server.
func boundWell(h *analysis.Handshake) bool {
	_, bound := bindingOf(h)
	return h.Mechanism == analysis.NTLM && bound && !between(h) && balancerCookie(h) == ""
}

// bindingFits reports the same of the certificate of the connection.
func bindingFits(h *analysis.Handshake) bool {
	value, _ := bindingOf(h)
	c := h.Conn()
	return boundWell(h) && c.TLS != nil && len(c.TLS.Certificate) > 0 && bindsTo(value, c.TLS.Certificate)
}

// takenElsewhere reports whether another machine of the host took credentials of the same kind from the same
// program for the same application over TLS.
func takenElsewhere(p *analysis.Pass, h *analysis.Handshake) bool {
	return slices.ContainsFunc(p.Attempts(h), func(o *analysis.Handshake) bool {
		return o.Outcome == analysis.Succeeded && isProven(o) && o.Mechanism == h.Mechanism && strings.HasPrefix(o.URL, "https://") && sameApplication(o, h) && near(o, h)
	})
}

// protectedPath returns which of the protectedPaths a request is for, "" if for none.
func protectedPath(l *analysis.Leg) string {
	for _, path := range protectedPaths {
		if l.Request != nil && strings.HasPrefix(strings.ToLower(l.Request.Target), path) {
			return path
		}
	}
	return ""
}

// byName counts the different certificates that were seen for each host name.
func byName(p *analysis.Pass) map[string]int {
	seen := map[string]map[string]bool{}
	for _, c := range p.Conns {
		if c.TLS == nil || len(c.TLS.Certificate) == 0 || c.TLS.SNI == "" {
			continue
		}
		if seen[c.TLS.SNI] == nil {
			seen[c.TLS.SNI] = map[string]bool{}
		}
		seen[c.TLS.SNI][string(c.TLS.Certificate)] = true
	}
	n := map[string]int{}
	for name, certificates := range seen {
		n[name] = len(certificates)
	}
	return n
}
