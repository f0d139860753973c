package checks

import (
	"fmt"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/httpstream"
	"negotrace/tokens"
)

var ntlmAccountDomain = &analysis.Check{
	Name:     "ntlm-account-domain",
	Variants: []string{cloudAccount, localAccount, otherDomainAccount, workgroupServer},
	Title:    "the account is not of the server's domain",
	Severity: analysis.Info,
	Evidence: analysis.Proven,
	Topic:    analysis.Detour,
	Label:    "the domain of the account",
	Means:    "Whose account it is decides who checks the password: the server itself, its domain, or another domain over a trust. If the logon is refused, this is often why.",
	Proof:    "The domain of message 3 against the names in message 2: the server's computer name (a local account), the client's workstation name (an account of the client), another name (a trusted domain); or the user ends in $ (a computer), or is Guest.",
	Not:      "An error by itself. NetBIOS and DNS names of one domain are the same; a domain below the root of the server's forest is trusted; an empty domain goes with user@domain.",
	Causes: []analysis.Advice{
		{Text: "The program runs as the computer (SYSTEM, Network Service, an application pool's identity), and logs on as it.", If: []fact.Fact{fact.ComputerAccount}},
		{Text: "The user is logged on with an account of the client machine.", If: []fact.Fact{fact.Variant(localAccount)}},
		{Text: "The account is of another domain or forest: the server's domain needs a trust to it.", If: []fact.Fact{fact.Variant(otherDomainAccount)}, Unless: []fact.Fact{fact.ComputerAccount}},
		{Text: "Entra accounts (AzureAD, MicrosoftAccount) cannot log on to Active Directory with NTLM.", If: []fact.Fact{fact.Variant(cloudAccount)}},
		{Text: "The server is in a workgroup: it knows its own accounts alone, whatever the domain is called.", If: []fact.Fact{fact.Variant(workgroupServer)}},
	},
	Fix: []analysis.Advice{
		{Text: "Give the computer what the program needs, by its group (Domain Computers) or an exception, or let the program run as a user.", If: []fact.Fact{fact.ComputerAccount}},
		{Text: "Name an account of the server itself, <server>\\user, or join the server to the domain.", If: []fact.Fact{fact.Variant(workgroupServer)}},
		{Text: "Log on with an account of the domain: DOMAIN\\user or user@domain.", If: []fact.Fact{fact.Variant(localAccount), fact.Variant(cloudAccount)}},
		{Text: "The server's domain must trust that of the account; with winbind on the server, wbinfo -m lists the domains that it knows.", If: append([]fact.Fact{fact.Variant(otherDomainAccount)}, fact.KeytabServers()...), Unless: []fact.Fact{fact.ComputerAccount}},
		{Text: "On the server: nltest /domain_trusts shows the trust, nltest /sc_verify:<its domain> whether the way there works. Selective authentication: the right Allowed to Authenticate on the server's account.", If: []fact.Fact{fact.Variant(otherDomainAccount), fact.ServerIIS, fact.ServerWinRM, fact.ServerADFS, fact.ServerKestrel}, Unless: []fact.Fact{fact.ComputerAccount}},
	},
	Sources:  []string{"MS-NLMP 2.2.2.1", "Microsoft KB102716, NTLM user authentication"},
	Explains: explainAccountDomain,
	Run:      runNTLMAccountDomain,
}

func runNTLMAccountDomain(p *analysis.Pass) {
	for _, a := range p.NTLMAnswers() {
		h, n3, n2 := a.Handshake, a.Message, a.Challenge
		if n2 == nil || n3.Authenticate.User == "" || n2.Challenge.TargetInfo == nil {
			continue
		}
		kind, variant := account(n3.Authenticate, n2)
		if kind == "" {
			continue
		}
		f := p.Found(h, a.Leg.RequestPos(), "%s is %s", clientName(h), kind)
		f.Variant = variant
		if h.Outcome == analysis.Failed && !h.Split && len(p.UserLetInWithNTLM(h)) == 0 { // else it was refused for something else
			f.Severity = analysis.Warning
		}
	}
}

// The variants: accounts that the server's domain may not know, and a server that is in none.
const (
	cloudAccount       = "cloud-account"
	localAccount       = "local-account"
	otherDomainAccount = "other-domain"
	workgroupServer    = "workgroup"
)

// account says what kind of account a message 3 names if that is worth reporting, else "", and the
// variant of the finding.
func account(a *tokens.NTLMAuthenticate, n2 *tokens.NTLM) (kind, variant string) {
	i := n2.Challenge.TargetInfo
	is := func(name *string) bool { return name != nil && *name != "" && strings.EqualFold(*name, a.Domain) }
	switch {
	case strings.EqualFold(a.User, "Guest"):
		return "the guest account, by its name", ""
	case analysis.IsGuest(a.User):
		return "perhaps the guest account, which Windows calls so in " + analysis.GuestLanguages(a.User), ""
	case strings.HasSuffix(a.User, "$"):
		return "a computer account", ""
	case a.Domain == "" || a.Domain == ".":
		return "", ""
	case is(i.ComputerName) && !workgroup(n2) && !is(i.DomainName):
		return "a local account of the server", ""
	case is(i.DomainName) || is(i.DNSDomainName) || is(i.DNSTreeName) || strings.EqualFold(a.Domain, n2.Challenge.TargetName) || inForest(a.Domain, i.DNSTreeName):
		return "", ""
	case strings.EqualFold(a.Domain, "AzureAD") || strings.EqualFold(a.Domain, "MicrosoftAccount"):
		return "a cloud account, which Active Directory cannot check", cloudAccount
	case strings.EqualFold(a.Domain, a.Workstation) && workgroup(n2):
		return "a local account of the client, while the server is in no domain", workgroupServer
	case strings.EqualFold(a.Domain, a.Workstation):
		return "a local account of the client", localAccount
	case i.DomainName == nil:
		return "", ""
	case workgroup(n2):
		return fmt.Sprintf("named with the domain %s, while the server is in none", a.Domain), workgroupServer
	}
	return fmt.Sprintf("an account of %s, while the server is in %s", a.Domain, *i.DomainName), otherDomainAccount
}

// inForest reports whether a domain is below the root of a forest, whose domains trust each other.
func inForest(domain string, root *string) bool {
	return root != nil && strings.Contains(*root, ".") && strings.HasSuffix(strings.ToLower(domain), "."+strings.ToLower(*root))
}

// explainAccountDomain says whether the server can check the account at all.
func explainAccountDomain(p *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	l, n3 := h.NTLM(3)
	_, n2 := h.NTLM(2)
	if n3 == nil || n2 == nil || n2.Challenge.TargetInfo == nil || n3.Authenticate.User == "" {
		return analysis.Explanation{}
	}
	kind, variant := account(n3.Authenticate, n2)
	switch {
	case variant == "":
		return analysis.Explanation{}
	case len(p.UserLetInWithNTLM(h)) > 0:
		o := p.UserLetInWithNTLM(h)[0]
		return ruledOut(positionsOf(o.Last()), "the account was let in with NTLM in handshake %d", o.ID)
	}
	e := possible(2, []httpstream.Pos{l.RequestPos()}, "%s is %s", clientName(h), kind)
	if e.Variant = variant; variant == otherDomainAccount {
		e.Because += ": it needs a trust between the two"
	}
	return e
}
