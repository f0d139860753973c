package tokens

import (
	"encoding/base64"
	"encoding/json"
	"strings"
)

// bearer reads the header and the claims of a JSON Web Token. A token in another form is
// opaque, as RFC 6750 allows.
func bearer(s string) *Bearer {
	head, rest, _ := strings.Cut(s, ".")
	claims, _, isJWS := strings.Cut(rest, ".")
	var h struct {
		Alg string `json:"alg"`
	}
	if !isJWS || !segment(head, &h) {
		return &Bearer{Opaque: true}
	}
	var c struct {
		Iss string          `json:"iss"`
		Sub string          `json:"sub"`
		Aud json.RawMessage `json:"aud"`
		Exp json.Number     `json:"exp"`
	}
	b := &Bearer{Alg: h.Alg}
	if !segment(claims, &c) {
		b.Opaque = true
		return b
	}
	b.Issuer, b.Subject = c.Iss, c.Sub
	if exp, err := c.Exp.Float64(); err == nil && exp > 0 && exp < 1<<53 {
		b.Expires = int64(exp)
	}
	var one string
	if json.Unmarshal(c.Aud, &one) == nil {
		b.Audience = []string{one}
	} else if json.Unmarshal(c.Aud, &b.Audience) != nil {
		b.Audience = nil
	}
	return b
}

// segment decodes one part of a token (RFC 7515 section 3.1).
func segment(s string, into any) bool {
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
	return err == nil && json.Unmarshal(raw, into) == nil
}
