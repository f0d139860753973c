package checks

import (
	"fmt"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/tokens"
)

var delegationS4U = &analysis.Check{
	Name:     "delegation-s4u",
	Variants: []string{"delegation-s4u-denied"},
	Title:    "a server asks the KDC for tickets in a user's name",
	Severity: analysis.Info,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "Constrained delegation: the web server gets a ticket to itself for the user (S4U2Self) and with it one to the next server (S4U2Proxy). If the KDC refuses, the second hop has no identity to use.",
	Proof:    "From the web server's address: a TGS-REQ with PA-FOR-USER or PA-S4U-X509-USER; one with the option cname-in-addl-tkt and an additional ticket. Refused: KRB-ERROR 13, or 12, 7, 6, to one of these.",
	Not:      "S4U2Self alone: Windows makes it for certificate logons and group look-ups. S4U2Proxy to the name of the additional ticket itself: Windows probes itself in this way, and a refusal has no effect.",
	Causes: []analysis.Advice{
		{Text: "The KDC knows the user by another name: the account's name (sAMAccountName) need not be the front part of the user principal name.", If: []fact.Fact{fact.Code(tokens.KDCErrCPrincipalUnknown)}},
		{Text: "The KDC does not believe the ticket that the service gives as evidence: a signature in it (PAC) is missing, or was made with another key, by another KDC or by the service itself.", If: []fact.Fact{fact.Code(tokens.KRBAPErrModified), fact.Code(tokens.KRBAPErrBadIntegrity), fact.Code(tokens.KDCErrTGTRevoked)}},
		{Text: "Service and KDC have no encryption type in common.", If: []fact.Fact{fact.Code(tokens.KDCErrETypeNoSupp)}},
		{Text: "No name is in msDS-AllowedToDelegateTo of the service's account: constrained delegation is not set up for it.", If: []fact.Fact{fact.NTStatus("STATUS_NOT_SUPPORTED")}},
		{Text: "The target's SPN is not in msDS-AllowedToDelegateTo of the service's account, or the user's ticket is not forwardable: protocol transition is not allowed, or the user is not to be delegated.", If: []fact.Fact{fact.NTStatus("STATUS_NO_MATCH")}},
		{Text: "The service is not in msDS-AllowedToActOnBehalfOfOtherIdentity of the target's account.", If: []fact.Fact{fact.NTStatus("STATUS_NOT_FOUND")}},
		{Text: "The user's ticket is not forwardable: the user is in Protected Users or marked as sensitive and not to be delegated, or protocol transition is not allowed.", If: []fact.Fact{fact.NTStatus("STATUS_ACCOUNT_RESTRICTION")}},
		{Text: "The target's SPN is not in msDS-AllowedToDelegateTo, or the server not in the target's msDS-AllowedToActOnBehalfOfOtherIdentity.", If: []fact.Fact{fact.Code(tokens.KDCErrBadOption), fact.Code(tokens.KDCErrPolicy)}, Unless: append([]fact.Fact{fact.ForItself}, delegationStatuses...)},
		{Text: "The user came with NTLM and protocol transition is not allowed.", If: []fact.Fact{fact.Code(tokens.KDCErrBadOption)}, Unless: append([]fact.Fact{fact.ForItself}, delegationStatuses...)},
		{Text: "The user is in Protected Users, or marked as sensitive and not to be delegated.", If: []fact.Fact{fact.Code(tokens.KDCErrBadOption), fact.Code(tokens.KDCErrPolicy)}, Unless: delegationStatuses},
		{Text: "No account has the name of the target: a typing error in what the service (or its connector) is told to ask for, or an SPN that was never registered.", If: []fact.Fact{fact.Code(tokens.KDCErrSPrincipalUnknown)}, Unless: []fact.Fact{fact.ForItself}},
		{Text: "Server and target are in different domains: classic constrained delegation does not cross them.", If: []fact.Fact{fact.Code(tokens.KDCErrBadOption), fact.Code(tokens.KDCErrPolicy), fact.Code(tokens.KDCErrSPrincipalUnknown)}, Unless: []fact.Fact{fact.ForItself}},
	},
	Fix: []analysis.Advice{
		{Text: `Get-ADUser <user> -Properties AccountNotDelegated,MemberOf; where the user came with NTLM or a form: "Use any authentication protocol" in the Delegation tab of the service's account.`, If: []fact.Fact{fact.NTStatus("STATUS_ACCOUNT_RESTRICTION")}},
		{Text: "Give the service the name of the account, or let it look the user up by the whole user principal name.", If: []fact.Fact{fact.Code(tokens.KDCErrCPrincipalUnknown)}},
		{Text: "setspn -Q <SPN> of the target must name exactly one account, that of the backend; if none: setspn -S <SPN> <account>.", If: []fact.Fact{fact.Code(tokens.KDCErrSPrincipalUnknown)}, Unless: []fact.Fact{fact.ForItself}},
		{Text: "Set-ADComputer <backend> -PrincipalsAllowedToDelegateToAccount <frontend>; or the Delegation tab of the account with the SPN of the backend.", If: []fact.Fact{fact.Code(tokens.KDCErrBadOption), fact.Code(tokens.KDCErrPolicy)}, Unless: []fact.Fact{fact.ForItself}},
		{Text: "Domain controllers: the same updates on all of them; System log, events 43 and 44 of Kerberos-Key-Distribution-Center about signatures of tickets. Then klist purge on the client and the service.", If: []fact.Fact{fact.Code(tokens.KRBAPErrModified), fact.Code(tokens.KRBAPErrBadIntegrity), fact.Code(tokens.KDCErrTGTRevoked)}},
		{Text: "Set msDS-SupportedEncryptionTypes of the service account to 24 (AES), and reset its password.", If: []fact.Fact{fact.Code(tokens.KDCErrETypeNoSupp)}},
	},
	Sources: []string{"MS-SFU 3.1.5.1, 3.1.5.2 and 3.2.5.2", "Microsoft, KDC_ERR_C_PRINCIPAL_UNKNOWN in S4U2Self requests, learn.microsoft.com/troubleshoot"},
	Run:     runDelegationS4U,
}

