package analysis

import (
	"net/netip"
	"slices"
	"time"

	"negotrace/httpstream"
	"negotrace/tokens"
)

// A KDCExchange is a request to a KDC and its answer.
type KDCExchange struct {
	Client     netip.AddrPort   `json:"client"`
	KDC        netip.AddrPort   `json:"kdc"`
	Request    *tokens.Kerberos `json:"request,omitempty"`
	RequestPos httpstream.Pos   `json:"asked"`
	Retries    int              `json:"retries,omitempty"` // the same request sent again
	Reply      *tokens.Kerberos `json:"reply,omitempty"`   // AS-REP, TGS-REP or KRB-ERROR
	ReplyPos   httpstream.Pos   `json:"told,omitzero"`
}

// Req is the request, nil if the capture does not hold it.
func (k *KDCExchange) Req() *tokens.KDCReq {
	if k.Request == nil {
		return nil
	}
	return k.Request.KDCReq
}

// Rep is the ticket given, nil if none was.
func (k *KDCExchange) Rep() *tokens.KDCRep {
	if k.Reply == nil {
		return nil
	}
	return k.Reply.KDCRep
}

// Err is the KDC's refusal, nil if it did not refuse.
func (k *KDCExchange) Err() *tokens.KRBError {
	if k.Reply == nil {
		return nil
	}
	return k.Reply.Error
}

// Service is the principal asked for, with its realm; the error's where the request
// was not seen.
func (k *KDCExchange) Service() *tokens.Principal {
	if r := k.Req(); r != nil {
		return &r.Server
	}
	if e := k.Err(); e != nil {
		return &e.Server
	}
	if r := k.Rep(); r != nil {
		return &r.Ticket.Service
	}
	return nil
}

// Pos is where the exchange is best looked at: its answer, or its request.
func (k *KDCExchange) Pos() httpstream.Pos {
	if k.Reply != nil {
		return k.ReplyPos
	}
	return k.RequestPos
}

// TGS tells that a service ticket was asked for; otherwise it is about a TGT.
func (k *KDCExchange) TGS() bool {
	if k.Request != nil {
		return k.Request.MsgType == tokens.MsgTGSReq
	}
	return k.Reply != nil && k.Reply.MsgType == tokens.MsgTGSRep
}

// flow is a conversation with a KDC.
type flow struct{ client, kdc netip.AddrPort }

// kerberos takes a message to or from port 88.
func (w *window) kerberos(at httpstream.Pos, src, dst netip.AddrPort, m *tokens.Kerberos) {
	switch m.MsgType {
	case tokens.MsgASReq, tokens.MsgTGSReq:
		f := flow{src, dst}
		if k := w.asked[f]; k != nil && k.Reply == nil && sameRequest(k.Request, m) {
			k.Retries++
			return
		}
		k := &KDCExchange{Client: src, KDC: dst, Request: m, RequestPos: at}
		w.asked[f] = k
		w.keepKDC(k)
	case tokens.MsgASRep, tokens.MsgTGSRep, tokens.MsgKRBError:
		f := flow{dst, src}
		w.ticketed(dst.Addr(), at, m)
		if k := w.asked[f]; k != nil && k.Reply == nil {
			k.Reply, k.ReplyPos = m, at
			return
		}
		w.keepKDC(&KDCExchange{Client: dst, KDC: src, Reply: m, ReplyPos: at, RequestPos: at})
	}
}

func (w *window) keepKDC(k *KDCExchange) {
	w.see(k.RequestPos)
	w.kdc = append(w.kdc, k)
	w.advance()
}

func sameRequest(a, b *tokens.Kerberos) bool {
	return a != nil && a.MsgType == b.MsgType && a.KDCReq != nil && b.KDCReq != nil &&
		a.KDCReq.Nonce == b.KDCReq.Nonce && a.KDCReq.Server.String() == b.KDCReq.Server.String() &&
		slices.Equal(a.KDCReq.PAData, b.KDCReq.PAData)
}

// ticketWindow is how long before the first token, and after the last leg, a KDC
// exchange still belongs to a handshake whose ticket cannot be recognised by itself.
// A client asks when it has been challenged; a few seconds cover slow KDCs and retries.
const ticketWindow = 10 * time.Second

// joinKDC finds the KDC exchanges of each handshake: the one that issued the very
// ticket presented, and those in which the same client asked for the same host
// meanwhile.
func (w *window) joinKDC(handshakes []*Handshake) {
	if len(w.kdc) == 0 {
		return
	}
	asked := byClient(w.kdc)
	for _, h := range handshakes {
		if !h.ClientAddr().IsValid() {
			continue
		}
		_, ap := h.APReq()
		for _, k := range asked[h.ClientAddr()] {
			if k.Issued(ap) || w.meanwhile(h, k) {
				h.KDC = append(h.KDC, k)
			}
		}
	}
}

// Issued tells that k is where the ticket of ap comes from: the cipher is the same. It
// is safe on a nil ap.
func (k *KDCExchange) Issued(ap *tokens.APReq) bool {
	r := k.Rep()
	return r != nil && ap != nil && r.Ticket.EncPart.Len > 0 && r.Ticket.EncPart.Sum == ap.Ticket.EncPart.Sum
}

// meanwhile tells that, around the time of h, its client asked for a ticket for the
// same host, or was refused its own.
func (w *window) meanwhile(h *Handshake, k *KDCExchange) bool {
	s := k.Service()
	if s == nil {
		return false
	}
	end := h.Start.Time
	for _, l := range h.Legs {
		if l.Request != nil && l.Request.Pos.Time.After(end) {
			end = l.Request.Pos.Time
		}
		if l.Response != nil && l.Response.Pos.Time.After(end) {
			end = l.Response.Pos.Time
		}
	}
	if !k.RequestPos.Time.After(h.Start.Time.Add(-ticketWindow)) || !k.RequestPos.Time.Before(end.Add(ticketWindow)) {
		return false
	}
	_, ap := h.APReq()
	own := ap == nil && k.Request != nil && !k.TGS() && k.Err() != nil
	return own || s.HTTP() && w.names.near(h, s.Host())
}
