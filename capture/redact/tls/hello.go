package tls

import (
	"negotrace/capture/redact/standin"
	"negotrace/httpstream"
)

// hello rewrites a ClientHello or a ServerHello (RFC 8446 section 4.1). That of a client has a cookie in DTLS (RFC 6347
// section 4.2.1).
func hello(v *standin.Values, kind byte, b []byte, isDTLS bool) {
	if len(b) < 35 {
		copy(b, v.Names.Opaque(b))
		return
	}
	if random := b[2:34]; string(random) != retryRequest {
		end := 32
		if string(random[24:31]) == downgrade { // a server says that it could do better
			end = 24
		}
		copy(random, v.Names.Opaque(random)[:end])
	}
	rest := b[34:]
	rest = v.OpaqueVector(rest, 1)
	if kind == typeClientHello && isDTLS {
		rest = v.OpaqueVector(rest, 1)
	}
	if kind == typeClientHello {
		var suites, methods []byte
		suites, rest = standin.Vector(rest, 2)
		methods, rest = standin.Vector(rest, 1)
		cipherSuites(suites)
		compressionMethods(methods)
	} else {
		chosen := rest[:min(3, len(rest))]
		cipherSuites(chosen[:len(chosen)&2])
		compressionMethods(chosen[len(chosen)&2:])
		rest = rest[len(chosen):]
	}
	all, behind := standin.Vector(rest, 2)
	extensions(v, kind, all)
	clear(behind)
}

// cipherSuites clears what is not the number of a cipher suite (IANA, TLS Cipher Suites).
func cipherSuites(b []byte) {
	for ; len(b) >= 2; b = b[2:] {
		switch b[0] {
		case 0x00, 0x13, 0x56, 0xc0, 0xc1, 0xcc, 0xd0, 0xfe, 0xff:
		default:
			if !httpstream.IsGREASE(be.Uint16(b)) {
				clear(b[:2])
			}
		}
	}
	clear(b)
}

// compressionMethods clears what is not the number of a method (IANA, TLS Compression Method
// Identifiers).
func compressionMethods(b []byte) {
	for i, method := range b {
		if method > 1 && method != 64 {
			b[i] = 0
		}
	}
}

const (
	retryRequest = "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c"
	downgrade    = "DOWNGRD"
)
