package checks

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/analysis/knownerror"
	"negotrace/tokens"
)

var kdcClientCredentialError = &analysis.Check{
	Name:     "kdc-client-credential-error",
	Variants: []string{thenLocked},
	Title:    "the KDC refuses the user",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "The client did not get a ticket-granting ticket: the KDC does not know the user, does not believe the password, or does not let the account in. There is no Kerberos to anything until that is fixed.",
	Proof:    "KRB-ERROR 1, 6, 12, 18, 20, 23 or 24 (31 where pre-authentication cannot be decrypted), or one of the PKINIT errors, in answer to this client's request. Windows adds the NTSTATUS in e-data.",
	Not:      "Error 25, which asks for pre-authentication and usually comes first; error 6 while a service looks a user up (S4U2Self) and another KDC knows them.",
	Causes: []analysis.Advice{
		{Text: "There is no such user in this realm: a wrong suffix, a typing error, or an account of another domain.", If: []fact.Fact{fact.Code(tokens.KDCErrCPrincipalUnknown)}},
		{Text: "The password is wrong, or the client uses an old keytab of the user.", If: []fact.Fact{fact.Code(tokens.KDCErrPreauthFailed), fact.Code(tokens.KRBAPErrBadIntegrity)}},
		{Text: "The account is disabled, locked or expired, or it may not log on at this hour.", If: []fact.Fact{fact.Code(tokens.KDCErrClientRevoked)}, Unless: accountStatuses},
		{Text: "The account has expired.", If: []fact.Fact{fact.Code(tokens.KDCErrNameExp)}},
		{Text: "The password has expired, or must be changed at the first logon.", If: []fact.Fact{fact.Code(tokens.KDCErrKeyExpired)}, Unless: accountStatuses},
		{Text: "A policy refuses the logon: workstations, logon hours, authentication policy, Protected Users.", If: []fact.Fact{fact.Code(tokens.KDCErrPolicy), fact.AskedForTGT}, Unless: append([]fact.Fact{fact.NTStatus("STATUS_ACCOUNT_RESTRICTION")}, accountStatuses...)},
		{Text: "A restriction of the account other than hours and workstations, which have statuses of their own: an authentication policy or silo, Protected Users, a smart card that is required.", If: []fact.Fact{fact.NTStatus("STATUS_ACCOUNT_RESTRICTION")}},
		{Text: "A policy refuses the ticket for this service: an authentication policy of its account, or a trust with selective authentication and no right Allowed to Authenticate on the server's account.", If: []fact.Fact{fact.Code(tokens.KDCErrPolicy), fact.AskedForTicket}, Unless: accountStatuses},
		{Text: "The account or the ticket is not valid yet.", If: []fact.Fact{fact.Code(tokens.KDCErrClientNotYet)}},
		{Text: "The ticket-granting ticket has been revoked: the account was disabled or changed since it was issued.", If: []fact.Fact{fact.Code(tokens.KDCErrTGTRevoked)}},
		{Text: "The certificate is valid, but not bound to the account as strongly as domain controllers demand since 2025 (KB5014754): it holds no SID, or that of another account, and altSecurityIdentities does not name it, or only weakly.", If: []fact.Fact{fact.Code(tokens.KDCErrCertificateMismatch)}, Unless: []fact.Fact{fact.KDCOther}},
		{Text: "The KDC does not accept the certificate of the logon, or the client not that of the KDC: issuer, revocation list, or the name in it.", If: []fact.Fact{fact.Code(tokens.KDCErrClientNotTrusted), fact.Code(tokens.KDCErrKDCNotTrusted), fact.Code(tokens.KDCErrInvalidSig), fact.Code(tokens.KDCErrCantVerifyCertificate), fact.Code(tokens.KDCErrInvalidCertificate), fact.Code(tokens.KDCErrRevokedCertificate), fact.Code(tokens.KDCErrRevocationStatusUnknown), fact.Code(tokens.KDCErrRevocationStatusUnavailable), fact.Code(tokens.KDCErrClientNameMismatch), fact.Code(tokens.KDCErrDHKeyParametersNotAccepted)}},
	},
	Fix: []analysis.Advice{
		{Text: "Unlock-ADAccount <user>, and enter the right password; event 4740 on the domain controller names the machine that sends the wrong one.", If: []fact.Fact{fact.Variant(thenLocked)}},
		{Text: "Enter the right password; where it is right, see whether the keytab or the stored credential of the client is old.", If: []fact.Fact{fact.Code(tokens.KDCErrPreauthFailed), fact.Code(tokens.KRBAPErrBadIntegrity)}},
		{Text: "Change the password (kpasswd, Ctrl+Alt+Del), then log on anew.", If: []fact.Fact{fact.Code(tokens.KDCErrKeyExpired)}},
		{Text: "Enable-ADAccount <user>, if the account is still wanted.", If: []fact.Fact{fact.NTStatus("STATUS_ACCOUNT_DISABLED")}},
		{Text: "Unlock-ADAccount <user>; event 4740 on the domain controller names the machine that sends the wrong password.", If: []fact.Fact{fact.NTStatus("STATUS_ACCOUNT_LOCKED_OUT")}},
		{Text: "Get-ADUser <user> -Properties AccountExpirationDate; Clear-ADAccountExpiration or Set-ADAccountExpiration.", If: []fact.Fact{fact.NTStatus("STATUS_ACCOUNT_EXPIRED")}},
		{Text: "Get-ADUser <user> -Properties AccountExpirationDate; other KDCs: kadmin getprinc <user>.", If: []fact.Fact{fact.Code(tokens.KDCErrNameExp)}},
		{Text: "Give the user, or a group of it, the right Allowed to Authenticate on the account that has the service principal name, in the other domain.", If: []fact.Fact{fact.NTStatus("STATUS_AUTHENTICATION_FIREWALL_FAILED")}},
		{Text: "Get-ADUser <user> -Properties LogonHours.", If: []fact.Fact{fact.NTStatus("STATUS_INVALID_LOGON_HOURS")}},
		{Text: "Get-ADUser <user> -Properties LogonWorkstations.", If: []fact.Fact{fact.NTStatus("STATUS_INVALID_WORKSTATION")}},
		{Text: "Get-ADUser <user> -Properties LockedOut,Enabled,AccountExpirationDate,LogonHours; Unlock-ADAccount or Enable-ADAccount.", If: []fact.Fact{fact.Code(tokens.KDCErrClientRevoked)}, Unless: accountStatuses},
		{Text: `Look for the account: Get-ADUser -Filter "UserPrincipalName -eq '<user>'"; give the name with its realm.`, If: []fact.Fact{fact.Code(tokens.KDCErrCPrincipalUnknown)}},
		{Text: "Domain controller: System log, Kerberos-Key-Distribution-Center, events 39, 40 and 41 name account and certificate. Issue it anew with the SID, or map it in altSecurityIdentities by issuer and serial number.", If: []fact.Fact{fact.Code(tokens.KDCErrCertificateMismatch)}, Unless: []fact.Fact{fact.KDCOther}},
		{Text: "Where the certificate is used and on the domain controller: certutil -verify -urlfetch <certificate file> shows its chain and whether its revocation list can be reached; certutil -viewstore -enterprise NTAuth shows the issuers that a domain takes.", If: []fact.Fact{fact.Code(tokens.KDCErrClientNotTrusted), fact.Code(tokens.KDCErrCantVerifyCertificate), fact.Code(tokens.KDCErrInvalidCertificate), fact.Code(tokens.KDCErrRevocationStatusUnknown), fact.Code(tokens.KDCErrRevocationStatusUnavailable)}, Unless: []fact.Fact{fact.KDCOther}},
		{Text: "Domain controller: log AuthenticationPolicyFailures-DomainController, events 105 and 106; Get-ADUser <user> -Properties SmartcardLogonRequired,MemberOf,msDS-AssignedAuthNPolicySilo.", If: []fact.Fact{fact.NTStatus("STATUS_ACCOUNT_RESTRICTION")}},
		{Text: "Domain controller: log AuthenticationPolicyFailures-DomainController, events 105 and 106, if it is an authentication policy; nltest /domain_trusts /v, if it is a trust.", If: []fact.Fact{fact.Code(tokens.KDCErrPolicy)}, Unless: append([]fact.Fact{fact.NTStatus("STATUS_ACCOUNT_RESTRICTION")}, accountStatuses...)},
		{Text: "klist purge, or lock the screen and open it again, for a new ticket-granting ticket; Get-ADUser <user> -Properties Enabled,PasswordLastSet shows the account.", If: []fact.Fact{fact.Code(tokens.KDCErrTGTRevoked)}},
		{Text: "Domain controller: Security log, events 4768 and 4771, with the failure code. Other KDCs: their log at this time."},
	},
	Sources: []string{
		"RFC 4120 section 7.5.9, MS-KILE 2.2.1",
		"Microsoft KB5014754, certificate-based authentication changes on domain controllers; MS-PKCA 3.1.5.2.1.6",
		"Microsoft, Kerberos authentication troubleshooting guidance, learn.microsoft.com/troubleshoot/windows-server/windows-security",
	},
	Run: runKDCClientCredentialError,
}

