package search

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"negotrace/internal/testcost"
)

// replacedAddresses are addresses to look for.
func replacedAddresses() *Search {
	var all []Address
	for _, text := range []string{"10.1.2.30", "192.168.77.99", "2001:db8::a1b2:7", "120.0.0.0"} {
		all = append(all, AddressOf(netip.MustParseAddr(text)))
	}
	all = append(all, MACAddress([6]byte{0, 0x50, 0x56, 0xa1, 0xb2, 0xc3}))
	return New(Replaced{Addresses: slices.Values(all), Versions: map[Address]bool{AddressOf(netip.MustParseAddr("120.0.0.0")): true}})
}

// percentAll encodes every byte.
func percentAll(text, format string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		fmt.Fprintf(&b, format, c)
	}
	return b.String()
}

// wideBE is a text in UTF-16 with the high byte first.
func wideBE(text string) string {
	wide := utf16LE(text)
	return "\x00" + wide[:len(wide)-1]
}

// formsOfText returns a text in each form in which it is looked for.
func formsOfText(text string) map[string]string {
	all := map[string]string{
		"plain": text, "UPPER": strings.ToUpper(text), "UTF-16": utf16LE(text), "UTF-16, high byte first": wideBE(text),
		"hexadecimal": hex.EncodeToString([]byte(text)), "HEXADECIMAL": strings.ToUpper(hex.EncodeToString([]byte(text))),
		"percent": percentAll(text, "%%%02x"), "PERCENT": percentAll(text, "%%%02X"),
		"percent, signs": strings.NewReplacer(".", "%2E", ":", "%3a", "-", "%2D").Replace(text),
		"hex UTF-16":     hex.EncodeToString([]byte(utf16LE(text))),
	}
	for shift := range 3 {
		before := "\x01=("[:shift]
		all[fmt.Sprint("base64 ", shift)] = base64.StdEncoding.EncodeToString([]byte(before + text + ";"))
		all[fmt.Sprint("base64 for URLs ", shift)] = base64.RawURLEncoding.EncodeToString([]byte(before + text))
		all[fmt.Sprint("base64 UTF-16 ", shift)] = base64.StdEncoding.EncodeToString([]byte(before + utf16LE(text)))
	}
	all["base64 in a URL"] = "a=" + strings.NewReplacer("=", "%3D", "+", "%2B").Replace(base64.StdEncoding.EncodeToString([]byte(" "+text+" ")))
	return all
}

// foundIn searches a short text.
func foundIn(s *Search, text string) *Found {
	return s.newScan().find([]byte(text), 0, len(text))
}

// TestAddressText holds that addresses are found in each spelling and form, wherever they lie, and what is
// like them is not.
func TestAddressText(t *testing.T) {
	t.Parallel()
	s := replacedAddresses()
	for _, spelled := range []string{
		"10.1.2.30", "192.168.77.99", "2001:db8::a1b2:7", "2001:0db8:0:0:0:0:a1b2:0007", "::ffff:10.1.2.30", "30.2.1.10.in-addr.arpa",
		"7.0.0.0.2.b.1.a.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "00:50:56:a1:b2:c3", "00-50-56-a1-b2-c3", "0050.56a1.b2c3",
	} {
		for form, text := range formsOfText(spelled) {
			for _, beside := range []string{" ", "\"", "=", "/"} {
				if strings.HasPrefix(form, "base64") && beside == "/" || strings.HasPrefix(form, "UTF-16") && beside != " " {
					continue // would be a part of it
				}
				if f := foundIn(s, "x"+beside+text+beside+"y"); f == nil || !f.IsAddress && !strings.Contains(spelled, "-") {
					t.Errorf("%s as %s beside %q: %+v: %q", spelled, form, beside, f, text)
				}
			}
		}
	}
	for _, text := range []string{
		"[10.1.2.30]:80", "http://10.1.2.30/", "HTTP/10.1.2.30@R", "a10.1.2.30.", "10.1.2.30:8080", "ip-10.1.2.30-x", "fe80::1 2001:db8::a1b2:7%3", "Foo/120.0.0.0x 120.0.0.0", "for=\"[2001:DB8::A1B2:7]:1\"",
		"::ffff:a01:21e", "x:2001:db8::a1b2:7", "Foo/9 (120.0.0.0)",
	} {
		if foundIn(s, text) == nil {
			t.Errorf("%q: nothing", text)
		}
	}
	for _, near := range []string{
		"10.1.2.31", "110.1.2.30", "10.1.2.301", "10.1.2.30.4", "1.10.1.2.30", "1.3.6.1.4.10.1.2.30.1", "10.1.2", "10.1.230", "Chrome/120.0.0.0 Safari/537.36", "Foo/v120.0.0.0", "10.0.19041.1", "30.2.1.10",
		"10.1.2.30.in-addr.arpa", "2001:db8::a1b2:70", "12001:db8::a1b2:7", "12:34:56", "00:50:56:a1:b2:c4", "000:50:56:a1:b2:c3", "00:50:56:a1:b2", "0050.56a1.b2c4", "00-50-56-a1-b2", "\x0a\x01\x02\x1e", "10,1,2,30",
	} {
		for form, text := range formsOfText(near) {
			if strings.Contains(near, "/") && form != "plain" {
				continue // a version stays in plain text
			}
			if f := foundIn(s, " "+text+" "); f != nil {
				t.Errorf("%q as %s: %+v", near, form, f)
			}
		}
	}
}

