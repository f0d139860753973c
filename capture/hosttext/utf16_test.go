package hosttext

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"negotrace/internal/utf8text"
)

// wide returns a text in UTF-16.
func wide(order binary.AppendByteOrder, text string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, unit)
	}
	return string(b)
}

// TestUTF16 reads a text as programs of Windows write it.
func TestUTF16(t *testing.T) {
	const text = "Benutzer: Jürgen \U0001d11e\r\n"
	for name, written := range map[string]string{
		"UTF-8":                            text,
		"UTF-8 with its mark":              "\ufeff" + text,
		"UTF-16 with its mark":             wide(binary.LittleEndian, "\ufeff"+text),
		"UTF-16":                           wide(binary.LittleEndian, text),
		"UTF-16 of big end with its mark":  wide(binary.BigEndian, "\ufeff"+text),
		"UTF-16 of big end":                wide(binary.BigEndian, text),
		"UTF-16 that is cut within a unit": wide(binary.LittleEndian, text) + "x",
	} {
		for how, r := range map[string]io.Reader{
			"of known length": bytes.NewReader([]byte(written)), "in bytes": iotest.OneByteReader(strings.NewReader(written)),
		} {
			if got, _ := io.ReadAll(utf8text.NewReader(r)); string(got) != text {
				t.Errorf("%s %s: %q", name, how, got)
			}
		}
	}
	if got, err := io.ReadAll(utf8text.NewReader(strings.NewReader(""))); len(got) > 0 || err != nil {
		t.Errorf("nothing: %q, %v", got, err)
	}
}
