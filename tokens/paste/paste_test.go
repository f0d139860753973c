package paste

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"
)

// result gives what was found, with tokens in base64 of one spelling.
func result(found []Found) string {
	var b strings.Builder
	for _, f := range found {
		scheme, rest, _ := strings.Cut(f.Value, " ")
		bytes := f.Token
		if f.Token == nil {
			bytes = decode([]byte(rest))
		}
		fmt.Fprintf(&b, "%s|%s|%x\n", f.Header, scheme, bytes)
	}
	return b.String()
}

func want(header, scheme string, token []byte) string {
	return fmt.Sprintf("%s|%s|%x\n", header, scheme, token)
}

// Every form gives its token, however its base64 is spelled.
func TestForms(t *testing.T) {
	t.Parallel()
	for _, f := range forms {
		for shape, spell := range shapes {
			for kind, token := range map[string][]byte{"SPNEGO": sample(), "NTLM": message1()} {
				if f.scheme != "Negotiate" && strings.HasPrefix(shape, "percent") && f.name != "token" {
					continue
				}
				text := fmt.Sprintf(f.text, spell(base64.StdEncoding.EncodeToString(token)))
				found, _ := Find([]byte(text))
				if got := result(found); got != want(f.header, f.scheme, token) {
					t.Errorf("%s, %s, %s:\n%s\ngot  %swant %s", f.name, shape, kind, text, got, want(f.header, f.scheme, token))
				}
			}
		}
	}
}

// A token goes on after a break as long as it says that it is longer, and no further.
func TestBreaks(t *testing.T) {
	t.Parallel()
	b64 := base64.StdEncoding.EncodeToString(sample())
	for name, by := range breaks {
		for _, text := range []string{"Authorization: Negotiate %s", "$a = 'Negotiate %s'", "%s"} {
			for _, after := range []string{"", "\nAccept\n", " and then more words"} {
				if name == "spaces" && text == "%s" && after != "" {
					continue
				}
				all := fmt.Sprintf(text, broken(b64, by)) + after
				found, _ := Find([]byte(all))
				if len(found) != 1 || !strings.HasSuffix(result(found), fmt.Sprintf("%x\n", sample())) {
					t.Errorf("%s:\n%s\ngot %s", name, all, result(found))
				}
			}
		}
	}
}

func TestBytes(t *testing.T) {
	t.Parallel()
	for name, spell := range spelled {
		for kind, token := range map[string][]byte{"SPNEGO": sample(), "NTLM": message1()} {
			text := spell(token)
			found, _ := Find([]byte(text))
			if len(found) != 1 || !strings.HasSuffix(result(found), fmt.Sprintf("|%x\n", token)) {
				t.Errorf("%s, %s:\n%s\ngot %s", name, kind, text, result(found))
			}
		}
	}
}

func TestUTF16(t *testing.T) {
	t.Parallel()
	text := "Authorization: Negotiate " + base64.StdEncoding.EncodeToString(sample()) + "\r\n"
	little := func(lo, hi byte) []byte { return []byte{lo, hi} }
	big := func(lo, hi byte) []byte { return []byte{hi, lo} }
	for _, b := range [][]byte{utf16Of(text, little, true), utf16Of(text, little, false), utf16Of(text, big, true), utf16Of(text, big, false)} {
		found, _ := Find(b)
		if got := result(found); got != want("Authorization", "Negotiate", sample()) {
			t.Errorf("%q: got %s", b[:16], got)
		}
	}
}

// Base64 around a header or around base64 is taken off, and said. Every prefix gives at most
// what the whole gives.
func TestEncoded(t *testing.T) {
	t.Parallel()
	b64 := base64.StdEncoding.EncodeToString(sample())
	for inner, want := range map[string]string{
		"Authorization: Negotiate " + b64:             want("Authorization", "Negotiate", sample()),
		"www-authenticate: Negotiate " + b64 + "\r\n": want("www-authenticate", "Negotiate", sample()),
		"Negotiate " + b64:                            want("", "Negotiate", sample()),
		b64:                                           want("", "", sample()),
		base64.StdEncoding.EncodeToString(message1()): want("", "", message1()),
	} {
		outer := base64.StdEncoding.EncodeToString([]byte(inner))
		for _, text := range []string{outer, "token=" + outer + "\n", broken(outer, "\n"), broken(outer, "\r\n")} {
			found, _ := Find([]byte(text))
			if got := result(found); got != want || !found[0].Encoded {
				t.Errorf("%s\ngot  %swant %s", text, got, want)
			}
		}
		for n := range len(outer) {
			if found, more := Find([]byte(outer[:n])); len(found) > 1 || more > 0 {
				t.Errorf("%s: %+v", outer[:n], found)
			}
		}
	}
	for _, inner := range []string{"the Authorization header is missing", "authorization is what you need", "Negotiate the terms of it", "{\"authorization\":\"none at all\"}"} {
		if found, _ := Find([]byte(base64.StdEncoding.EncodeToString([]byte(inner)))); len(found) > 0 {
			t.Errorf("%s: %+v", inner, found)
		}
	}
}

