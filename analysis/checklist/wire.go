package checklist

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// The questions that both lists have.

func usesKerberos(s *subject) Item {
	const q = "Is Kerberos used?"
	opening := s.OpeningLeg()
	switch {
	case s.Mechanism == analysis.Kerberos:
		leg, ap := s.APReq()
		if ap == nil {
			return yes(q, "the client sent a Kerberos token", opening.RequestPos())
		}
		return yes(q, "the client sent a ticket for "+ap.Ticket.Service.String(), leg.RequestPos())
	case opening == nil && (s.Browser() || !s.Complete):
		return unknown(q, "the capture shows no credentials, and may lack them")
	case opening == nil:
		return no(q, "the client sent no credentials", s.First().ResponsePos())
	case s.Mechanism == analysis.Other && opening.Shortened():
		return unknown(q, "the credentials were taken out before the file was exported")
	case s.Mechanism == analysis.Other:
		return unknown(q, fmt.Sprintf("the token under the scheme %s is neither Kerberos nor NTLM, as far as it can be read", s.Scheme))
	}
	return no(q, fmt.Sprintf("the client used %s under the scheme %s", s.Mechanism, s.Scheme), opening.RequestPos())
}

func offersNegotiate(s *subject) Item {
	const q = "Does the server offer Negotiate?"
	leg := s.ChallengeLeg()
	switch {
	case leg == nil && s.Offers("Negotiate"):
		return yes(q, "it offers "+strings.Join(s.Offered, ", "))
	case leg == nil:
		return unknown(q, "the capture does not hold the challenge", "curl -sI "+placeholder(s.URL, "<url>"))
	case s.Offers("Negotiate"):
		return yes(q, "it offers "+strings.Join(s.Offered, ", "), leg.ResponsePos())
	case len(s.Offered) == 0:
		return no(q, "its challenge names no scheme", leg.ResponsePos())
	}
	return no(q, "it offers "+strings.Join(s.Offered, ", "), leg.ResponsePos())
}

func getsTicket(s *subject) Item {
	const q = "Can the client get a ticket?"
	leg, ap := s.APReq()
	k := s.ticketExchange()
	if t := issuedTicket(k); t != nil {
		return yes(q, "the KDC issued one for "+t.Service.String(), k.ReplyPos)
	}
	if ap != nil {
		return yes(q, "it presented one; the capture does not show where it has it from", leg.RequestPos())
	}
	if k != nil && k.Err() != nil {
		return no(q, fmt.Sprintf("the KDC refused it for %s: %s", k.Service(), k.Err().Code), k.ReplyPos)
	}
	if f := s.found("kdc-unreachable"); f != nil {
		return no(q, f.Message, f.Pos())
	}
	if k != nil {
		because := "the client asked for %s, and the capture does not show the answer"
		if k.Rep() != nil {
			because = "the client asked for %s, and was sent on to the KDC of another realm"
		}
		return unknown(q, fmt.Sprintf(because, k.Service()), "klist get "+placeholder(s.spn, "<SPN>"), "kvno "+placeholder(s.spn, "<SPN>"))
	}
	return unknown(q, "no exchange with a KDC about the service is in the capture", "klist get "+placeholder(s.spn, "<SPN>"), "kvno "+placeholder(s.spn, "<SPN>"))
}

// asksForName says which service the client asks a ticket for, and whether that is the name
// of the URL.
func asksForName(s *subject) Item {
	const q = "Does the client ask for the name of the URL?"
	name, at := "", httpstream.Pos{}
	if k := s.ticketExchange(); k != nil {
		name, at = analysis.WithoutRealm(k.Service().String()), k.Pos()
	}
	if leg, ap := s.APReq(); ap != nil {
		name, at = analysis.WithoutRealm(ap.Ticket.Service.String()), leg.RequestPos()
	}
	if name == "" {
		return unknown(q, "no request for a ticket is in the capture", "klist", "nslookup "+placeholder(s.Host, "<host>"))
	}
	_, host, _ := strings.Cut(name, "/")
	host, _, _ = strings.Cut(host, ":")
	if strings.EqualFold(host, s.Host) {
		return yes(q, "it asks for "+name, at)
	}
	because := "it asks for " + name
	if s.Target == analysis.ToProxy && analysis.IsIPAddress(s.Host) {
		return unknown(q, because+"; only the address of the proxy is on the wire, not the name that the client has for it")
	}
	for _, l := range s.DNS {
		for _, alias := range l.CNAMEs {
			if strings.EqualFold(alias, host) {
				because += fmt.Sprintf(", since %s is an alias of it", s.Host)
				return no(q, because, at, l.Pos)
			}
		}
	}
	return no(q, because, at)
}

