package mask_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"negotrace/tokens"
	"negotrace/tokens/mask"
)

// turned returns a name as the tests replace it: each letter by the one 13 places on, or its
// neighbour, so that a test can say what must stand in its place. Words of protocols stay.
func turned(_ mask.Kind, name string) string {
	switch name {
	case "krbtgt", "HTTP", "cifs", "host", "kadmin", "changepw":
		return name
	}
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return 'a' + (r-'a'+13)%26
		case 'A' <= r && r <= 'Z':
			return 'A' + (r-'A'+13)%26
		case r >= 0x80:
			return r ^ 1
		}
		return r
	}, name)
}

// digest is noise that no secret is hidden by: for tests only.
func digest(dst, secret []byte) {
	for at, block := 0, sha256.Sum256(secret); at < len(dst); block = sha256.Sum256(block[:]) {
		at += copy(dst[at:], block[:])
	}
}

var testNames = mask.Names{
	Name:    turned,
	URI:     func(s string) string { return turned(mask.Text, s) },
	Noise:   digest,
	Address: func(a netip.Addr) netip.Addr { return a.Next() },
}

// samples returns the samples of package tokens.
func samples(t testing.TB) map[string][]byte {
	text, err := os.ReadFile("../testdata/samples.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for line := range strings.Lines(string(text)) {
		name, digits, _ := strings.Cut(strings.TrimSpace(line), ": ")
		b, err := hex.DecodeString(digits)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = b
	}
	return all
}

// TestSamples holds that a masked token decodes to the same, but for names and secrets, and
// that nothing of a whole token is unknown.
func TestSamples(t *testing.T) {
	for name, b := range samples(t) {
		masked, unknown := testNames.Token(b)
		if unknown > 0 {
			t.Errorf("%s: %d bytes not understood", name, unknown)
		}
		compare(t, name, b, masked)
	}
}

