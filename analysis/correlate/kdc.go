package correlate

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// A kdcPair is a client and the KDC that it asks.
type kdcPair struct{ client, kdc netip.AddrPort }

// kerberos takes a message to or from a KDC, and returns the exchange that it belongs to,
// and whether it begins it. It returns nil for a message that is of no exchange, or sent again.
func (b *buffer) kerberos(m *kdcMessage) (k *analysis.KDCExchange, begins bool) {
	switch {
	case isRequest(m.message):
		k, begins = b.kdcRequest(m, kdcPair{m.src, m.dst})
	case isReply(m.message):
		k, begins = b.kdcReply(m, kdcPair{m.dst, m.src})
	}
	if begins {
		protocol := uint8(httpstream.ProtocolTCP)
		if m.at.Stream < 0 {
			protocol = httpstream.ProtocolUDP
		}
		k.CommunityID = httpstream.CommunityID(protocol, m.src, m.dst)
		b.kdc = append(b.kdc, k)
	}
	return k, begins
}

// kdcRequest is kerberos for a request. Over UDP its reply may have been captured before it.
func (b *buffer) kdcRequest(m *kdcMessage, pair kdcPair) (k *analysis.KDCExchange, begins bool) {
	waiting := b.pending[pair]
	for _, k := range waiting {
		if sameRequest(k.Request, m.message) {
			k.Retries++
			return nil, false
		}
	}
	switch k := b.replied[pair]; {
	case k == nil:
	case sameRequest(k.Request, m.message):
		k.Retries++
		return nil, false
	case isEarly(k, m):
		k.Request, k.RequestPos = m.message, m.at
		return k, false
	}
	if !repliesInOrder(m) || len(waiting) == maxPipelined {
		waiting = nil
	}
	k = &analysis.KDCExchange{Client: m.src, KDC: m.dst, Destination: m.to, Request: m.message, RequestPos: m.at}
	b.pending[pair] = append(waiting, k)
	return k, true
}

// kdcReply is kerberos for a reply. It belongs to the last request between the same addresses and
// ports; over TCP to the first that waits for one, as replies come in the order of the requests
// there.
func (b *buffer) kdcReply(m *kdcMessage, pair kdcPair) (k *analysis.KDCExchange, begins bool) {
	if i := whichAnswered(b.pending[pair], m.message); i >= 0 {
		k := b.pending[pair][i]
		k.Reply, k.ReplyPos = m.message, m.at
		b.pending[pair] = b.pending[pair][i+1:]
		b.noteReply(pair, k)
		return k, false
	}
	switch k := b.replied[pair]; {
	case k == nil:
	case isRepeated(k, m.message):
		return nil, false
	case k.Request != nil && k.ReplyPos.Compare(k.RequestPos) < 0 && mayReply(k.Request, m.message): // and what came early is not for it
		early := *k
		early.Request, early.RequestPos = nil, k.ReplyPos
		b.kdc = append(b.kdc, &early)
		k.Reply, k.ReplyPos = m.message, m.at
		return k, false
	}
	k = &analysis.KDCExchange{Client: m.dst, KDC: m.src, Destination: m.to, Reply: m.message, ReplyPos: m.at, RequestPos: m.at}
	b.noteReply(pair, k)
	return k, true
}

// repliesInOrder reports whether replies come in the order of the requests: on a TCP connection
// to a Kerberos port, of the KDC or behind a proxy.
func repliesInOrder(m *kdcMessage) bool {
	return m.at.Stream >= 0 && (m.to != nil || httpstream.IsKerberos(m.dst.Port()))
}

// noteReply notes the last reply over UDP: it may come again, or before its request.
func (b *buffer) noteReply(pair kdcPair, k *analysis.KDCExchange) {
	if k.ReplyPos.Stream < 0 {
		b.replied[pair] = k
	}
}

// isRepeated reports whether a reply was sent again, or is for a request that was.
func isRepeated(k *analysis.KDCExchange, reply *tokens.Kerberos) bool {
	switch first := k.Reply; {
	case first.MsgType != reply.MsgType:
		return false
	case first.Error != nil && reply.Error != nil:
		return first.Error.Code == reply.Error.Code && (k.Retries > 0 || first.Error.STime.Equal(reply.Error.STime))
	case first.KDCRep != nil && reply.KDCRep != nil:
		return k.Retries > 0 || first.KDCRep.EncPart.Sum == reply.KDCRep.EncPart.Sum
	}
	return k.Retries > 0
}