// accountStatuses are the NTSTATUS values that say which of the reasons of an error applies.
var accountStatuses = []fact.Fact{
	fact.NTStatus("STATUS_ACCOUNT_DISABLED"), fact.NTStatus("STATUS_ACCOUNT_LOCKED_OUT"),
	fact.NTStatus("STATUS_ACCOUNT_EXPIRED"), fact.NTStatus("STATUS_INVALID_LOGON_HOURS"),
	fact.NTStatus("STATUS_INVALID_WORKSTATION"), fact.NTStatus("STATUS_PASSWORD_EXPIRED"),
	fact.NTStatus("STATUS_PASSWORD_MUST_CHANGE"), fact.NTStatus("STATUS_AUTHENTICATION_FIREWALL_FAILED"),
}

func runKDCClientCredentialError(p *analysis.Pass) {
	locked := sync.OnceValue(func() map[string]*analysis.KDCExchange { return lockedOut(p) })
	users := usersRefused(p)
	for _, k := range p.KDC {
		e := k.Err()
		if p.Refusal(k) != analysis.RefusedClient || users.oneOfMany(k) {
			continue
		}
		f := foundRefused(p, k, "%s refused %s%s: %s", k.KDCName(), principal(k), forService(k), strings.Join(append([]string{e.Code.String()}, kdcSays(e)...), ", "))
		f.Cause = onlyCause(e)
		if o := locked()[principal(k)]; o != nil && e.Code == tokens.KDCErrPreauthFailed && o.RequestPos.Time.After(k.RequestPos.Time) {
			f.Variant = thenLocked
			f.Cause = fmt.Sprintf("The password is wrong, or an old one is stored; then the account was %slocked (%s).", likely(o.Err()), o.ReplyPos)
		} else if o == k {
			f.Cause = cmp.Or(f.Cause, "Most likely the account is locked: this KDC refused wrong passwords of it before.")
		}
		if e.Code == tokens.KDCErrKeyExpired {
			f.Cause = cmp.Or(newPassword(p, k), f.Cause)
		}
		if p.GotTicketAfter(k) {
			f.Severity = analysis.Info
		} else if toForward(k) {
			f.Severity, f.Cause = analysis.Warning, notForwarded(k)
		} else if e.Code == tokens.KDCErrCPrincipalUnknown && recoveredAsAnother(p, k) {
			f.Severity = analysis.Warning // a name that was mistyped
		}
	}
}

