// Package tokens decodes what HTTP authentication carries: the header grammar of
// challenges and credentials, and inside it SPNEGO, NegoEx, NTLM and Kerberos;
// besides, the messages that clients exchange with a KDC.
//
// Parsers take bytes and return what they could decode together with an error that
// says where they had to stop: on an error the value holds all that came before it.
// Secrets do not enter the result: of responses, signatures, ciphers and passwords
// only lengths and kinds are kept.
package tokens

import "fmt"

// A Token is one decoded security token. The pointers follow the nesting on the
// wire: an NTLM message inside SPNEGO sets both SPNEGO and NTLM.
type Token struct {
	Len      int       `json:"len"` // bytes, after base64
	SPNEGO   *SPNEGO   `json:"spnego,omitempty"`
	NegoEx   []NegoEx  `json:"negoex,omitempty"`
	NTLM     *NTLM     `json:"ntlm,omitempty"`
	Kerberos *Kerberos `json:"kerberos,omitempty"`
	// Mech is the mechanism the outermost GSS-API wrapper names, if there is one
	// (RFC 2743 section 3.1): SPNEGO, or Kerberos where SPNEGO was left out.
	Mech OID `json:"mech,omitempty"`
	// Odd lists what is unusual about the token, in the order of its bytes.
	Odd []Oddity `json:"odd,omitempty"`
}

// An Oddity is something about a token that is wrong, or right but unusual.
type Oddity struct {
	Offset int    `json:"offset"` // in the token, from 0
	Text   string `json:"text"`
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
}

// Parse decodes a token of any of the known kinds, told apart by their first bytes.
// On an error the Token holds what was decoded before it.
func (d Decoder) Parse(b []byte) (*Token, error) {
	return &Token{Len: len(b)}, &ParseError{What: "token", Reason: "not decoded yet"}
}

// KDC decodes one message to or from a KDC, without the length that TCP puts before
// it. On an error the Kerberos holds what was decoded before it.
func (d Decoder) KDC(b []byte) (*Kerberos, error) {
	return &Kerberos{}, &ParseError{What: "KDC message", Reason: "not decoded yet"}
}
