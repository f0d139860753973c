package checks

import (
	"fmt"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// explainClock says whether a wrong clock explains that a ticket was refused.
func explainClock(p *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	l, ap := h.APReq()
	if ap == nil {
		return explainAnswerTime(p, h)
	}
	server := p.Clocks.Of(h.ServerAddr(), h.Last().ResponsePos().Time)
	client := p.Clocks.Of(h.ClientAddr(), l.RequestPos().Time)
	if server != nil && server.Ahead.Abs() > analysis.MaxClockSkew {
		return possible(3, []httpstream.Pos{server.Pos}, "the acceptor's clock (%s, %s) is %s", server.Source, server.Pos, analysis.ClockOffset(server.Ahead, "the capture's"))
	}
	if client != nil && client.Ahead.Abs() > analysis.MaxClockSkew {
		return possible(3, []httpstream.Pos{client.Pos}, "the client's clock (%s, %s) is %s", client.Source, client.Pos, analysis.ClockOffset(client.Ahead, "the capture's"))
	}
	if completedIn(h.Last()) {
		return ruledOut(positionsOf(h.Last()), "the acceptor took the client's time: it completed the logon")
	}
	if o := tookItsTime(p, h); o != nil {
		return ruledOut(positionsOf(o.Last()), "the acceptor took a ticket of the same machine in handshake %d, at most a minute apart", o.ID)
	}
	if server == nil {
		return notVisible("no message shows the acceptor's clock: ask it (w32tm /query /status, chronyc tracking)")
	}
	return compareClocks(p, h, server, client)
}

// maxAnswerAge is for how long Windows accepts the answer to a challenge, by the time in the answer
// (MaxLifetime, MS-NLMP 3.1.1.1).
const maxAnswerAge = 36 * time.Hour

// explainAnswerTime does the same as explainClock for NTLMv2. An answer to a challenge with a time
// repeats it; an answer to another has the client's own.
func explainAnswerTime(p *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	l, n3 := h.NTLM(3)
	_, n2 := h.NTLM(2)
	if n3 == nil || n2 == nil || l.RequestPos().Time.IsZero() || n3.Authenticate.Kind != tokens.ResponseNTLMv2 || n3.Authenticate.Time.IsZero() ||
		n2.Challenge.TargetInfo != nil && n2.Challenge.TargetInfo.Timestamp != nil {
		return analysis.Explanation{}
	}
	now, by := l.RequestPos().Time.UTC(), "the capture's"
	if server := p.Clocks.Of(h.ServerAddr(), l.RequestPos().Time); server != nil {
		now, by = now.Add(server.Ahead), "the server's"
	}
	ahead := n3.Authenticate.Time.Sub(now)
	if ahead.Abs() <= maxAnswerAge {
		return analysis.Explanation{}
	}
	return possible(3, []httpstream.Pos{l.RequestPos()}, "the time in the NTLMv2 answer is %s, and Windows accepts it for 36 hours", analysis.ClockOffset(ahead, by))
}

// compareClocks does the same as explainClock if the acceptor's clock and that of the capture
// differ little. The client's clock is known from its own messages, or from a KDC that accepted its
// time and whose clock is known: the capture's clock may be wrong.
func compareClocks(p *analysis.Pass, h *analysis.Handshake, server, client *analysis.Clock) analysis.Explanation {
	near := fmt.Sprintf("the acceptor's clock (%s, %s) is %s", server.Source, server.Pos, analysis.ClockOffset(server.Ahead, "the capture's"))
	if client != nil {
		both := []httpstream.Pos{server.Pos, client.Pos}
		theirs := fmt.Sprintf("the client's (%s) is %s", client.Source, analysis.ClockOffset(client.Ahead, "the capture's"))
		if (server.Ahead - client.Ahead).Abs() > analysis.MaxClockSkew {
			return possible(3, both, "%s, and %s", near, theirs)
		}
		return ruledOut(both, "%s, and %s", near, theirs)
	}
	k := issuingExchange(h)
	if k == nil || k.Request == nil {
		return notVisible("%s; the client's time is encrypted in the ticket's authenticator (--keytab opens it): ask the client (w32tm /query /status, chronyc tracking)", near)
	}
	kdc := p.Clocks.Of(k.KDC.Addr(), k.ReplyPos.Time)
	if kdc == nil {
		return notVisible("%s; the KDC took the client's time in %s, and no message shows the KDC's clock: ask it (w32tm /query /status, chronyc tracking)", near, k.ReplyPos)
	}
	three := []httpstream.Pos{server.Pos, kdc.Pos, k.ReplyPos}
	theirs := fmt.Sprintf("that of the KDC, which took the client's time in %s, is %s", k.ReplyPos, analysis.ClockOffset(kdc.Ahead, "the capture's"))
	if (server.Ahead - kdc.Ahead).Abs() > analysis.MaxClockSkew/2 {
		return possible(3, three, "%s, and %s", near, theirs)
	}
	return ruledOut(three, "%s, and %s", near, theirs)
}

// tookItsTime returns a handshake in which the acceptor is proven to have accepted a ticket of the
// same machine at about the same time. Several clients may be behind one address: the same machine
// has the same ticket, or the same connection.
func tookItsTime(p *analysis.Pass, h *analysis.Handshake) *analysis.Handshake {
	_, mine := h.APReq()
	for _, o := range p.LetInAtServer(h) {
		_, ap := o.APReq()
		if ap == nil || !isProven(o) || o.Host != h.Host || differs(o, h) || !h.ClientAddr().IsValid() {
			continue
		}
		same := o.Conn() == h.Conn() || ap.Ticket.EncPart.Len > 0 && ap.Ticket.EncPart.Sum == mine.Ticket.EncPart.Sum
		if same && o.Start.Time.Sub(h.Start.Time).Abs() < time.Minute {
			return o
		}
	}
	return nil
}
