// Package tokens decodes what HTTP authentication carries: the header grammar of challenges and
// credentials, and inside it SPNEGO, NegoEx, NTLM and Kerberos. It also decodes the messages that
// clients exchange with a KDC.
//
// Parsers take bytes and return what they could decode, with an error that says where they had to
// stop: on an error the value holds everything before it. Secrets do not enter the result: of
// responses, signatures, ciphers and passwords only lengths and kinds are kept.
//
// Kerberos is read twice. First a walk over the DER finds every field with its offset, everything
// that is wrong, and whatever is left of a message that lost its end: it still shows for which
// service it was. If the walk finds nothing wrong in a whole message, gokrb5 reads the same bytes:
// AP-REQ, AP-REP, KRB-ERROR, KRB-CRED and the requests and replies of a KDC, and the EncTicketPart
// and Authenticator that a keytab opens. Its results replace those of the walk. If it refuses a
// message, the results of the walk stay. The cryptography is gokrb5's too. Only the walk reads
// padata, e-data and authorization data.
package tokens

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/maphash"

	"golang.org/x/crypto/cryptobyte/asn1"
)

// A Token is one decoded security token. What is nested on the wire is side by side here: an
// NTLM message inside SPNEGO sets both SPNEGO and NTLM.
type Token struct {
	Len      int       `json:"len"`                // bytes, after base64
	Missing  int       `json:"missing,omitempty"`  // bytes behind them that its outermost length counts: it was cut
	SPNEGO   *SPNEGO   `json:"spnego,omitempty"`   // the SPNEGO message, if it is one
	NegoEx   []NegoEx  `json:"negoex,omitempty"`   // messages of NEGOEX that it carries
	NTLM     *NTLM     `json:"ntlm,omitempty"`     // the NTLM message that it is or carries
	Kerberos *Kerberos `json:"kerberos,omitempty"` // the Kerberos message that it is or carries
	// Mech is the mechanism the outermost GSS-API wrapper names, if there is one
	// (RFC 2743 section 3.1): SPNEGO, or Kerberos where SPNEGO was left out.
	Mech OID `json:"mech,omitempty"`
	// Sum distinguishes two tokens of one run without keeping them. The two sides of a
	// proxy, and a replay, show the same.
	Sum uint64 `json:"-"`
	// Oddities lists what is unusual about the token, in the order of its bytes.
	Oddities []Oddity `json:"odd,omitempty"`
	// Fields are all fields with their places, if they were asked for.
	Fields []Field `json:"fields,omitempty"`
}

// An Oddity is something about a token that is wrong, or right but unusual.
type Oddity struct {
	Offset int    `json:"offset"` // in the token, from 0
	Text   string `json:"text"`   // one sentence
	// Wrong is set if it breaks the standard, not only a habit.
	Wrong bool `json:"wrong,omitempty"`
}

// A ParseError says where and why decoding stopped.
type ParseError struct {
	Offset int    // in the token, from 0
	What   string // the structure or field that could not be read
	Reason string
}

func (e *ParseError) Error() string {
	return fmt.Sprintf("%s at offset %d: %s", e.What, e.Offset, e.Reason)
}

// A Decoder decodes tokens. The zero Decoder needs no keys and keeps no secrets.
type Decoder struct {
	// Keytab, if set, opens the tickets and authenticators it has keys for.
	Keytab *Keytab
	// Secrets asks for responses, ciphers and passwords to be shown too: only a
	// person who decodes a token of their own wants that.
	Secrets bool
	// Fields asks for every field of a token and its place.
	Fields bool
	// SumKey, if set, makes the sums of tokens the same in all runs that have it, so that machines
	// can compare them. Without it each run has its own sums.
	SumKey *SumKey
}

// A SumKey is a secret of runs that compare sums. Nobody without it can make a token with a given
// sum.
type SumKey [32]byte

// Parse decodes a token of any known kind. The kinds differ in their first bytes. On an error the
// Token holds what was decoded before it.
func (d Decoder) Parse(b []byte) (*Token, error) {
	p := newParser(d, b)
	p.any(p.root)
	t, err := p.result()
	t.Sum = d.sum(b)
	return t, err
}

// seed differs in each run, so that nobody can make two tokens with the same sum.
var seed = maphash.MakeSeed()

func (d Decoder) sum(b []byte) uint64 {
	if d.SumKey == nil {
		return maphash.Bytes(seed, b)
	}
	h := hmac.New(sha256.New, d.SumKey[:])
	h.Write(b)
	return binary.BigEndian.Uint64(h.Sum(nil))
}

