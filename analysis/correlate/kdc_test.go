package correlate_test

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

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

// TestReplyCapturedFirst holds when a reply over UDP belongs to a request that is captured behind it.
func TestReplyCapturedFirst(t *testing.T) {
	client, kdc := netip.MustParseAddrPort("192.0.2.7:50001"), netip.MustParseAddrPort("192.0.2.88:88")
	web := tokens.Principal{Name: []string{"HTTP", "a.test"}}
	request := &tokens.Kerberos{MsgType: tokens.MsgTGSReq, KDCReq: &tokens.KDCReq{Nonce: 1, Server: web}}
	refusal := &tokens.Kerberos{MsgType: tokens.MsgKRBError, Error: &tokens.KRBError{Code: 7, Server: web}}
	refersTo := &tokens.Kerberos{MsgType: tokens.MsgTGSRep, KDCRep: &tokens.KDCRep{}}
	for _, tt := range []struct {
		name     string
		messages []*tokens.Kerberos
		apart    time.Duration
		stream   int
		want     []string
	}{
		{"a refusal", []*tokens.Kerberos{refusal, request}, time.Millisecond, -1, []string{"2 > 1"}},
		{"a refusal, by the clock behind", []*tokens.Kerberos{refusal, request}, -time.Millisecond, -1, []string{"2 > 1"}},
		{"a ticket for another service: a referral", []*tokens.Kerberos{refersTo, request}, time.Millisecond, -1, []string{"2 > 1"}},
		{"the request again", []*tokens.Kerberos{refusal, request, request}, time.Millisecond, -1, []string{"2 > 1"}},
		{"each twice", []*tokens.Kerberos{refusal, refusal, request, request, refusal}, time.Millisecond, -1, []string{"3 > 1"}},
		{"each twice, in order", []*tokens.Kerberos{request, refusal, request, refusal}, time.Millisecond, -1, []string{"1 > 2"}},
		{"its own reply comes behind", []*tokens.Kerberos{refusal, request, refersTo}, time.Millisecond, -1, []string{"2 > 3", "1 > 1"}},
		{"too early", []*tokens.Kerberos{refusal, request}, time.Second, -1, []string{"1 > 1", "2 > 0"}},
		{"a refusal of another service", []*tokens.Kerberos{{MsgType: tokens.MsgKRBError, Error: &tokens.KRBError{Code: 7}}, request}, time.Millisecond, -1, []string{"1 > 1", "2 > 0"}},
		{"a reply of another kind", []*tokens.Kerberos{{MsgType: tokens.MsgASRep, KDCRep: &tokens.KDCRep{}}, request}, time.Millisecond, -1, []string{"1 > 1", "2 > 0"}},
		{"over TCP, which has an order", []*tokens.Kerberos{refusal, request}, time.Millisecond, 3, []string{"1 > 1", "2 > 0"}},
	} {
		var got []string
		look := &analysis.Check{Name: "kdc", Run: func(p *analysis.Pass) {
			for _, k := range p.KDC {
				got = append(got, fmt.Sprintf("%d > %d", k.RequestPos.Frame, k.ReplyPos.Frame))
			}
		}}
		trace := correlate.NewTrace(correlate.Options{Checks: []*analysis.Check{look}})
		at := httpstream.Pos{Stream: tt.stream, Time: httpstream.TimeOf(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))}
		for _, m := range tt.messages {
			at.Frame, at.Time = at.Frame+1, at.Time.Add(tt.apart)
			src, dst := client, kdc
			if m != request {
				src, dst = kdc, client
			}
			trace.Kerberos(at, src, dst, nil, m)
		}
		trace.Report(&httpstream.Counters{})
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestTicketOfAnotherAccount holds that the ticket of one account is no part of the NTLM logon of another one on the same
// machine, and that of the same account is.
func TestTicketOfAnotherAccount(t *testing.T) {
	t.Parallel()
	for user, want := range map[string]string{"svc": "", "ALICE": "HTTP/web.contoso.com@CONTOSO.COM"} {
		r := grouped(t, `kdc > tgs-req HTTP/web.contoso.com@CONTOSO.COM
kdc < tgs-rep HTTP/web.contoso.com@CONTOSO.COM cname=alice@CONTOSO.COM
conn 1 10.0.0.10:50000 > 10.0.0.20:80
`+ntlm("ntlm1")+challenge+ntlm("ntlm3 user="+user)+ok)
		if len(r.Handshakes) != 1 || r.Handshakes[0].SPN != want {
			t.Errorf("%s: %v, want the SPN %q", user, r.Handshakes, want)
		}
	}
}