// TestAddressAtBlockEnds holds that an address is found around the end of what is searched at a time.
func TestAddressAtBlockEnds(t *testing.T) {
	t.Parallel()
	s := replacedAddresses()
	for form, text := range formsOfText("2001:db8::a1b2:7") {
		for _, end := range []int{blockLen - context, blockLen} {
			for at := end - len(text) - 1; at <= end+1; at += testcost.Step(7) {
				if f, err := s.In(strings.NewReader(strings.Repeat("\x00", at) + " " + text + " " + strings.Repeat("\x00", 2*context))); err != nil || f == nil {
					t.Fatalf("%s at %d: %+v, %v", form, at, f, err)
				}
			}
		}
	}
}

// TestAddressFields holds that addresses are found as bytes where a message says that they are some.
func TestAddressFields(t *testing.T) {
	t.Parallel()
	s := replacedAddresses()
	six := string(ipv6Bytes("2001:db8::a1b2:7"))
	const four, mac = "\x0a\x01\x02\x1e", "\x00\x50\x56\xa1\xb2\xc3"
	dhcp := func(at int, value string) string {
		b := []byte(strings.Repeat("\x00", 236) + "\x63\x82\x53\x63\x35\x01\x05\x36\x04zzzz\xff")
		copy(b[at:], value)
		return string(b)
	}
	nibbles := ""
	for _, x := range strings.Split("7.0.0.0.2.b.1.a.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2", ".") {
		nibbles += "\x01" + x
	}
	for name, text := range map[string]string{
		"A": "\xc0\x0c\x00\x01\x00\x01\x00\x00\x0e\x10\x00\x04" + four, "A, mDNS": "\xc0\x0c\x00\x01\x80\x01\x00\x00\x0e\x10\x00\x04" + four,
		"AAAA": "\xc0\x0c\x00\x1c\x00\x01\x00\x00\x0e\x10\x00\x10" + six, "PTR": "\x0230\x012\x011\x0210\x07in-addr\x04arpa\x00", "PTR in any case": "\x0230\x012\x011\x0210\x07iN-aDdr\x04ArPa\x00",
		"PTR of IPv6": nibbles + "\x03ip6\x04arpa\x00", "HostAddress": "\x30\x0d\xa0\x03\x02\x01\x02\xa1\x06\x04\x04" + four, "HostAddress of IPv6": "\x30\x19\xa0\x03\x02\x01\x18\xa1\x12\x04\x10" + six,
		"certificate": "\x30\x06\x87\x04" + four, "certificate, IPv6": "\x30\x12\x87\x10" + six, "SOCKS": "\x05\x01\x00\x01" + four + "\x00\x50", "SOCKS, IPv6": "\x05\x01\x00\x04" + six + "\x00\x50", "SOCKS 4": "\x04\x01\x00\x50" + four + "me\x00",
		"PROXY": "\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\x7f\x00\x00\x01" + four + "\x00\x50\x00\x50", "PROXY, IPv6": "\r\n\r\n\x00\r\nQUIT\n\x21\x21\x00\x24" + six + six,
		"DHCP": dhcp(16, four), "DHCP, option": dhcp(236+4+5, four), "DHCP, MAC": dhcp(28, mac),
	} {
		if f := foundIn(s, strings.Repeat("\x00", 300)+text+strings.Repeat("\x00", 100)); f == nil || !f.IsAddress {
			t.Errorf("%s: %+v", name, f)
		}
		near := strings.NewReplacer(four, "\x0a\x01\x02\x1f", six, six[:15]+"\x08", mac, mac[:5]+"\xc4", "\x0230", "\x0231", "\x017\x010", "\x018\x010").Replace(text)
		if f := foundIn(s, near); f != nil {
			t.Errorf("like %s: %+v", name, f)
		}
	}
	h := s.Headers()
	for _, other := range []string{"\x0a\x01\x02\x1f", "\x00\x50\x56\xa1\xb2\xc4", six[:15] + "\x08", "\x0a\x01\x02\x1f", "\x01"} {
		if f := h.Address([]byte(other)); f != nil {
			t.Errorf("%+v", f)
		}
	}
	for _, is := range []string{four, mac, six, strings.Repeat("\x00", 10) + "\xff\xff" + four} {
		h := s.Headers()
		h.Address([]byte("\x0a\x01\x02\x1f"))
		if h.Address([]byte(is)) == nil {
			t.Errorf("% x is not found", is)
		}
	}
}

// ipv6Bytes returns the bytes of an address of IPv6.
func ipv6Bytes(text string) []byte {
	b := netip.MustParseAddr(text).As16()
	return b[:]
}
