package tokens

import (
	"encoding/binary"

	"golang.org/x/crypto/cryptobyte/asn1"
)

// A KDCProxy is what a KDC-PROXY-MESSAGE says besides the message in it (MS-KKDCP section
// 2.2.2).
type KDCProxy struct {
	TargetDomain string `json:"target_domain,omitempty"` // the realm; empty in answers
}

// A Kpasswd is the frame of a message that changes a password (RFC 3244 section 2). What it
// asks and what came of it are encrypted.
type Kpasswd struct {
	// Version is 1 for a change by the user (and in answers), 0xff80 where the password of
	// anybody may be set.
	Version uint16 `json:"version"`
	// PrivLen is the length of the KRB-PRIV, in bytes; 0 if there is none.
	PrivLen int `json:"krb_priv_len,omitempty"`
}

// The versions of Kpasswd.
const (
	kpasswdChange = 1
	kpasswdSet    = 0xff80
)

const kpasswdHead = 6 // bytes before the AP-REQ or AP-REP

// KDCProxy decodes a KDC-PROXY-MESSAGE, the content of a request to or a response from a KDC
// proxy, and the message in it, which is for a KDC or changes a password. On an error the Kerberos
// holds what was decoded before it.
func (d Decoder) KDCProxy(b []byte) (*Kerberos, error) {
	return d.envelope(b, &Kerberos{KDCProxy: &KDCProxy{}}, (*parser).kdcProxy)
}

// Kpasswd decodes a message to or from port 464, without the length that TCP puts before it.
// The Kerberos holds the AP-REQ, AP-REP or KRB-ERROR in it. On an error it holds what was
// decoded before it.
func (d Decoder) Kpasswd(b []byte) (*Kerberos, error) {
	return d.envelope(b, &Kerberos{}, (*parser).kpasswd)
}

// IsKpasswd reports whether b begins like a message that changes a password.
func IsKpasswd(b []byte) bool {
	if len(b) < kpasswdHead {
		return false
	}
	version := binary.BigEndian.Uint16(b[2:])
	return (version == kpasswdChange || version == kpasswdSet) && int(binary.BigEndian.Uint16(b[4:])) <= len(b)-kpasswdHead
}

// isKDCMessage reports whether b begins like a message to or from a KDC.
func isKDCMessage(b []byte) bool {
	return len(b) > 0 && (IsKerberosTag(b[0]) || untaggedMsgType(b) != 0)
}

// envelope decodes b into k.
func (d Decoder) envelope(b []byte, k *Kerberos, read func(*parser, []byte)) (*Kerberos, error) {
	p := newParser(d, b)
	p.token.Kerberos = k
	read(&p, p.root)
	t, err := p.result()
	k.Fields = t.Fields
	return k, err
}

func (p *parser) kdcProxy(b []byte) {
	rest := b
	e, ok := p.expect(&rest, asn1.SEQUENCE, "KDC-PROXY-MESSAGE")
	if !ok {
		return
	}
	p.trailing(rest, "the KDC-PROXY-MESSAGE")
	var message []byte
	p.group("KDC-PROXY-MESSAGE", e.whole, func() {
		p.members(e, func(n int, v element) {
			switch n {
			case 0:
				message = p.octets(v, "kerb-message")
				p.fieldf("kerb-message", v.whole, "%v", byteCount(len(message)))
			case 1:
				p.token.Kerberos.KDCProxy.TargetDomain = p.text(v, "target-domain")
			case 2:
				p.integer(v, "dclocator-hint")
			}
		})
	})
	switch {
	case len(message) == 0:
		p.fail(b, "kerb-message", "is empty or not there")
		return
	case !isKDCMessage(message): // has a length before it, as it should
		if len(message) < 4 {
			p.fail(message, "kerb-message", "ends in its length")
			return
		}
		n, behind := binary.BigEndian.Uint32(message), message[4:]
		if int64(n) != int64(len(behind)) {
			p.wrong(message, "the kerb-message has %v and says %d", byteCount(len(behind)), n)
		}
		message = behind
	}
	if IsKpasswd(message) {
		p.kpasswd(message)
		return
	}
	p.kerberos(message)
}

// kpasswd reads a message of RFC 3244 section 2.
func (p *parser) kpasswd(b []byte) {
	m := &Kpasswd{}
	p.token.Kerberos.Kpasswd = m
	if len(b) < kpasswdHead {
		p.fail(b, "message to change a password", "ends in its head")
		return
	}
	n := int(binary.BigEndian.Uint16(b))
	m.Version = binary.BigEndian.Uint16(b[2:])
	ap := int(binary.BigEndian.Uint16(b[4:]))
	p.number("message length", b[:2], int64(n))
	p.fieldf("protocol version", b[2:4], "%#x", m.Version)
	p.number("AP length", b[4:6], int64(ap))
	if n != len(b) {
		p.wrong(b, "the message has %v and says %d", byteCount(len(b)), n)
	}
	b = b[kpasswdHead:]
	if ap > len(b) {
		p.fail(b, "AP-REQ or AP-REP", "has %v of %d", byteCount(len(b)), ap)
		ap = len(b)
	}
	if ap > 0 {
		p.kerberos(b[:ap])
	}
	const krbPriv = 0x75 // its application tag
	switch rest := b[ap:]; {
	case len(rest) == 0:
	case rest[0] == krbPriv:
		m.PrivLen = len(rest)
		p.fieldf("KRB-PRIV", rest, "%v", byteCount(len(rest)))
	default: // KRB-ERROR
		p.kerberos(rest)
	}
}