// KDC decodes one message to or from a KDC, without the length that TCP puts before
// it. On an error the Kerberos holds what was decoded before it.
func (d Decoder) KDC(b []byte) (*Kerberos, error) {
	return d.envelope(b, &Kerberos{}, (*parser).kerberos)
}

// any reads a token of any kind, also one inside another.
func (p *parser) any(b []byte) {
	if p.depth++; p.depth > maxDepth {
		p.fail(b, "token", "lies in more than %d others", maxDepth-1)
		return
	}
	defer func() { p.depth-- }()
	switch {
	case len(b) == 0:
		p.fail(b, "token", "is empty")
	case bytes.HasPrefix(b, ntlmSignature):
		p.ntlm(b)
	case bytes.HasPrefix(b, negoExSignature):
		p.negoEx(b)
	case b[0] == 0x60:
		p.gss(b)
	case b[0] == 0xa0 || b[0] == 0xa1:
		p.spnego(b)
	case untaggedMsgType(b) != 0:
		p.bareKerberos(b, "")
	case b[0] == 0x30:
		p.credSSP(b)
	case IsKerberosTag(b[0]):
		p.bareKerberos(b, "")
	case len(b) > 2 && b[1] == 0 && IsKerberosTag(b[2]) && b[0] >= 1 && b[0] <= 3:
		p.bareKerberos(b[2:], hex.EncodeToString(b[:2]))
	default:
		p.fail(b, "token", "is of no kind known here, %v", byteCount(len(b))) // they may be a secret
	}
}

// bareKerberos reads a Kerberos message without a GSS-API wrapper, or with only the token
// identifier of it.
func (p *parser) bareKerberos(b []byte, tokID string) {
	k := &Kerberos{TokID: tokID}
	p.token.Kerberos = k
	p.kerberos(b)
	if k.APReq != nil || k.APRep != nil || k.Error != nil {
		p.odd(b, "%v without the GSS-API wrapper", k.MsgType)
	}
}

// gss reads the InitialContextToken of RFC 2743 section 3.1: a mechanism, and a token of that
// mechanism.
func (p *parser) gss(b []byte) {
	p.group("gss-api", b, func() {
		rest := b
		e, ok := p.element(&rest, "")
		if !ok {
			return
		}
		p.trailing(rest, "the GSS-API token")
		inner := e.body
		o, ok := p.expect(&inner, asn1.OBJECT_IDENTIFIER, "thisMech")
		if !ok {
			return
		}
		mech := p.oid(o, "thisMech")
		if p.depth == 1 {
			p.token.Mech = mech
		}
		switch {
		case mech == OIDSPNEGO:
			p.spnego(inner)
		case mech.Kerberos() || mech == OIDIAKERB || mech == OIDPKU2U:
			p.gssKerberos(inner, mech)
		case mech != "":
			p.any(inner)
		}
	})
}

// trailing notes bytes after the end of something.
func (p *parser) trailing(rest []byte, what string) {
	if len(rest) > 0 {
		p.wrong(rest, "%s %s", byteCount(len(rest)).verb("follows", "follow"), what)
	}
}

// credSSP reads the negoTokens of a TSRequest (MS-CSSP 2.2.1), which WinRM sends.
func (p *parser) credSSP(b []byte) {
	p.group("TSRequest", b, func() {
		rest := b
		e, ok := p.element(&rest, "")
		if !ok {
			return
		}
		p.members(e, func(n int, v element) {
			switch n {
			case 0:
				p.integer(v, "version")
			case 1:
				p.items(v, func(item element) {
					p.members(item, func(_ int, t element) { p.negoToken(t) })
				})
			case 2:
				p.secret("authInfo", v.whole, v.body)
			case 3:
				p.secret("pubKeyAuth", v.whole, v.body)
			case 4:
				p.integer(v, "errorCode")
			case 5:
				p.hex("clientNonce", v.whole, v.body)
			}
		})
	})
}

// negoToken reads a token of SPNEGO or NTLM. What later legs carry is TLS or encrypted.
func (p *parser) negoToken(e element) {
	b := p.octets(e, "negoToken")
	switch {
	case bytes.HasPrefix(b, ntlmSignature), len(b) > 0 && (b[0] == 0x60 || b[0] == 0xa1):
		p.any(b)
	default:
		p.fieldf("negoToken", e.whole, "%v", byteCount(len(b)))
	}
}
