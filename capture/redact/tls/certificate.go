package tls

import "negotrace/capture/redact/standin"

// certificates rewrites the chain of a Certificate message (RFC 5246 section 7.4.2).
func certificates(v *standin.Values, b []byte) {
	chain, rest := standin.Vector(b, 3)
	clear(rest)
	for len(chain) >= 3 {
		one, next := standin.Vector(chain, 3)
		v.Certificate(one)
		chain = next
	}
	clear(chain)
}

// certificateRequest rewrites the names of the authorities that a server accepts. Before TLS 1.2
// no list of signature algorithms precedes them (RFC 4346 section 7.4.4).
func certificateRequest(v *standin.Values, b []byte) {
	types, rest := standin.Vector(b, 1)
	for i, kind := range types {
		if kind > 6 && kind != 20 && (kind < 64 || kind > 68) { // IANA, TLS ClientCertificateType Identifiers
			types[i] = 0
		}
	}
	if len(rest) >= 2 && int(be.Uint16(rest)) < len(rest)-2 {
		var algorithms []byte
		algorithms, rest = standin.Vector(rest, 2)
		for ; len(algorithms) >= 2; algorithms = algorithms[2:] {
			if algorithms[0] > 8 && algorithms[0] < 0xfc { // IANA, TLS SignatureScheme
				clear(algorithms[:2])
			}
		}
		clear(algorithms)
	}
	authorities(v, rest)
}

// authorities rewrites a list of names of authorities.
func authorities(v *standin.Values, b []byte) {
	names, rest := standin.Vector(b, 2)
	clear(rest)
	for len(names) >= 2 {
		name, next := standin.Vector(names, 2)
		v.DER(name, 0)
		names = next
	}
}
