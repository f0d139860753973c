package tokens

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte/asn1"
)

// tickets reads a SEQUENCE OF Ticket.
func (p *parser) tickets(v element) []Ticket {
	var ts []Ticket
	p.items(v, func(item element) {
		var t Ticket
		p.ticket(item, &t)
		if !p.isFull(len(ts), item.whole, "tickets") {
			ts = append(ts, t)
		}
	})
	return ts
}

// ticket reads the clear part of a ticket (RFC 4120 section 5.3).
func (p *parser) ticket(e element, t *Ticket) {
	if e.tag != 0x61 {
		p.fail(e.whole, "ticket", "tag %#02x where a Ticket belongs", e.tag)
		return
	}
	inner := e.body
	p.group("ticket", e.whole, func() {
		seq, ok := p.expect(&inner, asn1.SEQUENCE, "")
		if !ok {
			return
		}
		p.members(seq, func(n int, v element) {
			switch n {
			case 0:
				p.integer(v, "tkt-vno")
			case 1:
				t.Service.Realm = p.text(v, "realm")
			case 2:
				p.principal(v, "sname", &t.Service)
			case 3:
				if cipher := p.encrypted(v, "enc-part", &t.EncPart); cipher != nil {
					p.openTicket(cipher, t)
				}
			}
		})
	})
}

// principal reads a PrincipalName (RFC 4120 section 5.2.2).
func (p *parser) principal(seq element, name string, to *Principal) {
	p.group(name, seq.whole, func() {
		p.members(seq, func(n int, v element) {
			switch n {
			case 0:
				to.NameType = p.numbered(v, "name-type", nameTypeName)
			case 1:
				p.nameStrings(v, to)
			}
		})
	})
}

func (p *parser) nameStrings(seq element, to *Principal) {
	var room [4]string
	names := room[:0]
	components := 0
	p.items(seq, func(item element) {
		s := p.text(item, "name-string")
		if components++; !item.cut && components <= maxComponents {
			names = append(names, s)
		}
	})
	if components > maxComponents {
		p.odd(seq.whole, "a name of %d components, of which %d are kept", components, maxComponents)
	}
	to.Name = append(to.Name, names...)
}

// encrypted reads an EncryptedData (RFC 4120 section 5.2.9). It returns the cipher, nil
// if it is cut.
func (p *parser) encrypted(seq element, name string, to *Encrypted) (cipher []byte) {
	p.group(name, seq.whole, func() {
		p.members(seq, func(n int, v element) {
			switch n {
			case 0:
				to.EType = p.etype(v)
			case 1:
				to.KVNO = p.unsigned(v, "kvno")
			case 2:
				b := p.octets(v, "cipher")
				p.secret("cipher", v.whole, b)
				if !v.cut {
					cipher, to.Len, to.Sum = b, len(b), p.sum(b)
				}
			}
		})
	})
	return cipher
}

func (p *parser) etype(v element) EType {
	return EType(p.numbered(v, "etype", func(n int) string { return EType(n).String() }))
}

// numbered reads an INTEGER that stands for something; call returns its name.
func (p *parser) numbered(v element, name string, call func(int) string) int {
	wide, _ := p.int64(v, name)
	n := int(int32(wide))
	if p.tree != nil {
		p.field(name, v.whole, call(n))
	}
	return n
}

// unsigned reads a UInt32. Some senders write one with the highest bit set as a negative number:
// MIT krb5 its nonce, a read-only domain controller its kvno.
func (p *parser) unsigned(v element, name string) int {
	wide, _ := p.int64(v, name)
	n := int(uint32(wide))
	p.number(name, v.whole, int64(n))
	return n
}

// flagText returns the number and the names of flags.
func flagText(v uint32, names []string) string {
	s := fmt.Sprintf("0x%08x", v)
	if n := bitNames(v, names); len(n) > 0 {
		s += " (" + strings.Join(n, ", ") + ")"
	}
	return s
}

// micros adds the microseconds, which Kerberos messages keep in a field of their own.
func micros(t time.Time, us int64) time.Time {
	if t.IsZero() || us < 0 || us >= 1e6 {
		return t
	}
	return t.Add(time.Duration(us) * time.Microsecond)
}
