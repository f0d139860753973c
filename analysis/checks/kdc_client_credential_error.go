package checks

import (
	"cmp"
	"fmt"

	"negotrace/analysis"
)

var kdcClientCredentialError = &analysis.Check{
	Name:     "kdc-client-credential-error",
	Title:    "the KDC refuses the user",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "The client did not get a ticket-granting ticket: the KDC does not know the user, does not believe the password, or does not let the account in. There is no Kerberos to anything until that is mended.",
	Proof:    "KRB-ERROR 1, 6, 12, 18, 20, 23 or 24 (31 where pre-authentication cannot be decrypted), or one of the PKINIT errors, in answer to this client's request. Windows adds the NTSTATUS in e-data.",
	Not:      "Error 25, which asks for pre-authentication and comes first always; error 6 while a service looks a user up (S4U2Self) and another KDC knows them.",
	Causes: []string{
		"6: no such user in this realm: a wrong UPN suffix, a typing error.",
		"24: wrong password, or a keytab of the user's that is old.",
		"18: locked, disabled or expired account, logon hours. 23: the password has expired.",
		"12: a policy: workstations, logon hours, authentication policy, Protected Users.",
	},
	Fix: []string{
		"Domain controller: Security log, events 4768 and 4771, failure code; Get-ADUser <user> -Properties LockedOut,Enabled,PasswordExpired,AccountExpirationDate.",
		"Unlock, enable, or change the password; then log on anew (kinit).",
	},
	Sources: []string{
		"RFC 4120 section 7.5.9, MS-KILE 2.2.1",
		"Microsoft, Kerberos authentication troubleshooting guidance, learn.microsoft.com/troubleshoot/windows-server/windows-security",
	},
	Run: runKDCClientCredentialError,
}

func runKDCClientCredentialError(p *analysis.Pass) {
	for _, k := range p.KDC {
		e := k.Err()
		if refusalOf(p, k) != credentialRefusal {
			continue
		}
		status := ""
		if e.Status != 0 {
			status = ", " + cmp.Or(e.Status.Name(), e.Status.String())
		}
		f := p.Found(p.HandshakeOf(k), k.Pos(), "the KDC %v refused %s: %s%s", k.KDC.Addr(), principal(k), e.Code, status)
		f.Frames = []int{k.RequestPos.Frame}
		if recovered(p, k) {
			f.Severity = analysis.Info
		}
	}
}

// principal names who asked, or the address where the request does not say.
func principal(k *analysis.KDCExchange) string {
	if r := k.Req(); r != nil && r.Client.String() != "" {
		return r.Client.String()
	}
	if c := k.Err().Client; c.String() != "" {
		return c.String()
	}
	return fmt.Sprintf("a client at %v", k.Client.Addr())
}
