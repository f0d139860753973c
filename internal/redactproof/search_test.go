package redactproof

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"unicode/utf16"

	"negotrace/capture"
	"negotrace/capture/redact/pseudonym"
	"negotrace/capture/redact/search"
	"negotrace/internal/capturetest"
)

// leaky is a capture with something of each kind that is replaced.
const leaky = `
dns 10.0.0.10 web.contoso.com A 10.0.0.20
conn 1 10.0.0.10:50001 > 10.0.0.20:80
> GET /reports HTTP/1.1
> Host: web.contoso.com
> X-Forwarded-For: 198.51.100.77, 2001:db8:7::a1b2
> Cookie: session=aZ9kQ7rX1mW0pLs8TyUv; id=k7Qm2Zx9
> Authorization: Basic {basic brunhilde:secret}
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Basic realm="contoso"
<
< `

// memory returns a source in memory.
func memory(b []byte) capture.Source {
	return capture.Source{Name: "out", Size: int64(len(b)), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }}
}

// redactedLeaky redacts that capture, with a body that is long.
func redactedLeaky(t *testing.T) (original, redacted []byte, names *pseudonym.Names) {
	t.Helper()
	c, err := capturetest.Parse(leaky + strings.Repeat("lorem ipsum ", 60) + "\n")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	original, names = c.Pcapng(), pseudonym.New(pseudonym.Options{Key: [32]byte{7}})
	_, _, err = capture.Redact(t.Context(), []capture.Source{memory(original)}, capture.RedactPlan{
		Names: names, Create: func(int, string) (io.Writer, error) { return &out, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return original, out.Bytes(), names
}

// writtenForms returns a text in every form in which it is looked for.
func writtenForms(text string) map[string]string {
	percent := func(format string) (s string) {
		for _, c := range []byte(text) {
			s += fmt.Sprintf(format, c)
		}
		return s
	}
	var little, big []byte
	for _, u := range utf16.Encode([]rune(text)) {
		little, big = binary.LittleEndian.AppendUint16(little, u), binary.BigEndian.AppendUint16(big, u)
	}
	forms := map[string]string{
		"plain": text, "lower": strings.ToLower(text), "UPPER": strings.ToUpper(text), "UTF-16": string(little), "UTF-16, high byte first": string(big),
		"hex": hex.EncodeToString([]byte(text)), "HEX": strings.ToUpper(hex.EncodeToString([]byte(text))), "percent": percent("%%%02x"), "PERCENT": percent("%%%02X"),
	}
	for shift := range 3 {
		forms[fmt.Sprint("base64 ", shift)] = base64.StdEncoding.EncodeToString([]byte("? ."[:shift] + text + "\n"))
	}
	return forms
}

// TestRedactRefusesLeaks holds that a file is not kept in which a name, an address or a value is left
// that was replaced, in any form, and that what is like it is no reason.
func TestRedactRefusesLeaks(t *testing.T) {
	t.Parallel()
	_, out, names := redactedLeaky(t)
	replaced := search.New(names.Replaced())
	place := bytes.Index(out, bytes.Repeat([]byte("xxxxx "), 60))
	if place < 0 {
		t.Fatalf("no body in %q", out)
	}
	with := func(text string) error {
		b := bytes.Clone(out)
		copy(b[place:], " "+text+" ")
		found, err := leftIn(memory(b), replaced)
		return errors.Join(err, (&Proof{Redaction: &capture.Redaction{}}).left(found))
	}
	if err := with("nothing"); err != nil {
		t.Fatal(err)
	}
	for leak, want := range map[string]error{
		"brunhilde": ErrNameInNoise, "198.51.100.77": ErrNameInNoise, "2001:db8:7::a1b2": ErrNameInNoise, "10.0.0.10": ErrNameInNoise,
		"aZ9kQ7rX1mW0pLs8TyUv": errValueLeft, "k7Qm2Zx9": ErrNameInNoise,
	} {
		for form, text := range writtenForms(leak) {
			if err := with(text); !errors.Is(err, want) {
				t.Errorf("%s as %s: %v", leak, form, err)
			}
		}
	}
	for _, near := range []string{"brunhild", "198.51.100.78", "198.51.100.77.1", "2001:db8:7::a1b3", "10.0.0.101", "110.0.0.10", "aZ9kQ7sX1mW0pLs8TyUv", "k7Qm2Yx9", "Chrome/120.0.0.0", "10.0.19041.1"} {
		for form, text := range writtenForms(near) {
			if err := with(text); err != nil {
				t.Errorf("%s as %s: %v", near, form, err)
			}
		}
	}
}

// TestRedactRefusesHeaders holds that a file is not kept in which a header or an answer of DNS has an
// address that was replaced.
func TestRedactRefusesHeaders(t *testing.T) {
	t.Parallel()
	original, out, names := redactedLeaky(t)
	replaced := search.New(names.Replaced())
	leaks := func(b []byte) (header string, text bool) {
		headers := &headerSearch{headers: replaced.Headers()}
		if _, err := reportOnHeaders(t.Context(), []capture.Source{memory(b)}, headers); err != nil {
			t.Fatal(err)
		}
		found, err := leftIn(memory(b), replaced)
		if err != nil {
			t.Fatal(err)
		}
		if headers.left != nil {
			header = headers.left.place
		}
		return header, found != nil
	}
	if header, text := leaks(out); header != "" || text {
		t.Fatal("what was redacted has an address")
	}
	const ipv4 = "\x08\x00\x45"
	ether, before := bytes.Index(out, []byte(ipv4)), bytes.Index(original, []byte(ipv4))
	for what, size := range map[int]int{0: 6, 6: 6, 26: 4, 30: 4} { // MAC addresses, source and destination
		b := bytes.Clone(out)
		copy(b[ether-12+what:], original[before-12+what:][:size])
		if header, _ := leaks(b); header != " in frame 1" {
			t.Errorf("the address at byte %d of a packet is found%s", what, header)
		}
	}
	length := []byte{0, 4}
	answer := bytes.Replace(out, append(length, names.Addr(netip.MustParseAddr("10.0.0.20")).AsSlice()...), append(length, 10, 0, 0, 20), 1)
	if header, text := leaks(answer); header != "" || !text {
		t.Error("the address in an answer of DNS is not found")
	}
}
