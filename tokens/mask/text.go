package mask

import (
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// rename returns the replacement of a name, which has the same length. Some senders include a
// terminating zero.
func (m *masker) rename(kind Kind, s string) string {
	name := strings.TrimRight(s, "\x00")
	if name == "" {
		return s
	}
	by := m.Name(kind, name)
	if len(by) != len(name) || utf8.RuneCountInString(by) != utf8.RuneCountInString(name) ||
		len(utf16.Encode([]rune(by))) != len(utf16.Encode([]rune(name))) {
		by = m.letters(name)
	}
	return by + s[len(name):]
}

// letters returns Letters with the noise for s.
func (m *masker) letters(s string) string {
	noise := make([]byte, len(s))
	m.Noise(noise, []byte(s))
	return Letters(s, noise)
}

// Letters returns a text that is as long as s and its noise, with a letter for each character: to
// show which characters are digits, capitals or signs may help to guess a password. A number becomes
// digits. White space stays.
func Letters(s string, noise []byte) string {
	isNumber := strings.Trim(s, "0123456789") == ""
	isUpper, isLower := s == strings.ToUpper(s), s == strings.ToLower(s)
	var b strings.Builder
	for i, r := range s {
		c := rune(noise[i])
		switch {
		case r == ' ' || r == '\t':
			b.WriteRune(r)
		case isNumber:
			b.WriteRune('0' + c%10)
		case isUpper && r < 0x80, !isLower && r < 0x80 && c&0x40 == 0:
			b.WriteRune('A' + c%26)
		case r < 0x80:
			b.WriteRune('a' + c%26)
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\ufffd"):
			b.WriteByte('a' + byte(c%26)) // not UTF-8
		case r <= 0xff:
			b.WriteRune(0xe0 + c%0x17)
		case r < 0x800:
			b.WriteRune(0x100 + c%0x80)
		case r < 0x10000:
			b.WriteRune(0x4e00 + c)
		default:
			b.WriteRune(0x1f600 + c%0x50)
		}
	}
	return b.String()
}

// latin reads b as UTF-8, or as Latin-1 if it is not UTF-8.
func latin(b []byte) (s string, isLatin bool) {
	if utf8.Valid(b) {
		return string(b), false
	}
	wide := make([]rune, len(b))
	for i, c := range b {
		wide[i] = rune(c)
	}
	return string(wide), true
}

func utf16String(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

func appendUTF16(b []byte, s string) []byte {
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// knownTexts are texts that MIT krb5, Heimdal and Samba write as e-text according to their
// sources. They are about the error, never about a user.
var knownTexts = []string{"NEEDED_PREAUTH", "PREAUTH_FAILED", "CLIENT_NOT_FOUND", "SERVER_NOT_FOUND",
	"CLIENT EXPIRED", "LOCKED_OUT", "SERVICE EXPIRED", "CLIENT KEY EXPIRED", "REQUIRED PWCHANGE", "CLIENT LOCKED OUT",
	"PROCESS_TGS", "LOOKING_UP_SERVER", "LOOKING_UP_CLIENT", "BAD_ENCRYPTION_TYPE", "ETYPE_NOSUPP",
	"TICKET NOT RENEWABLE", "TKT_EXPIRED", "VALIDATE_FLAGS", "S4U2PROXY_NO_HEADER", "EVIDENCE_TICKET_MISMATCH",
	"NOT_ALLOWED_TO_DELEGATE", "POLICY", "2ND_TKT_MISMATCH", "NO_TGT", "DECRYPT_CLIENT_KEY", "NULL_CLIENT",
	"Need to use PA-ENC-TIMESTAMP/PA-PK-AS-REQ", "No PREAUTH mechanism"}

// isKnownText reports whether an element is one of them, perhaps with a zero behind it, or may be the beginning of one.
func isKnownText(e element) bool {
	return slices.ContainsFunc(knownTexts, func(text string) bool { return mayBe(text, e) || mayBe(text+"\x00", e) })
}

// mayBe reports whether an element is a text, or may be the beginning of it where it is cut.
func mayBe(text string, e element) bool {
	return len(e.body)+e.missing == len(text) && strings.HasPrefix(text, string(e.body))
}
