package tokens

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A PAC is the part of a Privilege Attribute Certificate that reports use (MS-PAC).
type PAC struct {
	User       string    `json:"user"`
	Domain     string    `json:"domain"`
	UPN        string    `json:"upn,omitempty"`
	FullName   string    `json:"full_name,omitempty"`
	SID        string    `json:"sid,omitempty"`
	Groups     []string  `json:"groups"` // SIDs
	LogonTime  time.Time `json:"logon_time,omitzero"`
	Server     string    `json:"logon_server,omitempty"`
	Signatures []string  `json:"signatures,omitempty"` // which are there, by kind and checksum type
}

// The types of PAC_INFO_BUFFER (MS-PAC 2.4) that are looked into.
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
				p.fail(info, name, "%d bytes at %d, the PAC ends at %d", size, start, len(b))
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
			p.fail(b, "Name", "the buffer ends at %d bytes", len(b))
			return
		}
		p.field("Name", b[10:], utf16String(b[10:10+le16(b[8:])]))
	case pacUPNDNSInfo:
		p.upnDNSInfo(b, m)
	case pacRequestor:
		if sid, _ := sidString(b); sid != "" {
			p.field("UserSid", b, sid)
		}
	case 6, 7, 16, 19:
		if len(b) < 4 {
			p.fail(b, "SignatureType", "the buffer ends at %d bytes", len(b))
			return
		}
		m.Signatures = append(m.Signatures, name+" "+checksumName(int32(le32(b))))
		p.field("SignatureType", b[:4], checksumName(int32(le32(b))))
	default:
		p.field("content", b, fmt.Sprintf("%d bytes", len(b)))
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
	return fmt.Sprintf("%s (%d)", name, t)
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
		p.field("Flags", b[8:12], le32(b[8:]))
	}
}

// sidString writes a SID in its usual form and returns its length (MS-DTYP 2.4.2).
func sidString(b []byte) (string, int) {
	if len(b) < 8 || b[1] > 15 || len(b) < 8+4*int(b[1]) {
		return "", 0
	}
	authority := binary.BigEndian.Uint64(b) & (1<<48 - 1)
	s := fmt.Sprintf("S-%d-%d", b[0], authority)
	for i := range int(b[1]) {
		s += "-" + strconv.FormatUint(uint64(le32(b[8+4*i:])), 10)
	}
	return s, 8 + 4*int(b[1])
}

// An ndr reads what RPC marshalled (C706 chapter 14): every item aligned to its size,
// what pointers point to behind the structure that holds them. After an item that is not
// there all further ones are zero.
type ndr struct {
	b  []byte
	at int
	ok bool
}

func (r *ndr) take(n, align int) []byte {
	at := (r.at + align - 1) &^ (align - 1)
	if !r.ok || n > len(r.b)-at {
		r.ok = false
		return make([]byte, min(n, 64))
	}
	r.at = at + n
	return r.b[at : at+n]
}

func (r *ndr) u32() uint32 { return le32(r.take(4, 4)) }

// str reads a conformant varying string of UTF-16.
func (r *ndr) str() string {
	r.take(8, 4) // MaximumCount, Offset
	n := r.u32()
	if uint64(n)*2 > uint64(len(r.b)) {
		r.ok = false
		return ""
	}
	return utf16String(r.take(2*int(n), 2))
}

// count reads a conformant array's MaximumCount; its items have at least size bytes.
func (r *ndr) count(size int) int {
	n := r.u32()
	if uint64(n)*uint64(size) > uint64(len(r.b)) {
		r.ok = false
		return 0
	}
	return int(n)
}

func (r *ndr) sid() string {
	n := r.count(4)
	s, _ := sidString(r.take(8+4*n, 4))
	return s
}

// rids reads an array of GROUP_MEMBERSHIP as SIDs of a domain.
func (r *ndr) rids() []uint32 {
	var ids []uint32
	for range r.count(8) {
		ids = append(ids, r.u32())
		r.u32() // Attributes
	}
	return ids
}

