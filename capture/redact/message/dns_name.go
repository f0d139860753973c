package message

import (
	"net/netip"
	"strconv"
	"strings"
)

// netBIOSName rewrites a name that is padded with blanks.
func (m *dnsMessage) netBIOSName(b []byte) {
	name := strings.TrimRight(string(b), " \x00")
	copy(b, m.Names.Text(name))
}

// name rewrites the name at a place. It returns where the name ends, and whether it is one.
func (m *dnsMessage) name(at int) (end int, ok bool) {
	var labels []int // where they begin
	end = -1
	for total := 0; ; {
		if at >= len(m.b) || len(labels) > 128 {
			return max(end, 0), false
		}
		switch n := int(m.b[at]); {
		case n == 0:
			if end < 0 {
				end = at + 1
			}
			m.labels(labels)
			return end, true
		case n >= 0xc0:
			if at+2 > len(m.b) {
				return max(end, 0), false
			}
			if end < 0 {
				end = at + 2
			}
			to := int(be.Uint16(m.b[at:])) & 0x3fff
			if to >= at { // only backwards: else there could be a loop
				return end, false
			}
			at = to
		case n >= 0x40 || at+1+n > len(m.b):
			return max(end, 0), false
		default:
			if total += n + 1; total > 255 {
				return max(end, 0), false
			}
			labels = append(labels, at)
			at += 1 + n
		}
	}
}

// labels rewrites the labels of a name.
func (m *dnsMessage) labels(at []int) {
	if m.reverseName(at) {
		return
	}
	for i, l := range at {
		if m.rewritten[l] {
			continue
		}
		m.rewritten[l] = true
		b := m.b[l+1 : l+1+int(m.b[l])]
		if m.netBIOS && i == 0 && m.encodedNetBIOSName(b) {
			continue
		}
		copy(b, m.Names.Text(string(b)))
	}
}

// encodedNetBIOSName rewrites a name in the encoding of NetBIOS (RFC 1001 section 14.1), and
// reports whether it is one: a letter from A to P for each half of a byte.
func (m *dnsMessage) encodedNetBIOSName(b []byte) bool {
	if len(b) != 32 || strings.Trim(string(b), "ABCDEFGHIJKLMNOP") != "" {
		return false
	}
	var name [16]byte
	for i := range name {
		name[i] = (b[2*i]-'A')<<4 | (b[2*i+1] - 'A')
	}
	m.netBIOSName(name[:15])
	for i, c := range name {
		b[2*i], b[2*i+1] = 'A'+c>>4, 'A'+c&15
	}
	return true
}

// reverseName rewrites the name under which a whole address is looked up (RFC 1035 section 3.5,
// RFC 3596 section 2.5). It reports whether it is such a name.
func (m *dnsMessage) reverseName(at []int) bool {
	label := func(i int) []byte { return m.b[at[i]+1 : at[i]+1+int(m.b[at[i]])] }
	n := len(at) - 2
	if n < 1 || !strings.EqualFold(string(label(n+1)), "arpa") || m.rewritten[at[0]] {
		return false
	}
	var b []byte
	switch zone := strings.ToLower(string(label(n))); {
	case zone == "in-addr" && n == 4:
		for i := n - 1; i >= 0; i-- {
			octet, err := strconv.ParseUint(string(label(i)), 10, 8)
			if err != nil {
				return false
			}
			b = append(b, byte(octet))
		}
	case zone == "ip6" && n == 32:
		for i := n - 2; i >= 0; i -= 2 {
			octet, err := strconv.ParseUint(string(label(i+1))+string(label(i)), 16, 8)
			if err != nil {
				return false
			}
			b = append(b, byte(octet))
		}
	default:
		return false
	}
	address, _ := netip.AddrFromSlice(b)
	p := m.Names.Addr(address).AsSlice()
	for i := range n {
		m.rewritten[at[i]] = true
		if n == 4 {
			copy(label(i), strconv.Itoa(int(p[n-1-i])))
		} else {
			octet := p[15-i/2]
			copy(label(i), strconv.FormatInt(int64(octet>>(4*(i%2))&15), 16))
		}
	}
	return true
}
