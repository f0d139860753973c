package analysis

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/net/dns/dnsmessage"

	"negotrace/httpstream"
)

func TestPTRAddr(t *testing.T) {
	t.Parallel()
	six := strings.Repeat("0.", 30) + "d.f"
	for _, test := range []struct{ name, want string }{
		{"20.0.0.10.in-addr.arpa", "10.0.0.20"},
		{"1." + six[2:] + ".ip6.arpa", "fd00::1"},
		{"20.0.0.10", ""}, {"0.10.in-addr.arpa", ""}, {"300.0.0.10.in-addr.arpa", ""}, {"in-addr.arpa", ""},
		{six + ".ip6.arpa", "fd00::"}, {"g" + six[1:] + ".ip6.arpa", ""}, {strings.ReplaceAll(six, ".", "x") + ".ip6.arpa", ""},
		{"ip6.arpa", ""}, {".ip6.arpa", ""},
	} {
		a, ok := ptrAddr(test.name)
		if got := map[bool]string{true: a.String()}[ok]; got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestRCode(t *testing.T) {
	t.Parallel()
	var got []string
	for _, r := range []dnsmessage.RCode{0, 1, 2, 3, 4, 5, 23} {
		got = append(got, RCode(r).String())
	}
	if d := cmp.Diff([]string{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "RCODE23"}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestOwnLookups has answers about the site to its client and to another, before the
// handshake and after it.
func TestOwnLookups(t *testing.T) {
	t.Parallel()
	client, other := netip.MustParseAddrPort("10.0.0.10:5353"), netip.MustParseAddrPort("10.0.0.11:5353")
	server := netip.MustParseAddrPort("10.0.0.20:80")
	var dns DNS
	add := func(frame int, of netip.AddrPort, name, kind string, code RCode, addrs ...string) {
		l := Lookup{Pos: httpstream.Pos{Frame: frame}, Client: of, Name: name, Type: kind, RCode: code}
		for _, a := range addrs {
			l.Addrs = append(l.Addrs, netip.MustParseAddr(a))
		}
		dns.Add(l)
	}
	add(1, client, "web.corp.test", "A", 2)
	add(2, other, "web.corp.test", "A", 3)
	add(3, client, "mail.corp.test", "A", 0, "10.0.0.30")
	add(4, client, "web.corp.test", "A", 0, "10.0.0.20", "10.0.0.21")
	add(5, client, "20.0.0.10.in-addr.arpa", "PTR", 3)
	add(9, client, "web.corp.test", "A", 0, "10.0.0.22")
	h := &Handshake{Host: "Web.corp.test", Legs: []*Leg{{
		Conn:     &httpstream.Conn{Client: client, Server: server},
		Exchange: &httpstream.Exchange{Request: &httpstream.Request{Pos: httpstream.Pos{Frame: 7}}, Response: &httpstream.Response{Pos: httpstream.Pos{Frame: 8}}},
	}}}
	var got []int
	for _, l := range dns.AnswersFor(h) {
		got = append(got, l.Pos.Frame)
	}
	if d := cmp.Diff([]int{1, 4, 5}, got); d != "" {
		t.Errorf("frames (-want +got):\n%s", d)
	}
	for frame := 10; frame < 30; frame++ {
		add(frame, client, "web.corp.test", "AAAA", 0)
	}
	h.Legs[0].Response.Pos.Frame = 40
	last := dns.AnswersFor(h)
	if len(last) != maxOwn || last[maxOwn-1].Pos.Frame != 29 || last[0].Pos.Frame != 22 {
		t.Errorf("got %d answers, the first at %d", len(last), last[0].Pos.Frame)
	}
	if d := cmp.Diff([]Lookup(nil), (&DNS{}).AnswersFor(h), cmpopts.IgnoreUnexported(Lookup{})); d != "" {
		t.Errorf("without answers (-want +got):\n%s", d)
	}
}
