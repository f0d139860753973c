package pseudonym

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"negotrace/capture/redact/search"
	"negotrace/internal/testcost"
)

func TestNamesStayRelated(t *testing.T) {
	n := New(Options{Keep: []string{"partner.example"}})
	fqdn, short, upper := n.Text("web01.corp.test"), n.Text("web01"), n.Text("WEB01$")
	label, rest, _ := strings.Cut(fqdn, ".")
	if label != short || strings.ToUpper(label)+"$" != upper {
		t.Errorf("%q, %q and %q are not related", fqdn, short, upper)
	}
	corp, _, _ := strings.Cut(rest, ".")
	if got := n.Text(`CORP\alice`); !strings.HasPrefix(got, strings.ToUpper(corp)+`\x`) {
		t.Errorf("the NetBIOS domain became %q, the realm %q", got, rest)
	}
	if got, want := n.Text("HTTP/web01.corp.test@CORP.TEST"), "HTTP/"+fqdn+"@"+strings.ToUpper(rest); got != want {
		t.Errorf("the SPN became %q, want %q", got, want)
	}
	if got := n.Text("a.partner.example"); !strings.HasSuffix(got, ".partner.example") {
		t.Errorf("%q does not keep what was to be kept", got)
	}
	for _, stays := range []string{"localhost", "_kerberos._tcp", "krbtgt", "127.0.0.1", "::1", "", "@"} {
		if got := n.Text(stays); got != stays {
			t.Errorf("%q became %q", stays, got)
		}
	}
}

func TestNetBIOSNameIsTheBeginning(t *testing.T) {
	n := New(Options{})
	long, netBIOS := n.Word("verylongservername01"), n.Word("VERYLONGSERVERN")
	if !strings.HasPrefix(strings.ToUpper(long), netBIOS) {
		t.Errorf("%q is not the beginning of %q", netBIOS, long)
	}
	if other := n.Word("verylongservername02"); other == long {
		t.Errorf("two names became %q", long)
	}
}

func TestPseudonymsAreDifferentAndAsLong(t *testing.T) {
	n := New(Options{})
	seen := map[string]string{}
	for _, word := range []string{
		"ab", "cd", "web", "Web1", "app", "Jörg", "jürg", "größe", "日本", "日木", "𒀀𒀁", "a𒀀b", "x-y_z", "svc_sql", "12345", "12346",
		"Administrator", "administratir", "MiXeD", strings.Repeat("n", 64), strings.Repeat("n", 63) + "m",
	} {
		p := n.Word(word)
		if len(p) != len(word) || len(utf16.Encode([]rune(p))) != len(utf16.Encode([]rune(word))) {
			t.Errorf("%q became %q, which is not as long", word, p)
		}
		if other, ok := seen[p]; ok || strings.EqualFold(p, word) {
			t.Errorf("%q and %q became %q", other, word, p)
		}
		seen[p] = word
		if again := n.Word(word); again != p {
			t.Errorf("%q became %q, then %q", word, p, again)
		}
	}
	if got := n.Word("MiXeD"); got[0] != 'X' || got[1] < 'a' || got[2] > 'Z' {
		t.Errorf("%q does not have the case of MiXeD", got)
	}
}

func TestFewDigits(t *testing.T) {
	n := New(Options{})
	seen := map[string]bool{}
	for _, digit := range strings.Split("1234567890", "") {
		p := n.Word(digit)
		if seen[p] {
			t.Errorf("%s became %s, as another digit did", digit, p)
		}
		seen[p] = true
	}
}

func TestMany(t *testing.T) {
	n := New(Options{})
	seen := map[string]bool{}
	for a := range 26 * 26 * 26 {
		word := "u" + string([]byte{byte('a' + a/676), byte('a' + a/26%26), byte('a' + a%26), 'e'})
		p := n.Word(word)
		if seen[p] {
			t.Fatalf("%q: pseudonym %q for the second time after %d names", word, p, a)
		}
		seen[p] = true
	}
}

