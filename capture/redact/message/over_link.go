package message

import (
	"bytes"

	"negotrace/capture/redact/standin"
)

// EtherTypes of protocols of a link whose structure stays.
const (
	etherLLDP  = 0x88cc
	etherEAPOL = 0x888e
	etherSlow  = 0x8809
	etherPTP   = 0x88f7
)

// OverLink clears what a protocol of a link says, which is not read. before is what is in front of it.
// Lengths and types stay where others could not read it without.
func OverLink(v *standin.Values, before, b []byte) {
	kind := uint16(0)
	if n := len(before); n >= 2 {
		kind = be.Uint16(before[n-2:])
	}
	switch kind {
	case etherLLDP:
		lldp(v, b)
	case etherEAPOL:
		const head, eapHead, isEAP = 4, 5, 0 // with the type of what EAP asks for (RFC 3748 section 4)
		if len(b) > 1 && b[1] == isEAP {
			clear(b[min(head+eapHead, len(b)):])
		} else {
			clear(b[min(head+1, len(b)):]) // and the type of a key
		}
	case etherSlow:
		slow(v, b)
	case etherPTP:
		if isPTP(b) {
			ptp(v, b)
		} else {
			clear(b)
		}
	default:
		cisco(v, before, b)
	}
}

// slow rewrites a message of LACP (IEEE 802.1AX section 6.4.2.3), and clears what is none: kind, version, and for each end
// its kind, length, priority, system, key, port and state.
func slow(v *standin.Values, b []byte) {
	const end = "====" + "......" + "=======" + "..."
	if !bytes.HasPrefix(b, []byte("\x01\x01")) {
		clear(b)
		return
	}
	fields(v, b, "=="+end+end+"==")
}

// lldp clears the values of TLVs (IEEE 802.1AB section 8). The kinds of the numbers by which a machine and
// its port call themselves stay, and MAC addresses among them are addresses.
func lldp(v *standin.Values, b []byte) {
	const chassis, port, chassisMAC, portMAC = 1, 2, 4, 3
	for len(b) >= 2 {
		kind, n := b[0]>>1, int(be.Uint16(b)&0x1ff)
		if 2+n > len(b) {
			break
		}
		value := b[2 : 2+n]
		if (kind == chassis || kind == port) && n > 1 {
			isMAC := n == 7 && (kind == chassis && value[0] == chassisMAC || kind == port && value[0] == portMAC)
			if value = value[1:]; isMAC {
				v.MACAddresses(value, 0)
				value = nil
			}
		}
		clear(value)
		b = b[2+n:]
	}
	clear(b)
}
