package paste

import (
	"bytes"
	"encoding/hex"
	"html"
	"unicode/utf16"
	"unicode/utf8"

	"negotrace/internal/lazyregexp"
)

// clean returns a copy of text in UTF-8, after decoding what encodes the text as a whole.
func clean(text []byte) []byte {
	text = fromUTF16(text)
	if bytes.IndexByte(text, 0x1b) >= 0 {
		text = ansi().ReplaceAll(text, nil)
	}
	if bytes.IndexByte(text, '&') >= 0 && entity().Match(text) {
		text = []byte(html.UnescapeString(string(text)))
	}
	if bytes.Contains(text, []byte("%2")) && percentEncoded().Match(text) {
		text = unpercent(text)
	}
	return plain(text)
}

var (
	// ansi matches escape sequences of terminals.
	ansi   = lazyregexp.New("\x1b\\[[0-9;]{0,20}[A-Za-z]")
	entity = lazyregexp.New(`&(?:quot|apos|lt|gt|amp|#[0-9]{1,4}|#[xX][0-9a-fA-F]{1,4});`)
	// percentEncoded matches a header or a scheme in a URL or a form.
	percentEncoded = lazyregexp.New(`(?i)(?:negotiate|ntlm|kerberos|authorization|authenticate)(?:%3a)?(?:%20|%22)`)
)

// plain undoes what word processors and mail programs change in text: quotes, spaces, invisible
// characters, line ends.
func plain(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			i++
			if c == '\r' {
				if i < len(text) && text[i] == '\n' {
					continue
				}
				c = '\n'
			}
			out = append(out, c)
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		switch r {
		case 0xa0: // no-break space
			out = append(out, ' ')
		case 0x201c, 0x201d, 0x201e:
			out = append(out, '"')
		case 0x2018, 0x2019:
			out = append(out, '\'')
		case 0x2026:
			out = append(out, "..."...)
		case 0x200b, 0xfeff, 0xad: // zero-width space, byte order mark, soft hyphen
		default:
			out = append(out, text[i:i+n]...)
		}
		i += n
	}
	return out
}

// fromUTF16 returns text in UTF-8 if it is UTF-16, which a byte order mark shows, or the zeros
// among its first four characters.
func fromUTF16(text []byte) []byte {
	little, big := bytes.HasPrefix(text, []byte{0xff, 0xfe}), bytes.HasPrefix(text, []byte{0xfe, 0xff})
	if len(text) >= 8 && !little && !big {
		zeros := [2]int{}
		for i, c := range text[:8] {
			if c == 0 {
				zeros[i%2]++
			}
		}
		little, big = zeros == [2]int{0, 4}, zeros == [2]int{4, 0}
	}
	if !little && !big {
		return text
	}
	units := make([]uint16, 0, len(text)/2)
	for i := 0; i+1 < len(text); i += 2 {
		low, high := text[i], text[i+1]
		if big {
			low, high = high, low
		}
		units = append(units, uint16(low)|uint16(high)<<8)
	}
	return []byte(string(utf16.Decode(units)))
}

// unpercent decodes %XX. Other percent signs stay.
func unpercent(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		var b [1]byte
		if text[i] == '%' && i+2 < len(text) {
			if _, err := hex.Decode(b[:], text[i+1:i+3]); err == nil {
				out = append(out, b[0])
				i += 2
				continue
			}
		}
		out = append(out, text[i])
	}
	return out
}
