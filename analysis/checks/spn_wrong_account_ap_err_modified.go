package checks

import (
	"cmp"
	"fmt"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/tokens"
)

var spnWrongAccountAPErrModified = &analysis.Check{
	Name:     "spn-wrong-account-ap-err-modified",
	Variants: []string{otherMachine, otherPool, oldTicket},
	Title:    "the service cannot decrypt the ticket: the SPN belongs to another account",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Label:    "the key",
	Means: "The KDC encrypted the ticket with the key of the account that holds the service principal name; the process that answered runs under another account, or with an old key, and cannot read it. " +
		"No fallback to NTLM follows, since SPNEGO has already settled on Kerberos: the user is prompted until they give up.",
	Proof: "The server's answer holds KRB-ERROR 41, KRB_AP_ERR_MODIFIED. Without it: a ticket refused with bare challenges by a Windows server, more than once, each time with a new authenticator.",
	Not: "A refusal for time (clock-skew) or replay (krb-ap-req-rejected); Extended Protection, a missing logon right and an ACL, which end in bare challenges too. " +
		"It is the service that fails to decrypt, not the client.",
	Causes: []analysis.Advice{
		{Text: "The URL's host is an alias, and the name behind it is the computer's own: its tickets are for the computer account, while the site runs under another account, which may have only the alias for a name.", If: []fact.Fact{fact.ServerIIS, fact.HostIsAlias}},
		{Text: "The name is on the alternate service account of the Exchange servers, and this one does not have it, or has an old password of it.", If: []fact.Fact{fact.ServesExchange}},
		{Text: "The SPN is on the application pool's account, but IIS decrypts with the machine account in kernel mode: typical of web farms.", If: []fact.Fact{fact.ServerIIS}, Unless: []fact.Fact{fact.ServesExchange}},
		{Text: "The SPN is on the computer account, but the site runs under a service account in user mode.", If: []fact.Fact{fact.ServerIIS}, Unless: []fact.Fact{fact.ServesExchange}},
		{Text: "The SPN is on another account than the one whose key the acceptor has."},
		{Text: "The name leads to another machine: DNS, load balancer, two computers of one name."},
		{Text: "The account's password was changed on one node, or has not replicated yet."},
		{Text: "The name is held in two forests."},
	},
	Fix: []analysis.Advice{
		{Text: remedyOldTicket, If: []fact.Fact{fact.Variant(oldTicket)}},
		{Text: "Compare the two machines: identity of the application pool, useAppPoolCredentials, kernel mode; where the identity is a gMSA, Test-ADServiceAccount <account> on the one that refuses.", If: []fact.Fact{fact.Variant(otherMachine), fact.ServerIIS}},
		{Text: "One account must decrypt for the whole host: the same identity for all its application pools, or kernel mode with the same useAppPoolCredentials for all; or a host name for each.", If: []fact.Fact{fact.Variant(otherPool), fact.ServerIIS}},
		{Text: `Make the alias an A record of its own, or keep the clients to the alias (Chrome, Edge: policy DisableAuthNegotiateCnameLookup), or give the site's account the name of the ticket: setspn -S <SPN> <account>, where nothing else on that machine needs the name, as WinRM does.`, If: []fact.Fact{fact.ServerIIS, fact.HostIsAlias}},
		{Text: "WinRM: give the computer a name of its own with the port, setspn -S HTTP/<host>:5985 <computer>, and let the clients ask for it (New-PSSessionOption -IncludePortInSPN).", If: []fact.Fact{fact.ServerWinRM}},
		{Text: "setspn -Q HTTP/<host> must name exactly the account that decrypts.", Unless: []fact.Fact{fact.Variant(oldTicket)}},
		{Text: "Get-ClientAccessService -IncludeAlternateServiceAccountCredentialStatus | fl Name,Alternate*, on all servers of the name; RollAlternateServiceAccountPassword.ps1 gives it to those that lack it.", If: []fact.Fact{fact.ServesExchange}},
		{Text: `IIS with an application pool account: appcmd set config "Site" -section:system.webServer/security/authentication/windowsAuthentication /useAppPoolCredentials:"True" /commit:apphost.`, If: []fact.Fact{fact.ServerIIS}, Unless: []fact.Fact{fact.ServesExchange, fact.Variant(oldTicket)}},
		{Text: "Then klist purge on the client.", Unless: []fact.Fact{fact.Variant(oldTicket)}},
	},
	Sources: []string{
		"RFC 4120 section 3.2.3",
		"Microsoft, Troubleshoot Kerberos failures in Internet Explorer, learn.microsoft.com/troubleshoot/developer/webapps/iis",
		"Microsoft, KRB_AP_ERR_MODIFIED, learn.microsoft.com/troubleshoot/windows-server/windows-security/kerberos-client-krb-ap-err-modified-error",
	},
	Reads:    machineMarks,
	Run:      runSPNWrongAccountAPErrModified,
	Explains: explainAccount,
}

