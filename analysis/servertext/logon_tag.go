package servertext

import (
	"bytes"
	"strings"
)

// mayAskToLogOn reports whether it is worth while to read a page: whether it has a tag that
// may ask to log on, nothing but scripts, or a word of something that has expired. Most have
// none, and to look for it costs far less.
func mayAskToLogOn(body []byte, whole bool) bool {
	if whole && bytes.Contains(body, []byte("location")) || expiredSearch.first(body) >= 0 {
		return true
	}
	script, content := false, false
	for {
		i := bytes.IndexByte(body, '<')
		if i < 0 || i+2 >= len(body) {
			return script && !content
		}
		body = body[i+1:]
		switch [2]byte{body[0] | 0x20, body[1] | 0x20} {
		case [2]byte{'s', 'c'}:
			script = true
		case [2]byte{'a', ' '}, [2]byte{'f', 'r'}, [2]byte{'i', 'f'}, [2]byte{'i', 'm'}, [2]byte{'s', 'e'}, [2]byte{'t', 'e'}:
			content = true // a link, frame, image or field
		case [2]byte{'i', 'n'}:
			if tag := tagText(body); strings.HasPrefix(tag, "input") && (strings.Contains(tag, "password") || strings.Contains(tag, "samlrequest")) {
				return true
			}
		case [2]byte{'m', 'e'}:
			if tag := tagText(body); strings.HasPrefix(tag, "meta") && strings.Contains(tag, "refresh") {
				return true
			}
		case [2]byte{'t', 'i'}:
			if tag := tagText(body); !whole && strings.HasPrefix(tag, "title") && holdsAny(string(body[:min(len(body), maxTitle)]), logonWords) {
				return true
			}
		}
	}
}

// maxTitle is how much of a title is looked at, and of any tag, in bytes.
const maxTitle = 300

// tagText returns the text of a tag that body begins with, in lower case.
func tagText(body []byte) string {
	body = body[:min(len(body), maxTitle)]
	if end := bytes.IndexByte(body, '>'); end >= 0 {
		body = body[:end]
	}
	return strings.ToLower(string(body))
}
