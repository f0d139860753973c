package tokens

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// An ndr reads what RPC marshalled (C706 chapter 14): every item is aligned to its size, and what
// pointers point to follows the structure that has them. After a missing item all further ones are
// zero.
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
	return sidString(r.take(8+4*n, 4))
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
	p.number("PrimaryGroupId", b, int64(primary))
	p.fieldf("UserFlags", b, "0x%08x", flags)
	p.fieldf("UserAccountControl", b, "0x%08x", control)
	p.fieldf("groups", b, "%d: %s", len(m.Groups), strings.Join(m.Groups, ", "))
}

// unicodeString reads an RPC_UNICODE_STRING and reports whether it points to text.
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