func sids(domain string, ids []uint32) []string {
	s := make([]string, len(ids))
	for i, id := range ids {
		s[i] = fmt.Sprintf("%s-%d", domain, id)
	}
	return s
}

// logonInfo reads a KERB_VALIDATION_INFO (MS-PAC 2.5): first the structure, then in the
// same order what its pointers point to.
func (p *parser) logonInfo(b []byte, m *PAC) {
	r := &ndr{b: b, ok: true}
	r.take(16, 1) // the type's header, MS-RPCE 2.2.6
	r.u32()       // pointer to the structure
	logon := r.take(8, 4)
	r.take(40, 4) // five more times
	var texts [6]bool
	for i := range texts {
		texts[i] = r.unicodeString()
	}
	r.take(4, 2) // LogonCount, BadPasswordCount
	user, primary, _, groups := r.u32(), r.u32(), r.u32(), r.u32() != 0
	flags := r.u32()
	r.take(16, 1) // UserSessionKey
	server, domain, domainID := r.unicodeString(), r.unicodeString(), r.u32() != 0
	r.take(8, 4) // Reserved1
	control := r.u32()
	r.take(28, 4) // SubAuthStatus to Reserved3
	r.u32()       // SidCount
	extra, resourceDomain := r.u32() != 0, r.u32() != 0
	r.u32() // ResourceGroupCount
	resources := r.u32() != 0

	var names [6]string
	for i, there := range texts {
		names[i] = r.strIf(there)
	}
	var ids, resourceIDs []uint32
	if groups {
		ids = r.rids()
	}
	m.User, m.FullName = names[0], names[1]
	m.Server, m.Domain = r.strIf(server), r.strIf(domain)
	domainSID := r.sidIf(domainID)
	var extras []string
	if extra {
		extras = r.extraSIDs()
	}
	resourceSID := r.sidIf(resourceDomain)
	if resources {
		resourceIDs = r.rids()
	}
	if !r.ok {
		p.fail(b, "", "ends inside the structure")
		return
	}
	if domainSID != "" {
		m.SID = fmt.Sprintf("%s-%d", domainSID, user)
	}
	m.LogonTime = filetime(binary.LittleEndian.Uint64(logon))
	m.Groups = append(append(sids(domainSID, ids), extras...), sids(resourceSID, resourceIDs)...)
	p.logonFields(b, m, primary, flags, control)
}

func (p *parser) logonFields(b []byte, m *PAC, primary, flags, control uint32) {
	p.field("LogonTime", b, m.LogonTime.Format(time.RFC3339Nano))
	p.field("EffectiveName", b, m.User)
	p.field("FullName", b, m.FullName)
	p.field("LogonServer", b, m.Server)
	p.field("LogonDomainName", b, m.Domain)
	p.field("UserId", b, m.SID)
	p.field("PrimaryGroupId", b, primary)
	p.field("UserFlags", b, fmt.Sprintf("0x%08x", flags))
	p.field("UserAccountControl", b, fmt.Sprintf("0x%08x", control))
	p.field("groups", b, fmt.Sprintf("%d: %s", len(m.Groups), strings.Join(m.Groups, ", ")))
}

// unicodeString reads an RPC_UNICODE_STRING and tells whether it points to text.
func (r *ndr) unicodeString() bool {
	r.take(4, 4)
	return r.u32() != 0
}

func (r *ndr) strIf(there bool) string {
	if !there {
		return ""
	}
	return r.str()
}

func (r *ndr) sidIf(there bool) string {
	if !there {
		return ""
	}
	return r.sid()
}

func (r *ndr) extraSIDs() []string {
	n := r.count(8)
	var there []bool
	for range n {
		there = append(there, r.u32() != 0)
		r.u32() // Attributes
	}
	var all []string
	for _, t := range there {
		if t {
			all = append(all, r.sid())
		}
	}
	return all
}
