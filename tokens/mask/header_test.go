package mask_test

import (
	"encoding/base64"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"negotrace/internal/testcost"
	"negotrace/tokens"
	"negotrace/tokens/mask"
)

// headers are values, and what must stand in their place: where it is empty, only what is
// gone is looked at.
var headers = []struct {
	value, masked string
	gone          []string
}{
	{value: "Negotiate", masked: "Negotiate"},
	{value: "Negotiate, NTLM", masked: "Negotiate, NTLM"},
	{value: "negotiate [1882 bytes were stripped]", masked: "negotiate [1882 bytes were stripped]"},
	{value: "Bearer ***", masked: "Bearer ***"},
	{value: "[Authorization redacted]", masked: "[Authorization redacted]"},
	{value: "Negotiate xxxxxxxx, NTLM --removed--", masked: "Negotiate xxxxxxxx, NTLM --removed--"},
	{value: `Digest username="***", qop=auth, response="[redacted]"`, masked: `Digest username="***", qop=auth, response="[redacted]"`},
	{value: `Basic realm="[Corp]", charset="UTF-8"`, masked: `Basic realm="[Pbec]", charset="UTF-8"`},
	{value: `Negotiate token="REDACTED"`, masked: `Negotiate token="REDACTED"`},
	{value: "Basic ██", masked: "Basic ██"},
	{value: "Basic REDACTED_FOR_ALICE", gone: []string{"ALICE"}},
	{value: "NTLM TlRMTVNTUAADAAAAGAAYAGAAAADmAOYAeAAAAA8ADwBY...", gone: []string{"secret"}},
	{value: "Negotiate YIIG/gYGKwYBBQUCoIIG8jCC [cut here by alice]", gone: []string{"alice"}},
	{value: "Basic <secret of alice>", gone: []string{"secret", "alice"}},
	{value: `Basic realm="Corp Wiki, internal", charset="UTF-8"`, masked: `Basic realm="Pbec Jvxv, vagreany", charset="UTF-8"`},
	{value: "Basic YWxpY2U6c2VjcmV0IQ==", gone: []string{"alice", "secret"}},
	{value: "Basic YWxpY2U", gone: []string{"alice"}},
	{value: `Digest username="CORP\\alice", realm="corp.test", nonce="abcdef0123456789", uri="/secret/path?q=1", response="0123456789abcdef0123456789abcdef", cnonce="deadbeef", nc=00000001, qop=auth, algorithm=MD5`,
		gone: []string{"alice", "corp.test", "abcdef0123456789", "secret", "0123456789abcdef", "deadbeef"}},
	{value: `Digest username="CORP\alice", qop=auth`, masked: `Digest username="PBEC\nyvpr", qop=auth`},
	{value: `Digest realm="r", qop="auth,auth-int", stale=true, nonce="abc", Negotiate`, gone: []string{"abc"}},
	{value: "Bearer eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIiwic3ViIjoiYWxpY2UiLCJleHAiOjE3MDAwMDAwMDAsInNlY3JldCI6ImNhbmFyeSJ9.c2lnbmF0dXJl",
		gone: []string{"alice", "canary", "idp", "c2lnbmF0dXJl"}},
	{value: "Bearer 0123-opaque-token", gone: []string{"opaque"}},
	{value: "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2ln", gone: []string{"eyJzdWIi", "alice"}},
	{value: `Acme.Auth realm="x", Ac%20me`, gone: []string{"Acme", "Auth", "20me"}},
	{value: "Acme.Auth abc.def", gone: []string{"Acme", "Auth", "abc"}},
	{value: "ApiKey 12345-67890-abcdef", gone: []string{"ApiKey", "12345"}},
	{value: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1, SignedHeaders=host, Signature=5d672d79`,
		gone: []string{"AKIDEXAMPLE", "5d672d79"}},
	{value: "NTLM TlRMTVNTUAABAAAAt4II4gAAAAAAAAAAAAAAAAAAAAAKAGFKAAAADw!!secret", gone: []string{"secret"}},
	{value: "password, Negotiate", gone: []string{"password"}},
	{value: `Digest username*=UTF-8''J%C3%A4s%C3%B8n%20Doe, userhash=false`, gone: []string{"J%C3", "Doe"}},
}

func TestHeader(t *testing.T) {
	for _, c := range headers {
		got, _ := testNames.Header(c.value)
		if c.masked != "" && got != c.masked {
			t.Errorf("%q became %q, want %q", c.value, got, c.masked)
		}
		if len(got) != len(c.value) {
			t.Errorf("%q became %q, which is not as long", c.value, got)
		}
		plain := got
		for _, word := range strings.FieldsFunc(got, func(r rune) bool { return strings.ContainsRune(" ,.", r) }) {
			b, _ := tokens.Base64(word)
			plain += " " + string(b)
		}
		for _, gone := range c.gone {
			if strings.Contains(plain, gone) {
				t.Errorf("%q became %q, which holds %q", c.value, plain, gone)
			}
		}
	}
}

// TestPasswordShape holds that of a password nothing stays but its length.
func TestPasswordShape(t *testing.T) {
	masked, _ := testNames.Header("Basic " + base64.StdEncoding.EncodeToString([]byte("alice:Ab1!-2 C")))
	b, err := tokens.Base64(strings.TrimPrefix(masked, "Basic "))
	user, password, _ := strings.Cut(string(b), ":")
	if err != nil || user != "nyvpr" || len(password) != 8 || strings.Trim(password, "abcdefghijklmnopqrstuvwxyz") != "" {
		t.Errorf("%q, %v", b, err)
	}
}

// TestHeaderDecodes holds that a masked value decodes to the same schemes, parameters and
// tokens.
func TestHeaderDecodes(t *testing.T) {
	values := []string{}
	for _, c := range headers {
		values = append(values, c.value)
	}
	for _, b := range samples(t) {
		values = append(values, "Negotiate "+base64.StdEncoding.EncodeToString(b),
			"Basic realm=\"x\", NTLM "+base64.RawURLEncoding.EncodeToString(b))
	}
	for _, v := range values {
		masked, _ := testNames.Header(v)
		compareHeader(t, v, masked)
	}
}

// TestAnyNoise holds that a reader finds no user and no fault in credentials, whatever noise is in them, which was
// not there before.
func TestAnyNoise(t *testing.T) {
	values := []string{"Basic brunhilde:secret", "Basic brunhilde", "Basic: YnJ1bmhpbGRlOng=", "SharedKey brunhilde:c2VjcmV0"}
	for _, c := range headers {
		values = append(values, c.value)
	}
	for _, v := range values {
		before := tokens.Decoder{}.Credentials(v)
		for seed := range uint64(testcost.Count(64, 512)) {
			names := testNames
			names.URI = func(s string) string { return s }
			names.Noise = func(dst, _ []byte) {
				for i, noise := 0, rand.NewPCG(seed, 0); i < len(dst); i++ {
					dst[i] = 0x80 | byte(noise.Uint64()>>56)
				}
			}
			masked, _ := names.Header(v)
			if after := (tokens.Decoder{}).Credentials(masked); (before.User == "") != (after.User == "") || before.Problem != after.Problem {
				t.Fatalf("%q became %q: %+v, and was %+v", v, masked, after, before)
			}
		}
	}
}

func compareHeader(t *testing.T, v, masked string) {
	t.Helper()
	d := tokens.Decoder{Fields: true, Secrets: true}
	before, after := d.Challenges([]string{v}), d.Challenges([]string{masked})
	if len(before) != len(after) {
		t.Errorf("%q has %d challenges, %q has %d", v, len(before), masked, len(after))
		return
	}
	for i, x := range before {
		y := after[i]
		if mask.KnownScheme(x.Scheme) != "" && x.Scheme != y.Scheme || x.Len != y.Len || x.Stripped != y.Stripped ||
			len(x.Params) != len(y.Params) || (x.Token == nil) != (y.Token == nil) || (x.Problem == "") != (y.Problem == "") {
			t.Errorf("%q: %+v became %+v", v, x, y)
			continue
		}
		if x.Token != nil {
			compareDecoded(t, v, x.Token, nil, y.Token, nil)
		}
	}
	if b := d.Credentials(v).Bearer; b != nil && !b.Opaque {
		c := d.Credentials(masked).Bearer
		if b.Alg != c.Alg || b.Expires != c.Expires || c.Opaque || len(b.Audience) != len(c.Audience) || c.Subject != turned(mask.User, b.Subject) {
			t.Errorf("%+v became %+v", b, c)
		}
	}
	if !reflect.DeepEqual(len(v), len(masked)) {
		t.Errorf("%q became %q", v, masked)
	}
}
