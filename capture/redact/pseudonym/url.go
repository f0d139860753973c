package pseudonym

import "strings"

// URL returns the pseudonym of a URL, of the target of a request in any form, or of a path.
// Scheme, port and structure stay, and so do percent signs: an encoded name gets the
// pseudonym that it has where it is not encoded.
func (n *Names) URL(url string) string {
	scheme, rest, ok := strings.Cut(url, "://")
	switch {
	case ok && isScheme(scheme):
		end := strings.IndexAny(rest, "/?#")
		if end < 0 {
			end = len(rest)
		}
		user, host, has := "", rest[:end], ""
		if i := strings.LastIndexByte(host, '@'); i >= 0 {
			user, host, has = n.percentEncoded(host[:i]), host[i+1:], "@"
		}
		if !isProtocolScheme(scheme) {
			scheme = n.Text(scheme)
		}
		return scheme + "://" + user + has + n.Host(host) + n.path(rest[end:])
	case strings.HasPrefix(url, "//"):
		rest := url[2:]
		end := strings.IndexAny(rest, "/?#")
		if end < 0 {
			end = len(rest)
		}
		return "//" + n.Host(rest[:end]) + n.path(rest[end:])
	default:
		return n.path(url)
	}
}

// isProtocolScheme reports whether a scheme is one that many programs know: others are those of
// somebody's own program.
func isProtocolScheme(scheme string) bool {
	const all = " http https ws wss ftp file ldap ldaps chrome chrome-extension moz-extension edge about data blob view-source android-app ms-appx ms-appx-web "
	return strings.Contains(all, " "+strings.ToLower(scheme)+" ")
}

// isScheme reports whether a text is the scheme of a URL.
func isScheme(text string) bool {
	return text != "" && strings.Trim(strings.ToLower(text), "abcdefghijklmnopqrstuvwxyz0123456789+-.") == ""
}

// path replaces the words of path, query and fragment.
func (n *Names) path(path string) string {
	end := strings.IndexAny(path, "?#")
	if end < 0 {
		end = len(path)
	}
	if dot := strings.LastIndexByte(path[:end], '.'); dot > 0 && isExtension(path[dot+1:end]) {
		n.Publish(path[dot+1 : end])
		return n.percentEncoded(path[:dot]) + path[dot:end] + n.percentEncoded(path[end:])
	}
	return n.percentEncoded(path)
}

// percentEncoded replaces the words of a text with percent-encoded characters.
func (n *Names) percentEncoded(text string) string {
	if !strings.Contains(text, "%") {
		return n.PartOfURL(text)
	}
	plain, forms := percentDecoded(text)
	replaced := n.PartOfURL(plain)
	b := make([]byte, 0, len(text))
	for i, form := range forms {
		switch {
		case len(form) == 1:
			b = append(b, replaced[i])
		case replaced[i] == plain[i]:
			b = append(b, form...)
		default:
			const digits = "0123456789ABCDEF"
			b = append(b, '%', digits[replaced[i]>>4], digits[replaced[i]&15])
		}
	}
	return string(b)
}

// percentDecoded returns a text without percent-encoding, and each of its bytes as it was written.
func percentDecoded(text string) (plain string, forms []string) {
	b := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if hi, lo := hexAt(text, i+1), hexAt(text, i+2); text[i] == '%' && hi >= 0 && lo >= 0 {
			b = append(b, byte(hi<<4|lo))
			forms = append(forms, text[i:i+3])
			i += 2
			continue
		}
		b = append(b, text[i])
		forms = append(forms, text[i:i+1])
	}
	return string(b), forms
}

// keptParts stay, as parts of words, too: they are in the paths and queries to which a server sends somebody
// who is to log on, or whom it refuses, and in the names of cookies of balancers.
var keptParts = []string{"login", "logon", "log-in", "signin", "sign-in", "saml", "denied", "unauthorized", "unauthorised", "forbidden", "error", "fail",
	"bigipserver", "nsc_"}

// PartOfURL returns the pseudonym of a part of a path or a query, or of the name of a cookie.
func (n *Names) PartOfURL(text string) string { return n.replaceWords(text, n.urlWord) }

// urlWord returns the pseudonym of a word of it.
func (n *Names) urlWord(word string) string {
	key := lower(word)
	if key == "" || isProtocolWord(key) {
		return word
	}
	for _, w := range keptParts {
		if at := strings.Index(key, w); at >= 0 {
			end := at + len(w)
			n.Publish(word[at:end])
			return n.urlWord(word[:at]) + word[at:end] + n.urlWord(word[end:])
		}
	}
	if word[0] == '-' || word[0] == '_' {
		return word[:1] + n.urlWord(word[1:])
	}
	return n.Word(word)
}

// hexAt returns the value of a hexadecimal digit, or -1.
func hexAt(text string, i int) int {
	if i >= len(text) {
		return -1
	}
	switch c := text[i]; {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
