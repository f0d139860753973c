package checks

import (
	"slices"

	"negotrace/analysis"
	"negotrace/analysis/fact"
)

var eventFaultLogged = &analysis.Check{
	Name:     "event-fault-logged",
	Variants: []string{"name", "key", "channel", "ticket"},
	Title:    "the system log of a computer names a fault that concerns this logon",
	Severity: analysis.Warning,
	Evidence: analysis.Inferred,
	Topic:    analysis.Cause,
	Means:    "The KDC logs two accounts with one name (11) and accounts without a key for an etype (14, 16, 27); a client logs a ticket that a server could not decrypt (Kerberos, 4); a server or a domain controller logs that it has no secure channel (Netlogon, 5719 and 5805), over which NTLM answers are checked.",
	Proof:    "An event of the system log that names the SPN of the handshake, or is of its server where NTLM was used. Where there is no capture, each event about a name, a key or a ticket.",
	Not:      "The same events about other names: they are listed with the event logs. A 5719 at the start of a computer, before the network is there.",
	Causes: []analysis.Advice{
		{Text: "The SPN was registered again for another account, and not taken away from the first.", If: []fact.Fact{fact.Event(11)}},
		{Text: "The account's password is older than AES, or msDS-SupportedEncryptionTypes leaves out what the other side wants.", If: keyEvents},
		{Text: "The service runs under another account than the one that has the name, or its password was changed since the ticket was given.", If: []fact.Fact{fact.Event(4)}},
		{Text: "The computer account's password differs, or no domain controller was in reach.", If: channelEvents},
	},
	Fix: []analysis.Advice{
		{Text: "setspn -X lists names that two accounts have; setspn -D <SPN> <account> takes one away.", If: []fact.Fact{fact.Event(11)}},
		{Text: "setspn -Q <SPN> must name exactly the account that decrypts; then klist purge on the client.", If: []fact.Fact{fact.Event(4)}},
		{Text: "Set the password of the account anew, which makes keys of all etypes.", If: keyEvents},
		{Text: "On the server: nltest /sc_verify:<domain>; Test-ComputerSecureChannel -Repair.", If: channelEvents},
	},
	Sources: []string{"Microsoft, Kerberos-Key-Distribution-Center events 11, 14, 16 and 27", "Microsoft, Security-Kerberos event 4", "Microsoft, NETLOGON events 5719 and 5805"},
	Run:     runEventFaultLogged,
}

// The events about keys of accounts, and about the secure channel of a computer.
var (
	keyEvents     = []fact.Fact{fact.Event(14), fact.Event(16), fact.Event(27)}
	channelEvents = []fact.Fact{fact.Event(5719), fact.Event(5805)}
)

func runEventFaultLogged(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		for _, e := range h.Events {
			if e.Fault == nil || e.ID != 11 && h.Outcome == analysis.Succeeded && h.Mechanism == analysis.Kerberos {
				continue
			}
			f := p.Found(h, h.Last().ResponsePos(), "%s, about %s: %s", analysis.EventPlace(e.Event), serverName(h), analysis.EventSays(e.Event))
			f.Variant, f.Also = faultVariant(e.ID), append(f.Also, e.Pos)
			f.NamedEvent(e.ID)
			if h.Outcome == analysis.Failed && p.LetInAfter(h) == nil && slices.Contains([]string{"name", "ticket"}, f.Variant) && h.Mechanism == analysis.Kerberos {
				f.Severity = analysis.Error
			}
		}
	}
	if !p.LogsAlone {
		return
	}
	for _, row := range p.Events {
		if row.Fault == nil || faultVariant(row.ID) == "channel" { // which every start of a computer may bring
			continue
		}
		f := p.Found(nil, row.Pos, "%s: %s", analysis.EventPlace(row.Event), row.Says)
		f.Variant, f.Evidence = faultVariant(row.ID), analysis.Proven
		f.SetCount(row.Count, row.Last)
		f.NamedEvent(row.ID)
	}
}

func faultVariant(id int) string {
	switch id {
	case 11:
		return "name"
	case 14, 16, 27:
		return "key"
	case 5719, 5805:
		return "channel"
	}
	return "ticket"
}
