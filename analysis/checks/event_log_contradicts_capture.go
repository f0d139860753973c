package checks

import (
	"slices"

	"negotrace/analysis"
	"negotrace/analysis/fact"
)

var eventLogContradictsCapture = &analysis.Check{
	Name:     "event-log-contradicts-capture",
	Variants: []string{"logged-on-and-refused", "refused-and-let-in", "ntlm-noted-kerberos-used", "another-user", "as-guest"},
	Title:    "an event log and the packets say different things of one logon",
	Severity: analysis.Warning,
	Evidence: analysis.Proven,
	Topic:    analysis.Refusal,
	Means: "Both are right, about different steps. A server that logs a logon (4624) and answers 401 knew the user and refused for what comes after: a right, a rule of the site, another module. " +
		"One that logs a refusal (4625) and answers with the page let the user in by another try or another way. An event that names another user for this connection and time than the ticket or NTLM message 3 is no step: Windows logged on somebody else, or one person has two names. An 8001 or 4020 beside a Kerberos logon is no use of NTLM: Windows notes it as soon as NTLM comes into question.",
	Proof: "An event that belongs to the handshake by address and port, or by a user on a computer at a time with one logon only; and the answer in the packets, or the ticket. For another user: the client's address and port, the server, the package and the time.",
	Not:   "Events that are found by computer and time alone: they may be about another logon. Another user: where somebody else logged on over the same connection, and names of the form user@domain (except user@REALM of Kerberos), which are aliases.",
	Causes: []analysis.Advice{
		{Text: "The user may not have this page (NTFS rights, URL authorisation, a rule of the application), or Extended Protection of a service behind the logon refused.", If: []fact.Fact{fact.Variant("logged-on-and-refused")}},
		{Text: "A proxy or a pool puts requests of several users on one connection, the server maps the user, or one person has two names (a UPN before the @ need not be the name of the account).", If: []fact.Fact{fact.Variant("another-user")}},
		{Text: "The client tried twice on one connection, or the page needs no logon.", If: []fact.Fact{fact.Variant("refused-and-let-in")}},
	},
	Fix: []analysis.Advice{
		{Text: "Look at the sub status of the request in the log of IIS: 401.3 is the right to the file, 401.4 and 401.5 a filter or an application.", If: []fact.Fact{fact.Variant("logged-on-and-refused")}},
		{Text: "Get-ADUser -LDAPFilter '(|(sAMAccountName=<user>)(userPrincipalName=<user>@*))' shows whether both names are one account.", If: []fact.Fact{fact.Variant("another-user")}},
		notAsGuest,
		{Text: "Count uses of NTLM by 4624 and 4776, or by packets, and not by 8001.", If: []fact.Fact{fact.Variant("ntlm-noted-kerberos-used")}},
	},
	Sources: []string{"Microsoft, 4624 and 4625", "Microsoft, HTTP status codes in IIS", "Microsoft, KB5064479 (NTLM auditing enhancements)"},
	Run:     runEventLogContradictsCapture,
}

func runEventLogContradictsCapture(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		find := func(ids ...int) *analysis.LoggedEvent {
			i := slices.IndexFunc(h.Events, func(e *analysis.LoggedEvent) bool { return slices.Contains(ids, e.ID) })
			if i < 0 {
				return nil
			}
			return h.Events[i]
		}
		in, out := find(4624), find(4625)
		proven := h.OutcomeEvidence == analysis.Proven
		switch {
		case in != nil && out == nil && in.Evidence == analysis.Proven && h.Outcome == analysis.Failed && proven:
			f := p.Found(h, h.Last().ResponsePos(), "%s says that %s, and %s still refused: it knew the user, and what came after the logon refused", analysis.EventPlace(in.Event), analysis.EventSays(in.Event), serverName(h))
			f.Variant, f.Also = "logged-on-and-refused", append(f.Also, in.Pos)
		case out != nil && in == nil && out.Evidence == analysis.Proven && h.Outcome == analysis.Succeeded && proven:
			f := p.Found(h, h.Last().ResponsePos(), "%s says that %s, and %s let %s in: the event may be of another try on the same connection", analysis.EventPlace(out.Event), analysis.EventSays(out.Event), serverName(h), clientName(h))
			f.Variant, f.Also = "refused-and-let-in", append(f.Also, out.Pos)
		}
		anotherUserLogged(p, h)
		if noted := find(8001, 4020, 4021); noted != nil && h.Mechanism == analysis.Kerberos && h.Outcome == analysis.Succeeded {
			f := p.Found(h, h.Last().RequestPos(), "%s says that %s, and the packets show Kerberos", analysis.EventPlace(noted.Event), analysis.EventSays(noted.Event))
			f.Variant, f.Severity, f.Also = "ntlm-noted-kerberos-used", analysis.Info, append(f.Also, noted.Pos)
			f.Evidence = noted.Evidence
		}
	}
}

// anotherUserLogged reports an event about a logon over the connection of h that names somebody
// else than its credentials.
func anotherUserLogged(p *analysis.Pass, h *analysis.Handshake) {
	if h.Target != analysis.ToServer || h.UserEvidence != analysis.Proven || !isAccount(h.User, h.Mechanism) {
		return
	}
	for _, e := range h.ContraryEvents {
		guest := analysis.GuestLogged(e.Event)
		if !isAccount(analysis.EventUser(e.Event), analysis.Kerberos) && guest == "" {
			continue
		}
		f := p.Found(h, h.Last().RequestPos(), "credentials of %s went to %s, and %s says of a logon over the same connection that %s", h.User, serverName(h), analysis.EventPlace(e.Event), analysis.EventSays(e.Event))
		f.Variant, f.Also = "another-user", append(f.Also, e.Pos)
		if guest != "" && e.ID == 4624 {
			f.Variant, f.Cause = "as-guest", letInAsGuest(guest)
		}
		return
	}
}