// delegationStatuses are the NTSTATUS values with which a domain controller says which of its rules
// refuses S4U2Proxy (MS-SFU 3.2.5.2.1 and 3.2.5.2.3).
var delegationStatuses = []fact.Fact{
	fact.NTStatus("STATUS_NOT_SUPPORTED"), fact.NTStatus("STATUS_NO_MATCH"),
	fact.NTStatus("STATUS_NOT_FOUND"), fact.NTStatus("STATUS_ACCOUNT_RESTRICTION"),
}

func runDelegationS4U(p *analysis.Pass) {
	for _, k := range p.KDC {
		r := k.Req()
		if r == nil {
			continue
		}
		if !k.ForAnotherUser() {
			continue
		}
		var what string
		proxy := r.Options&tokens.KDCCNameInAddlTkt != 0 && len(r.Additional) > 0
		probe := proxy && r.Additional[0].Service.SameName(&r.Server)
		switch {
		case probe:
			what = fmt.Sprintf("a ticket to its own name, %s, in the name of a user (S4U2Proxy)", r.Server.String())
		case proxy:
			what = fmt.Sprintf("a ticket for %s in the name of the user of its own ticket (S4U2Proxy)", r.Server.String())
		default:
			what = fmt.Sprintf("a ticket to itself (%s) in the name of %s (S4U2Self)", r.Server.String(), r.ForUser.String())
		}
		f := p.FoundKDC(nil, k, "%v asked for %s", k.Client.Addr(), what)
		e := k.Err()
		if e == nil || e.Code.AsksForMore() {
			continue
		}
		f.Message += " and was refused: " + strings.Join(append([]string{e.Code.String()}, kdcSays(e)...), ", ")
		if probe {
			f.Cause = "Windows asks for a ticket to itself to find out what it may do. The refusal has no effect."
			continue
		}
		f.Variant, f.Severity = "delegation-s4u-denied", analysis.Error
		f.Cause = whyDenied(r, e.Code)
	}
}

// whyDenied says what the code of a refusal means for the request, "" if nothing more than
// its name.
func whyDenied(r *tokens.KDCReq, code tokens.ErrorCode) string {
	if r.ForUser == nil {
		return ""
	}
	switch code {
	case tokens.KDCErrCPrincipalUnknown:
		return fmt.Sprintf("The KDC does not know the user %s: the part of a user principal name before the @ need not be the account's name (sAMAccountName).", r.ForUser.String())
	case tokens.KDCErrETypeNoSupp:
		return "The service and the KDC have no encryption type in common for this ticket."
	case tokens.KDCErrClientRevoked:
		return fmt.Sprintf("The account of %s is disabled, locked or expired.", r.ForUser.String())
	}
	return ""
}
