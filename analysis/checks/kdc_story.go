package checks

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// afterTGT is how long the capture must go on after a TGT for the silence of the client to count.
const afterTGT = 5 * time.Second

// stoppedAfterTGT says that the client of a handshake got a ticket-granting ticket after the
// challenge and then asked for no ticket to the service; "" if that is not so.
func stoppedAfterTGT(p *analysis.Pass, h *analysis.Handshake) string {
	challenged := h.ChallengeLeg()
	if challenged == nil {
		return ""
	}
	var tgt *analysis.KDCExchange
	for _, k := range p.KDCOf(h.ClientAddr()) {
		switch {
		case k.RequestPos.Time.Before(challenged.ResponsePos().Time):
		case k.TGS(), k.Reply == nil:
			return "" // it asked, or another KDC does not answer
		case k.Rep() != nil:
			tgt = k
		}
	}
	if tgt == nil || p.End.Sub(tgt.ReplyPos.Time) < afterTGT {
		return ""
	}
	return fmt.Sprintf("The client stopped after its ticket-granting ticket (%s): the capture shows no request for a ticket to the service.", tgt.ReplyPos)
}

// newPassword says that the client of k sent a new password later, "" if it did not.
func newPassword(p *analysis.Pass, k *analysis.KDCExchange) string {
	for _, next := range p.KDCOf(k.Client.Addr()) {
		if !next.Kpasswd() || next.RequestPos.Time.Before(k.ReplyPos.Time) {
			continue
		}
		switch {
		case next.Err() != nil:
			return fmt.Sprintf("A change of the password was refused later: %s (%s).", next.Err().Code, next.Pos())
		case next.Reply == nil:
			return fmt.Sprintf("A new password was sent later (%s), and no answer is in the capture.", next.Pos())
		case next.Reply.MsgType == tokens.MsgAPRep:
			return fmt.Sprintf("A new password was sent later; whether it was taken is encrypted (%s).", next.Pos())
		}
	}
	return ""
}

// refusedByKDCProxy reports whether a KDC proxy answered with an error status, or with something
// else than a message: it passed the message on to no KDC, or got no answer.
func refusedByKDCProxy(x *httpstream.Exchange) bool {
	q := x.Request
	if q == nil || q.Method != "POST" || x.Response == nil {
		return false
	}
	kind := q.Header.Value("Content-Type")
	return x.Response.Status >= httpstream.StatusBadRequest && httpstream.IsKDCProxy(q.Target, kind) ||
		strings.HasPrefix(kind, "application/kerberos") && holdsNoKDCMessage(x.Response)
}

// holdsNoKDCMessage reports whether an answer cannot hold a message of a KDC: it is a redirect,
// empty, or a page for people, as a form to log on.
func holdsNoKDCMessage(r *httpstream.Response) bool {
	return r.Status != httpstream.StatusOK || r.Header.Value("Content-Length") == "0" || strings.HasPrefix(r.Header.Value("Content-Type"), "text/")
}

// proxyRefusals finds what KDC proxies refused. Where a KDC answers the client after all it
// is a warning.
func proxyRefusals(p *analysis.Pass, answered func(client netip.Addr) bool) {
	for _, x := range p.Exchanges {
		if !refusedByKDCProxy(x) {
			continue
		}
		client := x.Conn.Client.Addr()
		who := "a client"
		if client.IsValid() { // else an export, which names none
			who = client.String()
		}
		f := p.Found(withoutTicket(p, client), x.Response.Pos, "the KDC proxy %s answered %s with %d and no message of a KDC",
			analysis.HostOnly(x.Request.Host), who, x.Response.Status)
		f.Variant, f.Evidence = "kdc-proxy-refused", analysis.Proven
		f.AddProof(x.Request.Pos)
		if answered(client) {
			f.Severity = analysis.Warning
		}
	}
}
