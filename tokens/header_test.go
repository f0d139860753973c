package tokens

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestChallenges(t *testing.T) {
	const type1 = "TlRMTVNTUAABAAAAAgIAAA==" // a NEGOTIATE_MESSAGE of 16 bytes
	for _, tt := range []struct {
		name   string
		values []string
		want   []Auth
	}{
		{"one bare", []string{"Negotiate"}, []Auth{{Scheme: "Negotiate"}}},
		{"letter case", []string{"nEgOtIaTe", "ntlm"}, []Auth{{Scheme: "Negotiate", Spelling: "nEgOtIaTe"}, {Scheme: "NTLM", Spelling: "ntlm"}}},
		{"several in a line", []string{`Negotiate, NTLM, Basic realm="a, b"`}, []Auth{
			{Scheme: "Negotiate"}, {Scheme: "NTLM"},
			{Scheme: "Basic", Params: []Param{{"realm", "a, b"}}},
		}},
		{"proof of the server", []string{`Digest rspauth="0123", cnonce="c", qop=auth`}, []Auth{
			{Scheme: "Digest", Params: []Param{{"rspauth", ""}, {"cnonce", ""}, {"qop", "auth"}}},
		}},
		{"scheme in a quoted string", []string{`Digest realm="Negotiate YII=, NTLM", nonce="x\"y", stale=false, Negotiate`}, []Auth{
			{Scheme: "Digest", Params: []Param{{"realm", "Negotiate YII=, NTLM"}, {"nonce", `x"y`}, {"stale", "false"}}},
			{Scheme: "Negotiate"},
		}},
		{"empty elements", []string{", ,Negotiate,,NTLM ,", ""}, []Auth{{Scheme: "Negotiate"}, {Scheme: "NTLM"}}},
		{"space around equals", []string{`Basic realm = "x" , NTLM`}, []Auth{
			{Scheme: "Basic", Params: []Param{{"realm", "x"}}}, {Scheme: "NTLM"},
		}},
		{"token68 of an unknown scheme", []string{"Hawk ab-._~+/12==, Other"}, []Auth{
			{Scheme: "Hawk", Len: 12}, {Scheme: "Other"},
		}},
		{"token68 behind another scheme", []string{`Basic realm="x", NTLM ` + type1}, []Auth{
			{Scheme: "Basic", Params: []Param{{"realm", "x"}}},
			{Scheme: "NTLM", Len: 24, Token: &Token{
				Len:      16,
				NTLM:     &NTLM{Flags: 0x202, Negotiate: &NTLMNegotiate{}},
				Oddities: []Oddity{{Text: "16-byte NEGOTIATE_MESSAGE without fields, as Windows 9x sent it"}},
			}},
		}},
		{"stripped", []string{"Negotiate [1882 bytes were stripped]", "NTLM [redacted], Basic realm=x"}, []Auth{
			{Scheme: "Negotiate", Stripped: true}, {Scheme: "NTLM", Stripped: true},
			{Scheme: "Basic", Params: []Param{{"realm", "x"}}},
		}},
		{"a token behind many others", append(slices.Repeat([]string{"Basic"}, 40), "NTLM "+type1), append(slices.Repeat([]Auth{{Scheme: "Basic"}}, 32), Auth{
			Scheme: "NTLM", Len: 24, Token: &Token{
				Len:      16,
				NTLM:     &NTLM{Flags: 0x202, Negotiate: &NTLMNegotiate{}},
				Oddities: []Oddity{{Text: "16-byte NEGOTIATE_MESSAGE without fields, as Windows 9x sent it"}},
			}}, Auth{Problem: "more challenges follow than a message may have"})},
		{"a token with more behind it", []string{"NTLM " + type1 + ";x"}, []Auth{{
			Scheme: "NTLM", Len: 26, Problem: "base64: illegal character '=' at 22", Token: &Token{
				Len:      16,
				NTLM:     &NTLM{Flags: 0x202, Negotiate: &NTLMNegotiate{}},
				Oddities: []Oddity{{Text: "16-byte NEGOTIATE_MESSAGE without fields, as Windows 9x sent it"}},
			}}}},
		{"a token without its end", []string{"NTLM " + type1[:22] + "..."}, []Auth{{
			Scheme: "NTLM", Stripped: true, Token: &Token{
				Len:      16,
				NTLM:     &NTLM{Flags: 0x202, Negotiate: &NTLMNegotiate{}},
				Oddities: []Oddity{{Text: "16-byte NEGOTIATE_MESSAGE without fields, as Windows 9x sent it"}},
			}}}},
		{"no end of string", []string{`Basic realm="x`}, []Auth{
			{Scheme: "Basic", Params: []Param{{"realm", "x"}}, Problem: "quoted string without an end"},
		}},
		{"no challenge", []string{"=x, NTLM"}, []Auth{
			{Len: 2, Problem: "'=' begins no scheme"}, {Scheme: "NTLM"},
		}},
		{"parameter without a scheme", []string{`realm="x", NTLM`}, []Auth{
			{Params: []Param{{"realm", "x"}}, Problem: "parameters without a scheme"}, {Scheme: "NTLM"},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, (Decoder{}).Challenges(tt.values), cmpopts.IgnoreFields(Token{}, "Sum")); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestCredentials(t *testing.T) {
	for _, tt := range []struct {
		name, value string
		want        Auth
	}{
		{"basic", "Basic YWxpY2U6c2VjOnJldA==", Auth{Scheme: "Basic", Len: 20, User: "alice"}},
		{"basic without padding", "basic YWxpY2U6c2VjcmV0", Auth{Scheme: "Basic", Spelling: "basic", Len: 16, User: "alice"}},
		{"basic without colon", "Basic YWxpY2U=", Auth{Scheme: "Basic", Len: 8, Problem: "no colon between user name and password"}},
		{"digest", `Digest username="bob", realm="r", nonce="n", uri="/a,b", response="0123", qop=auth, nc=00000001`, Auth{
			Scheme: "Digest", User: "bob", Params: []Param{{"username", "bob"}, {"realm", "r"}, {"nonce", ""},
				{"uri", "/a,b"}, {"response", ""}, {"qop", "auth"}, {"nc", "00000001"}},
		}},
		{"digest, a backslash by itself", `Digest username="CONTOSO\alice", realm="a\\b"`, Auth{
			Scheme: "Digest", User: `CONTOSO\alice`, Params: []Param{{"username", `CONTOSO\alice`}, {"realm", `a\b`}},
		}},
		{"digest, a hash of the name", `Digest username="488869477bf2", userhash=true`, Auth{
			Scheme: "Digest", Params: []Param{{"username", "488869477bf2"}, {"userhash", "true"}},
		}},
		{"digest, a word for the extended name", `Digest username*=UTF-8''hidden, uri="/"`, Auth{
			Scheme: "Digest", Params: []Param{{"username*", "UTF-8''hidden"}, {"uri", "/"}},
		}},
		{"digest, extended name", `Digest username*=UTF-8''J%C3%A4s%C3%B8n, uri="/"`, Auth{
			Scheme: "Digest", User: "Jäsøn", Params: []Param{{"username*", "UTF-8''J%C3%A4s%C3%B8n"}, {"uri", "/"}},
		}},
		{"bearer", "Bearer eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lzcyIsInN1YiI6InMiLCJhdWQiOlsiYSIsImIiXSwiZXhwIjoxNzAwMDAwMDAwfQ.c2ln", Auth{
			Scheme: "Bearer", Len: 112, Bearer: &Bearer{Alg: "RS256", Issuer: "https://iss", Subject: "s", Audience: []string{"a", "b"}, Expires: 1700000000},
		}},
		{"opaque bearer", "Bearer mF_9.B5f-4.1JqM", Auth{Scheme: "Bearer", Len: 15, Bearer: &Bearer{Opaque: true}}},
		{"unknown scheme", `AWS4-HMAC-SHA256 Credential=K/1, Signature=abc`, Auth{
			Scheme: "AWS4-HMAC-SHA256", Params: []Param{{"Credential", ""}, {"Signature", ""}},
		}},
		{"stripped", "[redacted]", Auth{Stripped: true}},
		{"blanked out", "Negotiate XXXXXXXX", Auth{Scheme: "Negotiate", Stripped: true}},
		{"a word for what was taken out", "Bearer --Removed--", Auth{Scheme: "Bearer", Stripped: true}},
		{"words for what was taken out", "Redacted by a sanitizer", Auth{Stripped: true}},
		{"words in double brackets", "Bearer [[ redacted ]]", Auth{Scheme: "Bearer", Stripped: true}},
		{"a word with others around it", "Basic REDACTED_BY_PROXY==", Auth{Scheme: "Basic", Stripped: true}},
		{"a word that says so of the scheme", "AUTHORIZATION-REDACTED", Auth{Stripped: true}},
		{"blocks of OkHttp", "██", Auth{Stripped: true}},
		{"blocks behind the scheme", "Negotiate ████", Auth{Scheme: "Negotiate", Stripped: true}},
		{"bullets", "Basic ••••••••", Auth{Scheme: "Basic", Stripped: true}},
		{"digest without its response", `Digest username="bob", realm="r", nonce="n", response="REDACTED", qop=auth`, Auth{
			Scheme: "Digest", User: "bob", Stripped: true, Params: []Param{{"username", "bob"}, {"realm", "r"}, {"nonce", ""}, {"response", ""}, {"qop", "auth"}},
		}},
		{"digest, brackets without quotes", `Digest username="bob", response=[redacted], cnonce=***`, Auth{
			Scheme: "Digest", User: "bob", Stripped: true, Params: []Param{{"username", "bob"}, {"response", ""}, {"cnonce", ""}},
		}},
		{"digest without its nonce", `Digest username="bob", nonce="***", response="0123"`, Auth{
			Scheme: "Digest", User: "bob", Stripped: true, Params: []Param{{"username", "bob"}, {"nonce", ""}, {"response", ""}},
		}},
		{"digest without its user", `Digest username="[redacted]", response="0123"`, Auth{
			Scheme: "Digest", Stripped: true, Params: []Param{{"username", "[redacted]"}, {"response", ""}},
		}},
		{"digest, words that are no secret", `Digest username="removed.alice", realm="hidden", opaque="xxx", response="0123"`, Auth{
			Scheme: "Digest", User: "removed.alice", Params: []Param{{"username", "removed.alice"}, {"realm", "hidden"}, {"opaque", ""}, {"response", ""}},
		}},
		{"a token in a parameter that was taken out", `Negotiate token="REDACTED"`, Auth{Scheme: "Negotiate", Stripped: true, Params: []Param{{"token", ""}}}},
		{"three letters that are a key", "Bearer xxx", Auth{Scheme: "Bearer", Len: 3, Bearer: &Bearer{Opaque: true}}},
		{"shortened", "Negotiate YIIG/gYGKwYBBQUCoIIG8jCC...", Auth{Scheme: "Negotiate", Stripped: true}},
		{"shortened in the middle", "Negotiate YIIG/gYGKwYBBQUC[...]A==", Auth{Scheme: "Negotiate", Stripped: true}},
		{"shortened with a remark", "Negotiate YIIG/gYG (cut here)", Auth{Scheme: "Negotiate", Stripped: true}},
		{"shortened with asterisks", "Negotiate YIIG/gYG***", Auth{Scheme: "Negotiate", Stripped: true}},
		{"shortened behind the user", "Basic YWxpY2U6c2Vj…", Auth{Scheme: "Basic", Stripped: true, User: "alice"}},
		{"opaque bearer with dots", "Bearer abc..def", Auth{Scheme: "Bearer", Len: 8, Bearer: &Bearer{Opaque: true}}},
		{"JSON Web Token without a scheme", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln", Auth{Len: 41, Problem: "credentials without a scheme"}},
		{"key without a scheme", "9a7b2c", Auth{Len: 6, Problem: "credentials without a scheme"}},
		{"key in base64 without a scheme", "AbC/dEf==", Auth{Len: 9, Problem: "credentials without a scheme"}},
		{"key of two words", "123e4567-e89b-12d3-a456-426614174000 abc", Auth{Len: 40, Problem: "credentials without a scheme"}},
		{"parameter without a scheme", `key="secret"`, Auth{Params: []Param{{"key", ""}}, Problem: "parameters without a scheme"}},
		{"digest with a query", `Digest username="bob", uri="/a;jsessionid=1?pin=2"`, Auth{
			Scheme: "Digest", User: "bob", Params: []Param{{"username", "bob"}, {"uri", "/a"}},
		}},
		{"scheme that is not registered", "ApiKey abcdef", Auth{Scheme: "ApiKey", Len: 6}},
		{"empty", "", Auth{Problem: "empty"}},
		{"basic with more behind it", "Basic YWxpY2U6c2VjcmV0cw==;x=y", Auth{Scheme: "Basic", Len: 24, User: "alice", Problem: "neither a token nor parameters"}},
		{"a long value with more behind it", "Other " + strings.Repeat("s", 40) + "==;x=y", Auth{Len: 52, Problem: "credentials without a scheme"}},
		{"broken base64", "Negotiate YII$", Auth{Scheme: "Negotiate", Len: 4, Problem: "base64: illegal character '$' at 3"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := (Decoder{}).Credentials(tt.value)
			if tt.name == "broken base64" {
				got.Token = nil
			}
			if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreFields(Auth{}, "Sum")); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if got := Stripped(tt.value); got != (tt.want.Stripped || tt.want.Cut()) {
				t.Errorf("Stripped is %v", got)
			}
		})
	}
}

func TestAuthWithoutToken(t *testing.T) {
	for _, a := range []*Auth{nil, {}} {
		if a.NTLM() != nil || a.Kerberos() != nil || a.SPNEGO() != nil {
			t.Errorf("%v carries something", a)
		}
	}
}

// TestChallengeLimits holds that what one message may say of authentication is bounded.
func TestChallengeLimits(t *testing.T) {
	long := strings.Repeat("x", 2*maxParamValue)
	for name, tt := range map[string]struct {
		values     []string
		challenges int
		problem    string // of the last
	}{
		"many in a line":   {[]string{strings.Repeat("a,", 30_000)}, maxChallenges + 1, "more challenges follow than a message may have"},
		"many lines":       {slices.Repeat([]string{"Negotiate"}, 1000), maxChallenges + 1, "more challenges follow than a message may have"},
		"as many as allow": {slices.Repeat([]string{"Negotiate"}, maxChallenges), maxChallenges, ""},
		"many parameters":  {[]string{"Digest " + strings.Repeat("a=b,", 10_000)}, 1, "more than 32 parameters"},
		"a long parameter": {[]string{"Basic realm=" + long}, 1, "a parameter of 8192 characters"},
	} {
		got := (Decoder{}).Challenges(tt.values)
		if len(got) != tt.challenges || got[len(got)-1].Problem != tt.problem {
			t.Errorf("%s: %d challenges, the last with problem %q", name, len(got), got[len(got)-1].Problem)
		}
		for _, a := range got {
			if len(a.Params) > maxParams || len(a.Params) > 0 && len(a.Params[0].Value) > maxParamValue {
				t.Errorf("%s: %d parameters", name, len(a.Params))
			}
		}
	}
}

// TestTokenAsParam holds that a token which squid writes as a parameter is read, and said to be
// in the wrong place; a parameter that is no token, or of another scheme, stays what it is.
func TestTokenAsParam(t *testing.T) {
	const challenge = "TlRMTVNTUAACAAAAAAAAADgAAAAFgomiAAAAAAAAAAAAAAAAAAAAAAAAAAA4AAAACgA5OAAAAA8="
	for value, want := range map[string]bool{
		"Negotiate token=" + challenge:         true,
		`NTLM Token="` + challenge + `"`:       true,
		"Negotiate " + challenge:               false,
		"Negotiate token=***":                  false,
		`Vault token="` + challenge + `"`:      false,
		`Negotiate realm="x", other="nothing"`: false,
	} {
		all := Decoder{}.Challenges([]string{value})
		if len(all) != 1 || all[0].AsParam() != want {
			t.Errorf("%q: %+v, want %v", value, all, want)
		}
	}
}