func TestURL(t *testing.T) {
	n := New(Options{})
	host, user := n.Text("web.corp.test"), n.Text("jörg")
	for url, want := range map[string]string{
		"http://web.corp.test:8080/":     "http://" + host + ":8080/",
		"https://web.corp.test/KdcProxy": "https://" + host + "/KdcProxy",
		"/j%C3%B6rg/index.html":          "/" + percent(user) + "/" + n.Text("index") + ".html",
		"//web.corp.test/":               "//" + host + "/",
		"web.corp.test:443":              host + ":443",
		"*":                              "*",
		"http://[2001:db8::1]:88/":       "http://[" + n.Addr(netip.MustParseAddr("2001:db8::1")).String() + "]:88/",
		"/a%2Fb":                         n.Text("/a") + "%2F" + n.Text("b"),
		"http://al:pw@web.corp.test/?user=al#al%": "http://" + n.Text("al") + ":" + n.Text("pw") + "@" + host + n.Text("/?user=al#al%"),
	} {
		got := n.URL(url)
		if url == "web.corp.test:443" {
			got = n.Host(url)
		}
		if got != want || len(got) != len(url) {
			t.Errorf("%q became %q, want %q", url, got, want)
		}
	}
}

// percent encodes what is not ASCII.
func percent(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; c < 0x80 {
			b.WriteByte(c)
		} else {
			b.WriteString("%" + strings.ToUpper(string("0123456789abcdef"[c>>4])+string("0123456789abcdef"[c&15])))
		}
	}
	return b.String()
}

func TestAddresses(t *testing.T) {
	n := New(Options{})
	for _, text := range []string{
		"10.1.2.3", "10.1.2.4", "10.1.20.3", "172.16.0.9", "192.168.10.255", "8.8.8.8", "100.64.1.1", "203.0.113.250", "169.254.7.7",
		"fe80::1", "fe80::a00:27ff:fe4e:66a1", "2001:db8:0:1::17", "fd12:3456:789a:1::1", "2001:0DB8:0000:0001:0000:0000:0000:0017",
		"::ffff:10.1.2.3", "64:ff9b::8.8.8.8",
	} {
		a := netip.MustParseAddr(text)
		p := n.Addr(a)
		if p == a || a.IsPrivate() != p.IsPrivate() || a.IsLinkLocalUnicast() != p.IsLinkLocalUnicast() || p.IsMulticast() || p.IsLoopback() {
			t.Errorf("%s became %s", a, p)
		}
		got := n.Text(text)
		if back, err := netip.ParseAddr(got); err != nil || back != p || len(got) != len(text) {
			t.Errorf("text %s became %s, address %s: %v", text, got, p, err)
		}
		if in := n.Text("http=" + text + ";"); in != "http="+got+";" {
			t.Errorf("%s became %s inside a text", text, in)
		}
	}
	a, b, c := n.Text("10.1.2.3"), n.Text("10.1.2.4"), n.Text("10.1.20.3")
	prefix := a[:strings.LastIndex(a, ".")+1]
	if !strings.HasPrefix(b, prefix) || strings.HasPrefix(c, prefix) || c[:4] != a[:4] {
		t.Errorf("%s, %s and %s do not have the prefixes in common that their originals have", a, b, c)
	}
	if got := n.Host("10.1.2.3:8080"); got != a+":8080" {
		t.Errorf("the address with its port became %q", got)
	}
	for _, stays := range []string{"224.0.0.251", "255.255.255.255", "0.0.0.0", "ff02::fb", "127.1.2.3"} {
		if got := n.Text(stays); got != stays {
			t.Errorf("%s became %s", stays, got)
		}
	}
}

