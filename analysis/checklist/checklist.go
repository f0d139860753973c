// Package checklist answers, from a report, the questions that an engineer goes through when
// Kerberos does not work: those for IIS in the order of Microsoft's "Things to check when
// Kerberos authentication fails using IIS/IE", and those for an acceptor with a keytab. If the
// capture does not show an answer, the item has the commands that do.
package checklist

import (
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// An Answer is what the capture says to a question.
type Answer string

// The answers.
const (
	Yes     Answer = "yes"
	No      Answer = "no"
	Unknown Answer = "not on the wire"
)

// An Item is one question and its answer.
type Item struct {
	Question string
	Answer   Answer
	Because  string           // one sentence of fact, empty where nothing is known
	At       []httpstream.Pos // that show it
	Commands []string         // commands that answer it, where the wire does not
}

// A List is the questions about one handshake.
type List struct {
	Title     string
	Handshake *analysis.Handshake
	Items     []Item
}

// A question asks one thing of a handshake.
type question func(*subject) Item

// A subject is a handshake with what is looked up for several questions.
type subject struct {
	*analysis.Handshake
	report *analysis.Report
	spn    string // without realm: of the ticket, or asked of a KDC; HTTP/host where neither was seen, empty if the host is an address
}

// Of returns the lists for a handshake of a report: for IIS, for a keytab, or both where the
// server does not name itself.
func Of(r *analysis.Report, h *analysis.Handshake) []List {
	s := &subject{Handshake: h, report: r}
	if !analysis.IsIPAddress(h.Host) {
		s.spn = "HTTP/" + h.Host
	}
	if k := s.ticketExchange(); k != nil {
		s.spn = analysis.WithoutRealm(k.Service().String())
	}
	if _, ap := h.APReq(); ap != nil {
		s.spn = analysis.WithoutRealm(ap.Ticket.Service.String())
	}
	windows := s.Has(fact.ServerIIS, fact.ServerKestrel, fact.ServerWinRM, fact.ServerADFS) && h.Target == analysis.ToServer
	keytab := s.Has(fact.KeytabServers()...) && !s.Has(fact.ServerOther) || h.Target == analysis.ToProxy
	var all []List
	if windows || !keytab {
		all = append(all, s.ask("Kerberos with IIS", windowsQuestions()))
	}
	if keytab || !windows {
		all = append(all, s.ask("Kerberos with a keytab", keytabQuestions()))
	}
	return all
}

func (s *subject) ask(title string, questions []question) List {
	l := List{Title: title, Handshake: s.Handshake}
	for _, q := range questions {
		l.Items = append(l.Items, q(s))
	}
	return l
}

// found returns the first finding of one of the checks about the handshake, nil if there is
// none.
func (s *subject) found(checks ...string) *analysis.Finding {
	for _, f := range s.report.Findings {
		if slices.Contains(checks, f.Check) && (f.Handshake == s.ID || slices.Contains(f.Handshakes, s.ID)) {
			return f
		}
	}
	return nil
}

// candidate returns what the capture says of a cause of the refusal, nil if nothing.
func (s *subject) candidate(check string) *analysis.Candidate {
	i := slices.IndexFunc(s.Candidates, func(c analysis.Candidate) bool { return c.Check == check })
	if i < 0 {
		return nil
	}
	return &s.Candidates[i]
}

// ticketExchange returns the exchange in which the client asked a KDC for the ticket of the
// service: the one that issued the ticket it presented, else the last one about the host,
// else the last one about any service of the web, as of another name of the host. It is nil
// if there is none.
func (s *subject) ticketExchange() *analysis.KDCExchange {
	_, ap := s.APReq()
	var own, other *analysis.KDCExchange
	for _, k := range s.KDC {
		service := k.Service()
		switch {
		case k.Issued(ap):
			return k
		case !k.TGS() || service == nil || !service.HTTP():
		case strings.EqualFold(service.Host(), s.Host):
			own = k
		default:
			other = k
		}
	}
	if own != nil {
		return own
	}
	return other
}

// issuedTicket returns the ticket for a service of the web in the answer of a KDC, nil if it holds
// none: the answer may be an error, or send the client on to the KDC of another realm.
func issuedTicket(k *analysis.KDCExchange) *tokens.Ticket {
	if k == nil || k.Rep() == nil || !k.Rep().Ticket.Service.HTTP() {
		return nil
	}
	return &k.Rep().Ticket
}

// ticketOpened reports whether it is proven that the acceptor opened the ticket.
func (s *subject) ticketOpened() bool {
	_, ap := s.APReq()
	return ap != nil && s.Mechanism == analysis.Kerberos && s.Outcome == analysis.Succeeded && s.OutcomeEvidence == analysis.Proven
}

// isComplete reports whether nothing is missing in the capture.
func (s *subject) isComplete() bool {
	sum := s.report.Summary
	return s.Complete && sum.MidStream == 0 && sum.Cut == 0 && sum.Gaps == 0 && sum.LostBytes == 0 && len(sum.WithoutKeyLog()) == 0
}

// yes, no and unknown answer a question.
func yes(question, because string, at ...httpstream.Pos) Item {
	return Item{Question: question, Answer: Yes, Because: because, At: distinct(at)}
}

func no(question, because string, at ...httpstream.Pos) Item {
	return Item{Question: question, Answer: No, Because: because, At: distinct(at)}
}

func unknown(question, because string, commands ...string) Item {
	return Item{Question: question, Answer: Unknown, Because: because, Commands: commands}
}

// distinct removes positions without a frame, and repeated ones: request and response of an
// export are in one entry.
func distinct(at []httpstream.Pos) []httpstream.Pos {
	at = slices.DeleteFunc(at, func(p httpstream.Pos) bool { return p.Frame <= 0 })
	return slices.CompactFunc(at, func(a, b httpstream.Pos) bool { return a.Frame == b.Frame && a.File == b.File })
}
