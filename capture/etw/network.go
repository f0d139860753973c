package etw

import (
	"bytes"
	"encoding/binary"
)

// networkPacket returns the IP packet without padding, which is the same on every link. Of a packet
// that is not IP it returns all.
func (p *loggedPacket) networkPacket() []byte {
	ip := p.ipPacket()
	if ip == nil {
		return p.data
	}
	if n := ipLength(ip); n <= len(ip) && n > 0 {
		return ip[:n]
	}
	return ip
}

// ipPacket returns the IP packet after the link header, nil if it is not IP.
func (p *loggedPacket) ipPacket() []byte {
	b := p.data
	switch p.link {
	case linkEthernet:
		if b = after(b, 14); b == nil || !isIPType(p.data[12:]) {
			return nil
		}
	case linkDot11:
		if b = dot11Payload(b); b == nil {
			return nil
		}
	}
	if len(b) >= 20 && b[0]>>4 == 4 || len(b) >= 40 && b[0]>>4 == 6 {
		return b
	}
	return nil
}

// ipLength returns the length in an IP header. It is less than the header for a packet that the
// network adapter was to segment.
func ipLength(ip []byte) int {
	if ip[0]>>4 == 4 {
		return int(binary.BigEndian.Uint16(ip[2:]))
	}
	if n := int(binary.BigEndian.Uint16(ip[4:])); n > 0 {
		return 40 + n
	}
	return 0
}

func isIPType(b []byte) bool {
	kind := binary.BigEndian.Uint16(b)
	return kind == 0x0800 || kind == 0x86dd
}

// after returns b without its first n bytes, nil if it is shorter.
func after(b []byte, n int) []byte {
	if len(b) < n {
		return nil
	}
	return b[n:]
}

// dot11Payload returns the payload after the headers of an 802.11 data frame and of LLC, nil if it
// is another frame, or encrypted (IEEE 802.11-2020 section 9.2.4.1).
func dot11Payload(b []byte) []byte {
	if len(b) < 2 || b[0]&0x0c != 0x08 || b[0]&0x40 != 0 {
		return nil
	}
	size := 24
	if b[1]&3 == 3 { // from access point to access point
		size += 6
	}
	if b[0]&0x80 != 0 { // with quality of service
		if size += 2; b[1]&0x80 != 0 {
			size += 4
		}
	}
	const llc = 8
	body := after(b, size)
	if body = skipIV(body); len(body) < llc || !bytes.HasPrefix(body, snapHeader) || !isIPType(body[6:]) {
		return nil
	}
	return body[llc:]
}

var snapHeader = []byte{0xaa, 0xaa, 0x03, 0, 0, 0}

// skipIV skips the IV that a driver leaves before LLC when it decrypts a frame.
func skipIV(body []byte) []byte {
	if rest := after(body, 8); !bytes.HasPrefix(body, snapHeader) && bytes.HasPrefix(rest, snapHeader) {
		return rest
	}
	return body
}
