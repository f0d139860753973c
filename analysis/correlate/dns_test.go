package correlate

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// dnsAnswer makes an answer about web.test of lines "owner CNAME name" and "owner A address".
func dnsAnswer(lines ...string) *dnsmessage.Message {
	m := &dnsmessage.Message{Header: dnsmessage.Header{Response: true},
		Questions: []dnsmessage.Question{{Name: dnsmessage.MustNewName("Web.test."), Type: dnsmessage.TypeA}}}
	for _, line := range lines {
		f := strings.Fields(line)
		var body dnsmessage.ResourceBody
		if f[1] == "CNAME" {
			body = &dnsmessage.CNAMEResource{CNAME: dnsmessage.MustNewName(f[2] + ".")}
		} else {
			body = &dnsmessage.AResource{A: netip.MustParseAddr(f[2]).As4()}
		}
		m.Answers = append(m.Answers, dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: dnsmessage.MustNewName(f[0] + ".")}, Body: body})
	}
	return m
}

// TestLookupOf has records in any order, of other names, and aliases without end.
func TestLookupOf(t *testing.T) {
	t.Parallel()
	var long, many []string
	for i := range 300 {
		long = append(long, fmt.Sprintf("%s CNAME n%d.test", strings.Replace(fmt.Sprintf("n%d.test", i-1), "n-1", "web", 1), i))
		many = append(many, fmt.Sprintf("web.test A 10.0.%d.%d", i/256, i%256))
	}
	for _, test := range []struct {
		name         string
		answers      []string
		cnames, last string
		addrs        int
	}{
		{"in order", []string{"web.test CNAME a.test", "a.test CNAME b.test", "b.test A 10.0.0.1"}, "a.test b.test", "10.0.0.1", 1},
		{"the other way round", []string{"b.test A 10.0.0.1", "a.test CNAME B.test", "WEB.test CNAME A.test"}, "a.test b.test", "10.0.0.1", 1},
		{"of another name", []string{"other.test CNAME a.test", "a.test A 10.0.0.1"}, "", "", 0},
		{"beside one of another name", []string{"web.test A 10.0.0.1", "other.test A 10.0.0.2"}, "", "10.0.0.1", 1},
		{"one twice", []string{"web.test A 10.0.0.1", "web.test A 10.0.0.1"}, "", "10.0.0.1", 1},
		{"in a circle", []string{"web.test CNAME a.test", "a.test CNAME web.test"}, "a.test web.test", "", 0},
		{"in a circle behind", []string{"web.test CNAME a.test", "a.test CNAME a.test"}, strings.TrimSpace(strings.Repeat("a.test ", maxAliases)), "", 0},
		{"too many aliases", long, "n0.test n1.test n2.test n3.test n4.test n5.test n6.test n7.test n8.test n9.test n10.test n11.test n12.test n13.test n14.test n15.test", "", 0},
		{"too many addresses", many, "", "10.0.0.63", maxAnswered},
	} {
		l := lookupOf(httpstream.Pos{}, netip.AddrPort{}, dnsAnswer(test.answers...))
		last := ""
		if len(l.Addrs) > 0 {
			last = l.Addrs[len(l.Addrs)-1].String()
		}
		if got := strings.Join(l.CNAMEs, " "); got != test.cnames || last != test.last || len(l.Addrs) != test.addrs {
			t.Errorf("%s: aliases %q, %d addresses to %s; want %q, %d to %s", test.name, got, len(l.Addrs), last, test.cnames, test.addrs, test.last)
		}
	}
}

// TestLookupBytes holds that large answers are kept up to a limit, and that what is over it is counted.
func TestLookupBytes(t *testing.T) {
	t.Parallel()
	var counters httpstream.Counters
	e := &engine{}
	e.knowledge.counters = &counters
	l := analysis.Lookup{Type: "A"}
	for i := range maxAliases {
		l.CNAMEs = append(l.CNAMEs, fmt.Sprintf("%d.%s.test", i, strings.Repeat("x", 200)))
	}
	for i := range maxAnswered {
		l.Addrs = append(l.Addrs, netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}))
	}
	const n = 2000
	for i := range n {
		l.Name = fmt.Sprintf("web%d.test", i)
		e.lookup(&l)
	}
	kept, size := len(e.knowledge.dns.Lookups), sizeOfLookup(&l)
	if kept*size > maxLookupBytes || (kept+1)*size < maxLookupBytes-size || counters.Dropped["answers of name servers"] != n-kept {
		t.Errorf("%d answers of %d bytes are kept, %d counted as dropped", kept, size, counters.Dropped["answers of name servers"])
	}
}
