package redact

import (
	"bytes"

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
func (r *Redactor) extensions(kind byte, b []byte) {
	for len(b) >= 4 {
		id := be.Uint16(b)
		value, rest := vector(b[2:], 2)
		r.extension(kind, id, value)
		b = rest
	}
	clear(b)
}

// extension rewrites one.
func (r *Redactor) extension(kind byte, id uint16, b []byte) {
	switch id {
	case extServerName:
		typedVectors(b, func(name []byte) { put(name, r.names.Text(string(name))) })
	case extSupportedGroups, extPointFormats, extSignatureAlgorithms, extEncryptThenMAC, extExtendedMasterSecret,
		extCompressCertificate, extRecordSizeLimit, extEarlyData, extSupportedVersions, extPSKModes, extPostHandshakeAuth, extSignatureAlgorithmsCert,
		extMaxFragmentLength, extHeartbeat, extTokenBinding, extDelegatedCredentials, extCertificateType, extClientCertificateType, extServerCertificateType:
		if !isNumbers(b) {
			copy(b, r.names.Opaque(b))
		}
	case extPadding:
		clear(b)
	case extStatusRequest:
		if len(b) > 0 {
			r.statusRequest(b[1:])
		}
	case extStatusRequestV2:
		typedVectors(b, r.statusRequest)
	case extNextProtocolNegotiation:
		r.protocolList(b)
	case extSRP, extConnectionID:
		r.opaqueVector(b, 1)
	case extSRTP:
		r.opaqueVector(skipVector(b, 2), 1)
	case extCookie:
		r.opaqueVector(b, 2)
	case extAuthorities:
		r.authorities(b)
	case extECH:
		if kind == clientHello && len(b) > 6 && b[0] == 0 { // the outer one, draft-ietf-tls-esni section 5
			r.opaqueVector(r.opaqueVector(b[6:], 2), 2)
		} else {
			copy(b, r.names.Opaque(b))
		}
	case extALPN, extALPS, extALPSNew:
		r.protocols(b)
	case extKeyShare:
		if kind == clientHello {
			b, _ = vector(b, 2)
		}
		for len(b) >= 4 {
			b = r.opaqueVector(b[2:], 2)
		}
	case extPreSharedKey:
		r.preSharedKey(kind, b)
	case extTimestamps:
		r.opaqueOrTimestamps(b)
	case extRenegotiation:
		if len(b) > extRenegotiationLen {
			copy(b[1:], r.names.Opaque(b[1:]))
		}
	default:
		if !httpstream.IsGREASE(id) {
			copy(b, r.names.Opaque(b))
		}
	}
}

// typedVectors calls redact with each vector of a list, which stands behind its type of one byte.
func typedVectors(b []byte, redact func([]byte)) {
	list, _ := vector(b, 2)
	for len(list) >= 3 {
		v, rest := vector(list[1:], 2)
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
func (r *Redactor) statusRequest(b []byte) {
	responders, rest := vector(b, 2)
	for len(responders) >= 2 {
		one, next := vector(responders, 2)
		r.der(one, 0)
		responders = next
	}
	clear(responders)
	more, rest := vector(rest, 2)
	r.der(more, 0)
	clear(rest)
}

// preSharedKey rewrites the identities of keys, which are tickets, and their binders (RFC 8446
// section 4.2.11).
func (r *Redactor) preSharedKey(kind byte, b []byte) {
	if kind != clientHello {
		return // a number
	}
	identities, rest := vector(b, 2)
	for len(identities) > 2 {
		if identities = r.opaqueVector(identities, 2); len(identities) >= 4 {
			copy(identities, r.names.Opaque(identities[:4])) // the age, as it is hidden
			identities = identities[4:]
		}
	}
	binders, _ := vector(rest, 2)
	for len(binders) > 0 {
		binders = r.opaqueVector(binders, 1)
	}
}

// protocols rewrites names of protocols that are not usual.
func (r *Redactor) protocols(b []byte) {
	list, _ := vector(b, 2)
	r.protocolList(list)
}

// protocolList is protocols without the length in front.
func (r *Redactor) protocolList(list []byte) {
	for len(list) > 0 {
		name, rest := vector(list, 1)
		usual := [][]byte{[]byte("h2"), []byte("http/1.1"), []byte("http/1.0"), []byte("http/0.9"), []byte("h3"), []byte("spdy/3.1"), []byte("acme-tls/1")}
		known := len(name) == 2 && httpstream.IsGREASE(be.Uint16(name))
		for _, u := range usual {
			known = known || bytes.Equal(u, name)
		}
		if !known {
			letters.fill(name, 0)
		}
		list = rest
	}
}
