package capture

import (
	"encoding/binary"

	"negotrace/capture/decode"
)

// eachAddress calls take with each address in a header, whose own fields they are: see
// Options.HeaderAddress. It shares nothing with what rewrites addresses in capture/redact, so that it
// finds those which were forgotten there.
func eachAddress(take func([]byte)) func(decode.Header, []byte) {
	return func(h decode.Header, b []byte) {
		switch h {
		case decode.Ethernet:
			addresses(b, take, 6, 0, 6)
		case decode.TokenRing:
			addresses(b, take, 6, 2, 8)
		case decode.MACAddress:
			addresses(b, take, 6, 0)
		case decode.Dot11:
			addresses(b, take, 6, 4, 10, 16)
			if b[1]&3 == 3 {
				addresses(b, take, 6, 24)
			}
		case decode.SLL:
			if binary.BigEndian.Uint16(b[4:]) == 6 {
				addresses(b, take, 6, 6)
			}
		case decode.SLL2:
			if b[11] == 6 {
				addresses(b, take, 6, 12)
			}
		case decode.ARP:
			if len(b) >= 28 && b[4] == 6 && b[5] == 4 {
				addresses(b, take, 6, 8, 18)
				addresses(b, take, 4, 14, 24)
			}
		case decode.IPv4:
			addresses(b, take, 4, 12, 16)
		case decode.IPv6:
			addresses(b, take, 16, 8, 24)
		case decode.ICMP, decode.ICMPv6:
			icmpAddresses(h, b, take)
		case decode.ExportedPDU:
			exportedAddresses(b, take)
		}
	}
}

// addresses calls take with the addresses of that size at some places, as far as they are there.
func addresses(b []byte, take func([]byte), size int, places ...int) {
	for _, at := range places {
		if at+size <= len(b) {
			take(b[at : at+size])
		}
	}
}

// icmpAddresses calls take with the addresses in a message of ICMP, and in the header that it quotes
// (RFC 792, RFC 4443, RFC 4861).
func icmpAddresses(h decode.Header, b []byte, take func([]byte)) {
	if len(b) < 8 {
		return
	}
	if h == decode.ICMP {
		switch b[0] {
		case 5:
			addresses(b, take, 4, 4)
			fallthrough
		case 3, 4, 11, 12:
			quotedAddresses(b[8:], take)
		}
		return
	}
	const solicitation, advert, redirect, routerSolicitation, routerAdvert = 135, 136, 137, 133, 134
	options := len(b)
	switch b[0] {
	case routerSolicitation:
		options = 8
	case routerAdvert:
		options = 16
	case solicitation, advert:
		addresses(b, take, 16, 8)
		options = 24
	case redirect:
		addresses(b, take, 16, 8, 24)
		options = 40
	default:
		if b[0] < 128 {
			quotedAddresses(b[8:], take)
		}
	}
	for at := options; at+8 <= len(b) && b[at+1] > 0; at += 8 * int(b[at+1]) {
		switch b[at] {
		case 1, 2:
			addresses(b[at:], take, 6, 2)
		case 3:
			addresses(b[at:], take, 16, 16)
		}
	}
}

// quotedAddresses calls take with the addresses in the header of IP that an error quotes.
func quotedAddresses(b []byte, take func([]byte)) {
	switch {
	case len(b) >= 20 && b[0]>>4 == 4:
		addresses(b, take, 4, 12, 16)
	case len(b) >= 40 && b[0]>>4 == 6:
		addresses(b, take, 16, 8, 24)
	}
}

// exportedAddresses calls take with the addresses in the tags in front of an exported PDU.
func exportedAddresses(b []byte, take func([]byte)) {
	const firstAddress, lastAddress = 20, 23
	for at := 0; at+4 <= len(b); {
		tag, size := binary.BigEndian.Uint16(b[at:]), int(binary.BigEndian.Uint16(b[at+2:]))
		if at += 4; tag == 0 || at+size > len(b) {
			return
		}
		if firstAddress <= tag && tag <= lastAddress && (size == 4 || size == 16) {
			take(b[at : at+size])
		}
		at += size
	}
}
