package tokens

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// An Auth is one challenge of a WWW-Authenticate or Proxy-Authenticate header, or
// the credentials of an Authorization or Proxy-Authorization header: RFC 9110
// sections 11.3 and 11.4 give both the same grammar.
type Auth struct {
	Scheme string `json:"scheme"` // in its registered spelling if known ("Negotiate"), else as sent
	// Spelling is the scheme as sent, where that is not its registered spelling.
	Spelling string  `json:"spelling,omitempty"`
	Params   []Param `json:"params,omitempty"` // parameters, such as realm, in the order in which they were sent
	// Len counts the characters of token68, 0 if there is none: a bare challenge.
	Len   int    `json:"len,omitempty"`
	Token *Token `json:"token,omitempty"` // Negotiate, NTLM, Kerberos, Nego2
	// User is the user name of Basic and Digest credentials.
	User   string  `json:"user,omitempty"`
	Bearer *Bearer `json:"bearer,omitempty"` // what a JWT of the scheme Bearer says
	// Problem says why the value is not what it should be; empty if it is.
	Problem string `json:"problem,omitempty"`
	// Stripped is set if the value, its end, or a secret parameter was removed before the file was passed on. Of an
	// NTLM message that was cut so, Token has the beginning.
	Stripped bool `json:"stripped,omitempty"`
	// Fields are the fields of credentials that carry no token, with their places, if they were
	// asked for.
	Fields []Field `json:"fields,omitempty"`
	// Sum is that of credentials that carry no Token, by which they can be compared; 0 unless they are Basic or
	// the Decoder has a SumKey.
	Sum uint64 `json:"-"`
}

// Bare reports whether the challenge carries no token: an offer, or a refusal.
func (a Auth) Bare() bool { return a.Len == 0 && !a.Stripped }

// Empty reports whether the credentials are only the name of a scheme.
func (a Auth) Empty() bool {
	switch a.Scheme {
	case "Negotiate", "NTLM", "Kerberos", "Nego2", "Basic", "Digest", "Bearer":
		return a.Bare() && len(a.Params) == 0
	}
	return false
}

// A Param is one auth-param. Values that are secret are left out.
type Param struct {
	Name  string `json:"name"`  // as sent
	Value string `json:"value"` // without quotation marks
}

// A Bearer has the claims of a JSON Web Token that reports use (RFC 7519), and never its
// signature.
type Bearer struct {
	Alg      string   `json:"alg,omitempty"`    // the algorithm of the signature, alg of the header of a JWT (RFC 7519)
	Issuer   string   `json:"iss,omitempty"`    // the claim iss: who issued the token
	Subject  string   `json:"sub,omitempty"`    // the claim sub: whom the token is about
	Audience []string `json:"aud,omitempty"`    // the claim aud: for whom the token is
	Expires  int64    `json:"exp,omitempty"`    // seconds since 1970
	Opaque   bool     `json:"opaque,omitempty"` // the token is no JWT that can be read
}

// Challenges reads the challenges of all header lines of one name, in order: several in one line,
// or in several lines, in any letter case (RFC 9110 section 11.6.1). What is not a challenge is
// kept as one with a Problem.
func (d Decoder) Challenges(values []string) []Auth {
	var all []Auth
	over, room := false, maxAuthText
	for _, v := range values {
		for s := (scanner{rest: v}); s.next(); {
			if all == nil {
				all = make([]Auth, 0, len(values)) // mostly one in each line
			}
			if behind := len(all) - maxChallenges; behind >= 0 && (behind >= maxTokensBehind || !s.item.hasToken()) || room < 0 && !s.item.hasToken() {
				over = true
				continue
			}
			a := d.auth(s.item, true)
			room = a.keep(v, room)
			all = append(all, a)
		}
	}
	if over {
		all = append(all, Auth{Problem: "more challenges follow than a message may have"})
	}
	return all
}

// hasToken reports whether there is a security token.
func (it *item) hasToken() bool { return it.token68 != "" && IsTokenScheme(registered(it.scheme)) }

// Limits for one message, because all of this is kept.
const (
	maxChallenges   = 32 // servers send up to five
	maxTokensBehind = 8  // more challenges, if they have tokens
	maxParams       = 32 // of one challenge; Digest has ten
	maxParamValue   = 4 << 10
	maxAuthText     = 8 << 10 // schemes and parameters together
)

// Credentials reads the value of one Authorization or Proxy-Authorization line.
func (d Decoder) Credentials(value string) Auth {
	s := scanner{rest: value, credentials: true}
	if !s.next() {
		return Auth{Problem: "empty"}
	}
	first := s.item
	if first.isValue() {
		return Auth{Len: len(value), Problem: "credentials without a scheme"}
	}
	a := d.auth(first, false)
	a.keep(value, maxAuthText)
	if s.next() && a.Problem == "" {
		a.Problem = "more follows the credentials"
	}
	if (d.SumKey != nil || a.Scheme == "Basic") && a.Token == nil && !a.Stripped && !a.Empty() {
		a.Sum = d.sum([]byte(value))
	}
	return a
}

