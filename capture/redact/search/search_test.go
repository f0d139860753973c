package search

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"negotrace/internal/testcost"
)

// A pattern is how a name may be written, as a naive search would have it.
type pattern struct {
	text      string
	anyCase   bool
	wholeWord bool
	prefixLen int // bytes of text in front of the name
}

// patternsOf returns each form of a name, and what is encoded in UTF-16 once more.
func patternsOf(n Name) (all []pattern) {
	all = narrowPatternsOf(n)
	for _, p := range all {
		if p.text != n.Text && len(p.text) >= minBase64 && isPrintable([]byte(p.text)) {
			all = append(all, pattern{utf16LE(p.text)[:2*len(p.text)-1], p.anyCase, false, 0})
		}
	}
	return all
}

// narrowPatternsOf returns each form of a name that is in no other one.
func narrowPatternsOf(n Name) (all []pattern) {
	word := n.Text
	switch {
	case IsNumber(word) && len(word) < minNumber, len(word) < minShort:
		return nil
	case len(word) == minShort:
		if n.Public || !IsASCII(word) {
			return nil
		}
		for _, sign := range "\x03.@\\\"' :,;=(" {
			all = append(all, pattern{string(sign) + word, true, true, 1})
		}
		return append(all, pattern{utf16LE(word), true, true, 0})
	}
	whole := len(word) < minWithin
	if !n.Public {
		all = append(all, pattern{word, true, whole, 0})
	}
	all = append(all, pattern{utf16LE(word), true, whole, 0})
	if !IsASCII(word) {
		var b strings.Builder
		for i := range len(word) {
			if c := word[i]; c < 0x80 {
				b.WriteByte(c)
			} else {
				fmt.Fprintf(&b, "%%%02X", c)
			}
		}
		all = append(all, pattern{b.String(), true, false, 0})
	}
	for _, text := range []string{word, strings.ToUpper(word), capital(word), n.Spelled} {
		if text == "" {
			continue
		}
		all = append(all, pattern{hex.EncodeToString([]byte(text)), true, false, 0})
		if len(word) < minEncoded {
			continue
		}
		for _, coded := range []string{text, utf16LE(text)} {
			for shift := range 3 {
				all = append(all, pattern{base64At(coded, shift), false, false, 0})
			}
		}
	}
	return all
}

// base64At returns the characters of base64 that depend on a text alone, which begins shift
// bytes after a multiple of three.
func base64At(text string, shift int) string {
	coded := base64.StdEncoding.EncodeToString([]byte("\x00\x00"[:shift] + text))
	return coded[[]int{0, 2, 3}[shift] : (shift+len(text))*8/6]
}

// isIn reports whether a text has a pattern.
func (p pattern) isIn(text string) bool {
	in, pattern := text, p.text
	if p.anyCase {
		in, pattern = fold(text), fold(p.text)
	}
	for at := 0; ; at++ {
		i := strings.Index(in[at:], pattern)
		if i < 0 {
			return false
		}
		at += i
		from, to := at+p.prefixLen, at+len(pattern)
		if !p.wholeWord || (from == 0 || !IsWordByte(text[from-1])) && (to == len(text) || !IsWordByte(text[to])) {
			return true
		}
	}
}