func clocksAgree(s *subject) Item {
	const q = "Are the clocks within five minutes of each other?"
	if f := s.found("clock-skew"); f != nil {
		return no(q, f.Message, f.Pos())
	}
	if c := s.candidate("clock-skew"); c != nil {
		switch c.Status {
		case analysis.RuledOut:
			return yes(q, c.Because, c.At...)
		case analysis.Possible:
			if s.clocksDiffer() {
				return no(q, c.Because, c.At...)
			}
			return unknown(q, c.Because+"; whether the other clock agrees with it is not seen", "w32tm /query /status", "chronyc tracking")
		}
	}
	if leg, e := s.KRBError(); e != nil && e.Code == tokens.KRBAPErrSkew {
		return no(q, "the acceptor answers "+e.Code.String(), leg.ResponsePos())
	}
	if s.ticketOpened() || s.Mechanism == analysis.Kerberos && s.Outcome == analysis.Succeeded && s.ChallengeLeg() != nil {
		return yes(q, "the acceptor took the client's time", s.Last().ResponsePos())
	}
	if s.clocksDiffer() {
		return no(q, "two of the clocks that the capture shows, of client, acceptor and KDC, are further apart")
	}
	return unknown(q, s.clocksSeen(), "w32tm /query /status", "chronyc tracking")
}

// clocksDiffer reports whether two of the clocks of client, acceptor and KDC are known to differ by
// more than Kerberos allows. That of the capture may be wrong itself.
func (s *subject) clocksDiffer() bool {
	known := s.clocks()
	for _, a := range known {
		for _, b := range known {
			if a.Ahead-b.Ahead > analysis.MaxClockSkew {
				return true
			}
		}
	}
	return false
}

// clocks returns those of acceptor, KDC and client that the capture shows, each once.
func (s *subject) clocks() (known []*analysis.Clock) {
	clocks := s.report.Summary.Clocks
	all := []*analysis.Clock{clocks.Of(s.ServerAddr(), s.Last().ResponsePos().Time)}
	for _, k := range s.KDC {
		all = append(all, clocks.Of(k.KDC.Addr(), k.ReplyPos.Time))
	}
	for _, c := range append(all, clocks.Of(s.ClientAddr(), s.Start.Time)) {
		if c != nil && !slices.Contains(known, c) {
			known = append(known, c)
		}
	}
	return known
}

// clocksSeen says which clocks the capture shows if they do not answer the question; "" for none.
func (s *subject) clocksSeen() string {
	var machines []string
	for _, c := range s.clocks() {
		if name := c.Machine.String(); !slices.Contains(machines, name) {
			machines = append(machines, name)
		}
	}
	switch {
	case len(machines) == 0:
		return ""
	case len(machines) == 1:
		return "of the clocks only that of " + machines[0] + " is seen"
	case !slices.Contains(machines, s.ClientAddr().String()):
		return "those of " + strings.Join(machines, " and ") + " are; the client's is not seen"
	}
	return ""
}

func headerFits(s *subject) Item {
	const q = "Is the header small enough for the server?"
	if f := s.found("token-too-large"); f != nil {
		return no(q, f.Message, f.Pos())
	}
	largest, at := 0, httpstream.Pos{}
	for _, l := range s.Legs {
		if l.Shortened() {
			return unknown(q, "the credentials were taken out before the file was exported")
		}
		if l.Request != nil && l.Request.HeadLen > largest {
			largest, at = l.Request.HeadLen, l.RequestPos()
		}
	}
	switch {
	case s.OpeningLeg() == nil && largest > 0:
		return unknown(q, fmt.Sprintf("the largest has %d bytes, and no credentials are in it", largest))
	case largest == 0:
		return unknown(q, "the capture does not show its size")
	case largest < analysis.SmallestHeaderLimit():
		return yes(q, fmt.Sprintf("the largest has %d bytes", largest), at)
	}
	return unknown(q, fmt.Sprintf("the largest has %d bytes (%s): more than some servers take", largest, at))
}

// port returns the port of the URL, empty where it is the one of its scheme.
func (s *subject) port() string {
	u, err := url.Parse(s.URL)
	if err != nil {
		return ""
	}
	return u.Port()
}

// placeholder returns name if a shell needs no quotes for it, else otherwise.
func placeholder(name, otherwise string) string {
	if analysis.IsPlainWord(name) {
		return name
	}
	return otherwise
}
