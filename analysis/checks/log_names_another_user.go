package checks

import (
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/httpstream"
)

var logNamesAnotherUser = &analysis.Check{
	Name:     "log-names-another-user",
	Variants: []string{"as-guest"},
	Title:    "the server's log and the client's credentials name different users",
	Severity: analysis.Warning,
	Evidence: analysis.Proven,
	Topic:    analysis.Refusal,
	Means:    "Two witnesses of one request name different users: the ticket or the message of the client, and the line of the server's log. That they differ is all that is proven: it may be one person under two names, or somebody who is served as somebody else.",
	Proof:    "The user of the ticket, of NTLM message 3 or of Basic, and another in cs-username of the line that is about the same request. The line is found by client, method, path, status, second and order; that it is this one is as sure as these.",
	Not: "Domains are not compared: DOMAIN\\user and user@REALM are one. A line without a user, that of a 401, and one that may be about several requests. Names of the form user@domain (except user@REALM of Kerberos) and of services: to Windows they are aliases. Names beyond ASCII, except those of Guest: logs write them in several ways. " +
		"A line without the client's port (c-port) that has another name than NTLM or Basic is taken to be about another request, unless the name is Guest, in any of the languages of Windows.",
	Causes: []analysis.Advice{
		{Text: "One person under two names: the part of a UPN before the @ need not be the name of the account (sAMAccountName)."},
		{Text: "The server or the application maps or rewrites the user: a mapped account, a module, a claim, a session of its own."},
		{Text: "Something before the server, or the client's own pool, puts requests of several users on one connection."},
		{Text: "The line is about another request: of another site, or of a client behind the same address."},
	},
	Fix: []analysis.Advice{
		notAsGuest,
		{Text: "Get-ADUser -LDAPFilter '(|(sAMAccountName=<user>)(userPrincipalName=<user>@*))' shows whether both names are one account."},
		{Text: "The server's Security log, event 4624 with the client's address and port, names whom Windows logged on."},
	},
	Sources: []string{"Microsoft, W3C Logging, learn.microsoft.com/windows/win32/http/w3c-logging", "MS-NLMP 2.2.1.3", "RFC 4120 section 5.3"},
	Run:     runLogNamesAnotherUser,
}

func runLogNamesAnotherUser(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		if h.Target != analysis.ToServer || h.UserEvidence != analysis.Proven || !isAccount(h.User, h.Mechanism) {
			continue
		}
		// A log that writes a blank as a plus sign was read with blanks.
		user := strings.ReplaceAll(h.User, "+", " ")
		for _, l := range h.Legs {
			q := l.Logged
			if l.Sent == nil || q == nil || q.Status == httpstream.StatusUnauthorized || !isAccount(q.User, writtenBy(q.User, h.User)) && !analysis.IsGuest(q.User) || analysis.SameAccount(q.User, user) {
				continue
			}
			from := ""
			if h.UserFrom != "" {
				from = " (" + h.UserFrom + ")"
			}
			f := p.Found(h, l.RequestPos(), "credentials of %s%s came with a request to %s, and %s names %s for it", h.User, from, serverName(h), q.Pos, q.User)
			f.AddProof(statedPlaces(l)...)
			if by := analysis.GuestBy(q.User); by != "" {
				f.Variant, f.Cause = "as-guest", letInAsGuest(by)
			}
			break
		}
	}
}

// notAsGuest is what to do where a server lets users in as Guest.
var notAsGuest = analysis.Advice{Text: "Log on with an account that the server knows, or join it to the domain; turn its Guest account off, and set the policy Network access: Sharing and security model for local accounts = Classic.", If: []fact.Fact{fact.Variant("as-guest")}}

// letInAsGuest says what it means that a server names its guest account for somebody's credentials, and
// by what the account is known.
func letInAsGuest(by string) string {
	who := "It seems that the server let the user in as Guest (by its "
	if by == analysis.GuestSID {
		who = "The server let the user in as Guest (by its "
	}
	return who + by + "): it does not know the account and its Guest account is enabled, or its policy for local accounts is Guest only (Network access: Sharing and security model for local accounts)."
}

// writtenBy returns Kerberos if a name in a log has the realm of the ticket, as modules of
// Apache httpd and nginx write it: it is then a principal and no alias.
func writtenBy(logged, user string) analysis.Mechanism {
	_, realm, ok := strings.Cut(user, "@")
	if _, other, has := strings.Cut(logged, "@"); ok && has && realm == other && realm == strings.ToUpper(realm) {
		return analysis.Kerberos
	}
	return ""
}

// isAccount reports whether a name is that of an account, in a form that all logs write alike.
// user@domain is one only if it comes from Kerberos, as user@REALM. To Windows it is an alias of
// an account with any name, and so is the name of a service.
func isAccount(name string, by analysis.Mechanism) bool {
	if at := strings.LastIndexByte(name, '@'); by == analysis.Kerberos && at >= 0 {
		name = name[:at]
	}
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool { return r >= 0x80 || strings.ContainsRune("?@/", r) })
}
