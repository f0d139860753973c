// Package standin puts something else in the place of a value, where it lies in a message and in its length: addresses,
// numbers that say what belongs together, certificates, vectors, and fillers for what nobody needs to read.
package standin

import (
	"encoding/binary"
	"net/netip"

	"negotrace/capture/redact/pseudonym"
	"negotrace/tokens/mask"
)

var be = binary.BigEndian

// Values are what takes the place of values in one capture, and the counts of it. They are for one goroutine at a time.
type Values struct {
	Counts Counts
	Names  *pseudonym.Names
	Mask   mask.Names // of tokens

	bindings   map[[16]byte][16]byte // channel bindings to certificates, and what they become
	recentIPv4 [256]ipv4Pseudonym
}

// Counts say how much was replaced, in how many places each.
type Counts struct {
	Packets                          int
	Requests, Responses, HeaderLines int
	Tokens                           int // in header lines that hold tokens
	BodyBytes                        int
	Hellos, Certificates             int
	EncryptedBytes                   int // of TLS
	Kerberos, DNS                    int // messages
	// NotUnderstood is what became zeros or noise without its structure, in bytes.
	NotUnderstood map[string]int
}

// New returns Values that use names.
func New(names *pseudonym.Names) *Values {
	v := &Values{Names: names, Mask: maskWith(names), bindings: map[[16]byte][16]byte{}}
	v.Counts.NotUnderstood = map[string]int{}
	v.Mask.Binding = v.binding
	return v
}

// maskWith returns how tokens are masked with these names.
func maskWith(names *pseudonym.Names) mask.Names {
	return mask.Names{
		Name:    func(_ mask.Kind, name string) string { return names.Text(name) },
		URI:     names.URL,
		Noise:   func(dst, secret []byte) { copy(dst, names.Opaque(secret)) },
		Address: func(a netip.Addr) netip.Addr { return names.Addr(a) },
	}
}

// maxKinds is how many kinds of content that was not understood are counted by name.
const maxKinds = 64

// Unknown counts bytes that were not understood.
func (v *Values) Unknown(what string, n int) {
	if n == 0 {
		return
	}
	if _, known := v.Counts.NotUnderstood[what]; !known && len(v.Counts.NotUnderstood) >= maxKinds {
		what = "others"
	}
	v.Counts.NotUnderstood[what] += n
}

// Put writes text over b. If their lengths differ it writes letters.
func Put(b []byte, text string) {
	if len(text) != len(b) {
		Letters.Fill(b, 0)
		return
	}
	copy(b, text)
}
