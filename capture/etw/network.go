package etw

import (
	"bytes"
	"encoding/binary"
)

// network returns what of a packet is the same on every link: the IP packet, as long as it
// says it is, or all of what is no IP.
func (p *logged) network() []byte {
	ip := p.ip()
	if ip == nil {
		return p.data
	}
	if n := ipLength(ip); n <= len(ip) && n > 0 {
		return ip[:n]
	}
	return ip
}

// ip returns what follows the link layer of a packet, nil if that is no IP.
func (p *logged) ip() []byte {
	b := p.data
	switch p.link {
	case linkEthernet:
		if b = behind(b, 14); b == nil || !isIPType(p.data[12:]) {
			return nil
		}
	case linkDot11:
		if b = behindDot11(b); b == nil {
			return nil
		}
	}
	if len(b) >= 20 && b[0]>>4 == 4 || len(b) >= 40 && b[0]>>4 == 6 {
		return b
	}
	return nil
}

// ipLength is how long an IP packet says it is; less than its header for one that its card
// was to cut into segments.
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

// behind returns what follows n bytes of b, nil if they are not there.
func behind(b []byte, n int) []byte {
	if len(b) < n {
		return nil
	}
	return b[n:]
}

// behindDot11 returns what follows the headers of a data frame of 802.11 and of LLC, nil if
// it is none, or encrypted (IEEE 802.11-2020 section 9.2.4.1).
func behindDot11(b []byte) []byte {
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
	body := behind(b, size)
	if body = skipIV(body); len(body) < llc || !bytes.HasPrefix(body, snapHeader) || !isIPType(body[6:]) {
		return nil
	}
	return body[llc:]
}

var snapHeader = []byte{0xaa, 0xaa, 0x03, 0, 0, 0}

// skipIV skips what a driver that decrypted a frame has left in front of LLC.
func skipIV(body []byte) []byte {
	if rest := behind(body, 8); !bytes.HasPrefix(body, snapHeader) && bytes.HasPrefix(rest, snapHeader) {
		return rest
	}
	return body
}
