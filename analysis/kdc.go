package analysis

import (
	"fmt"
	"net/netip"
	"time"

	"negotrace/httpstream"
	"negotrace/tokens"
)

// TicketWindow is how long before the first token, and after the last leg, a KDC
// exchange still belongs to a handshake whose ticket cannot be recognised by itself.
// A client asks when it has been challenged; a few seconds cover slow KDCs and retries.
const TicketWindow = 10 * time.Second

// A KDCExchange is a request to a KDC, or to the service that changes passwords, and its
// answer.
type KDCExchange struct {
	Client netip.AddrPort `json:"client"` // ip:port
	KDC    netip.AddrPort `json:"kdc"`    // or who passes messages on to it
	// Destination is the KDC itself where a SOCKS or HTTP proxy passes the connection on to it.
	Destination *httpstream.Destination `json:"destination,omitempty"`
	Request     *tokens.Kerberos        `json:"request,omitempty"` // AS-REQ, TGS-REQ, or a change of a password
	RequestPos  httpstream.Pos          `json:"asked"`             // where the request is
	Retries     int                     `json:"retries,omitempty"` // the same request sent again
	Reply       *tokens.Kerberos        `json:"reply,omitempty"`   // AS-REP, TGS-REP or KRB-ERROR
	ReplyPos    httpstream.Pos          `json:"told,omitzero"`     // where the reply is
	// Events are those of the KDC's event log that are about it.
	Events []*LoggedEvent `json:"logged_events,omitempty"`
	// CommunityID is the Community ID of the flow.
	CommunityID string `json:"community_id,omitempty"`
}

// Req returns the request, nil if the capture does not hold it.
func (k *KDCExchange) Req() *tokens.KDCReq {
	if k.Request == nil {
		return nil
	}
	return k.Request.KDCReq
}

// Rep returns the ticket given, nil if none was.
func (k *KDCExchange) Rep() *tokens.KDCRep {
	if k.Reply == nil {
		return nil
	}
	return k.Reply.KDCRep
}

// Err returns the KDC's refusal, nil if it did not refuse.
func (k *KDCExchange) Err() *tokens.KRBError {
	if k.Reply == nil {
		return nil
	}
	return k.Reply.Error
}

// Service returns the principal asked for, with its realm; the error's where the request
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
	if k.Request != nil && k.Request.APReq != nil {
		return &k.Request.APReq.Ticket.Service
	}
	return nil
}

// Via says who passes the messages on where the client does not speak to a KDC itself:
// "KDC proxy" (MS-KKDCP), "IAKERB" for the server it wants a ticket for, "SOCKS proxy" or "HTTP
// proxy" (CONNECT). It is empty otherwise.
func (k *KDCExchange) Via() string {
	for _, m := range []*tokens.Kerberos{k.Request, k.Reply} {
		switch {
		case m == nil:
		case m.KDCProxy != nil:
			return "KDC proxy"
		case m.IAKERB != nil:
			return "IAKERB"
		}
	}
	if k.Destination != nil {
		return k.Destination.Proxy
	}
	return ""
}

// KDCName returns how a sentence calls the KDC.
func (k *KDCExchange) KDCName() string {
	via := k.Via()
	switch {
	case k.Destination != nil && k.Destination.Host != "":
		return fmt.Sprintf("the KDC %s behind %v (%s)", k.Destination.Host, k.KDC.Addr(), via)
	case via != "":
		return fmt.Sprintf("the KDC behind %v (%s)", k.KDC.Addr(), via)
	}
	return fmt.Sprintf("the KDC %v", k.KDC.Addr())
}

// Kpasswd reports whether a password is changed (RFC 3244).
func (k *KDCExchange) Kpasswd() bool {
	return k.Request != nil && k.Request.Kpasswd != nil || k.Reply != nil && k.Reply.Kpasswd != nil
}

// Pos returns where the exchange is best looked at: its answer, or its request.
func (k *KDCExchange) Pos() httpstream.Pos {
	if k.Reply != nil {
		return k.ReplyPos
	}
	return k.RequestPos
}

// TGS reports whether a service ticket was asked for; otherwise it is about a TGT.
func (k *KDCExchange) TGS() bool {
	if k.Request != nil {
		return k.Request.MsgType == tokens.MsgTGSReq
	}
	return k.Reply != nil && k.Reply.MsgType == tokens.MsgTGSRep
}

// ForAnotherUser reports whether a service asked for a ticket in the name of a user
// (S4U2Self, S4U2Proxy; MS-SFU 3.1.5).
func (k *KDCExchange) ForAnotherUser() bool {
	r := k.Req()
	return r != nil && (r.ForUser != nil || r.Options&tokens.KDCCNameInAddlTkt != 0 && len(r.Additional) > 0)
}

// Issued reports whether k is where the ticket of ap comes from: the cipher is the same.
// It is safe on a nil ap.
func (k *KDCExchange) Issued(ap *tokens.APReq) bool {
	r := k.Rep()
	return r != nil && ap != nil && r.Ticket.EncPart.Len > 0 && r.Ticket.EncPart.Sum == ap.Ticket.EncPart.Sum
}

// parties names the two ends, whom the client asked for, and who it said it is; of a
// service of the web its host as well. What the messages do not show is empty.
func (k *KDCExchange) parties() (client, server, host, user, spn string) {
	if k.Client.IsValid() {
		client = k.Client.String()
	}
	if k.KDC.IsValid() {
		server = k.KDC.String()
	}
	if r := k.Req(); r != nil {
		user = r.Client.String()
	}
	if r := k.Rep(); r != nil && user == "" {
		user = r.Client.String()
	}
	if s := k.Service(); s != nil {
		spn = s.String()
		if s.HTTP() {
			host = s.Host()
		}
	}
	return client, server, host, user, spn
}

// TicketRefusal returns why a KDC refused the ticket for the host of h, where the client asked for it
// meanwhile; KDCErrNone if it got one, or did not ask.
func (h *Handshake) TicketRefusal() (refused tokens.ErrorCode) {
	for _, k := range h.KDC {
		s, e := k.Service(), k.Err()
		switch {
		case s == nil || !s.HTTP() || !k.TGS():
		case k.Rep() != nil:
			refused = tokens.KDCErrNone
		case e != nil && !e.Code.AsksForMore():
			refused = e.Code
		}
	}
	return refused
}
