package tokens

// An Auth is one challenge of a WWW-Authenticate or Proxy-Authenticate header, or
// the credentials of an Authorization or Proxy-Authorization header: RFC 9110
// sections 11.3 and 11.4 give both the same grammar.
type Auth struct {
	Scheme string  `json:"scheme"` // in its registered spelling if known ("Negotiate"), else as sent
	Params []Param `json:"params,omitempty"`
	// Len counts the characters of token68, 0 if there is none: a bare challenge.
	Len   int    `json:"len,omitempty"`
	Token *Token `json:"token,omitempty"` // Negotiate, NTLM, Kerberos, Nego2
	// User is the user name of Basic and Digest credentials.
	User   string  `json:"user,omitempty"`
	Bearer *Bearer `json:"bearer,omitempty"`
	// Problem says why the value is not what it should be; empty if it is.
	Problem string `json:"problem,omitempty"`
	// Stripped tells that the exporter of the file took the value out.
	Stripped bool `json:"stripped,omitempty"`
}

// Bare tells that the challenge carries no token: an offer, or a refusal.
func (a Auth) Bare() bool { return a.Len == 0 && !a.Stripped }

// A Param is one auth-param. Values that are secret are left out.
type Param struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// A Bearer is what matters of a JSON Web Token (RFC 7519); never its signature.
type Bearer struct {
	Alg      string   `json:"alg,omitempty"`
	Issuer   string   `json:"iss,omitempty"`
	Subject  string   `json:"sub,omitempty"`
	Audience []string `json:"aud,omitempty"`
	Expires  int64    `json:"exp,omitempty"` // seconds since 1970
	Opaque   bool     `json:"opaque,omitempty"`
}

// Challenges reads the challenges of all header lines of one name in order: several
// in one line, several lines, any letter case (RFC 9110 section 11.6.1). What is no
// challenge is kept as one with its Problem.
func (d Decoder) Challenges(values []string) []Auth { return nil }

// Credentials reads the value of one Authorization or Proxy-Authorization line.
func (d Decoder) Credentials(value string) Auth { return Auth{} }
