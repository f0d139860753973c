package capture

import (
	"net/netip"

	"golang.org/x/net/dns/dnsmessage"

	"negotrace/httpstream"
)

// dns passes on a DNS message (RFC 1035).
func (d *dispatcher) dns(at httpstream.Pos, src, dst netip.AddrPort, b []byte) {
	if d.sink.DNS == nil {
		return
	}
	m, dropped, err := parseDNS(b)
	d.counters.Drop("records in answers of name servers", dropped, at)
	if err != nil {
		d.undecodable("DNS", at)
		return
	}
	d.sink.DNS(at, src, dst, m)
}

// parseDNS reads the questions of a message, and of its answers those that name a host or an address, up to
// maxDNSRecords of each: a name of some bytes on the wire takes more than 255 in memory. It returns how many are over
// that. What name servers add beside the answer is not read.
func parseDNS(b []byte) (m *dnsmessage.Message, dropped int, err error) {
	var p dnsmessage.Parser
	m = &dnsmessage.Message{}
	if m.Header, err = p.Start(b); err != nil {
		return nil, 0, err
	}
	for {
		q, err := p.Question()
		if err == dnsmessage.ErrSectionDone {
			break
		}
		if err != nil {
			return nil, 0, err
		}
		if len(m.Questions) == maxDNSRecords {
			dropped++
			continue
		}
		m.Questions = append(m.Questions, q)
	}
	for {
		h, err := p.AnswerHeader()
		if err == dnsmessage.ErrSectionDone {
			return m, dropped, nil
		}
		switch {
		case err != nil:
		case !namesHost(h.Type):
			err = p.SkipAnswer()
		case len(m.Answers) == maxDNSRecords:
			err = p.SkipAnswer()
			dropped++
		default:
			var r dnsmessage.Resource
			r, err = p.Answer()
			m.Answers = append(m.Answers, r)
		}
		if err != nil {
			return nil, dropped, err
		}
	}
}

func namesHost(t dnsmessage.Type) bool {
	switch t {
	case dnsmessage.TypeA, dnsmessage.TypeAAAA, dnsmessage.TypeCNAME, dnsmessage.TypeSRV, dnsmessage.TypePTR:
		return true
	}
	return false
}
