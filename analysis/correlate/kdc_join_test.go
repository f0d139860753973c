package correlate

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// TestJoinKDCMany has a client that asks a KDC for one host again and again, and logs on there as often: what is
// listed must not grow with the product of both.
func TestJoinKDCMany(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	client, server := netip.MustParseAddrPort("10.0.0.10:50000"), netip.MustParseAddrPort("10.0.0.20:80")
	at := func(i int) httpstream.Pos {
		return httpstream.Pos{Frame: i + 1, Time: httpstream.TimeOf(start.Add(time.Duration(i) * time.Millisecond))}
	}
	const n = 200
	var kdc []*analysis.KDCExchange
	var handshakes []*analysis.Handshake
	for i := range n {
		k := &analysis.KDCExchange{Client: client, RequestPos: at(i), ReplyPos: at(i),
			Request: &tokens.Kerberos{MsgType: tokens.MsgTGSReq, KDCReq: &tokens.KDCReq{Server: tokens.Principal{Name: []string{"HTTP", "web.test"}}}},
			Reply:   &tokens.Kerberos{MsgType: tokens.MsgTGSRep, KDCRep: &tokens.KDCRep{}},
		}
		k.Reply.KDCRep.Ticket.EncPart = tokens.Encrypted{Len: 9, Sum: uint64(i)}
		kdc = append(kdc, k)
		ap := &tokens.APReq{}
		ap.Ticket.EncPart.Sum = uint64(n - 1 - i) // of a ticket far away in time
		handshakes = append(handshakes, &analysis.Handshake{Host: "web.test", Start: at(i), Legs: []*analysis.Leg{{
			Conn:     &httpstream.Conn{Client: client, Server: server},
			Exchange: &httpstream.Exchange{Request: &httpstream.Request{Pos: at(i)}},
			Sent:     &tokens.Auth{Token: &tokens.Token{Kerberos: &tokens.Kerberos{APReq: ap}}},
		}}})
	}
	JoinKDC(handshakes, kdc, &analysis.DNS{})
	if h := handshakes[0]; len(h.KDC) != n || h.KDCLeftOut != 0 {
		t.Errorf("the first has %d exchanges, %d are left out; want %d", len(h.KDC), h.KDCLeftOut, n)
	}
	for i, h := range handshakes[1:] {
		_, ap := h.APReq()
		if len(h.KDC) != maxKDC || h.KDCLeftOut != n-maxKDC {
			t.Fatalf("%d: %d exchanges, %d are left out", i+1, len(h.KDC), h.KDCLeftOut)
		}
		if !slices.ContainsFunc(h.KDC, func(k *analysis.KDCExchange) bool { return k.Issued(ap) }) || !slices.Contains(h.KDC, kdc[i+1]) {
			t.Errorf("%d: not what issued its ticket, or not what is nearest", i+1)
		}
		if !slices.IsSortedFunc(h.KDC, func(a, b *analysis.KDCExchange) int { return a.RequestPos.Frame - b.RequestPos.Frame }) {
			t.Errorf("%d: not in order", i+1)
		}
	}
}