func TestAllOctets(t *testing.T) {
	n := New(Options{})
	seen := map[netip.Addr]bool{}
	for i := range 256 {
		step := testcost.Step(5)
		if i == 100 || i == 169 || i == 172 || i == 192 || i == 198 {
			step = 1 // the second octet says what kind of address it is
		}
		for j := i % step; j < 256; j += step {
			a := netip.AddrFrom4([4]byte{byte(i), byte(j), 7, 7})
			p := n.Addr(a)
			if seen[p] || len(p.String()) != len(a.String()) || a.IsPrivate() != p.IsPrivate() || a.IsMulticast() != p.IsMulticast() ||
				a.IsLinkLocalUnicast() != p.IsLinkLocalUnicast() || a.IsLoopback() != p.IsLoopback() {
				t.Fatalf("%s became %s", a, p)
			}
			seen[p] = true
		}
	}
}

func TestMAC(t *testing.T) {
	n := New(Options{})
	a := n.MAC([6]byte{0, 0x50, 0x56, 1, 2, 3})
	if a[0] != 2 || a == n.MAC([6]byte{0, 0x50, 0x56, 1, 2, 4}) || a != n.MAC([6]byte{0, 0x50, 0x56, 1, 2, 3}) {
		t.Errorf("pseudonym % x", a)
	}
	solicited := n.Addr(netip.MustParseAddr("ff02::1:ff4e:66a1")).As16()
	if got := n.MAC([6]byte{0x33, 0x33, 0xff, 0x4e, 0x66, 0xa1}); string(got[3:]) != string(solicited[13:]) || got[4] == 0x66 {
		t.Errorf("the group became % x, its MAC address % x", solicited, got)
	}
}

