package correlate

import (
	"net/netip"
	"testing"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// TestMechanismOfStrippedToken has one leg under Negotiate that was served, of which somebody took the token
// out: only what shows that no other message went before it says that it was a ticket.
func TestMechanismOfStrippedToken(t *testing.T) {
	whole := httpstream.Conn{SYN: true, Client: netip.MustParseAddrPort("192.0.2.1:50000")}
	offer := []string{"Negotiate", "NTLM"}
	for _, tt := range []struct {
		name    string
		conn    httpstream.Conn
		stream  int
		source  int64
		offered []string
		want    analysis.Mechanism
	}{
		{"packets of the whole connection", whole, 0, 0, offer, analysis.Kerberos},
		{"packets without the beginning", httpstream.Conn{Client: whole.Client}, 0, 0, offer, analysis.Other},
		{"a NetLog", httpstream.Conn{SYN: true}, -1, 9, offer, analysis.Kerberos},
		{"a NetLog, and nobody had asked", httpstream.Conn{SYN: true}, -1, 9, nil, analysis.Other},
		{"a HAR of a proxy", httpstream.Conn{SYN: true, Recorder: &httpstream.Recorder{Program: "Fiddler"}}, -1, 0, offer, analysis.Other},
		{"a HAR of a browser", httpstream.Conn{Recorder: &httpstream.Recorder{Program: "Chrome", LastOnly: true}}, -1, 0, offer, analysis.Other},
	} {
		leg := func(sent *tokens.Auth) *analysis.Leg {
			at := httpstream.Pos{Frame: 1, Stream: tt.stream}
			x := &httpstream.Exchange{Conn: &tt.conn, Request: &httpstream.Request{Pos: at}, Source: tt.source}
			return &analysis.Leg{Exchange: x, Conn: &tt.conn, Sent: sent}
		}
		h := &analysis.Handshake{Scheme: "Negotiate", Offered: tt.offered, Complete: true, Legs: []*analysis.Leg{leg(nil), leg(&tokens.Auth{Scheme: "Negotiate", Stripped: true})}}
		h.Legs[1].Verdict = analysis.Accepted
		if got := mechanism(h); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}