// maxEarly is how long before its request a reply over UDP may be captured: two interfaces are
// written in blocks.
const maxEarly = time.Second

// isEarly reports whether a request may be the one that the reply of k answers, which was captured
// before. Clients take a new port for each request, and an error names the service.
func isEarly(k *analysis.KDCExchange, m *kdcMessage) bool {
	return k.Request == nil && m.at.Time.Sub(k.ReplyPos.Time).Abs() < maxEarly && mayReply(m.message, k.Reply) &&
		(k.Reply.Error == nil || asksFor(m.message, k.Reply))
}

// isRequest and isReply report whether a message is one to or from a KDC, or the service
// that changes passwords.
func isRequest(m *tokens.Kerberos) bool {
	return m.MsgType == tokens.MsgASReq || m.MsgType == tokens.MsgTGSReq || m.Kpasswd != nil && m.MsgType == tokens.MsgAPReq
}

func isReply(m *tokens.Kerberos) bool {
	switch m.MsgType {
	case tokens.MsgASRep, tokens.MsgTGSRep, tokens.MsgKRBError:
		return true
	}
	return m.Kpasswd != nil && m.MsgType == tokens.MsgAPRep
}

// iakerb takes the messages to and from a KDC that the tokens of a leg carry.
func (e *engine) iakerb(l *leg) {
	client, server := l.Conn.Client, l.Conn.Server
	if k := l.Sent.Kerberos(); k != nil && k.IAKERB != nil && isRequest(k) {
		e.kerberos(&kdcMessage{at: l.RequestPos(), src: client, dst: server, message: k})
	}
	for i := range l.Got {
		if k := l.Got[i].Kerberos(); k != nil && k.IAKERB != nil && isReply(k) && k.AcceptorError() == nil {
			e.kerberos(&kdcMessage{at: l.ResponsePos(), src: server, dst: client, message: k})
		}
	}
}

// mayReply reports whether a reply is of the kind that the request asks for, or an error.
func mayReply(request, reply *tokens.Kerberos) bool {
	return reply.MsgType == tokens.MsgKRBError || reply.MsgType == request.MsgType+1
}

// whichAnswered returns which of several requests a reply is for: the first that asks for the service that
// it names, for replies before it may be lost, else the first; -1 if it is for none.
func whichAnswered(waiting []*analysis.KDCExchange, reply *tokens.Kerberos) int {
	first := -1
	for i, k := range waiting {
		if !mayReply(k.Request, reply) {
			continue
		}
		if first < 0 {
			first = i
		}
		if asksFor(k.Request, reply) {
			return i
		}
	}
	return first
}

// asksFor reports whether a request asks for the service that a reply names.
func asksFor(request, reply *tokens.Kerberos) bool {
	r := request.KDCReq
	return r != nil && len(r.Server.Name) > 0 && slices.EqualFunc(r.Server.Name, repliedService(reply), strings.EqualFold)
}

// repliedService returns the parts of the name of the service that a reply is about.
func repliedService(reply *tokens.Kerberos) []string {
	switch {
	case reply.Error != nil:
		return reply.Error.Server.Name
	case reply.KDCRep != nil:
		return reply.KDCRep.Ticket.Service.Name
	}
	return nil
}

// sameRequest reports whether a request was sent again: of one that the capture cuts short it does not
// show.
func sameRequest(a, b *tokens.Kerberos) bool {
	if a != nil && a.APReq != nil && b.APReq != nil {
		return a.APReq.Authenticator.Sum == b.APReq.Authenticator.Sum
	}
	return a != nil && a.MsgType == b.MsgType && a.KDCReq != nil && b.KDCReq != nil &&
		a.KDCReq.Nonce != 0 && a.KDCReq.Nonce == b.KDCReq.Nonce && a.KDCReq.Server.String() == b.KDCReq.Server.String() &&
		slices.Equal(a.KDCReq.PAData, b.KDCReq.PAData)
}
