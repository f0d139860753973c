package checklist

import (
	"fmt"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// notPresented is true, too, if there was a ticket that the capture does not show.
const notPresented = "no ticket that the client presented is in the capture"

// keytabQuestions returns those for an acceptor with a keytab, from the challenge to the rights
// of the user.
func keytabQuestions() []question {
	return []question{
		offersNegotiate, usesKerberos, getsTicket, asksForName, rightRealm, keyInKeytab, etypeInKeytab, keytabReadable,
		clocksAgree, noReplay, headerFits, reverseDNS, serverProved, delegates, mayAccess,
	}
}

func rightRealm(s *subject) Item {
	const q = "Is the service in the realm of the client's configuration?"
	for _, k := range s.KDC {
		if e := k.Err(); e != nil && e.Code == tokens.KDCErrWrongRealm && k.TGS() { // an AS-REQ is about the user's realm
			return no(q, "the KDC answers "+e.Code.String(), k.ReplyPos)
		}
	}
	if leg, ap := s.APReq(); ap != nil && ap.Ticket.Service.Realm != "" {
		return yes(q, "the ticket is of the realm "+ap.Ticket.Service.Realm, leg.RequestPos())
	}
	return unknown(q, "", "krb5.conf: [domain_realm], dns_lookup_realm")
}

// keyInKeytab asks for the key by its version: what opens the ticket.
func keyInKeytab(s *subject) Item {
	const q = "Does the keytab hold the key of the ticket?"
	leg, ap := s.APReq()
	command := "klist -kt <keytab>"
	if s.ticketOpened() {
		return yes(q, "the acceptor opened the ticket", leg.RequestPos(), s.Last().ResponsePos())
	}
	if errorLeg, e := s.KRBError(); e != nil {
		switch e.Code {
		case tokens.KRBAPErrModified, tokens.KRBAPErrNoKey, tokens.KRBAPErrBadKeyVer, tokens.KRBAPErrBadIntegrity:
			return no(q, "the acceptor answers "+e.Code.String(), errorLeg.ResponsePos())
		}
	}
	if ap == nil {
		return unknown(q, notPresented, command)
	}
	because := "the ticket is for " + ap.Ticket.Service.String()
	if ap.Ticket.EncPart.KVNO > 0 {
		because += fmt.Sprintf(", key version %d", ap.Ticket.EncPart.KVNO)
	}
	return Item{Question: q, Answer: Unknown, Because: because, At: distinct([]httpstream.Pos{leg.RequestPos()}), Commands: []string{command, "kvno " + placeholder(s.spn, "<SPN>")}}
}

func etypeInKeytab(s *subject) Item {
	const q = "Does it hold that key for the encryption type of the ticket?"
	leg, ap := s.APReq()
	if ap == nil {
		return unknown(q, notPresented, "klist -kte <keytab>")
	}
	because := "the ticket is encrypted with " + ap.Ticket.EncPart.EType.String()
	if s.ticketOpened() {
		return yes(q, because+", and the acceptor opened it", leg.RequestPos())
	}
	return Item{Question: q, Answer: Unknown, Because: because, At: distinct([]httpstream.Pos{leg.RequestPos()}), Commands: []string{"klist -kte <keytab>"}}
}

func keytabReadable(s *subject) Item {
	const q = "May the server's user read the keytab?"
	if s.ticketOpened() {
		return yes(q, "the acceptor opened the ticket", s.Last().ResponsePos())
	}
	return unknown(q, "", "ls -lZ <keytab>", "sudo -u <server's user> klist -kt <keytab>")
}

func noReplay(s *subject) Item {
	const q = "Is the ticket's authenticator used once only?"
	if errorLeg, e := s.KRBError(); e != nil && e.Code == tokens.KRBAPErrRepeat {
		return no(q, "the acceptor answers "+e.Code.String(), errorLeg.ResponsePos())
	}
	if f := s.found("token-sent-twice"); f != nil {
		return no(q, f.Message, f.Pos())
	}
	leg, ap := s.APReq()
	switch {
	case ap == nil:
		return unknown(q, notPresented)
	case !s.isComplete():
		return unknown(q, "no other request that could be read carries it, but the capture is not whole")
	}
	return yes(q, "no other request of the capture carries it", leg.RequestPos())
}

func reverseDNS(s *subject) Item {
	const q = "Does DNS leave the name as it is?"
	if f := s.found("spn-cname-canonicalised"); f != nil {
		return no(q, f.Message, f.Pos())
	}
	if item := asksForName(s); item.Answer == Yes {
		return yes(q, item.Because, item.At...)
	}
	return unknown(q, "", "krb5.conf: rdns, dns_canonicalize_hostname", "nslookup "+placeholder(s.Host, "<host>"))
}

func serverProved(s *subject) Item {
	const q = "Did the server prove that it has the key (AP-REP)?"
	if leg, rep := s.APRep(); rep != nil {
		return yes(q, "it sent an AP-REP", leg.ResponsePos())
	}
	leg, ap := s.APReq()
	switch {
	case ap == nil:
		return unknown(q, notPresented)
	case !ap.MutualRequired:
		return no(q, "the client did not ask for it", leg.RequestPos())
	case leg.Response == nil || s.Browser() || !s.Complete:
		return unknown(q, "the client asked for it; the capture does not show all of the answer")
	}
	return no(q, "the client asked for it, and no AP-REP came", leg.RequestPos(), leg.ResponsePos())
}

func mayAccess(s *subject) Item {
	const q = "May the user enter?"
	if f := s.found("authz-failed-after-auth"); f != nil {
		return no(q, f.Message, f.Pos())
	}
	if last := s.Last(); s.Outcome == analysis.Succeeded {
		switch status := last.Status(); {
		case last.Logon != "":
			return unknown(q, "the answer asks the user to log on in a page")
		case status == httpstream.StatusNotModified, status >= httpstream.StatusOK && status < httpstream.StatusMultipleChoices:
			return yes(q, fmt.Sprintf("the answer is %d", status), last.ResponsePos())
		case status >= httpstream.StatusMultipleChoices && status < httpstream.StatusBadRequest:
			return unknown(q, fmt.Sprintf("the answer is %d, which leads to another address", status))
		}
	}
	return unknown(q, "the error log of the server says it (Require, require valid-user, roles)")
}