// TestTokensOfDirectory does so with every file of the directory that NEGOTRACE_TOKENS names:
// tokens in binary.
func TestTokensOfDirectory(t *testing.T) {
	dir := os.Getenv("NEGOTRACE_TOKENS")
	if dir == "" {
		t.Skip("NEGOTRACE_TOKENS is not set")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.bin"))
	if err != nil || len(files) == 0 {
		t.Fatal(dir, "holds no token:", err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		masked, unknown := testNames.Token(b)
		t.Logf("%s: %d of %d bytes not understood", filepath.Base(file), unknown, len(b))
		compare(t, filepath.Base(file), b, masked)
	}
}

// compare holds that two tokens say the same but for names and secrets.
func compare(t *testing.T, name string, b, masked []byte) {
	t.Helper()
	if len(masked) != len(b) {
		t.Fatalf("%s: %d bytes became %d", name, len(b), len(masked))
	}
	d := tokens.Decoder{Fields: true, Secrets: true}
	before, errBefore := d.Parse(b)
	after, errAfter := d.Parse(masked)
	compareDecoded(t, name, before, errBefore, after, errAfter)
	withoutNames(t, name, before.Fields, masked)
}

func compareDecoded(t *testing.T, name string, before *tokens.Token, errBefore error, after *tokens.Token, errAfter error) {
	t.Helper()
	if placeOf(errBefore) != placeOf(errAfter) {
		t.Errorf("%s: error %v became %v", name, errBefore, errAfter)
	}
	if len(before.Oddities) != len(after.Oddities) {
		t.Errorf("%s: oddities %v became %v", name, before.Oddities, after.Oddities)
	}
	compareFields(t, name, before.Fields, after.Fields)
	if n := before.NTLM; n != nil && n.Authenticate != nil {
		x, y := n.Authenticate, after.NTLM.Authenticate
		if x.Kind != y.Kind || x.LM != y.LM || x.HasMIC != y.HasMIC || x.Unicode != y.Unicode || x.UnicodeGuessed != y.UnicodeGuessed || x.HeaderLen != y.HeaderLen {
			t.Errorf("%s: %+v became %+v", name, x, y)
		}
	}
}

// placeOf returns where an error was met, and in what.
func placeOf(err error) string {
	var e *tokens.ParseError
	if errors.As(err, &e) {
		return fmt.Sprint(e.What, e.Offset)
	}
	return fmt.Sprint(err)
}

// pacRequest is the only value of pre-authentication data that no reader looks into and that
// stays.
const pacRequest = "3005a0030101ff"

// The fields that hold names and those that hold secrets.
var (
	nameFields = []string{"DomainName", "UserName", "Workstation", "TargetName", "MsvAvNbComputerName", "MsvAvNbDomainName",
		"MsvAvDnsComputerName", "MsvAvDnsDomainName", "MsvAvDnsTreeName", "MsvAvTargetName", "name-string", "realm", "crealm",
		"userRealm", "target-realm", "target-domain", "salt", "e-text", "hintName"}
	secretFields = []string{"MIC", "LmChallengeResponse", "Response", "NTProofStr", "ChallengeFromClient", "EncryptedRandomSessionKey",
		"cipher", "mechListMIC", "hintAddress", "ConversationId", "Random", "value", "MsvAvSingleHost", "MsvAvChannelBindings",
		"cookie", "data", "data-value", "authInfo", "pubKeyAuth", "clientNonce", "s2kparams"}
)

func compareFields(t *testing.T, path string, before, after []tokens.Field) {
	t.Helper()
	if len(before) != len(after) {
		t.Errorf("%s: fields\n%v\nbecame\n%v", path, before, after)
		return
	}
	for i, x := range before {
		y, at := after[i], path+" "+x.Name
		same := x.Value == y.Value
		switch {
		case x.Name != y.Name || x.Offset != y.Offset || x.Len != y.Len:
			t.Errorf("%s at %d became %s at %d", at, x.Offset, y.Name, y.Offset)
		case slices.Contains(nameFields, x.Name):
			if want := turned(mask.Text, x.Value); y.Value != want && !same {
				t.Errorf("%s: %q became %q, want %q", at, x.Value, y.Value, want)
			}
			if same && strings.ContainsFunc(x.Value, unicode.IsLetter) && turned(mask.Text, x.Value) != x.Value && !mask.IsKnownText(x.Value) &&
				!strings.HasPrefix(x.Value, "not_defined_in") {
				t.Errorf("%s: %q stayed", at, x.Value)
			}
		case slices.Contains(secretFields, x.Name):
			zero := strings.Trim(x.Value, "0-") == ""
			if x.Name == "value" && strings.HasPrefix(pacRequest, x.Value) {
				break
			}
			if same != zero && !(x.Name == "s2kparams" && len(x.Value) == 8) {
				t.Errorf("%s: %q became %q", at, x.Value, y.Value)
			}
		case !same:
			t.Errorf("%s: %q became %q", at, x.Value, y.Value)
		}
		compareFields(t, at, x.Fields, y.Fields)
	}
}

// withoutNames holds that no name of the original is in what was masked.
func withoutNames(t *testing.T, path string, fields []tokens.Field, masked []byte) {
	t.Helper()
	lower := bytes.ToLower(masked)
	narrow := bytes.ReplaceAll(lower, []byte{0}, nil) // UTF-16 too
	for _, f := range fields {
		for word := range strings.FieldsFuncSeq(f.Value, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			word = strings.ToLower(word)
			if len(word) > 3 && slices.Contains(nameFields, f.Name) && turned(mask.Text, word) != word && !mask.IsKnownText(f.Value) &&
				turned(mask.Text, f.Value) != f.Value && !strings.HasPrefix(f.Value, "not_defined_in") &&
				(bytes.Contains(lower, []byte(word)) || bytes.Contains(narrow, []byte(word))) {
				t.Errorf("%s: %q is still there", path, word)
			}
		}
		withoutNames(t, path, f.Fields, masked)
	}
}

// TestTextIsNoMessage holds that of text which begins with the tag of a message that letter and the next one stay.
func TestTextIsNoMessage(t *testing.T) {
	for _, text := range []string{"j*brunhilde is the name of this user, and more", "k8brunhilde of the corporation and much more text", "m brunhilde of this domain", "~.brunhilde is here", "n\x82\x01\x10brunhilde"} {
		for name, masked := range map[string]func([]byte) ([]byte, int){"KDC": testNames.KDC, "token": testNames.Token} {
			got, _ := masked([]byte(text))
			for at := 2; at < len(text); at++ {
				if got[at] == text[at] && strings.ContainsRune("brunhilde", rune(text[at])) {
					t.Errorf("%s: %q became %q, with byte %d as it was", name, text, got, at)
				}
			}
		}
	}
}
