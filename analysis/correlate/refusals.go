package correlate

import (
	"net/netip"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// A client that was refused a ticket does not ask again for a while, and uses NTLM at once:
// Windows for 15 minutes (SpnCacheTimeout). So the refusals of KDCs are remembered for that
// long.
const spnCacheTimeout = 15 * time.Minute

// maxAnswers is how many answers of KDCs to one client about one host are remembered.
const maxAnswers = 4

// A ticketRequester is a client that asked for tickets for a host, in lower case.
type ticketRequester struct {
	client netip.Addr
	host   string
}

// A ticketAnswer is the answer of a KDC to a ticketRequester.
type ticketAnswer struct {
	at      httpstream.Time
	refused tokens.ErrorCode // KDCErrNone if it issued the ticket
}

// addTicketAnswer notes the answer of a KDC to a request for the ticket of a web server.
func (k *knowledge) addTicketAnswer(x *analysis.KDCExchange) {
	s := x.Service()
	if s == nil || !s.HTTP() || x.Request == nil || !x.TGS() {
		return
	}
	a := ticketAnswer{at: x.ReplyPos.Time}
	switch e := x.Err(); {
	case e != nil && !e.Code.AsksForMore():
		a.refused = e.Code
	case x.Rep() == nil:
		return
	}
	key := ticketRequester{x.Client.Addr(), strings.ToLower(s.Host())}
	known, seen := k.answers[key]
	switch {
	case !seen && a.refused == tokens.KDCErrNone:
		return // nothing to take back
	case !seen && len(k.answers) >= maxClients:
		k.counters.Drop("refused tickets that were not remembered", 1, x.ReplyPos)
		return
	case len(known) == maxAnswers:
		known = known[1:]
	}
	k.answers[key] = append(known, a)
}

// refusedBefore returns the refusal that the client of h may remember: the last answer of a
// KDC about its host before h, if that refused the ticket, and not long before.
func (k *knowledge) refusedBefore(h *analysis.Handshake) tokens.ErrorCode {
	o := h.OpeningLeg()
	if o == nil || h.Mechanism != analysis.NTLM || !h.ClientAddr().IsValid() {
		return tokens.KDCErrNone
	}
	var last ticketAnswer
	for _, a := range k.answers[ticketRequester{h.ClientAddr(), strings.ToLower(analysis.HostOnly(h.Host))}] {
		if a.at.Before(o.RequestPos().Time) {
			last = a
		}
	}
	if o.RequestPos().Time.Sub(last.at) > spnCacheTimeout {
		return tokens.KDCErrNone
	}
	return last.refused
}
