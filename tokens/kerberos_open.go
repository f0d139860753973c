package tokens

import (
	"encoding/binary"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte/asn1"
)

// An OpenedTicket is the inside of a ticket (EncTicketPart).
type OpenedTicket struct {
	Client    Principal `json:"client"` // cname with crealm: whom the ticket is for
	KeyType   EType     `json:"session_key_etype"`
	Flags     []string  `json:"flags,omitempty"`     // flags of the ticket (RFC 4120 section 2), by name
	AuthTime  time.Time `json:"authtime"`            // when the client authenticated to the KDC
	StartTime time.Time `json:"starttime,omitzero"`  // when the ticket becomes valid
	EndTime   time.Time `json:"endtime"`             // when it expires
	RenewTill time.Time `json:"renew_till,omitzero"` // until when it may be renewed
	PAC       *PAC      `json:"pac,omitempty"`       // what Active Directory says of the user
}

// An OpenedAuthenticator is the inside of an authenticator.
type OpenedAuthenticator struct {
	Client   Principal `json:"client"`              // cname with crealm
	Time     time.Time `json:"time"`                // ctime with cusec
	GSSFlags []string  `json:"gss_flags,omitempty"` // flags of the 0x8003 checksum (RFC 4121 section 4.1.1), by name
	// ChannelBindings is the Bnd field of the 0x8003 checksum, zeros for none.
	ChannelBindings *[16]byte `json:"-"`
	Delegated       []Ticket  `json:"delegated,omitempty"` // tickets that the client delegates to the service
	SubkeyType      EType     `json:"subkey_etype,omitempty"`
}

// inside returns a parser of a decrypted text. Its fields go into the tree of p. Its errors and
// oddities go to p by notesOf, at the offset of the cipher.
func (p *parser) inside(b []byte) *parser {
	return &parser{Decoder: p.Decoder, root: b[:len(b):len(b)], token: &Token{}, path: p.path, tree: p.tree, opened: true}
}

// open reads a decrypted text with read, and with unmarshal by gokrb5. The text must begin with a
// whole message; bytes after that are padding.
func (p *parser) open(name string, tag asn1.Tag, read func(seq element), unmarshal func([]byte) error) {
	p.group(name, p.root, func() {
		rest := p.root
		e, ok := p.expect(&rest, tag, "")
		if !ok {
			return
		}
		inner := e.body
		if seq, ok := p.expect(&inner, asn1.SEQUENCE, ""); ok {
			p.readTwice(e.whole, func() { read(seq) }, unmarshal)
		}
	})
}

// notesOf adds the errors and oddities of in, which read the inside of cipher, to those of p.
func (p *parser) notesOf(in *parser, cipher []byte) {
	for _, o := range in.token.Oddities {
		p.note(o.Wrong, cipher, "opened: %s", o.Text)
	}
	if in.err != nil {
		p.note(true, cipher, "opened: %s: %s", in.err.What, in.err.Reason)
	}
}

// openTicket reads an EncTicketPart (RFC 4120 section 5.3) with the keys of the Keytab, and keeps
// the session key to open the authenticator.
func (p *parser) openTicket(cipher []byte, t *Ticket) {
	b := p.Keytab.open(t.EncPart, cipher)
	if b == nil {
		return
	}
	t.Opened = &OpenedTicket{}
	p.readTicket(cipher, b, t.Opened)
}

func (p *parser) readTicket(cipher, b []byte, o *OpenedTicket) {
	in := p.inside(b)
	in.open("EncTicketPart", 0x63, func(seq element) {
		p.session = in.encTicketPart(seq, o)
	}, func(b []byte) error {
		session, err := o.unmarshal(b)
		if err == nil {
			p.session = session
		}
		return err
	})
	p.notesOf(in, cipher)
}

func (p *parser) encTicketPart(seq element, o *OpenedTicket) (session key) {
	p.members(seq, func(n int, v element) {
		switch n {
		case 0:
			flags := p.bits(v, "flags")
			o.Flags = bitNames(flags, ticketFlagNames)
			p.flags("flags", v.whole, flags, ticketFlagNames)
		case 1:
			session = p.encryptionKey(v, "key")
			o.KeyType = session.etype
		case 2:
			o.Client.Realm = p.text(v, "crealm")
		case 3:
			p.principal(v, "cname", &o.Client)
		case 5:
			o.AuthTime = p.time(v, "authtime")
		case 6:
			o.StartTime = p.time(v, "starttime")
		case 7:
			o.EndTime = p.time(v, "endtime")
		case 8:
			o.RenewTill = p.time(v, "renew-till")
		case 10:
			p.authorizationData(v, func(pac []byte) { o.PAC = p.pac(pac) }, 0)
		}
	})
	return session
}

var ticketFlagNames = []string{"reserved", "forwardable", "forwarded", "proxiable", "proxy",
	"may-postdate", "postdated", "invalid", "renewable", "initial", "pre-authent",
	"hw-authent", "transited-policy-checked", "ok-as-delegate", "anonymous",
	"name-canonicalize"}

// encryptionKey reads an EncryptionKey (RFC 4120 section 5.2.9).
func (p *parser) encryptionKey(seq element, name string) key {
	var k key
	p.group(name, seq.whole, func() {
		p.members(seq, func(n int, v element) {
			switch n {
			case 0:
				k.etype = p.etype(v)
			case 1:
				k.value = p.octets(v, "keyvalue")
				p.secret("keyvalue", v.whole, k.value)
			}
		})
	})
	return k
}

