package checks

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/tokens"
)

var manyNamesRefused = &analysis.Check{
	Name:     "many-names-refused",
	Variants: []string{"let-in"},
	Title:    "one client was refused under one name after another",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Refusal,
	Means: "Passwords for many names came from one program at one address, and were refused. So does a program that guesses passwords (password spraying); " +
		"so do several people behind one address where a server lets nobody in, and a gateway that asks a KDC for its users. A name that was let in between may be one that was guessed.",
	Proof: "At least five names in five minutes, of one program at one address, refused by one host with Basic, Digest or NTLM, or by one KDC (6, 18, 24), or so logged by one computer. All attempts are one finding, at a KDC one for each error. " +
		"The variant let-in is a name that was let in between: a warning, since it may be anybody behind that address.",
	Not: "One user who tries several spellings of a name. Requests that a proxy passes on for its clients (Via, X-Forwarded-For), or NTLM answers of several workstations. Tickets, which show that a KDC took the password.",
	Causes: []analysis.Advice{
		{Text: "A program that guesses passwords, or looks which names there are."},
		{Text: "Several people behind one address (NAT, terminal server), and the server lets nobody in."},
	},
	Fix: []analysis.Advice{
		{Text: "Find out whose address it is. If nobody knows the program there: block it, and have those whose names were let in change their passwords."},
		{Text: "Events 4625 on the server and 4776 and 4740 on the domain controllers at this time: which names exist, and which are locked out now.", If: []fact.Fact{fact.FromTarget}},
		{Text: "Events 4768 and 4771 on the domain controller, with the failure code, and 4740: which names exist, and which are locked out now.", If: []fact.Fact{fact.FromKDC}},
		{Text: "Require TLS, and limit attempts for each address in front of the server.", If: []fact.Fact{fact.FromTarget}},
	},
	Sources: []string{"MITRE ATT&CK T1110.003, Password Spraying", "RFC 7617 section 4", "Microsoft, 4625(F): An account failed to log on"},
	Reads:   proxyMarks,
	Run:     runManyNamesRefused,
}

func runManyNamesRefused(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		switch {
		case oneOfManyNames(p, h):
			p.Found(h, h.Last().ResponsePos(), "%s refused %s under one name after another (%s)", serverName(h), clientAddress(h), h.Scheme).AddProof(requestPlace(h)...)
		case h.Outcome == analysis.Succeeded && amongManyNames(p, h):
			f := p.Found(h, h.Last().ResponsePos(), "%s let in %s, of %s that it refused under one name after another", serverName(h), clientName(h), clientAddress(h))
			f.Variant, f.Severity, f.Evidence = "let-in", analysis.Warning, h.OutcomeEvidence
			f.AddProof(requestPlace(h)...)
		}
	}
	users := usersRefused(p)
	for _, k := range p.KDC {
		if users.oneOfMany(k) {
			p.FoundKDC(nil, k, "%s refused a client at %v under one name after another: %s", k.KDCName(), k.Client.Addr(), k.Err().Code)
		}
	}
	runManyNamesLogged(p)
}

// runManyNamesLogged is the same for event logs without a capture.
func runManyNamesLogged(p *analysis.Pass) {
	for _, row := range p.Events {
		if !p.LogsAlone || !oneOfManyLogged(p, row) {
			continue
		}
		status, _ := refusalStatus(&analysis.LoggedEvent{Event: row.Event})
		f := p.Found(nil, row.Pos, "%s logged that a client at %s was refused under one name after another: %s", row.Computer, placeOf(row), status)
		f.SetCount(row.Count, row.Last)
		if row.Client().IsValid() {
			f.Client = row.Client().String()
		}
		f.NamedErrors(analysis.EventStatuses(row.Event))
	}
}

// guessedStatuses are these errors as Windows names them.
var guessedStatuses = []string{"STATUS_LOGON_FAILURE", "STATUS_NO_SUCH_USER", "STATUS_WRONG_PASSWORD", "STATUS_ACCOUNT_LOCKED_OUT"}

// placeOf returns where the logon of an event came from, "" if the event does not say.
func placeOf(row *analysis.EventRow) string {
	switch {
	case row.Client().IsValid():
		return row.Client().String()
	case row.Logon != nil:
		return row.Logon.Workstation
	case row.Validation != nil:
		return row.Validation.Workstation
	}
	return ""
}

// loggedName returns the account of an event that refuses a password or knows no such user, "" for
// another event.
func loggedName(row *analysis.EventRow) string {
	if !refusesLogon(&analysis.LoggedEvent{Event: row.Event}) || row.ID == 4769 || placeOf(row) == "" {
		return ""
	}
	codes := analysis.EventStatuses(row.Event)
	last := codes[len(codes)-1]
	if !slices.Contains(guessedStatuses, last.Name) && (last.Family != analysis.KerberosError || !slices.Contains(guessed, tokens.ErrorCode(last.Value))) {
		return ""
	}
	return analysis.AccountName(analysis.EventUser(row.Event))
}

