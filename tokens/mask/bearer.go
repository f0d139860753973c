package mask

import (
	"slices"
	"strings"
)

// bearer masks a bearer token. In a JSON Web Token (RFC 7519) the header and the claims are
// rewritten in place: the algorithm and the times stay, issuer, subject and audience become names,
// everything else letters. Any other token is opaque.
func (h *header) bearer(s string) string {
	head, rest, _ := strings.Cut(s, ".")
	claims, signature, isJWS := strings.Cut(rest, ".")
	if !isJWS || strings.Contains(signature, ".") {
		return h.letters(s)
	}
	return inBase64(head, h.letters, h.json) + "." + inBase64(claims, h.letters, h.json) + "." + h.letters(signature)
}

// The members of a JSON Web Token that are not secret, and those that are names.
var (
	openClaims = []string{"alg", "typ", "exp", "nbf", "iat"}
	nameClaims = []string{"iss", "sub", "aud", "upn", "preferred_username", "unique_name", "email", "name"}
)

// openValues are usual algorithms and types of tokens (RFC 7518, RFC 8037, RFC 7519, RFC 9068,
// RFC 9449).
var openValues = []string{"none", "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512",
	"EdDSA", "Ed25519", "ES256K", "dir", "RSA-OAEP", "RSA-OAEP-256", "RSA1_5", "A128KW", "A256KW", "ECDH-ES", "JWT", "jwt", "JOSE", "at+jwt", "dpop+jwt", "logout+jwt"}

// json masks a JSON text in place, without parsing it. It looks for strings and for what is
// between them; values that are not text lose their digits.
func (h *header) json(b []byte) []byte {
	if len(b) == 0 || b[0] != '{' {
		return []byte(h.letters(string(b)))
	}
	var out strings.Builder
	member := ""
	for rest := string(b); rest != ""; {
		if rest[0] != '"' {
			n := strings.IndexByte(rest, '"')
			if n < 0 {
				n = len(rest)
			}
			out.WriteString(h.between(member, rest[:n]))
			rest = rest[n:]
			continue
		}
		n := quoted(rest)
		text, after := rest[1:n], strings.TrimLeft(rest[min(n+1, len(rest)):], space)
		out.WriteByte('"')
		switch {
		case strings.HasPrefix(after, ":"):
			member = text
			out.WriteString(h.claimName(text))
		default:
			out.WriteString(h.claim(member, text))
		}
		out.WriteString(rest[n:min(n+1, len(rest))])
		rest = rest[min(n+1, len(rest)):]
	}
	return []byte(out.String())
}

// quoted returns the end of the string at the beginning of s: the offset of its closing quotation
// mark, or the length of s.
func quoted(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(s)
}

func (h *header) claimName(s string) string {
	if slices.Contains(openClaims, s) || slices.Contains(nameClaims, s) {
		return s
	}
	return h.letters(s)
}

func (h *header) claim(member, s string) string {
	m := &masker{Names: h.Names}
	switch {
	case member == "alg" || member == "typ":
		if slices.Contains(openValues, s) {
			return s
		}
	case slices.Contains(nameClaims, member) && !strings.Contains(s, `\`):
		if strings.Contains(s, "://") {
			return m.sameLength(s, h.URI)
		}
		return m.rename(User, s)
	}
	return h.letters(s)
}

// between masks what is between two strings: marks, numbers, true, false and null. Digits stay if
// the member is not secret.
func (h *header) between(member, s string) string {
	const marks = "{}[]:, \t\r\n"
	word := strings.Trim(s, marks)
	if word == "true" || word == "false" || word == "null" {
		return s
	}
	open := slices.Contains(openClaims, member)
	b := []byte(s)
	for i, c := range b {
		switch {
		case strings.IndexByte(marks, c) >= 0:
		case c < '0' || c > '9':
			b[i] = ' '
		case !open:
			b[i] = '1'
		}
	}
	return string(b)
}