// The variants in which the key was taken: by another machine, and by another part of the same host; and the one in
// which the ticket is older than the key.
const (
	otherMachine = "other-machine"
	otherPool    = "other-pool"
	oldTicket    = "old-ticket"
)

// remedyOldTicket is the remedy if the service has a newer key than the ticket.
const remedyOldTicket = "klist purge (kdestroy) on the client: the next ticket is under the new key. Other clients have such tickets until they end, within ten hours by default."

func runSPNWrongAccountAPErrModified(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		_, ap := h.APReq()
		if l, e := h.KRBError(); e != nil && e.Code == tokens.KRBAPErrModified && !otherServer(l) {
			f := p.Found(h, l.ResponsePos(), "%s could not decrypt the ticket for %s: %s", serverName(h), presentedSPN(ap, e), tokens.KRBAPErrModified)
			f.AddProof(l.RequestPos())
			other, isOld := otherKeyTaken(p, h)
			elsewhere, here := cmp.Or(keyTakenElsewhere(p, h), keyTakenBehind(p, h)), keyTakenHere(p, h)
			switch f.Cause = cmp.Or(other, elsewhere, here, listedAccount(p, h), namedAcceptor(e, ap), machinesInDNS(h)); {
			case f.Cause == "":
			case isOld:
				f.Variant = oldTicket
				if o := p.LetInAfter(h); o != nil && succeededByKerberos(o) {
					f.Severity = analysis.Warning // it has a new one
				}
			case f.Cause == elsewhere:
				f.Variant = otherMachine
			case f.Cause == here:
				f.Variant = otherPool
			}
			continue
		}
		if first := refusedBefore(p, h); first != nil && p.SawAll(h) && !incompleteTo(p, h) && !keyIsThere(p, h) {
			f := p.Found(h, h.Last().ResponsePos(), "%s refused tickets for %s with bare challenges, again and again", serverName(h), h.SPN)
			f.Evidence = analysis.Inferred
			f.AddProof(first.Last().ResponsePos())
		}
	}
}

// namedAcceptor says as which account the acceptor speaks, where its error has another name than the ticket: Windows
// puts that of the account there whose key it tried. It is "" elsewhere.
func namedAcceptor(e *tokens.KRBError, ap *tokens.APReq) string {
	name := e.Server.String()
	if ap == nil || strings.Contains(name, "/") || name == "" || strings.EqualFold(name, ap.Ticket.Service.String()) {
		return ""
	}
	return fmt.Sprintf("The error is in the name of %s, the account whose key was tried: %s is on another one, or this account's password is an old one there.", name, analysis.WithoutRealm(ap.Ticket.Service.String()))
}

// keyIsThere reports whether the same machine took a ticket under the same key about the same
// time.
func keyIsThere(p *analysis.Pass, h *analysis.Handshake) bool {
	o := sameKeyTaken(p, h)
	return o != nil && !differs(o, h) && near(o, h)
}

// presentedSPN names the service of the ticket that was refused.
func presentedSPN(ap *tokens.APReq, e *tokens.KRBError) string {
	if ap != nil {
		return ap.Ticket.Service.String()
	}
	return e.Server.String()
}

// refusedBefore returns an earlier handshake of the same client whose ticket a Windows server
// refused without a reason, if h is one too.
func refusedBefore(p *analysis.Pass, h *analysis.Handshake) *analysis.Handshake {
	if !refusedWithoutReason(h) {
		return nil
	}
	_, mine := h.APReq()
	for _, o := range p.Attempts(h) {
		if o.ID >= h.ID {
			break
		}
		if !refusedWithoutReason(o) {
			continue
		}
		if _, ap := o.APReq(); ap.Authenticator.Sum != mine.Authenticator.Sum {
			return o
		}
	}
	return nil
}

// refusedWithoutReason reports whether a Windows server refused a ticket with bare challenges, without a
// reason.
func refusedWithoutReason(h *analysis.Handshake) bool {
	_, ap := h.APReq()
	_, e := h.KRBError()
	return ap != nil && e == nil && h.Mechanism == analysis.Kerberos && h.Outcome == analysis.Failed &&
		h.Last().Answer() == nil && windowsServer(h.Last())
}
