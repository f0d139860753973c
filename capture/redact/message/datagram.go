package message

import (
	"slices"

	"negotrace/capture/decode"
	"negotrace/capture/redact/standin"
)

// Ports of protocols that have the form of DNS.
const (
	portNetBIOS = 137
	portMDNS    = 5353
	portLLMNR   = 5355
)

// notReadDatagrams names datagrams that are counted and not understood.
const notReadDatagrams = "datagrams of protocols that are not read"

// A datagram is a protocol over UDP that is not read.
type datagram struct {
	ports   []uint16 // none for one that is known by its content alone
	is      func(b []byte) bool
	rewrite func(v *standin.Values, b []byte)
}

var datagrams = []datagram{
	{[]uint16{portDHCPServer, portDHCPClient}, isDHCP, dhcp},
	{[]uint16{portNetBIOSDatagram}, isNetBIOSDatagram, netBIOSDatagram},
	{[]uint16{portSNMP, portSNMPTrap}, isSNMP, snmp},
	{[]uint16{portPTPEvent, portPTP}, isPTP, ptp},
	{[]uint16{portLDAP}, isLDAP, ldap},
	{[]uint16{portIKE}, isIKE, ike},
	{[]uint16{portRADIUS, portRADIUSAccounting}, isRADIUS, radius},
	{[]uint16{portRIP}, isRIP, rip},
	{[]uint16{portLDP}, isLDP, ldp},
	{[]uint16{portCoAP}, isCoAP, coap},
	{[]uint16{portNetFlow, portNetFlow2, portNetFlow3, portIPFIX}, isNetFlow, netFlow},
	{[]uint16{portGTP}, isGTP, gtp},
	{[]uint16{portSSDP, portSIP}, isLine, textLines},
	{nil, isDTLS, dtls},
	{nil, isRPC, rpc},
}

// Datagram rewrites the content of a datagram of a protocol that is not read: most of it becomes zeros.
func Datagram(v *standin.Values, src, dst uint16, b []byte) {
	for _, port := range []uint16{src, dst} {
		switch port {
		case portMDNS, portLLMNR, portNetBIOS:
			dns(v, b, port == portNetBIOS)
			return
		}
	}
	if isRewritten(v, src, dst, b) || quic(v, b) {
		v.Unknown(notReadDatagrams, len(b))
		return
	}
	keep := max(decode.ProtocolPrefixLen(src, b), decode.ProtocolPrefixLen(dst, b))
	const portESP = 4500
	if (src == portESP || dst == portESP) && keep > 1 { // the number of a key
		copy(b, v.Names.Opaque(b[:min(keep, len(b))]))
	}
	b = b[min(keep, len(b)):]
	v.Unknown(notReadDatagrams, len(b))
	clear(b)
}

// isRewritten rewrites a datagram of which the head stays, and reports whether it is one.
func isRewritten(v *standin.Values, src, dst uint16, b []byte) bool {
	for i := range datagrams {
		d := &datagrams[i]
		if (d.ports == nil || slices.Contains(d.ports, src) || slices.Contains(d.ports, dst)) && d.is(b) {
			d.rewrite(v, b)
			return true
		}
	}
	return false
}
