package search

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"negotrace/internal/testcost"
)

func TestValues(t *testing.T) {
	t.Parallel()
	secret := []byte("\x8f\x02zK\xd1\x90\x11\xfe\x07\xaa\x31\xc4\x5b\x9d\xe0\x66\x17\x28\x39\x4a")
	const token = "aZ9+kQ7rX1mW0pLs8TyU"
	s := New(Replaced{Values: []Value{Value(secret), Value([]byte(token)), Value(bytes.Repeat([]byte{1, 2}, 8))}})
	standard, url := base64.StdEncoding.EncodeToString, base64.RawURLEncoding.EncodeToString
	before := strings.Repeat("n ", blockLen/2-20)
	for name, text := range map[string]string{
		"as it is":              string(secret),
		"in a structure":        "\x04\x14" + string(secret) + "\x00",
		"hexadecimal":           hex.EncodeToString(secret),
		"HEXADECIMAL":           strings.ToUpper(hex.EncodeToString(secret)),
		"base64":                "NTLM " + standard(secret),
		"base64, a byte later":  standard(append([]byte("a"), secret...)),
		"base64, 2 bytes later": standard(append([]byte("ab"), secret...)),
		"base64 for URLs":       url(append([]byte("abc"), secret...)),
		"percent":               percentAll(string(secret), "%%%02x"),
		"PERCENT":               "?a=" + percentAll(string(secret), "%%%02X"),
		"percent, some":         strings.ReplaceAll(percentAll(string(secret), "%%%02X"), "%7A%4B", "zK"),
		"text":                  token,
		"text, lower":           strings.ToLower(token),
		"TEXT, UPPER":           strings.ToUpper(token),
		"text, UTF-16":          utf16LE(token),
		"text, high byte first": wideBE(token),
		"text, hexadecimal":     hex.EncodeToString([]byte(token)),
		"text, base64":          standard([]byte(" " + token)),
		"text, percent":         strings.ReplaceAll(token, "+", "%2b"),
		"text, all percent":     percentAll(token, "%%%02x"),
	} {
		for at := 0; at < 40; at += testcost.Step(17) { // around the end of a block
			text := before + strings.Repeat(" ", at) + text + " behind it"
			if f, err := s.In(strings.NewReader(text)); err != nil || f == nil || f.Name != "" || f.At < int64(len(before)) {
				t.Fatalf("%s, %d: %+v, %v", name, at, f, err)
			}
		}
	}
	for name, text := range map[string]string{
		"a byte differs":       string(secret[:15]) + "\x67",
		"the rest of it":       string(secret[3:]),
		"percent, differs":     percentAll(string(secret[:15])+"\x67", "%%%02x"),
		"text, differs":        token[:15] + "t",
		"UTF-16, differs":      utf16LE(token[:7] + "R" + token[8:]),
		"what says too little": strings.Repeat("\x01\x02", 20),
	} {
		if f, err := s.In(strings.NewReader(before + text)); f != nil || err != nil {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
}
