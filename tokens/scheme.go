package tokens

import (
	"slices"
	"strings"
)

// IsTokenScheme reports whether a scheme, as registered, exchanges security tokens in a handshake,
// rather than sending the same credentials with every request.
func IsTokenScheme(scheme string) bool {
	switch scheme {
	case "Negotiate", "NTLM", "Kerberos", "Nego2":
		return true
	}
	return false
}

// registered returns the spelling of a scheme in IANA's registry, or of a scheme that only Windows
// uses.
func registered(scheme string) string {
	for _, s := range schemes {
		if strings.EqualFold(s, scheme) {
			return s
		}
	}
	return scheme
}

// IsRegistered reports whether a scheme is in IANA's registry, or one that only Windows or a cloud uses.
func IsRegistered(scheme string) bool {
	return slices.ContainsFunc(schemes, func(s string) bool { return strings.EqualFold(s, scheme) })
}

var schemes = []string{"Negotiate", "NTLM", "Basic", "Bearer", "Digest", "Kerberos", "Nego2",
	"CredSSP", "DPoP", "GNAP", "HOBA", "Mutual", "OAuth", "PrivateToken", "SCRAM-SHA-1",
	"SCRAM-SHA-256", "vapid", "Passport1.4", "AWS4-HMAC-SHA256"}
