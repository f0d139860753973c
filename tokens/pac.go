package tokens

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"time"
)

// A PAC is the part of a Privilege Attribute Certificate that reports use (MS-PAC).
type PAC struct {
	User       string    `json:"user"`                   // EffectiveName, the name of the account
	Domain     string    `json:"domain"`                 // LogonDomainName
	UPN        string    `json:"upn,omitempty"`          // user principal name
	FullName   string    `json:"full_name,omitempty"`    // FullName of the account
	SID        string    `json:"sid,omitempty"`          // security identifier of the user
	Groups     []string  `json:"groups,omitempty"`       // SIDs
	LogonTime  time.Time `json:"logon_time,omitzero"`    // LogonTime: when the user logged on
	Server     string    `json:"logon_server,omitempty"` // LogonServer: the domain controller that authenticated the user
	Signatures []string  `json:"signatures,omitempty"`   // which are there, by kind and checksum type
}

// The types of PAC_INFO_BUFFER (MS-PAC 2.4) that are decoded.
const (
	pacLogonInfo  = 1
	pacClientInfo = 10
	pacUPNDNSInfo = 12
	pacRequestor  = 18
)

// pacBufferNames names the types of PAC_INFO_BUFFER.
var pacBufferNames = map[uint32]string{1: "KERB_VALIDATION_INFO", 2: "PAC_CREDENTIAL_INFO",
	6: "server signature", 7: "KDC signature", 10: "PAC_CLIENT_INFO", 11: "S4U_DELEGATION_INFO",
	12: "UPN_DNS_INFO", 13: "PAC_CLIENT_CLAIMS_INFO", 14: "PAC_DEVICE_INFO",
	15: "PAC_DEVICE_CLAIMS_INFO", 16: "ticket signature", 17: "PAC_ATTRIBUTES_INFO",
	18: "PAC_REQUESTOR", 19: "full signature"}

// pac reads a PACTYPE (MS-PAC 2.3).
func (p *parser) pac(b []byte) *PAC {
	m := &PAC{}
	p.group("PAC", b, func() {
		if len(b) < 8 || uint64(le32(b)) > uint64(len(b)-8)/16 {
			p.fail(b, "cBuffers", "more buffers than the PAC has room for")
			return
		}
		for i := range int(le32(b)) {
			info := b[8+16*i:]
			kind, size, start := le32(info), uint64(le32(info[4:])), binary.LittleEndian.Uint64(info[8:])
			name := pacBufferNames[kind]
			if name == "" {
				name = fmt.Sprintf("buffer type %d", kind)
			}
			if start > uint64(len(b)) || size > uint64(len(b))-start {
				p.fail(info, name, "%v at %d, the PAC ends at %d", byteCount(size), start, len(b))
				continue
			}
			p.group(name, b[start:start+size], func() { p.pacBuffer(kind, name, b[start:start+size], m) })
		}
	})
	return m
}

func (p *parser) pacBuffer(kind uint32, name string, b []byte, m *PAC) {
	switch kind {
	case pacLogonInfo:
		p.logonInfo(b, m)
	case pacClientInfo:
		if len(b) < 10 || len(b)-10 < le16(b[8:]) {
			p.fail(b, "Name", "the buffer ends at %v", byteCount(len(b)))
			return
		}
		p.field("Name", b[10:], utf16String(b[10:10+le16(b[8:])]))
	case pacUPNDNSInfo:
		p.upnDNSInfo(b, m)
	case pacRequestor:
		if sid := sidString(b); sid != "" {
			p.field("UserSid", b, sid)
		}
	case 6, 7, 16, 19:
		if len(b) < 4 {
			p.fail(b, "SignatureType", "the buffer ends at %v", byteCount(len(b)))
			return
		}
		m.Signatures = append(m.Signatures, name+" "+checksumName(int32(le32(b))))
		p.field("SignatureType", b[:4], checksumName(int32(le32(b))))
	default:
		p.fieldf("content", b, "%v", byteCount(len(b)))
	}
}

// checksumName names the types of checksum that PACs and authenticators use.
func checksumName(t int32) string {
	name := "checksum"
	switch t {
	case -138:
		name = "hmac-md5"
	case 15:
		name = "hmac-sha1-96-aes128"
	case 16:
		name = "hmac-sha1-96-aes256"
	case 19:
		name = "hmac-sha256-128-aes128"
	case 20:
		name = "hmac-sha384-192-aes256"
	case 0x8003:
		name = "gss-api"
	}
	return withNumber(name, int(t))
}

// upnDNSInfo reads a UPN_DNS_INFO (MS-PAC 2.10).
func (p *parser) upnDNSInfo(b []byte, m *PAC) {
	at := func(i int) string {
		if len(b) < i+4 || le16(b[i+2:])+le16(b[i:]) > len(b) {
			p.fail(b, "UPN_DNS_INFO", "a string runs past its end at %d", len(b))
			return ""
		}
		start := le16(b[i+2:])
		s := utf16String(b[start : start+le16(b[i:])])
		return s
	}
	m.UPN = at(0)
	p.field("Upn", b, m.UPN)
	p.field("DnsDomainName", b, at(4))
	if len(b) >= 12 {
		p.number("Flags", b[8:12], int64(le32(b[8:])))
	}
}

// sidString returns a SID in its usual form (MS-DTYP 2.4.2), "" if it is malformed.
func sidString(b []byte) string {
	if len(b) < 8 || b[1] > 15 || len(b) < 8+4*int(b[1]) {
		return ""
	}
	authority := binary.BigEndian.Uint64(b) & (1<<48 - 1)
	s := fmt.Sprintf("S-%d-%d", b[0], authority)
	for i := range int(b[1]) {
		s += "-" + strconv.FormatUint(uint64(le32(b[8+4*i:])), 10)
	}
	return s
}
