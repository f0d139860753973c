package analysis

import (
	"net/netip"
	"testing"
	"time"

	"negotrace/httpstream"
	"negotrace/tokens"
)

// TestLastInOtherRealm holds which request of a client was the last for another realm than a given one,
// in whatever order the requests are.
func TestLastInOtherRealm(t *testing.T) {
	client := netip.MustParseAddrPort("192.0.2.7:50001")
	for _, tt := range []struct {
		asked string // the realm of each request
		times []int
		want  map[string]int // by realm, the time of the last for another one, 0 for none
	}{
		{"", nil, map[string]int{"A": 0}},
		{"AAA", []int{1, 2, 3}, map[string]int{"A": 0, "a": 0, "B": 3}},
		{"ABA", []int{1, 2, 3}, map[string]int{"A": 2, "B": 3, "C": 3}},
		{"BAA", []int{3, 1, 2}, map[string]int{"A": 3, "B": 2, "C": 3}},
		{"ABCB", []int{1, 2, 3, 4}, map[string]int{"A": 4, "B": 3, "C": 4}},
		{"ABCA", []int{4, 3, 2, 1}, map[string]int{"A": 3, "B": 4, "C": 4}},
		{"ABaB", []int{2, 4, 3, 1}, map[string]int{"A": 4, "B": 3}},
	} {
		p := &Pass{}
		for i, at := range tt.times {
			p.KDC = append(p.KDC, &KDCExchange{
				Client: client, RequestPos: httpstream.Pos{Time: httpstream.TimeOf(time.Unix(int64(at), 0))},
				Request: &tokens.Kerberos{KDCReq: &tokens.KDCReq{Server: tokens.Principal{Realm: tt.asked[i : i+1]}}},
			})
		}
		for realm, want := range tt.want {
			got := int64(0)
			if k := p.lastInOtherRealm(client.Addr(), realm); k != nil {
				got = k.RequestPos.Time.UTC().Unix()
			}
			if got != int64(want) {
				t.Errorf("%s %v, other than %s: %d, want %d", tt.asked, tt.times, realm, got, want)
			}
		}
	}
}