func TestOpaque(t *testing.T) {
	n := New(Options{})
	secret := []byte("a ciphertext that nobody must see")
	a, b := n.Opaque(secret), n.Opaque([]byte("another ciphertext of that length"))
	if string(a) == string(b) || string(a) != string(n.Opaque(secret)) || len(a) != len(secret) {
		t.Errorf("% x and % x", a, b)
	}
	if other := New(Options{Key: [32]byte{1}}); string(other.Opaque(secret)) == string(a) {
		t.Error("another key makes the same noise")
	}
	for text, want := range map[string]string{
		"Fe9+/xyz-09._AF==": `^[A-Za-z]{3}\+/[a-z]{3}-[0-9]{2}\._[A-Z]{2}==$`, "JD42": `^[A-Z]{4}$`, "e5f2-00D1-beef": `^[0-9a-f]{4}-[0-9A-F]{4}-[0-9a-f]{4}$`, "ada1": `^[a-z]{4}$`,
	} {
		if got := n.OpaqueText(text); !regexp.MustCompile(want).MatchString(got) || got == text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	n, again, other := New(Options{}), New(Options{}), New(Options{Key: [32]byte{1}})
	replaced := func(n *Names, number uint64) string {
		b := binary.BigEndian.AppendUint64(nil, number)
		n.Identity(b)
		return string(b)
	}
	first, second := replaced(n, 1), replaced(n, 2)
	if first == second || first != replaced(n, 1) || first != replaced(again, 77) || first == replaced(other, 1) {
		t.Errorf("%q and %q", first, second)
	}
	for i := range uint64(maxIdentities) {
		replaced(n, 100+i)
	}
	if len(n.identities) > maxIdentities || replaced(n, 1) == first {
		t.Errorf("%d are remembered", len(n.identities))
	}
}

func FuzzNames(f *testing.F) {
	f.Add("HTTP/web01.corp.test@CORP.TEST")
	f.Add("http://alice:pw@[fe80::1]:80/j%C3%B6rg/?a=10.1.2.3&b=::ffff:1.2.3.4")
	f.Add("\xff\xfejörg日𒀀")
	f.Add("Ⱥlice@İstanbul.corp.test \xffÄ")
	f.Add("000000000000000000000000 0000::10.0.0.0 [64:ff9b::a00:1] ::ffff:a01:203 1::1.2.3.4")
	f.Fuzz(func(t *testing.T, text string) {
		n := New(Options{})
		for _, replace := range []func(string) string{n.Text, n.Host, n.URL, n.OpaqueText} {
			got := replace(text)
			if len(got) != len(text) {
				t.Fatalf("%q became %q, which is not as long", text, got)
			}
			if replace(text) != got {
				t.Fatalf("%q became something else the second time", text)
			}
		}
	})
}

// TestAvoid holds that no pseudonym is a word that the capture is known to have.
func TestAvoid(t *testing.T) {
	t.Parallel()
	first := New(Options{})
	pseudonym := first.Text("alice")
	known := New(Options{})
	known.Text(pseudonym)
	again := New(Options{Avoid: known})
	if got := again.Text("alice"); got == pseudonym || len(got) != len("alice") {
		t.Errorf("%q became %q twice", "alice", got)
	}
}

// TestPseudonymsAreDrawn holds that with another key everything has another pseudonym: an address
// of which it were known would be that of everybody, and so would be the gap that a name leaves
// which is its own pseudonym.
func TestPseudonymsAreDrawn(t *testing.T) {
	t.Parallel()
	for _, original := range []string{"10.1.20.3", "2001:db8:7::1", "al", "web01", "7", "42"} {
		seen := map[string]bool{}
		for i := range 64 {
			n := New(Options{Key: [32]byte{byte(i)}})
			p := n.Text(original)
			if p == original {
				t.Errorf("%s stays with key %d", original, i)
			}
			seen[p] = true
		}
		if len(seen) < 6 { // one digit has eight others
			t.Errorf("%s has %d pseudonyms with 64 keys", original, len(seen))
		}
	}
}

// TestAllOfAShape holds that as many words have pseudonyms of their own as there are, none of which
// is the word itself, and that the last ones are found as fast as the first.
func TestAllOfAShape(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ format, head string }{{"%04d", ""}, {"%03d", ""}, {"%03d", "verylongservern"}} {
		n := New(Options{Key: [32]byte{7}})
		seen := map[string]bool{}
		for i := range 1000 {
			word := c.head + fmt.Sprintf(c.format, i)
			p := n.Word(word)
			if p == word || len(p) != len(word) {
				t.Fatalf("%q became %q", word, p)
			}
			seen[p] = true
		}
		if len(seen) < 999 { // the last number may find nothing but itself
			t.Errorf("1000 words like %q have %d pseudonyms", c.head+c.format, len(seen))
		}
	}
}

// TestShuffled holds that each number is in a row once.
func TestShuffled(t *testing.T) {
	t.Parallel()
	for _, space := range []uint64{1, 2, 3, 10, 19, 20, 400, 1000, 8000} {
		r := row{keys: [4]uint32{1, 22, 333, 4444}, space: space}
		seen := map[uint64]bool{}
		for place := range space {
			if k := r.shuffled(place); k >= space || seen[k] {
				t.Fatalf("%d of %d is %d, again %v", place, space, k, seen[k])
			} else {
				seen[k] = true
			}
		}
	}
}

