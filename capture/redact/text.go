package redact

import (
	"bytes"

	"negotrace/httpstream"
	"negotrace/tokens/der"
)

// Words rewrites a text for people where it lies: words that are in every text about logons
// stay, names that are known become their pseudonyms, all else letters.
func (r *Redactor) Words(text []byte) { r.words(text) }

// Packed rewrites the text of a page where it lies, in a body with that Content-Encoding.
func (r *Redactor) Packed(body []byte, coding string) {
	before := r.Counts.BodyBytes
	r.packedPage(body, coding)
	r.Counts.BodyBytes = before // of packets
}

// Certificate rewrites a certificate in DER where it lies.
func (r *Redactor) Certificate(b []byte) {
	if tag, _, rest, ok := der.Element(b); !ok || tag != der.Sequence || len(rest) > 0 {
		r.unknown("parts of certificates", len(b))
		clear(b)
		return
	}
	r.Counts.Certificates++
	before := bindings(b)
	r.der(b, 0)
	if len(r.bindings) > maxBindings {
		return
	}
	for i, after := range bindings(b) {
		r.bindings[before[i]] = after
	}
}

// opened returns what may be said of a packet that was opened.
func (r *Redactor) opened(o *httpstream.PlainCopy) *httpstream.PlainCopy {
	if o == nil || o.ALPN == "" && len(o.Certificate) == 0 {
		return o
	}
	is := *o
	protocol := append([]byte{byte(len(o.ALPN))}, o.ALPN...)
	r.protocolList(protocol)
	is.ALPN, is.Certificate = string(protocol[1:]), bytes.Clone(o.Certificate)
	if len(is.Certificate) > 0 {
		r.Certificate(is.Certificate)
	}
	return &is
}