// thenLocked is the variant in which the account is locked after a wrong password.
const thenLocked = "then-locked"

// lockedOut returns for each principal the last exchange in which a KDC says that its account is locked, or in which
// it refuses the account for any reason that it does not name, after wrong passwords.
func lockedOut(p *analysis.Pass) map[string]*analysis.KDCExchange {
	type refusedBy struct {
		kdc       netip.AddrPort
		principal string
	}
	locked, wrong := map[string]*analysis.KDCExchange{}, map[refusedBy]bool{}
	for _, k := range p.KDC {
		e := k.Err()
		if e == nil {
			if r := k.Req(); r != nil && k.Rep() != nil && !k.TGS() {
				delete(wrong, refusedBy{k.KDC, strings.ToLower(r.Client.String())}) // the password was right: the KDC counts anew
			}
			continue
		}
		if !namesPrincipal(k) {
			continue // two of these may be about two accounts
		}
		at := refusedBy{k.KDC, strings.ToLower(principal(k))}
		switch cause := onlyCause(e); {
		case e.Code == tokens.KDCErrPreauthFailed:
			wrong[at] = true
		case e.Code == tokens.KDCErrClientRevoked && (cause == lockedCause() || cause == "" && wrong[at]):
			locked[principal(k)] = k
		}
	}
	return locked
}