// TestValues holds which values are looked for: those that are long, and no words.
func TestValues(t *testing.T) {
	t.Parallel()
	n := New(Options{})
	n.Opaque([]byte("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11"))
	n.Opaque([]byte("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"))
	n.OpaqueText("text/html; charset=utf-8")
	n.OpaqueText("c0ffee00-1234-5678-9abc-def012345678")
	n.OpaqueText("aGVsbG8gd29ybGQsIGFnYWlu")
	n.OpaqueText("aGVsbG8gd29ybGQsIGFnYWlu")
	n.OpaqueText("v2.abc~1234.xyz9~q")
	n.OpaqueText("a1b2 c3d4 e5f6 g7")
	for _, short := range []string{"k7Qm2Zx9", "c0f3e1a9", "c0f3e1a9b7d2", "k7Qm2Zx", "20240131", "SESSION-1", "Kerberos", "de-DE-12", "k7 Qm2 Zx9"} {
		n.OpaqueText(short)
	}
	if got := slices.Collect(n.shortValues.all()); !slices.Equal(got, []string{"k7Qm2Zx9", "c0f3e1a9b7d2"}) {
		t.Errorf("%q", got)
	}
	var got []string
	for _, v := range n.values {
		got = append(got, string(v[:]))
	}
	if want := []string{"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10", "c0ffee00-1234-56", "aGVsbG8gd29ybGQs", "v2.abc~1234.xyz9"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestNoPseudonymIsAnAddress holds that pseudonyms are no addresses of the capture once these are known,
// as far as there are others, and that those that are all the same are not looked for.
func TestNoPseudonymIsAnAddress(t *testing.T) {
	t.Parallel()
	var few, many []string
	for i := 1; i < 255; i++ {
		few = append(few, fmt.Sprintf("10.0.0.%d", i), fmt.Sprintf("192.168.7.%d", i), fmt.Sprintf("172.16.%d.1", i), fmt.Sprintf("2001:db8::%x", i))
		many = append(many, fmt.Sprintf("fe80::%x", i))
	}
	for _, c := range []struct {
		addresses []string
		clash     bool
	}{{few, false}, {[]string{"fe80::1", "fe80::2", "fe80::3", "fe80::4", "ff02::1:ff00:1", "ff02::1:ff00:2"}, false}, {many, true}} {
		var known *Names
		for i := range 2 {
			n := New(Options{Key: [32]byte{byte(i)}, Avoid: known})
			seen := map[netip.Addr]bool{}
			for k, text := range c.addresses {
				p := n.Addr(netip.MustParseAddr(text))
				if seen[p] || len(p.String()) != len(text) {
					t.Fatalf("%s became %s, for the second time: %v", text, p, seen[p])
				}
				seen[p] = true
				n.MAC([6]byte{2, 0, 0, 0, 0, byte(k)})
			}
			known = n
		}
		if is := known.Clashes(); (is > 0) != c.clash {
			t.Errorf("%s and so on: %d pseudonyms are addresses of the capture", c.addresses[0], is)
		}
		sought := 0
		for range known.Replaced().Addresses {
			sought++
		}
		if want := len(known.Addresses()) + known.MACs() - known.Clashes(); sought != want {
			t.Errorf("%s and so on: %d of %d addresses are looked for", c.addresses[0], sought, want)
		}
	}
	if n := New(Options{KeepAddresses: true}); n.Text("10.0.0.1") != "10.0.0.1" || len(n.Addresses()) > 0 {
		t.Error("addresses are to stay, and are looked for")
	}
}

// TestMACOfTheCapture holds that the next pseudonym of a MAC address is none that was seen.
func TestMACOfTheCapture(t *testing.T) {
	t.Parallel()
	n := New(Options{})
	p := n.MAC([6]byte{1: 1, 5: 1})
	p[5]++ // which would be the next
	if q := n.MAC(p); q == p {
		t.Errorf("% x stays", p)
	}
	if q := n.MAC([6]byte{1: 1, 5: 2}); q == p || n.Clashes() > 0 {
		t.Errorf("% x is an address", q)
	}
}

// TestVersions holds what is kept as a version of a product where it looks like an address.
func TestVersions(t *testing.T) {
	t.Parallel()
	n := New(Options{})
	n.Text("10.0.0.7")
	for text, stays := range map[string]bool{"120.0.0.0 Safari": true, "10.0.19041.1": true, "1.2.3.4.5": true, "x": true, "": true, "10.0.0.7": false} {
		if n.PublishVersion(text) != stays {
			t.Errorf("%q stays: %v", text, !stays)
		}
	}
	if is := n.Replaced().Versions; len(is) != 1 || !is[search.AddressOf(netip.MustParseAddr("120.0.0.0"))] {
		t.Errorf("%v", is)
	}
}