// Several tokens of a text are found in their order, and values without tokens too.
func TestSeveral(t *testing.T) {
	t.Parallel()
	b64 := base64.StdEncoding.EncodeToString(message1())
	tests := []struct{ text, want string }{
		{"> Authorization: NTLM " + b64 + "\n< WWW-Authenticate: Negotiate\n< WWW-Authenticate: NTLM\n", "Authorization|NTLM WWW-Authenticate|Negotiate WWW-Authenticate|NTLM"},
		{`"Www-Authenticate":["Negotiate","NTLM","Basic realm=\"a, b\""]`, `Www-Authenticate|Negotiate Www-Authenticate|NTLM Www-Authenticate|Basic realm="a, b"`},
		{"Name             Value\n----             -----\nWWW-Authenticate {Negotiate, NTLM}\nAuthorization    NTLM " + b64, "WWW-Authenticate|Negotiate, NTLM Authorization|NTLM"},
		{b64 + "\n" + b64 + "\n", "| |"},
		{"NTLM " + b64 + "\nand\nNTLM " + b64, "|NTLM |NTLM"},
		{"WWW-Authenticate: Digest realm=\"web\", nonce=\"abc\", qop=\"auth\"\r\n", `WWW-Authenticate|Digest realm="web", nonce="abc", qop="auth"`},
		{"Authorization: Bearer eyJhbGciOiJub25lIn0.e30.\n", "Authorization|Bearer eyJhbGciOiJub25lIn0.e30."},
		{"Authorization: [12 bytes were stripped]\n", "Authorization|[12 bytes were stripped]"},
		{"Authorization: <redacted>\nAccept: */*\n", "Authorization|<redacted>"},
		{"Basic YWxpY2U6c2VjcmV0", "|Basic YWxpY2U6c2VjcmV0"},
		{"Negotiate, NTLM", "|Negotiate, NTLM"},
	}
	for _, tt := range tests {
		found, _ := Find([]byte(tt.text))
		var got []string
		for _, f := range found {
			value, token, _ := strings.Cut(f.Value, " ")
			if !beginsToken(decodeHead([]byte(token))) {
				value = f.Value
			}
			got = append(got, f.Header+"|"+value)
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s\ngot  %s\nwant %s", tt.text, s, tt.want)
		}
	}
}

// What only looks like a header or a token is not one.
func TestNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "hello", "NTLM is an old protocol", "We negotiate the terms with Kerberos, a dog.",
		"Access-Control-Allow-Headers: authorization, content-type", "the Authorization header is missing",
		"commit deadbeefcafe0123456789abcdef0123456789ab", "10.0.0.1 2026-01-02 03:04:05.678901",
		"0000 1111 2222\n0010 3333 4444\n", "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12",
		"YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXo=", "x-authorization-y: Negotiate",
	} {
		if found, more := Find([]byte(text)); len(found) > 0 || more > 0 {
			t.Errorf("%q: %+v", text, found)
		}
	}
}

// A token that was cut is found as far as it goes, and does not run into what follows.
func TestCut(t *testing.T) {
	t.Parallel()
	b64 := base64.StdEncoding.EncodeToString(sample())[:80]
	for _, after := range []string{"", "...", "\u2026", "\nUser-Agent: curl\n", " [truncated]", "\n\nAccept-Language: de\n", `\r\nAccept: */*`, `\n"`, `\u000d\u000aUser-Agent: curl`} {
		found, _ := Find([]byte("Authorization: Negotiate " + b64 + after))
		if got := result(found); got != want("Authorization", "Negotiate", sample()[:60]) {
			t.Errorf("%q: got %s", after, got)
		}
	}
}

// What is found is limited, and the rest is counted.
func TestLimit(t *testing.T) {
	t.Parallel()
	found, more := Find(bytes.Repeat([]byte("WWW-Authenticate: NTLM\n"), maxFound+7))
	if len(found) != maxFound || more != 7 {
		t.Errorf("%d found, %d more", len(found), more)
	}
}

// Hostile text takes no longer than its length allows: eight times the text, at most
// some more than eight times the time. The machine may be busy: what counts is the best of many tries.
func TestLinear(t *testing.T) {
	const tries = 20
	for _, unit := range []string{"\n", ",", "authorization:", "authorization ", "'\\", "\"", "negotiate ", "negotiate YIIC ", "60 ", "96, ",
		"YIIC7wYGKwYBBQUC\n", "A", "\"name\":\"Authorization\",\"value\":\"", "ntlm\n", "QXV0aG9yaXphdGlvbjogTlRMTSBU", "QXV0aG9yaXphdGlvbjogTlRMTSBU\n", "authorization:{negotiate ", "Basic abcdef\n", "authorization<a>", "\\x60\\x82\"", "=\n", "0000: 60 82\n"} {
		took := func(n int) time.Duration {
			text := bytes.Repeat([]byte(unit), n/len(unit))
			start := time.Now()
			Find(text)
			return time.Since(start)
		}
		short, long := time.Hour, time.Hour
		for try := 0; try < tries && (try == 0 || long > 40*short+50*time.Millisecond); try++ {
			short, long = min(short, took(8<<10)), min(long, took(64<<10))
		}
		if long > 40*short+50*time.Millisecond {
			t.Errorf("%q: %v for 8 KiB, %v for 64 KiB", unit, short, long)
		}
	}
}

func FuzzFind(f *testing.F) {
	b64 := base64.StdEncoding.EncodeToString(sample())
	for _, form := range forms {
		f.Add([]byte(fmt.Sprintf(form.text, b64)))
	}
	for _, spell := range spelled {
		f.Add([]byte(spell(message1())))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		found, _ := Find(text)
		for i, x := range found {
			if x.Value == "" && len(x.Token) == 0 || x.Value != "" && x.Token != nil {
				t.Errorf("%d of %d: %+v", i, len(found), x)
			}
		}
	})
}