func searchIn(t *testing.T, text string, names ...Name) *Found {
	t.Helper()
	found, err := New(Replaced{Names: slices.Values(names)}).In(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestShortNames holds where names of three letters are found, and where they are by chance.
func TestShortNames(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"user=bob;": true, "CORP\\BOB": true, "x\x03bob\x04corp": true, "a@Bob": true, "b\x00o\x00b\x00": true, `{"bob":1}`: true,
		"\x00b\x00o\x00b": true, "user%3Dbob": true, "a%40b%6Fb%20": true,
		"+bob/": false, "xbobx": false, ".bobsled": false, " 123 ": false, " zoe ": false, " al ": false, "bo b": false, "%2Dbob": false,
	} {
		found := searchIn(t, "#"+text+"#", Name{Text: "bob"}, Name{Text: "123"}, Name{Text: "zoe", Public: true}, Name{Text: "al"})
		if (found != nil) != want {
			t.Errorf("%q: %+v", text, found)
		}
	}
}

// TestBeginnings holds that a name is found behind one that begins likewise, and that has
// another end or is no matter there.
func TestBeginnings(t *testing.T) {
	t.Parallel()
	names := []Name{
		{Text: "workstation"}, {Text: "workstation-public", Public: true}, {Text: "workstation-public-01"}, {Text: "workstation-zz"},
		{Text: "abcdefgh", Public: true}, {Text: "abcdefghij"}, {Text: "corp"}, {Text: "corpse"},
	}
	for text, want := range map[string]string{
		"a workstation-public-00 b": "workstation", "workstation-q": "workstation", "abcdefghi": "", "xabcdefghijk": "abcdefghij",
		"corps": "", "corp": "corp", "CORPSE": "corpse", "xcorp": "",
		hex.EncodeToString([]byte("Abcdefgh")): "abcdefgh", hex.EncodeToString([]byte("aBcdefgh")): "",
		"0" + hex.EncodeToString([]byte("xcorpx")): "corp", base64At("xABCDEFGHIx", 1): "abcdefgh",
	} {
		got := ""
		if found := searchIn(t, text, names...); found != nil {
			got = found.Name
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestFillers holds that names are found behind what is passed over, and within it, wherever
// they begin, also where a block of what is searched ends.
func TestFillers(t *testing.T) {
	t.Parallel()
	for _, others := range [][]Name{nil, {{Text: "xxxxxxxxylophon"}, {Text: "äther"}}} {
		s := New(Replaced{Names: slices.Values(append(others, Name{Text: "brunhilde"}))})
		for _, filler := range []string{"\x00", "x", "\xa7", "\x00x\xa7 ", "0", "A", "%41"} {
			for before := 0; before < 140; before += 1 + before/40*9 {
				for _, after := range []int{0, 1, 9, 2 * context} {
					text := strings.Repeat(filler, before) + "BRUNHILDE" + strings.Repeat(filler, after)
					found, err := s.In(strings.NewReader(text))
					if err != nil || found == nil || found.At != int64(before*len(filler)) && found.Form == "plain text" {
						t.Fatalf("%d and %d times %q: %+v, %v", before, after, filler, found, err)
					}
				}
			}
		}
		for _, coded := range []string{"BRUNHILDE", hex.EncodeToString([]byte("brunhilde")), base64At("Brunhilde", 2), utf16LE("brunHILDE"), "br%55nhilde"} {
			for _, end := range []int{blockLen - context, blockLen} {
				for at := end - len(coded) - 2; at < end+2; at += testcost.Step(11) {
					text := strings.Repeat("\x00", at) + "." + coded + "." + strings.Repeat("x", context)
					if found, err := s.In(strings.NewReader(text)); err != nil || found == nil {
						t.Fatalf("%q at %d: %+v, %v", coded, at, found, err)
					}
				}
			}
		}
	}
	for _, text := range []string{"--xxxxylophon--", "xxxxxxxxxxxxxxx xxxxylophon", "\xa7\xa7\xa7\xa7\xa7\xa7\xa7 ÄTHER ", strings.Repeat("\xa7", blockLen-5) + " äther ", "\x00\x00" + utf16LE(" ÄTHER "), "c3a474686572", "%C3%a4THER"} {
		if searchIn(t, text, Name{Text: "xxxxylophon"}, Name{Text: "äther"}) == nil {
			t.Errorf("%q: nothing", text[max(len(text)-9, 0):])
		}
	}
}

// TestAgainstNaive writes names in every form among what is like them, and compares with a
// search for one pattern after the other.
func TestAgainstNaive(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	vocabulary := []string{"bob", "corp", "web01", "alice", "brunhilde", "brun", "brunhilde-the-great", "xxxxxxxx", "xxxxyz", "20251129", "jürgen", "größe", "日本語", "a", "äö", "müller-lüdenscheidt", "a1b2c3d4", "deadbeef"}
	for round := range testcost.Count(600, 4000) {
		var names []Name
		for _, word := range vocabulary {
			if random.IntN(3) == 0 {
				names = append(names, Name{Text: word, Public: random.IntN(4) == 0, Spelled: spellingOf(word, random)})
			}
		}
		var b strings.Builder
		for b.Len() < 60+random.IntN(200) {
			word := vocabulary[random.IntN(len(vocabulary))]
			b.WriteString(written(spellingOf(word, random), random))
		}
		checkAgainstNaive(t, fmt.Sprint("round ", round), b.String(), names)
	}
}

// spellingOf returns a word in some case.
func spellingOf(word string, random *rand.Rand) string {
	switch random.IntN(4) {
	case 0:
		return strings.ToUpper(word)
	case 1:
		return capital(word)
	case 2:
		return word
	}
	b := []byte(word)
	if i := random.IntN(len(b)); 'a' <= b[i] && b[i] <= 'z' {
		b[i] -= 0x20
	}
	return string(b)
}

// written returns a text in some form, perhaps cut, with something beside it.
func written(text string, random *rand.Rand) string {
	beside := []string{"", "", " ", ".", "-", "x", "0", "\x00", "\xa7", "=", "%2F", "%", "A", "ab", "f", "\x03", "xxxxxxxxx", strings.Repeat("x", 70), strings.Repeat("\x00", 81), strings.Repeat("\xa7", 66)}
	pick := func() string { return beside[random.IntN(len(beside))] }
	text = pick() + text + pick()
	switch random.IntN(7) {
	case 0:
		text = hex.EncodeToString([]byte(text))
	case 1:
		text = base64.StdEncoding.EncodeToString([]byte(text))
	case 2:
		text = base64.RawURLEncoding.EncodeToString([]byte(utf16LE(text)))
	case 3:
		text = utf16LE(text)
	case 4:
		var b strings.Builder
		for _, c := range []byte(text) {
			if c >= 0x80 || random.IntN(3) == 0 {
				fmt.Fprintf(&b, "%%%02x", c)
			} else {
				b.WriteByte(c)
			}
		}
		text = b.String()
	}
	if cut := random.IntN(12); cut < len(text) && random.IntN(4) == 0 {
		text = text[cut:]
	}
	return text + pick()
}

// checkAgainstNaive holds that what a naive search finds is found, and that what is found is
// there.
func checkAgainstNaive(t *testing.T, label, text string, names []Name) {
	t.Helper()
	found := searchIn(t, text, names...)
	for _, n := range names {
		for _, p := range patternsOf(n) {
			if found == nil && p.isIn(text) {
				t.Fatalf("%s: %q is in %q, as %q", label, n.Text, text, p.text)
			}
		}
	}
	if found != nil && !isThere(found, text) {
		t.Fatalf("%s: %+v is not in %q", label, found, text)
	}
}

// isThere reports whether a name is where it was found.
func isThere(f *Found, text string) bool {
	at, name := text[f.At:], f.Name
	switch f.Form {
	case "plain text":
		return strings.HasPrefix(fold(at), fold(name))
	case "UTF-16":
		wide := fold(utf16LE(name))
		return strings.HasPrefix(fold(at), wide[:len(wide)-1])
	case "hexadecimal":
		at = fold(at)
		return hasEither(at, hex.EncodeToString([]byte(name)), hex.EncodeToString([]byte(utf16LE(name))), hex.EncodeToString([]byte(name)))
	case "base64":
		return len(at) >= minBase64
	}
	return strings.Contains(at, "%")
}

// hasEither reports whether hexadecimal digits begin with one of some texts, in any case of the
// letters of those.
func hasEither(digits string, texts ...string) bool {
	return slices.ContainsFunc(texts, func(text string) bool {
		if len(text) > len(digits) {
			return false
		}
		a, errA := hex.DecodeString(text)
		b, errB := hex.DecodeString(digits[:len(text)])
		return errA == nil && errB == nil && len(utf16.Encode([]rune(string(a)))) > 0 && strings.EqualFold(string(a), string(b))
	})
}

// FuzzSearch compares with a naive search.
func FuzzSearch(f *testing.F) {
	f.Add("user=brunhilde;", "brunhilde", "web01")
	f.Add("YnJ1bmhpbGRl 6272756e68696c6465", "brunhilde", "dead")
	f.Add("b\x00r\x00u\x00n\x00 m%C3%BCller", "brun", "müller")
	f.Fuzz(func(t *testing.T, text, a, b string) {
		var names []Name
		for _, word := range []string{a, b} {
			if word = strings.ToLower(word); len(word) <= maxName && isOneWord(word) && strings.ToLower(strings.ToUpper(word)) == word {
				names = append(names, Name{Text: word})
			}
		}
		checkAgainstNaive(t, "fuzz", text, names)
	})
}

// isOneWord reports whether a text is what a name may be.
func isOneWord(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(c rune) bool { return c < utf8.RuneSelf && !IsWordByte(byte(c)) })
}

// TestEncodedInUTF16 holds that names and values are found that are encoded, and then written in UTF-16.
func TestEncodedInUTF16(t *testing.T) {
	t.Parallel()
	const value = "k7Xq+0/9vW2mZ5rT4yB8"
	for _, text := range []string{
		base64.StdEncoding.EncodeToString([]byte("+/user=brunhilde;")), base64.RawURLEncoding.EncodeToString([]byte("/?brunhilde@corp")),
		hex.EncodeToString([]byte("x brunhilde")), "a%20brunhild%65", base64.StdEncoding.EncodeToString([]byte("id=" + value)), hex.EncodeToString([]byte(value)),
	} {
		for _, before := range []string{"", "\x00", "abc\x00", "a\x00b\x00 \x00"} {
			found, err := New(Replaced{Names: slices.Values([]Name{{Text: "brunhilde"}}), Values: []Value{Value([]byte(value))}}).In(strings.NewReader(before + utf16LE("Basic "+text+"==\r\n") + "z"))
			if err != nil || found == nil {
				t.Errorf("%q behind %q is not found: %v", text, before, err)
			}
		}
	}
}
