package decode

import "bytes"

// isEthernet reports whether an Ethernet frame may begin here, although nothing says so: it has a
// known type, and if that is IP, then IP of this version; or a length that fits, and LLC.
func isEthernet(b []byte) bool {
	if len(b) < 15 {
		return false
	}
	switch kind := be.Uint16(b[12:]); kind {
	case etherIPv4:
		return b[14]>>4 == 4
	case etherIPv6:
		return b[14]>>4 == 6
	case etherARP, etherRARP, etherVLAN, etherQinQ, etherQinQ1, etherQinQ2, etherMPLS, etherMPLSMC, etherPPPoE, etherPPPoED,
		etherLLDP, etherSlow, etherEAPOL, etherPTP, etherCMD, etherVNTag, etherHSR, etherETag, etherRTag, etherMACsec,
		etherPBB, etherTRILL, etherFabricPath, etherNSH, etherBATMAN:
		return true
	default:
		return int(kind) <= len(b)-14 && isLLC(b[14:])
	}
}

// isLLC reports whether LLC may begin here: of what has unnumbered frames of SNAP, spanning tree or
// routing.
func isLLC(b []byte) bool {
	return bytes.HasPrefix(b, []byte("\xaa\xaa\x03")) || bytes.HasPrefix(b, []byte("\x42\x42\x03")) || bytes.HasPrefix(b, []byte("\xfe\xfe\x03"))
}

// isIP reports whether an IP packet may begin here, although nothing says so: its lengths fit the
// bytes that are there, and its protocol is known, or its checksum is right.
func isIP(b []byte) bool {
	switch {
	case len(b) >= 20 && b[0]>>4 == 4:
		header, total := int(b[0]&0xf)*4, int(be.Uint16(b[2:]))
		return header >= 20 && total >= header && checksumFits(b, header) && (knownTransport(b[9]) || be.Uint16(b[10:]) != 0)
	case len(b) >= 40 && b[0]>>4 == 6:
		length := int(be.Uint16(b[4:]))
		return knownTransport(b[6]) && b[7] != 0 && (b[0] == 0x60 || length > 0 && length <= len(b)-40)
	}
	return false
}

func knownTransport(protocol byte) bool {
	switch protocol {
	case protoHopByHop, protoICMP, protoIPv4, protoTCP, protoUDP, protoIPv6, protoRouting, protoFragment, protoGRE, protoESP, protoAH,
		protoICMPv6, protoDestOpts, protoEthernet:
		return true
	}
	return false
}

// checksumFits reports whether the checksum of an IPv4 header is right, or was left to the network
// adapter.
func checksumFits(b []byte, header int) bool {
	if be.Uint16(b[10:]) == 0 || len(b) < header {
		return true
	}
	var sum uint32
	for i := 0; i < header; i += 2 {
		sum += uint32(be.Uint16(b[i:]))
	}
	sum = sum>>16 + sum&0xffff
	return uint16(sum+sum>>16) == 0xffff
}