// auth decodes what the scanner read.
func (d Decoder) auth(it item, challenge bool) Auth {
	it.scheme = shortName(it.scheme)
	a := Auth{Scheme: registered(it.scheme), Len: len(it.token68), Problem: it.problem, Stripped: it.stripped}
	if a.Scheme != it.scheme {
		a.Spelling = it.scheme
	}
	if it.stripped {
		a.Len = 0
		return a
	}
	a.Stripped = !challenge && it.holdsStandIn()
	if it.token68 == "" {
		it.token68 = d.tokenParam(&a, it.params)
	}
	d.params(&a, it.params, challenge)
	if it.token68 == "" {
		return a
	}
	switch a.Scheme {
	case "Negotiate", "NTLM", "Kerberos", "Nego2":
		d.token(&a, it.token68)
	case "Basic":
		d.basic(&a, it.token68)
	case "Bearer", "DPoP":
		d.bearer(&a, it.token68)
	}
	return a
}

// keep leaves out parameters for which there is no room, and returns how much room is left. What stays of a long line is
// in strings of its own, so that it does not hold the line.
func (a *Auth) keep(line string, room int) (left int) {
	isLong := len(line) > maxName
	if isLong && (a.Spelling != "" || len(a.Params) > 0 || !IsRegistered(a.Scheme)) {
		a.Scheme, a.Spelling, a.User = registered(strings.Clone(a.Scheme)), strings.Clone(a.Spelling), strings.Clone(a.User)
	}
	room -= len(a.Scheme) + len(a.Spelling)
	for i := range a.Params {
		p := &a.Params[i]
		if room -= len(p.Name) + len(p.Value); room < 0 {
			a.problem("parameters of more characters than are kept")
			clear(a.Params[i:])
			a.Params = slices.Clip(a.Params[:i])
			break
		}
		if isLong {
			p.Name, p.Value = strings.Clone(p.Name), strings.Clone(p.Value)
		}
	}
	return room
}

// tokenParam returns the value of the parameter "token", "" if there is none, and notes that a
// security token does not belong there (RFC 4559 section 4.1). Squid writes it like this if its
// helper does.
func (d Decoder) tokenParam(a *Auth, params []Param) string {
	if !IsTokenScheme(a.Scheme) {
		return ""
	}
	i := slices.IndexFunc(params, func(p Param) bool { return strings.EqualFold(p.Name, "token") })
	if i < 0 {
		return ""
	}
	value := params[i].Value
	if b, _ := Base64(value); len(b) == 0 || StandIn(value) == len(value) {
		return ""
	}
	a.Len = len(value)
	a.problem(asParam)
	params[i].Value = ""
	return value
}

const asParam = "it is written as a parameter, token=, and not by itself behind the scheme"

// AsParam reports whether there is a token, but in a parameter, where it does not belong.
func (a *Auth) AsParam() bool { return a.Problem == asParam && a.Token != nil }

// token decodes a security token in base64.
func (d Decoder) token(a *Auth, s string) {
	b, err := Base64(s)
	if err != nil && isShortened(s) {
		d.beginning(a, b)
		return
	}
	if err != nil && len(b) == 0 {
		a.problem(err.Error())
		return
	}
	t, parseErr := d.Parse(b)
	a.Token = t
	switch {
	case err != nil:
		a.Problem, t.Missing = err.Error(), 0 // what is missing after the bad base64 is unknown
	case parseErr != nil:
		a.problem(parseErr.Error())
	}
	if a.Scheme == "NTLM" && t.NTLM == nil && t.SPNEGO != nil {
		t.Oddities = append([]Oddity{{Text: "SPNEGO under the scheme NTLM", Wrong: true}}, t.Oddities...)
	}
	if a.Scheme == "Negotiate" && t.NTLM != nil && t.SPNEGO == nil {
		t.Oddities = append([]Oddity{{Text: "NTLM under the scheme Negotiate without SPNEGO around it"}}, t.Oddities...)
	}
}

// beginning decodes what is left of a token whose end was left out before the file was passed on.
// It keeps an NTLM message, whose number is in the first bytes; other beginnings say too little.
func (d Decoder) beginning(a *Auth, b []byte) {
	a.Stripped, a.Len, a.Problem = true, 0, ""
	if t, _ := d.Parse(b); t != nil && t.NTLM != nil {
		t.Missing, t.Sum = 0, 0 // others may begin alike
		a.Token = t
	}
}

// problem sets Problem if it is still empty.
func (a *Auth) problem(text string) {
	if a.Problem == "" {
		a.Problem = text
	}
}

// leaf adds a field to Fields, and shows the value of a secret one only on demand.
func (d Decoder) leaf(a *Auth, name, value string) {
	if d.Fields {
		a.Fields = append(a.Fields, Field{Name: name, Value: value, Offset: -1, Len: len(value)})
	}
}

func (d Decoder) secret(a *Auth, name, value string) {
	if !d.Secrets {
		d.leaf(a, name, fmt.Sprintf("%d characters", len(value)))
		return
	}
	d.leaf(a, name, value)
}

// basic reads the user name in user-pass (RFC 7617 section 2).
func (d Decoder) basic(a *Auth, s string) {
	b, err := Base64(s)
	switch {
	case err != nil && isShortened(s):
		a.Stripped, a.Len, a.Problem = true, 0, ""
	case err != nil:
		a.problem(err.Error())
	}
	user, password, found := bytes.Cut(b, []byte(":"))
	if !found {
		if !a.Stripped {
			a.problem("no colon between user name and password")
		}
		return
	}
	name := latin(string(user))
	d.leaf(a, "user-id", name)
	if a.User = shortName(name); len(a.User) < len(name) {
		a.problem(fmt.Sprintf("a user name of %d bytes, of which %d are kept", len(name), maxName))
	}
	d.secret(a, "password", latin(string(password)))
}
