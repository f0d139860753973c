package mask

import (
	"slices"
	"strings"

	"negotrace/tokens"
)

// param returns the length of what precedes the value of the parameter at the beginning of s: its
// name, the equals sign, and the white space around it. It returns 0 if there is no parameter.
func param(s string) int {
	n := token(s)
	after := strings.TrimLeft(s[n:], space)
	if n == 0 || !strings.HasPrefix(after, "=") {
		return 0
	}
	return len(s) - len(strings.TrimLeft(after[1:], space))
}

// params masks parameters as long as they follow one another.
func (h *header) params() {
	for {
		n := param(h.rest)
		if n == 0 {
			return
		}
		name := h.rest[:token(h.rest)]
		if slices.Contains(paramNames, strings.ToLower(name)) {
			h.keep(n)
		} else {
			h.junk(len(name))
			h.keep(n - len(name))
		}
		h.value(strings.ToLower(name))
		h.skip(space)
		if h.rest != "" && h.rest[0] != ',' {
			h.toComma()
		}
		ahead := strings.TrimLeft(h.rest, separator)
		if param(ahead) == 0 {
			return
		}
		h.skip(separator)
	}
}

// ParamNames returns the names of parameters that stay.
func ParamNames() []string { return slices.Clone(paramNames) }

// paramNames are the parameters of the registered schemes.
var paramNames = []string{"realm", "nonce", "opaque", "domain", "stale", "algorithm", "qop", "charset",
	"userhash", "username", "username*", "uri", "response", "cnonce", "nc", "nextnonce", "rspauth",
	"error", "error_description", "error_uri", "scope", "authorization_uri", "resource_id", "client_id",
	"trusted_issuers", "claims", "sid", "data", "credential", "signedheaders", "signature", "token"}

// value masks a token or a quoted string.
func (h *header) value(name string) {
	if !strings.HasPrefix(h.rest, `"`) {
		n := strings.IndexAny(h.rest, separator)
		if n < 0 {
			n = len(h.rest)
		}
		h.put(h.paramValue(name, h.rest[:n]))
		return
	}
	h.keep(1)
	for h.rest != "" && h.rest[0] != '"' {
		if h.rest[0] == '\\' && len(h.rest) > 1 {
			n := 1 // it stands for itself, between two parts
			if strings.IndexByte(`\"/`, h.rest[1]) >= 0 {
				n = 2
			}
			h.keep(n)
			continue
		}
		n := strings.IndexAny(h.rest, `"\`)
		if n < 0 || n == 0 {
			n = len(h.rest)
		}
		h.put(h.paramValue(name, h.rest[:n]))
	}
	if h.rest != "" {
		h.keep(1)
	}
}

// paramValue masks the value of a parameter, or a piece of it.
func (h *header) paramValue(name, v string) string {
	m := &masker{Names: h.Names}
	switch name {
	case "token": // not in RFC 4559, but some write it
		if tokens.StandIn(v) < len(v) {
			return h.credentials("negotiate", v)
		}
	case "realm":
		return m.rename(Text, v)
	case "username":
		if tokens.StandIn(v) < len(v) {
			return m.rename(User, v)
		}
	case "username*":
		if i := strings.LastIndexByte(v, '\''); i >= 0 {
			return v[:i+1] + m.sameLength(v[i+1:], h.URI)
		}
	case "uri", "domain", "authorization_uri", "error_uri":
		return m.sameLength(v, h.URI)
	case "error_description":
		if h.Words != nil {
			return m.sameLength(v, h.Words)
		}
	case "nc", "stale", "qop", "algorithm", "charset", "userhash", "error":
		if isOpenValue(name, strings.ToLower(v)) {
			return v
		}
	}
	if tokens.StandIn(v) == len(v) {
		return h.standIn(v)
	}
	return m.letters(v)
}

// isOpenValue reports whether a parameter that is not secret has a value from a standard (RFC
// 7616, RFC 7617, RFC 6750, RFC 6749, RFC 9449, RFC 9470).
func isOpenValue(name, v string) bool {
	values := map[string]string{
		"stale": "true false", "userhash": "true false", "qop": "auth auth-int", "charset": "utf-8 iso-8859-1 us-ascii",
		"algorithm": "md5 md5-sess sha sha-256 sha-256-sess sha-512-256 sha-512-256-sess",
		"error": "invalid_request invalid_token invalid_client invalid_grant invalid_scope invalid_dpop_proof use_dpop_nonce insufficient_scope insufficient_claims " +
			"insufficient_user_authentication unauthorized_client unsupported_grant_type unsupported_response_type access_denied login_required interaction_required " +
			"consent_required server_error temporarily_unavailable",
	}
	if name == "nc" {
		return len(v) <= 8 && strings.Trim(v, "0123456789abcdef") == ""
	}
	for _, part := range strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' }) {
		if !slices.Contains(strings.Fields(values[name]), part) {
			return false
		}
	}
	return true
}

// sameLength returns f(s), or letters if that has another length.
func (m *masker) sameLength(s string, f func(string) string) string {
	if by := f(s); len(by) == len(s) {
		return by
	}
	return m.letters(s)
}
