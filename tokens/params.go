package tokens

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// params keeps the parameters that are not secret. For credentials of an unknown scheme nobody
// knows which are, so it keeps only their names.
func (d Decoder) params(a *Auth, params []Param, challenge bool) {
	for i, p := range params {
		if i == maxParams {
			a.problem(fmt.Sprintf("more than %d parameters", maxParams))
			break
		}
		p.Name = shortName(p.Name)
		name := strings.ToLower(p.Name)
		if name == "uri" || challenge && strings.Contains(p.Value, "://") {
			p.Value = PublicURI(p.Value)
		}
		if len(p.Value) > maxParamValue {
			a.problem(fmt.Sprintf("a parameter of %d characters", len(p.Value)))
			p.Value = strings.Clone(p.Value[:maxParamValue])
		}
		if a.Scheme == "Digest" && name == "username" && !challenge && StandIn(p.Value) < len(p.Value) {
			a.User = p.Value
		}
		if challenge && !slices.Contains(proofs, name) || isOpenParam(a.Scheme, name) {
			d.leaf(a, p.Name, p.Value)
		} else {
			d.secret(a, p.Name, p.Value)
			p.Value = ""
		}
		a.Params = append(a.Params, p)
	}
	if a.Scheme != "Digest" || challenge {
		return
	}
	if name := extendedValue(params, "username*"); a.User == "" && StandIn(name) < len(name) {
		a.User = name
	}
	if strings.EqualFold(a.Param("userhash"), "true") {
		a.User = "" // it is a hash of the name (RFC 7616 section 3.4.4)
	}
}

// isOpenParam reports whether a parameter of credentials, its name in lower case, is not secret.
func isOpenParam(scheme, name string) bool {
	return scheme == "Digest" && slices.Contains(digestOpen, name)
}

// digestOpen are the parameters of Digest credentials (RFC 7616 section 3.4) that are not secret,
// and that do not help to find the password.
var digestOpen = []string{"username", "username*", "realm", "uri", "algorithm", "qop", "nc", "charset", "userhash"}

// proofs are parameters by which a server proves that it knows the password (RFC 7616 section
// 3.5, RFC 7804), from which it can be guessed, or that carry a token.
var proofs = []string{"rspauth", "cnonce", "response", "data", "token", "access_token", "id_token"}

// extendedValue reads a value in the notation of RFC 8187: charset'language'text.
func extendedValue(params []Param, name string) string {
	for _, p := range params {
		if !strings.EqualFold(p.Name, name) {
			continue
		}
		if parts := strings.SplitN(p.Value, "'", 3); len(parts) == 3 {
			if s, err := url.PathUnescape(parts[2]); err == nil {
				return s
			}
		}
	}
	return ""
}
