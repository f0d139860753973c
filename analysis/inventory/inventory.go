// Package inventory counts who authenticates how to what, and why it was not Kerberos with
// AES where it was not: what a project that turns off NTLM or RC4 asks of many captures.
package inventory

import (
	"cmp"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// A Key is what handshakes have in common that are counted together.
type Key struct {
	Target    analysis.Target    `json:"side"`
	Host      string             `json:"host"`    // in lower case
	Server    string             `json:"server"`  // ip:port
	SPN       string             `json:"spn"`     // that of the ticket, or the one that was asked for; empty if none was seen
	Client    string             `json:"client"`  // its address
	User      string             `json:"user"`    // empty if it is not known
	Program   string             `json:"program"` // product of the User-Agent
	Mechanism analysis.Mechanism `json:"mechanism"`
	// Version is how the mechanism was used: the encryption type of the ticket, NTLMv1 or
	// NTLMv2; empty if it has none or it was not seen.
	Version string `json:"version"`
	// EType is the number of that encryption type; 0 where there is none.
	EType tokens.EType `json:"etype,omitempty"`
	// Why says why it was not Kerberos with AES; empty if it was, or if nothing shows it.
	Why string `json:"why"`
}

// An Entry is one line of the inventory.
type Entry struct {
	Key
	Count   int             `json:"count"`             // authentications
	Refused int             `json:"refused,omitempty"` // how many of them were not let in
	First   httpstream.Time `json:"first,omitzero"`    // when the first of them began
	Last    httpstream.Time `json:"last,omitzero"`     // when the last of them began, or the last request with the same credentials
}

// Compare orders keys: by server, then by client.
func (k *Key) Compare(o *Key) int {
	return cmp.Or(strings.Compare(k.Host, o.Host), strings.Compare(string(k.Target), string(o.Target)), strings.Compare(k.Server, o.Server),
		strings.Compare(k.SPN, o.SPN), strings.Compare(string(k.Mechanism), string(o.Mechanism)), strings.Compare(k.Version, o.Version),
		strings.Compare(k.Why, o.Why), strings.Compare(k.Client, o.Client), strings.Compare(k.User, o.User), strings.Compare(k.Program, o.Program))
}

// Add counts another entry of the same key into e.
func (e *Entry) Add(o *Entry) {
	e.Count += o.Count
	e.Refused += o.Refused
	if e.First.IsZero() || !o.First.IsZero() && !o.First.After(e.First) {
		e.First = o.First
	}
	if o.Last.After(e.Last) {
		e.Last = o.Last
	}
}

// A View is a question to the inventory.
type View string

// The views.
const (
	All  View = "all"
	NTLM View = "ntlm" // what breaks if NTLM is turned off
	RC4  View = "rc4"  // what breaks if RC4 and DES are turned off
)

// Shows reports whether an entry answers the question of a view: who was let in, and would
// not be.
func (v View) Shows(e *Entry) bool {
	switch v {
	case NTLM:
		return e.Mechanism == analysis.NTLM && e.Count > e.Refused
	case RC4:
		return e.Mechanism == analysis.Kerberos && weak(e.EType) && e.Count > e.Refused
	}
	return true
}

// weak reports whether an encryption type is of those that nobody should use any more: DES
// (RFC 6649), triple DES and RC4 (RFC 8429).
func weak(e tokens.EType) bool {
	switch e {
	case tokens.ETypeDESCRC, tokens.ETypeDESMD4, tokens.ETypeDESMD5, 5, 7, 16, tokens.ETypeRC4, tokens.ETypeRC4Exp:
		return true
	}
	return false
}
