package redact

import "negotrace/capture/decode"

// Types of ICMP (RFC 792, RFC 4443, RFC 4861) that quote a packet or name addresses.
const (
	icmpEcho      = 8
	icmpEchoReply = 0

	icmp6Quotes       = 128 // types below are errors, which quote
	icmp6EchoReply    = 129
	icmp6RouterAdvert = 134
	icmp6Solicitation = 135
	icmp6Advert       = 136
	icmp6Redirect     = 137
)

// icmp rewrites a message and returns how much of it is known.
func (r *Redactor) icmp(kind decode.Header, b []byte) int {
	if len(b) < 8 {
		return 0
	}
	if kind == decode.ICMP {
		switch b[0] {
		case 3, 4, 5, 11, 12:
			if b[0] == 5 {
				r.Address(b[4:8])
			}
			return 8 + r.quoted(b[8:])
		case icmpEcho, icmpEchoReply:
			return 8
		}
		return 4
	}
	switch t := b[0]; {
	case t < icmp6Quotes:
		return 8 + r.quoted(b[8:])
	case t <= icmp6EchoReply:
		return 8
	case t == icmp6RouterAdvert && len(b) >= 16:
		return 16 + r.neighbourOptions(b[16:])
	case (t == icmp6Solicitation || t == icmp6Advert) && len(b) >= 24:
		r.Address(b[8:24])
		return 24 + r.neighbourOptions(b[24:])
	case t == icmp6Redirect && len(b) >= 40:
		r.Address(b[8:24])
		r.Address(b[24:40])
		return 40 + r.neighbourOptions(b[40:])
	case t == 133:
		return 8 + r.neighbourOptions(b[8:])
	}
	return 8
}

// neighbourOptions rewrites options (RFC 4861, section 4.6), and returns how much is known.
func (r *Redactor) neighbourOptions(b []byte) int {
	at := 0
	for at+8 <= len(b) && b[at+1] > 0 && at+int(b[at+1])*8 <= len(b) {
		n := int(b[at+1]) * 8
		switch o := b[at : at+n]; {
		case o[0] <= 2: // addresses of links
			r.MACAddresses(o, 2)
			clear(o[8:])
		case o[0] == 3 && n == 32: // prefix
			r.Address(o[16:32])
		case o[0] == 5: // MTU
		default:
			clear(o[2:])
		}
		at += n
	}
	return at
}

// quoted rewrites the packet that an error quotes, up to the ports, and clears its checksums. It
// returns how many bytes are known.
func (r *Redactor) quoted(b []byte) int {
	switch {
	case len(b) >= 20 && b[0]>>4 == 4:
		size := r.ipv4(b)
		clear(b[10:12])
		return size + quotedTransport(b[9], b[size:])
	case len(b) >= 40 && b[0]>>4 == 6:
		r.Address(b[8:24])
		r.Address(b[24:40])
		return 40 + quotedTransport(b[6], b[40:])
	}
	return 0
}

// quotedTransport clears the checksum in the quoted beginning of a transport header, and returns
// how many bytes of it are known.
func quotedTransport(protocol byte, b []byte) int {
	const icmp, tcp, udp, icmpv6 = 1, 6, 17, 58
	if len(b) < 8 {
		return 0
	}
	switch protocol {
	case tcp: // ports and sequence number
	case udp:
		clear(b[6:8])
	case icmp, icmpv6:
		clear(b[2:4])
	default:
		return 0
	}
	return 8
}
