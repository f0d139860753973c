package analysis

import (
	"net/netip"
	"slices"
	"strings"
)

// fill puts the names of a case in place of the placeholders of its remedies, so that a
// command can be copied as it stands: <SPN>, <host> and <url>; the keytab is the proxy's where that refused. What the capture does not
// show keeps its placeholder, and so does a name that a shell would not take for a plain
// word: whoever made the capture could have chosen it.
func fill(texts []string, h *Handshake, k *KDCExchange) []string {
	if h == nil && k == nil || !slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(t, "<") }) {
		return texts
	}
	spn, host, url := spnOf(h, k), "", ""
	if h != nil {
		url = h.URL
		if _, err := netip.ParseAddr(h.Host); err != nil {
			host = h.Host
		}
	}
	var pairs []string
	add := func(placeholder, name string) {
		if IsPlainWord(name) {
			pairs = append(pairs, placeholder, name)
		}
	}
	if h != nil && h.Target == ToProxy {
		pairs = append(pairs, "<keytab of the server>", "<keytab of the proxy>", `<DOMAIN\account that runs the site>`, `<DOMAIN\account of the proxy>`)
	}
	pairs = append(pairs, "HTTP/<host>:<port>", "HTTP/<host>:<port>")
	if strings.HasPrefix(spn, "HTTP/") {
		add("HTTP/<host>", spn)
	}
	add("<SPN>", spn)
	add("<host>", host)
	add("<url>", url)
	names := strings.NewReplacer(pairs...)
	for i, t := range texts {
		texts[i] = names.Replace(t)
	}
	return texts
}

// spnOf returns the service principal name, without its realm, that a case is about: that of the
// exchange with the KDC, or of the ticket that the client presented.
func spnOf(h *Handshake, k *KDCExchange) string {
	name := ""
	switch {
	case k != nil && k.Service() != nil:
		name = k.Service().String()
	case h != nil && (h.Mechanism == Kerberos || h.Mechanism == None): // of NTLM it is the target that the client believed in
		name = h.SPN
	}
	return WithoutRealm(name)
}

const maxPlainWord = 100 // a longer name is easier to read in the sentence than in a command

// IsPlainWord reports whether s is nothing but a word to every shell, so that a command with it
// may be shown to be copied.
func IsPlainWord(s string) bool {
	if s == "" || len(s) > maxPlainWord || s[0] == '-' {
		return false
	}
	for _, c := range []byte(s) {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
		if !letter && strings.IndexByte("._:/-", c) < 0 {
			return false
		}
	}
	return true
}
