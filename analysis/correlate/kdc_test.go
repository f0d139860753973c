package correlate_test

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"negotrace/analysis"
	"negotrace/analysis/correlate"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// TestPipelinedKerberos holds which request a reply answers where several wait for one.
func TestPipelinedKerberos(t *testing.T) {
	client, kdc := netip.MustParseAddrPort("192.0.2.7:50001"), netip.MustParseAddrPort("192.0.2.88:88")
	proxy := netip.MustParseAddrPort("192.0.2.88:443")
	for _, tt := range []struct {
		name   string
		stream int
		kdc    netip.AddrPort
		to     *httpstream.Destination
		want   []string
	}{
		{"over TCP in the order of the requests", 3, kdc, nil, []string{"1: 30", "2: 11"}},
		{"over UDP the last request", -1, kdc, nil, []string{"1: none", "2: 30", "0: 11"}},
		{"behind a proxy the last request", 3, proxy, nil, []string{"1: none", "2: 30", "0: 11"}},
		{"by SOCKS in the order of the requests", 3, proxy, &httpstream.Destination{Proxy: "SOCKS proxy", Host: "dc1.test", Port: 88}, []string{"1: 30 of the KDC dc1.test behind 192.0.2.88 (SOCKS proxy)", "2: 11 of the KDC dc1.test behind 192.0.2.88 (SOCKS proxy)"}},
	} {
		var got []string
		look := &analysis.Check{Name: "kdc", Run: func(p *analysis.Pass) {
			for _, k := range p.KDC {
				nonce, reply := 0, "none"
				if k.Request != nil {
					nonce = k.Request.KDCReq.Nonce
				}
				if k.Reply != nil {
					reply = fmt.Sprint(int(k.Reply.MsgType))
				}
				if k.Destination != nil {
					reply += " of " + k.KDCName()
				}
				got = append(got, fmt.Sprintf("%d: %s", nonce, reply))
			}
		}}
		trace := correlate.NewTrace(correlate.Options{Checks: []*analysis.Check{look}})
		at := httpstream.Pos{Stream: tt.stream}
		ask := func(nonce int) {
			at.Frame++
			trace.Kerberos(at, client, tt.kdc, tt.to, &tokens.Kerberos{MsgType: tokens.MsgASReq, KDCReq: &tokens.KDCReq{Nonce: nonce}})
		}
		answer := func(kind tokens.MsgType) {
			at.Frame++
			trace.Kerberos(at, tt.kdc, client, tt.to, &tokens.Kerberos{MsgType: kind})
		}
		ask(1)
		ask(2)
		ask(2) // again
		answer(tokens.MsgKRBError)
		answer(tokens.MsgASRep)
		trace.Report(&httpstream.Counters{})
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestPipelinedKerberosLost loses the first of two replies: the other one names its service.
func TestPipelinedKerberosLost(t *testing.T) {
	client, kdc := netip.MustParseAddrPort("192.0.2.7:50001"), netip.MustParseAddrPort("192.0.2.88:88")
	var got []string
	look := &analysis.Check{Name: "kdc", Run: func(p *analysis.Pass) {
		for _, k := range p.KDC {
			got = append(got, fmt.Sprintf("%s: %t", k.Service(), k.Reply != nil))
		}
	}}
	trace := correlate.NewTrace(correlate.Options{Checks: []*analysis.Check{look}})
	at := httpstream.Pos{Frame: 1}
	for i, name := range []string{"krbtgt", "HTTP"} {
		at.Frame++
		server := tokens.Principal{Name: []string{name, "a.test"}}
		trace.Kerberos(at, client, kdc, nil, &tokens.Kerberos{MsgType: tokens.MsgTGSReq, KDCReq: &tokens.KDCReq{Nonce: i + 1, Server: server}})
	}
	at.Frame++
	trace.Kerberos(at, kdc, client, nil, &tokens.Kerberos{MsgType: tokens.MsgKRBError, Error: &tokens.KRBError{Code: 7, Server: tokens.Principal{Name: []string{"http", "A.test"}}}})
	trace.Report(&httpstream.Counters{})
	if want := []string{"krbtgt/a.test: false", "HTTP/a.test: true"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
