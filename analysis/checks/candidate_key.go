package checks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// explainKey says whether the acceptor lacks the key of the ticket.
func explainKey(p *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	_, ap := h.APReq()
	if ap == nil {
		return analysis.Explanation{}
	}
	t := ap.Ticket
	name := keyName(&t)
	if o := sameKeyTaken(p, h); o != nil {
		return keyTaken(h, o, name)
	}
	if l, e := h.KRBError(); e != nil && slices.Contains(afterDecryption, e.Code) {
		return ruledOut(positionsOf(l), "the acceptor's error is %s, which it finds only in a ticket that it could open", e.Code)
	}
	if completedIn(h.Last()) {
		return ruledOut(positionsOf(h.Last()), "the acceptor read the ticket: it completed the logon")
	}
	if ap.Opened != nil {
		return possible(0, nil, "the keytab that was given opens the ticket (%s): it is the key only if the server holds another", name)
	}
	holder := "the account under which the service runs must have"
	if !windowsServer(h.Last()) {
		holder = "the keytab of " + machine(h) + " must hold"
	}
	if _, e := h.KRBError(); e != nil { // a missing key has codes of its own in most libraries
		return possible(0, nil, "%s %s, and %s may mean that it does not", holder, name, e.Code)
	}
	if listed := listedAccount(p, h); listed != "" {
		return possible(3, nil, "%s", strings.TrimSuffix(strings.Replace(listed, "The ticket", "the ticket", 1), "."))
	}
	if elsewhere := keyTakenElsewhere(p, h); elsewhere != "" {
		return possible(4, nil, "%s", strings.TrimSuffix(strings.Replace(elsewhere, "Another", "another", 1), "."))
	}
	if other, _ := otherKeyTaken(p, h); other != "" {
		return possible(4, nil, "%s", strings.TrimSuffix(strings.ToLower(other[:1])+other[1:], "."))
	}
	if k := issuingExchange(h); k != nil {
		return possible(1, []httpstream.Pos{k.ReplyPos}, "the KDC issued the ticket in %s, with the service's key of that moment; %s %s", k.ReplyPos, holder, name)
	}
	return possible(1, nil, "%s %s, and nothing shows that it does", holder, name)
}

// afterDecryption are errors that an acceptor finds only after it has opened the ticket
// (RFC 4120 section 3.2.3).
var afterDecryption = []tokens.ErrorCode{
	tokens.KRBAPErrTktExpired, tokens.KRBAPErrTktNYV, tokens.KRBAPErrRepeat, tokens.KRBAPErrBadMatch,
	tokens.KRBAPErrSkew, tokens.KRBAPErrBadAddr,
}

// keyTaken says what follows if another ticket under the same key was accepted: nothing certain if
// that was long before or after, or by what may be another machine.
func keyTaken(h, o *analysis.Handshake, name string) analysis.Explanation {
	switch {
	case differs(o, h):
		return possible(1, positionsOf(o.Last()), "%s took a ticket with the same key (%s) in handshake %d, with other words in its header: another machine behind the same address may lack it", machine(h), name, o.ID)
	case !near(o, h):
		return possible(1, positionsOf(o.Last()), "the acceptor took a ticket with the same key (%s) in handshake %d, %s apart: its keys may have been replaced meanwhile", name, o.ID, analysis.DurationText(o.Start.Time.Sub(h.Start.Time).Abs()))
	}
	return ruledOut(positionsOf(o.Last()), "the acceptor took a ticket with the same key (%s) in handshake %d", name, o.ID)
}

// machine returns the machine that answered: behind one name there may be several. If a proxy
// forwards the response, the address is the proxy's.
func machine(h *analysis.Handshake) string {
	if a := h.ServerAddr(); a.IsValid() && !throughProxy(h) {
		return a.String()
	}
	return cmp.Or(h.Host, serverName(h))
}

// keyName names the key that opens a ticket, as far as the token that it is in goes.
func keyName(t *tokens.Ticket) string {
	if t.EncPart.EType == 0 {
		return t.Service.String()
	}
	return fmt.Sprintf("%s, kvno %d, %v", t.Service.String(), t.EncPart.KVNO, t.EncPart.EType)
}

// sameKeyTaken returns the handshake nearest in time in which the same address is proven to
// have let somebody in with a ticket under the same key, nil if there is none. Behind one
// name two machines may hold different keys, so the address must be the same.
func sameKeyTaken(p *analysis.Pass, h *analysis.Handshake) *analysis.Handshake {
	_, mine := h.APReq()
	var found *analysis.Handshake
	for _, o := range p.LetInAtServer(h) {
		_, ap := o.APReq()
		if ap == nil || !isProven(o) || !sameKey(ap.Ticket, mine.Ticket) {
			continue
		}
		if found == nil || nearer(h, o, found) {
			found = o
		}
	}
	return found
}

// otherKeyTaken says that the same machine accepted a ticket under another version of the
// service's key at about the same time, "" if the capture does not show it, and whether the ticket of h is under
// an older one. Read-only domain controllers number their keys separately, in the upper half of the number.
func otherKeyTaken(p *analysis.Pass, h *analysis.Handshake) (says string, isOld bool) {
	_, mine := h.APReq()
	if mine == nil || throughProxy(h) {
		return "", false
	}
	for _, o := range p.LetInAtServer(h) {
		_, ap := o.APReq()
		if ap == nil || !isProven(o) || differs(o, h) || ap.Ticket.Service.String() != mine.Ticket.Service.String() || !near(o, h) {
			continue
		}
		its, own := ap.Ticket.EncPart.KVNO, mine.Ticket.EncPart.KVNO
		switch {
		case its == own || its == 0 || own == 0 || its>>16 != own>>16:
		case its < own:
			return fmt.Sprintf("The same machine took a ticket under kvno %d in handshake %d, and this one is under kvno %d: the account has a newer key, which this machine does not use yet.", its, o.ID, own), false
		default:
			return fmt.Sprintf("The same machine took a ticket under kvno %d in handshake %d, and this one is under kvno %d: it was issued before the account got its newer key, and the old one is not kept.", its, o.ID, own), true
		}
	}
	return "", false
}

// sameKey reports whether two tickets are for one service, under one version of its key.
func sameKey(a, b tokens.Ticket) bool {
	return a.EncPart.EType != 0 && a.Service.String() == b.Service.String() && a.EncPart.KVNO == b.EncPart.KVNO && a.EncPart.EType == b.EncPart.EType
}

// nearer reports whether a is better evidence about the acceptor of h than b: it is the same
// machine by its header, or else it is nearer in time.
func nearer(h, a, b *analysis.Handshake) bool {
	if da, db := differs(a, h), differs(b, h); da != db {
		return db
	}
	return a.Start.Time.Sub(h.Start.Time).Abs() < b.Start.Time.Sub(h.Start.Time).Abs()
}

// explainKeytab and explainAccount share a cause: the first is about acceptors with a keytab, the
// second about Windows accounts.
func explainKeytab(p *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	if windowsServer(h.Last()) {
		return analysis.Explanation{}
	}
	return explainKey(p, h)
}

func explainAccount(p *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	if !windowsServer(h.Last()) {
		return analysis.Explanation{}
	}
	return explainKey(p, h)
}
