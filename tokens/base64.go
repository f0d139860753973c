package tokens

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// Base64 decodes base64 in the standard or the URL alphabet, with or without padding, and with
// white space between lines. On an error it returns the bytes before it.
func Base64(s string) ([]byte, error) {
	if b, err := base64.StdEncoding.DecodeString(s); err == nil {
		return b, nil // nearly every value ends here
	}
	s = strings.Join(strings.Fields(s), "")
	s = strings.NewReplacer("-", "+", "_", "/").Replace(s)
	body := strings.TrimRight(s, "=")
	padding := len(s) - len(body)
	bad := strings.IndexFunc(body, func(r rune) bool { return r > 0x7f || !alnum(byte(r)) && r != '+' && r != '/' })
	var err error
	switch {
	case bad >= 0:
		err = fmt.Errorf("base64: illegal character %q at %d", body[bad], bad)
		body = body[:bad]
	case len(body)%4 == 1:
		err = fmt.Errorf("base64: %d characters are no whole number of bytes", len(body))
	case padding > 0 && (len(body)+padding)%4 != 0:
		err = fmt.Errorf("base64: %d characters of padding after %d", padding, len(body))
	}
	if len(body)%4 == 1 {
		body = body[:len(body)-1]
	}
	b, decodeErr := base64.RawStdEncoding.DecodeString(body)
	if err == nil && decodeErr != nil {
		err = fmt.Errorf("base64: %w", decodeErr)
	}
	return b, err
}
