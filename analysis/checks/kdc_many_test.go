package checks_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"negotrace/analysis"
	"negotrace/analysis/checks"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// TestManyKDCErrors holds that what it costs to check the errors that one client got from a KDC grows with
// their number, and not with its square: twice as many allocate twice as much.
func TestManyKDCErrors(t *testing.T) {
	for _, tt := range []struct {
		name    string
		code    tokens.ErrorCode
		user    func(i int) string
		service func(i int) string
	}{
		{"pre-authentication for many services", tokens.KDCErrPreauthRequired, one("alice"), numbered("web")},
		{"pre-authentication for one service", tokens.KDCErrPreauthRequired, numbered("user"), one("web")},
		{"another realm", tokens.KDCErrWrongRealm, numbered("user"), numbered("web")},
		{"unknown services", tokens.KDCErrSPrincipalUnknown, one("alice"), numbered("web")},
		{"wrong passwords of one user", tokens.KDCErrPreauthFailed, one("alice"), one("web")},
		{"unknown users", tokens.KDCErrCPrincipalUnknown, numbered("user"), one("web")},
		{"encryption types", tokens.KDCErrETypeNoSupp, one("alice"), numbered("web")},
		{"expired tickets", tokens.KRBAPErrTktExpired, numbered("user"), one("web")},
	} {
		cost := func(n int) float64 {
			kdc := kdcErrors(n, tt.code, tt.user, tt.service)
			return testing.AllocsPerRun(1, func() {
				p := &analysis.Pass{KDC: kdc, DNS: &analysis.DNS{}, Counters: &httpstream.Counters{}, End: kdc[n-1].ReplyPos.Time}
				for _, c := range checks.All() {
					p.Run(c)
				}
			})
		}
		if few, many := cost(200), cost(400); many > 2.5*few {
			t.Errorf("%s: %.0f allocations for 200 errors, %.0f for 400", tt.name, few, many)
		}
	}
}

func one(name string) func(int) string { return func(int) string { return name } }

func numbered(name string) func(int) string {
	return func(i int) string { return fmt.Sprintf("%s%d", name, i) }
}

// kdcErrors returns exchanges of one client with a KDC that answers with an error.
func kdcErrors(n int, code tokens.ErrorCode, user, service func(i int) string) []*analysis.KDCExchange {
	client, kdc := netip.MustParseAddr("192.0.2.7"), netip.MustParseAddrPort("192.0.2.88:88")
	var all []*analysis.KDCExchange
	for i := range n {
		server := tokens.Principal{Name: []string{"HTTP", service(i)}, Realm: "A.TEST"}
		k := &analysis.KDCExchange{
			Client: netip.AddrPortFrom(client, uint16(1024+i)), KDC: kdc,
			Request: &tokens.Kerberos{MsgType: tokens.MsgASReq, KDCReq: &tokens.KDCReq{Client: &tokens.Principal{Name: []string{user(i)}, Realm: "A.TEST"}, Server: server}},
			Reply:   &tokens.Kerberos{MsgType: tokens.MsgKRBError, Error: &tokens.KRBError{Code: code, Server: server}},
		}
		k.RequestPos = httpstream.Pos{Frame: 2*i + 1, Stream: -1, Time: httpstream.TimeOf(time.Unix(1_700_000_000, int64(i)*1000))}
		k.ReplyPos = k.RequestPos
		k.ReplyPos.Frame++
		all = append(all, k)
	}
	return all
}
