package message

import (
	"negotrace/capture/redact/standin"
	"negotrace/capture/redact/tls"
)

// Types of DNS records (IANA, Domain Name System Parameters).
const (
	typeA      = 1
	typeNS     = 2
	typeCNAME  = 5
	typeSOA    = 6
	typePTR    = 12
	typeMX     = 15
	typeTXT    = 16
	typeAAAA   = 28
	typeNB     = 32 // addresses, in NetBIOS (RFC 1002)
	typeNBSTAT = 33 // SRV, outside of NetBIOS
	typeSRV    = 33
	typeOPT    = 41
	typeSVCB   = 64
	typeHTTPS  = 65
)

// A dnsMessage is one that is being rewritten.
type dnsMessage struct {
	*standin.Values
	b         []byte
	netBIOS   bool
	rewritten map[int]bool // labels, by where they begin: names share their ends
	isCut     bool         // in a name, or behind one
}

// dns rewrites a message of DNS (RFC 1035 section 4.1), or of a protocol of that form, in
// its place: names label by label, so that references into names stay.
func dns(v *standin.Values, b []byte, netBIOS bool) {
	v.Counts.DNS++
	m := &dnsMessage{Values: v, b: b, netBIOS: netBIOS, rewritten: map[int]bool{}}
	at := m.message()
	if m.isCut && !m.isCountable() {
		at = min(dnsHeaderLen, len(b))
	}
	if at <= dnsHeaderLen && !isEmptyDNS(b) {
		m.maskHeader()
	}
	if at < len(b) {
		v.Unknown("parts of DNS messages", len(b)-at)
		clear(b[at:])
		const longest = 0x3f // label
		for ; m.isCut && at < len(b); at += 1 + longest {
			b[at] = longest
		}
	}
}

// message rewrites the message and returns how far it could be read.
func (m *dnsMessage) message() int {
	if len(m.b) < dnsHeaderLen {
		return 0
	}
	at := dnsHeaderLen
	for range be.Uint16(m.b[4:]) {
		end, ok := m.name(at)
		if !ok || end+4 > len(m.b) {
			m.isCut = true
			return at
		}
		at = end + 4
	}
	for range m.records() {
		end, ok := m.name(at)
		if !ok || end+10 > len(m.b) {
			m.isCut = true
			return at
		}
		kind, data := be.Uint16(m.b[end:]), end+10
		end = data + int(be.Uint16(m.b[end+8:]))
		if m.isCut = end > len(m.b); m.isCut {
			return data
		}
		m.rdata(kind, data, end)
		at = end
	}
	return at
}

// rdata rewrites the RDATA of a record.
func (m *dnsMessage) rdata(kind uint16, at, end int) {
	b := m.b[at:end]
	rest := at // of what is not known
	switch {
	case m.netBIOS && kind == typeNB:
		for ; len(b) >= 6; b = b[6:] {
			m.Address(b[2:6])
		}
		rest = end - len(b)
	case m.netBIOS && kind == typeNBSTAT:
		rest = m.nodeStatus(at, end)
	case kind == typeA && len(b) == 4, kind == typeAAAA && len(b) == 16:
		m.Address(b)
		return
	case kind == typeNS, kind == typeCNAME, kind == typePTR:
		rest, _ = m.name(at)
	case kind == typeMX && len(b) > 2:
		rest, _ = m.name(at + 2)
	case kind == typeSRV && len(b) > 6:
		rest, _ = m.name(at + 6)
	case kind == typeSOA:
		if next, ok := m.name(at); ok {
			if next, ok = m.name(next); ok && next+20 <= end {
				const serial = 4 // by which a public zone could be found
				copy(m.b[next:next+serial], m.Names.Opaque(m.b[next:next+serial]))
				rest = next + 20
			}
		}
	case kind == typeTXT:
		rest = m.characterStrings(at, end)
	case kind == typeSVCB && len(b) > 2, kind == typeHTTPS && len(b) > 2:
		rest = m.svcParams(at, end)
	case kind == typeOPT:
		rest = m.options(at, end)
	}
	if rest < end {
		clear(m.b[rest:end])
		m.Unknown("records of DNS", end-rest)
	}
}

// options clears the values of options, and keeps what they are (RFC 6891 section 6.1.2). Of the network
// of a client stays how long its prefix is (RFC 7871 section 6).
func (m *dnsMessage) options(at, end int) int {
	const head, clientSubnet, prefix = 4, 8, 4
	for at+head <= end {
		n := int(be.Uint16(m.b[at+2:]))
		if at+head+n > end {
			break
		}
		value := m.b[at+head : at+head+n]
		if be.Uint16(m.b[at:]) == clientSubnet {
			value = value[min(prefix, n):]
		}
		clear(value)
		at += head + n
	}
	return at
}

// characterStrings rewrites character strings.
func (m *dnsMessage) characterStrings(at, end int) int {
	for at < end && at+1+int(m.b[at]) <= end {
		n := int(m.b[at])
		for i := at + 1; i <= at+n; i++ {
			m.b[i] = 'x'
		}
		at += 1 + n
	}
	return at
}

// svcParams rewrites the RDATA of an SVCB or HTTPS record (RFC 9460 section 2.2).
func (m *dnsMessage) svcParams(at, end int) int {
	at, ok := m.name(at + 2)
	const alpn, noDefault, port, hint4, hint6 = 1, 2, 3, 4, 6
	for ok && at+4 <= end {
		key, n := be.Uint16(m.b[at:]), int(be.Uint16(m.b[at+2:]))
		if at+4+n > end {
			break
		}
		size := map[uint16]int{hint4: 4, hint6: 16}[key]
		switch value := m.b[at+4 : at+4+n]; {
		case size > 0:
			for ; len(value) >= size; value = value[size:] {
				m.Address(value[:size])
			}
		case key == alpn:
			tls.Protocols(m.Values, value)
		case key != noDefault && key != port:
			clear(value)
		}
		at += 4 + n
	}
	return at
}

// nodeStatus rewrites a node status response (RFC 1002 section 4.2.18).
func (m *dnsMessage) nodeStatus(at, end int) int {
	if at >= end {
		return at
	}
	n := int(m.b[at])
	at++
	for ; n > 0 && at+18 <= end; n-- {
		m.netBIOSName(m.b[at : at+15])
		at += 18
	}
	if n == 0 && at+6 <= end {
		m.MACAddresses(m.b[at:], 0)
		at += 6
	}
	return at
}
