package message

import "negotrace/capture/redact/standin"

// Numbers of protocols over IP of which heads stay.
const (
	protocolIGMP  = 2
	protocolEIGRP = 88
	protocolSCTP  = 132
)

// OverIP rewrites what is directly behind a header of IP, of that protocol. Most of it becomes zeros.
func OverIP(v *standin.Values, protocol byte, b []byte) {
	switch protocol {
	case protocolIGMP:
		igmp(v, b)
	case protocolEIGRP:
		eigrp(v, b)
	case protocolSCTP:
		sctp(v, b)
	default:
		clear(b)
	}
}

// igmp rewrites a message about a group (RFC 2236 section 2). Of a report about several (RFC 3376 section
// 4.2) stays that it is one.
func igmp(v *standin.Values, b []byte) {
	const head, report3 = 8, 0x22
	if len(b) < head {
		clear(b)
		return
	}
	if clear(b[2:4]); b[0] != report3 {
		v.Address(b[4:head])
	} else {
		clear(b[4:head])
	}
	clear(b[head:])
	be.PutUint16(b[2:], ^standin.OnesComplementSum(b, -1, 0))
}

// summed puts the sum of a message into its place in it.
func summed(b []byte) {
	const at = 2
	if len(b) >= at+2 {
		be.PutUint16(b[at:], ^standin.OnesComplementSum(b, -1, 0))
	}
}
