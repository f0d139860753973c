package capture

import (
	"net/netip"
	"slices"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"negotrace/httpstream"
)

// dnsAnswer packs an answer with records of each type, and a name server and its address beside it.
func dnsAnswer(t *testing.T, types ...dnsmessage.Type) []byte {
	t.Helper()
	name := dnsmessage.MustNewName("web.contoso.com.")
	m := dnsmessage.Message{
		Header:      dnsmessage.Header{ID: 7, Response: true},
		Questions:   []dnsmessage.Question{{Name: name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}},
		Authorities: []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: name}, Body: &dnsmessage.NSResource{NS: name}}},
		Additionals: []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: name}, Body: &dnsmessage.AResource{}}},
	}
	bodies := map[dnsmessage.Type]dnsmessage.ResourceBody{
		dnsmessage.TypeA: &dnsmessage.AResource{A: [4]byte{10, 0, 0, 20}}, dnsmessage.TypeCNAME: &dnsmessage.CNAMEResource{CNAME: name},
		dnsmessage.TypeTXT: &dnsmessage.TXTResource{TXT: []string{"x"}}, dnsmessage.TypeHINFO: &dnsmessage.UnknownResource{Type: dnsmessage.TypeHINFO},
	}
	for _, typ := range types {
		m.Answers = append(m.Answers, dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: name, Class: dnsmessage.ClassINET}, Body: bodies[typ]})
	}
	b, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestDNSMessage has records that are not read, too many of them, and what is cut.
func TestDNSMessage(t *testing.T) {
	t.Parallel()
	short := dnsAnswer(t, dnsmessage.TypeTXT, dnsmessage.TypeA, dnsmessage.TypeHINFO)
	for _, test := range []struct {
		name                        string
		message                     []byte
		answers, dropped, malformed int
	}{
		{"records of other types", short, 1, 0, 0},
		{"cut behind the answers", short[:len(short)-5], 1, 0, 0},
		{"cut in the answers", short[:60], 0, 0, 1},
		{"cut in the question", short[:14], 0, 0, 1},
		{"too many", dnsAnswer(t, slices.Repeat([]dnsmessage.Type{dnsmessage.TypeCNAME}, 4000)...), maxDNSRecords, 4000 - maxDNSRecords, 0},
		{"enough, and some that are not read", dnsAnswer(t, append(slices.Repeat([]dnsmessage.Type{dnsmessage.TypeA}, maxDNSRecords), dnsmessage.TypeTXT, dnsmessage.TypeHINFO)...), maxDNSRecords, 0, 0},
		{"many that are not read", dnsAnswer(t, slices.Repeat([]dnsmessage.Type{dnsmessage.TypeTXT}, 4000)...), 0, 0, 0},
	} {
		answers := 0
		d := &dispatcher{sink: Sink{DNS: func(_ httpstream.Pos, _, _ netip.AddrPort, m *dnsmessage.Message) { answers = len(m.Answers) }}}
		d.dns(httpstream.Pos{}, netip.AddrPort{}, netip.AddrPort{}, test.message)
		dropped, malformed := d.counters.Dropped["records in answers of name servers"], d.counters.Undecoded["malformed DNS"]
		if answers != test.answers || dropped != test.dropped || malformed != test.malformed {
			t.Errorf("%s: %d answers, %d dropped, %d malformed; want %d, %d, %d", test.name, answers, dropped, malformed, test.answers, test.dropped, test.malformed)
		}
	}
}
