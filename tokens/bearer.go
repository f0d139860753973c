package tokens

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

// bearer reads the claims of a token that reports use.
func (d Decoder) bearer(a *Auth, s string) {
	b := claims(s)
	a.Bearer = b
	if b.Opaque {
		d.secret(a, "token", s)
		return
	}
	d.leaf(a, "alg", b.Alg)
	d.leaf(a, "iss", b.Issuer)
	d.leaf(a, "sub", b.Subject)
	d.leaf(a, "aud", strings.Join(b.Audience, ", "))
	if b.Expires != 0 {
		d.leaf(a, "exp", time.Unix(b.Expires, 0).UTC().Format(time.RFC3339))
	}
	d.secret(a, "signature", s[strings.LastIndexByte(s, '.')+1:])
}

// claims reads the header and the claims of a JSON Web Token. A token in another form is
// opaque, as RFC 6750 allows.
func claims(s string) *Bearer {
	head, rest, _ := strings.Cut(s, ".")
	body, _, isJWS := strings.Cut(rest, ".")
	var h struct {
		Alg string `json:"alg"`
	}
	var c struct {
		Iss string          `json:"iss"`
		Sub string          `json:"sub"`
		Aud json.RawMessage `json:"aud"`
		Exp json.Number     `json:"exp"`
	}
	if !isJWS || !segment(head, &h) || !segment(body, &c) {
		return &Bearer{Opaque: true}
	}
	b := &Bearer{Alg: h.Alg, Issuer: c.Iss, Subject: c.Sub}
	if exp, err := c.Exp.Float64(); err == nil && exp > 0 && exp < 1<<38 {
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

// segment decodes one part of a token (RFC 7515 section 3.1), and reports whether it could.
func segment(s string, into any) bool {
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
	return err == nil && json.Unmarshal(raw, into) == nil
}