// oneOfManyLogged reports whether row is one of the refusals, under many names, that a computer
// logged for one place.
func oneOfManyLogged(p *analysis.Pass, row *analysis.EventRow) bool {
	if loggedName(row) == "" || row.Ticket == nil && loggedOnLater(p, row) {
		return false
	}
	names := map[string]bool{}
	for _, o := range p.Events {
		if o.Computer != row.Computer || placeOf(o) != placeOf(row) || o.Pos.Time.Sub(row.Pos.Time).Abs() >= nearInTime {
			continue
		}
		if name := loggedName(o); name != "" {
			if names[name] = true; len(names) == manyNames {
				return true
			}
		}
	}
	return false
}

// guessed are the errors by which a KDC says that there is no such user, that the account is
// locked, and that the password is wrong.
var guessed = []tokens.ErrorCode{tokens.KDCErrCPrincipalUnknown, tokens.KDCErrClientRevoked, tokens.KDCErrPreauthFailed}

// refusedUser returns the user who asked a KDC for a ticket-granting ticket and got one of these
// errors. It is "" for any other exchange, for one that a handshake needed, and if the user got
// the ticket later.
func refusedUser(p *analysis.Pass, k *analysis.KDCExchange) string {
	q, e := k.Req(), k.Err()
	if q == nil || e == nil || k.TGS() || !slices.Contains(guessed, e.Code) || p.HandshakeOf(k) != nil || p.GotTicketAfter(k) {
		return ""
	}
	return strings.ToLower(q.Client.String())
}

// A refusedUsers has the refusals of users by KDCs, of clients that were refused under many names.
type refusedUsers struct {
	user     map[*analysis.KDCExchange]string
	byClient map[netip.Addr][]*analysis.KDCExchange
}

func usersRefused(p *analysis.Pass) refusedUsers {
	r := refusedUsers{map[*analysis.KDCExchange]string{}, map[netip.Addr][]*analysis.KDCExchange{}}
	names := map[netip.Addr]map[string]bool{}
	for _, k := range p.KDC {
		user, client := refusedUser(p, k), k.Client.Addr()
		if user == "" {
			continue
		}
		r.user[k] = user
		r.byClient[client] = append(r.byClient[client], k)
		if names[client] == nil {
			names[client] = map[string]bool{}
		}
		if len(names[client]) < manyNames {
			names[client][user] = true
		}
	}
	maps.DeleteFunc(r.byClient, func(client netip.Addr, _ []*analysis.KDCExchange) bool { return len(names[client]) < manyNames })
	return r
}

// oneOfMany reports whether k is one of a KDC's refusals of one client under many names.
func (r refusedUsers) oneOfMany(k *analysis.KDCExchange) bool {
	if r.user[k] == "" {
		return false
	}
	names := make(map[string]bool, manyNames)
	for _, o := range r.byClient[k.Client.Addr()] {
		if o.KDC.Addr() == k.KDC.Addr() && o.RequestPos.Time.Sub(k.RequestPos.Time).Abs() < nearInTime {
			if names[r.user[o]] = true; len(names) == manyNames {
				return true
			}
		}
	}
	return false
}

// manyNames is the number from which nobody is merely trying to remember his name.
const manyNames = 5

// oneOfManyNames reports whether a refusal is one of a series under many names.
func oneOfManyNames(p *analysis.Pass, h *analysis.Handshake) bool {
	return h.Outcome == analysis.Failed && amongManyNames(p, h)
}

// amongManyNames reports whether the program of a handshake with a password was refused under many names
// by the same host about the same time.
func amongManyNames(p *analysis.Pass, h *analysis.Handshake) bool {
	attempts := p.NearAttempts(h)
	if len(attempts) < manyNames || !provesPassword(h) || between(h) {
		return false
	}
	names := map[string]bool{}
	for _, o := range attempts {
		if o.Outcome != analysis.Failed || !near(o, h) || !provesPassword(o) || o.Scheme != h.Scheme || between(o) || analysis.OtherWorkstation(o, h) {
			continue
		}
		if names[analysis.AccountName(o.User)] = true; len(names) == manyNames {
			return true
		}
	}
	return false
}

// provesPassword reports whether a handshake carries a user's name and a proof of the password.
func provesPassword(h *analysis.Handshake) bool {
	switch h.Mechanism {
	case analysis.Basic, analysis.Digest:
		return h.User != ""
	case analysis.NTLM:
		_, n3 := h.NTLM(3)
		return n3 != nil && complete(n3.Authenticate)
	}
	return false
}
