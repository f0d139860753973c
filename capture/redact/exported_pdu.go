package redact

import "strings"

// Tags of an exported PDU (Wireshark's epan/exported_pdu.h documents them as its format).
const (
	pduEndOfOptions           = 0
	pduDissectorName          = 12
	pduHeuristicDissectorName = 13
	pduDissectorTableName     = 14
	pduIPv4Src                = 20
	pduIPv6Dst                = 23
	pduPortType               = 24
	pduDstPort                = 26
	pduOriginalFrame          = 30
)

// exportedPDU rewrites the tags in front of what Wireshark exported, and returns their length.
// Addresses become pseudonyms, names of usual dissectors stay, and all else becomes zeros.
func (r *Redactor) exportedPDU(b []byte) int {
	at := 0
	for at+4 <= len(b) {
		tag, size := be.Uint16(b[at:]), int(be.Uint16(b[at+2:]))
		if at += 4; tag == pduEndOfOptions {
			return at
		}
		if size > len(b)-at {
			break
		}
		switch value := b[at : at+size]; {
		case tag >= pduIPv4Src && tag <= pduIPv6Dst && (size == 4 || size == 16):
			r.Address(value)
		case tag >= pduPortType && tag <= pduDstPort && size == 4, tag == pduOriginalFrame && size == 4:
		case tag >= pduDissectorName && tag <= pduDissectorTableName && isDissector(string(value)):
		default:
			clear(value)
		}
		at += size
	}
	clear(b[at:])
	return len(b)
}

// isDissector reports whether a text is the name of a usual dissector, or of its table.
func isDissector(text string) bool {
	const all = " http http2 http3 tls ssl kerberos dns ldap smb smb2 dcerpc ntlmssp spnego gss-api tcp udp ip ipv6 eth_withoutfcs eth_withfcs " +
		"eth_maybefcs http.proto tcp.port udp.port tls.port quic websocket data "
	return strings.Contains(all, " "+strings.TrimRight(text, "\x00")+" ")
}
