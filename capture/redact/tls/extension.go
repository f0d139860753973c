package tls

import (
	"bytes"

	"negotrace/capture/redact/standin"
	"negotrace/httpstream"
)

// Extensions of hellos (IANA, TLS ExtensionType Values).
const (
	extServerName              = 0
	extMaxFragmentLength       = 1
	extCertificateType         = 9
	extStatusRequest           = 5
	extSupportedGroups         = 10
	extPointFormats            = 11
	extSRP                     = 12
	extSignatureAlgorithms     = 13
	extSRTP                    = 14
	extHeartbeat               = 15
	extALPN                    = 16
	extStatusRequestV2         = 17
	extTimestamps              = 18
	extClientCertificateType   = 19 // of certificates
	extServerCertificateType   = 20
	extPadding                 = 21
	extEncryptThenMAC          = 22
	extExtendedMasterSecret    = 23
	extCompressCertificate     = 27
	extRecordSizeLimit         = 28
	extTokenBinding            = 24
	extDelegatedCredentials    = 34
	extSessionTicket           = 35
	extPreSharedKey            = 41
	extEarlyData               = 42
	extSupportedVersions       = 43
	extCookie                  = 44
	extPSKModes                = 45
	extAuthorities             = 47
	extPostHandshakeAuth       = 49
	extSignatureAlgorithmsCert = 50
	extKeyShare                = 51
	extConnectionID            = 54
	extNextProtocolNegotiation = 13172
	extALPS                    = 17513 // ALPS of Chromium
	extALPSNew                 = 17613
	extECH                     = 65037
	extRenegotiation           = 65281
	extRenegotiationLen        = 1
)

// extensions rewrites the extensions of a hello.
func extensions(v *standin.Values, kind byte, b []byte) {
	for len(b) >= 4 {
		id := be.Uint16(b)
		value, rest := standin.Vector(b[2:], 2)
		extension(v, kind, id, value)
		b = rest
	}
	clear(b)
}

// extension rewrites one.
func extension(v *standin.Values, kind byte, id uint16, b []byte) {
	switch id {
	case extServerName:
		typedVectors(b, func(name []byte) { standin.Put(name, v.Names.Text(string(name))) })
	case extSupportedGroups, extPointFormats, extSignatureAlgorithms, extEncryptThenMAC, extExtendedMasterSecret,
		extCompressCertificate, extRecordSizeLimit, extEarlyData, extSupportedVersions, extPSKModes, extPostHandshakeAuth, extSignatureAlgorithmsCert,
		extMaxFragmentLength, extHeartbeat, extTokenBinding, extDelegatedCredentials, extCertificateType, extClientCertificateType, extServerCertificateType:
		if !isNumbers(b) {
			copy(b, v.Names.Opaque(b))
		}
	case extPadding:
		clear(b)
	case extStatusRequest:
		if len(b) > 0 {
			statusRequest(v, b[1:])
		}
	case extStatusRequestV2:
		typedVectors(b, func(one []byte) { statusRequest(v, one) })
	case extNextProtocolNegotiation:
		Protocols(v, b)
	case extSRP, extConnectionID:
		v.OpaqueVector(b, 1)
	case extSRTP:
		v.OpaqueVector(standin.SkipVector(b, 2), 1)
	case extCookie:
		v.OpaqueVector(b, 2)
	case extAuthorities:
		authorities(v, b)
	case extECH:
		if kind == typeClientHello && len(b) > 6 && b[0] == 0 { // the outer one, draft-ietf-tls-esni section 5
			v.OpaqueVector(v.OpaqueVector(b[6:], 2), 2)
		} else {
			copy(b, v.Names.Opaque(b))
		}
	case extALPN, extALPS, extALPSNew:
		protocols(v, b)
	case extKeyShare:
		if kind == typeClientHello {
			b, _ = standin.Vector(b, 2)
		}
		for len(b) >= 4 {
			b = v.OpaqueVector(b[2:], 2)
		}
	case extPreSharedKey:
		preSharedKey(v, kind, b)
	case extTimestamps:
		v.OpaqueOrTimestamps(b)
	case extRenegotiation:
		if len(b) > extRenegotiationLen {
			copy(b[1:], v.Names.Opaque(b[1:]))
		}
	default:
		if !httpstream.IsGREASE(id) {
			copy(b, v.Names.Opaque(b))
		}
	}
}

// typedVectors calls redact with each vector of a list, which stands behind its type of one byte.
func typedVectors(b []byte, redact func([]byte)) {
	list, _ := standin.Vector(b, 2)
	for len(list) >= 3 {
		v, rest := standin.Vector(list[1:], 2)
		redact(v)
		list = rest
	}
}

// isNumbers reports whether an extension holds the number of an algorithm or a version, or a
// length and a list of such numbers.
func isNumbers(b []byte) bool {
	const longest = 4
	return len(b) <= longest || int(b[0]) == len(b)-1 || int(be.Uint16(b)) == len(b)-2 || int(b[2]) == len(b)-3
}

// statusRequest rewrites the OCSP responders that a client trusts, and the extensions of its
// request (RFC 6066 section 8).
func statusRequest(v *standin.Values, b []byte) {
	responders, rest := standin.Vector(b, 2)
	for len(responders) >= 2 {
		one, next := standin.Vector(responders, 2)
		v.DER(one, 0)
		responders = next
	}
	clear(responders)
	more, rest := standin.Vector(rest, 2)
	v.DER(more, 0)
	clear(rest)
}

// preSharedKey rewrites the identities of keys, which are tickets, and their binders (RFC 8446
// section 4.2.11).
func preSharedKey(v *standin.Values, kind byte, b []byte) {
	if kind != typeClientHello {
		return // a number
	}
	identities, rest := standin.Vector(b, 2)
	for len(identities) > 2 {
		if identities = v.OpaqueVector(identities, 2); len(identities) >= 4 {
			copy(identities, v.Names.Opaque(identities[:4])) // the age, as it is hidden
			identities = identities[4:]
		}
	}
	binders, _ := standin.Vector(rest, 2)
	for len(binders) > 0 {
		binders = v.OpaqueVector(binders, 1)
	}
}

// protocols rewrites names of protocols that are not usual.
func protocols(v *standin.Values, b []byte) {
	list, _ := standin.Vector(b, 2)
	Protocols(v, list)
}

// Protocols is protocols without the length in front.
func Protocols(v *standin.Values, list []byte) {
	for len(list) > 0 {
		name, rest := standin.Vector(list, 1)
		usual := [][]byte{[]byte("h2"), []byte("http/1.1"), []byte("http/1.0"), []byte("http/0.9"), []byte("h3"), []byte("spdy/3.1"), []byte("acme-tls/1")}
		known := len(name) == 2 && httpstream.IsGREASE(be.Uint16(name))
		for _, u := range usual {
			known = known || bytes.Equal(u, name)
		}
		if !known {
			standin.Letters.Fill(name, 0)
		}
		list = rest
	}
}