// lockedCause says that an account is locked.
func lockedCause() string { return knownerror.OfNTStatus("STATUS_ACCOUNT_LOCKED_OUT") }

// likely is put before "locked" where an error does not say so itself: some KDCs refuse a disabled account with the
// same error, once the password is right.
func likely(e *tokens.KRBError) string {
	if onlyCause(e) == lockedCause() {
		return ""
	}
	return "most likely "
}

// forService names the service of a request for a ticket, "" for one of a logon.
func forService(k *analysis.KDCExchange) string {
	if k.Request == nil || !k.TGS() {
		return ""
	}
	return " a ticket for " + serviceName(k)
}

// mitWords are in the texts that MIT's KDC adds to its errors (kdc_util.c), with the NTSTATUS
// that says the same.
var mitWords = []struct {
	code         tokens.ErrorCode
	word, status string
}{
	{tokens.KDCErrClientRevoked, "LOCKED", "STATUS_ACCOUNT_LOCKED_OUT"},
	{tokens.KDCErrKeyExpired, "PWCHANGE", "STATUS_PASSWORD_MUST_CHANGE"},
	{tokens.KDCErrKeyExpired, "KEY EXPIRED", "STATUS_PASSWORD_EXPIRED"},
}

// onlyCause returns the only cause that an error of a KDC leaves, "" if it leaves several: its
// NTSTATUS says more than its code.
func onlyCause(e *tokens.KRBError) string {
	name := e.Status.Name()
	if e.Status != 0 && slices.Contains(accountStatuses, fact.NTStatus(name)) {
		return knownerror.OfNTStatus(name)
	}
	if e.Code == tokens.KDCErrNameExp || e.Code >= tokens.KDCErrClientNotTrusted && e.Code != tokens.KDCErrCertificateMismatch { // RFC 4556: each says one thing
		return knownerror.OfKerberos(e.Code)
	}
	for _, w := range mitWords {
		if e.Code == w.code && strings.Contains(strings.ToUpper(e.Text), w.word) {
			return knownerror.OfNTStatus(w.status)
		}
	}
	return ""
}

// recoveredAsAnother reports whether the same client got a ticket-granting ticket soon after, for
// any user: the unknown name was then a slip.
func recoveredAsAnother(p *analysis.Pass, k *analysis.KDCExchange) bool {
	return slices.ContainsFunc(p.KDCOf(k.Client.Addr()), func(o *analysis.KDCExchange) bool {
		after := o.RequestPos.Time.Sub(k.RequestPos.Time)
		return o.Rep() != nil && !o.TGS() && after > 0 && after < analysis.Soon
	})
}
