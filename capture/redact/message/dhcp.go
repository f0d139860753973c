package message

import "negotrace/capture/redact/standin"

// Ports of DHCP.
const (
	portDHCPServer = 67
	portDHCPClient = 68
)

// dhcpHead is the layout of a message (RFC 2131 section 2) up to its addresses: operation, kind and length of
// hardware addresses, hops, transaction, seconds, flags.
const dhcpHead = "====" + "####" + "===="

// Where addresses and options are in a message.
const (
	dhcpAddresses = len(dhcpHead) // four
	dhcpHardware  = dhcpAddresses + 4*4
	dhcpCookie    = 236
	dhcpOptions   = dhcpCookie + 4
)

// isDHCP reports whether b is a message of DHCP.
func isDHCP(b []byte) bool {
	return len(b) >= dhcpOptions && string(b[dhcpCookie:dhcpOptions]) == "\x63\x82\x53\x63"
}

// dhcp rewrites a message. Of options the kinds stay, and what kind of message it is.
func dhcp(v *standin.Values, b []byte) {
	const ethernet = 6
	hardware := b[2]
	fields(v, b[:dhcpAddresses], dhcpHead)
	for at := dhcpAddresses; at < dhcpHardware; at += 4 {
		v.Address(b[at : at+4])
	}
	if hardware == ethernet {
		v.MACAddresses(b, dhcpHardware)
		clear(b[dhcpHardware+ethernet : dhcpCookie])
	} else {
		clear(b[dhcpHardware:dhcpCookie])
	}
	const pad, end = 0, 255
	rest := b[dhcpOptions:]
	for len(rest) > 0 && rest[0] != end {
		n := 1
		if rest[0] != pad {
			if len(rest) < 2 || 2+int(rest[1]) > len(rest) {
				break
			}
			n = 2 + int(rest[1])
			dhcpOption(rest[0], rest[2:n])
		}
		rest = rest[n:]
	}
	if len(rest) > 0 && rest[0] == end {
		rest = rest[1:]
	}
	clear(rest)
}

// dhcpOption clears the value of an option, but for what says which kind of message it is, and how long the networks of
// routes are (RFC 3442).
func dhcpOption(kind byte, b []byte) {
	const message, routes, routesOfWindows, bits, router = 53, 121, 249, 32, 4
	switch kind {
	case message:
		clear(b[min(1, len(b)):])
	case routes, routesOfWindows:
		for len(b) > 0 && b[0] <= bits && 1+int(b[0]+7)/8+router <= len(b) {
			n := 1 + int(b[0]+7)/8 + router
			clear(b[1:n])
			b = b[n:]
		}
		clear(b)
	default:
		clear(b)
	}
}