// The authorization data that are decoded (RFC 4120 section 5.2.6, MS-KILE 2.2.3).
const (
	adIfRelevant = 1
	adWin2kPAC   = 128
)

func (p *parser) authorizationData(seq element, pac func([]byte), depth int) {
	p.group("authorization-data", seq.whole, func() {
		p.items(seq, func(item element) {
			var kind int64
			p.members(item, func(n int, v element) {
				if n == 0 {
					kind = p.integer(v, "ad-type")
					return
				}
				data := p.octets(v, "ad-data")
				switch {
				case kind == adIfRelevant && depth < 3:
					rest := data
					if inner, ok := p.element(&rest, "AD-IF-RELEVANT"); ok {
						p.authorizationData(inner, pac, depth+1)
					}
				case kind == adWin2kPAC:
					pac(data)
				default:
					p.fieldf("ad-data", v.whole, "%v", byteCount(len(data)))
				}
			})
		})
	})
}

// openAuthenticator reads an Authenticator (RFC 4120 section 5.5.1) with the session key
// of the ticket beside it.
func (p *parser) openAuthenticator(cipher []byte, m *APReq, usage uint32) {
	b := p.session.decrypt(cipher, usage)
	if b == nil {
		return
	}
	m.Opened = &OpenedAuthenticator{}
	p.readAuthenticator(cipher, b, m.Opened)
}

func (p *parser) readAuthenticator(cipher, b []byte, o *OpenedAuthenticator) {
	in := p.inside(b)
	in.open("Authenticator", 0x62, func(seq element) { in.authenticator(seq, o) }, o.unmarshal)
	p.notesOf(in, cipher)
}

func (p *parser) authenticator(seq element, o *OpenedAuthenticator) {
	var cusec int64
	p.members(seq, func(n int, v element) {
		switch n {
		case 1:
			o.Client.Realm = p.text(v, "crealm")
		case 2:
			p.principal(v, "cname", &o.Client)
		case 3:
			p.group("cksum", v.whole, func() { p.checksum(v, o) })
		case 4:
			cusec = p.integer(v, "cusec")
		case 5:
			o.Time = micros(p.time(v, "ctime"), cusec)
		case 6:
			o.SubkeyType = p.encryptionKey(v, "subkey").etype
		case 7:
			p.integer(v, "seq-number")
		case 8:
			p.authorizationData(v, func([]byte) {}, 0)
		}
	})
}

// checksumGSS is the type of the checksum that carries what GSS-API asks for (RFC 4121
// section 4.1.1).
const (
	checksumGSS = 0x8003
	gssDeleg    = 1
)

var gssFlagNames = []string{"GSS_C_DELEG_FLAG", "GSS_C_MUTUAL_FLAG", "GSS_C_REPLAY_FLAG",
	"GSS_C_SEQUENCE_FLAG", "GSS_C_CONF_FLAG", "GSS_C_INTEG_FLAG", "GSS_C_ANON_FLAG",
	"GSS_C_PROT_READY_FLAG", "GSS_C_TRANS_FLAG", 12: "GSS_C_DCE_STYLE",
	13: "GSS_C_IDENTIFY_FLAG", 14: "GSS_C_EXTENDED_ERROR_FLAG"}

func (p *parser) checksum(seq element, o *OpenedAuthenticator) {
	var kind int64
	p.members(seq, func(n int, v element) {
		if n == 0 {
			kind = p.integer(v, "cksumtype")
			return
		}
		b := p.octets(v, "checksum")
		if kind != checksumGSS {
			p.fieldf("checksum", v.whole, "%v", byteCount(len(b)))
			return
		}
		if len(b) < 24 || le32(b) != 16 {
			p.fail(v.whole, "checksum", "%s no GSS-API checksum", byteCount(len(b)).verb("is", "are"))
			return
		}
		bindings := [16]byte(b[4:20]) // a copy: b was decrypted
		o.ChannelBindings = &bindings
		p.hex("Bnd", b[4:20], b[4:20])
		flags := le32(b[20:])
		for i, name := range gssFlagNames {
			if name != "" && flags&(1<<i) != 0 {
				o.GSSFlags = append(o.GSSFlags, name)
			}
		}
		p.fieldf("Flags", b[20:24], "0x%08x (%s)", flags, strings.Join(o.GSSFlags, ", "))
		if flags&gssDeleg != 0 && len(b) >= 28 {
			p.delegated(b[24:], o)
		}
	})
}

// delegated reads the KRB-CRED that forwards the client's ticket (RFC 4121 section 4.1.1.1):
// DlgOpt, its length, the message.
func (p *parser) delegated(b []byte, o *OpenedAuthenticator) {
	n := int(binary.LittleEndian.Uint16(b[2:]))
	if n > len(b)-4 {
		p.fail(b[2:], "Dlgth", "%d, %s there", n, byteCount(len(b)-4).verb("is", "are"))
		return
	}
	rest := b[4 : 4+n]
	e, ok := p.expect(&rest, 0x76, "Deleg")
	if !ok {
		return
	}
	inner := e.body
	p.group("KRB-CRED", e.whole, func() {
		if seq, ok := p.expect(&inner, asn1.SEQUENCE, ""); ok {
			var cred KRBCred
			p.readTwice(e.whole, func() { p.krbCred(seq, &cred) }, cred.unmarshal)
			o.Delegated = cred.Tickets
		}
	})
}
