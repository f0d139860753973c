package checks

import (
	"cmp"
	"strings"

	"negotrace/analysis"
)

// clientName names the user of a handshake for a message, or the client's address where the
// user is not visible.
func clientName(h *analysis.Handshake) string {
	switch {
	case h.User != "" && h.UserEvidence == analysis.Inferred:
		return h.User + " (inferred)"
	case h.User != "":
		return h.User
	}
	return clientAddress(h)
}

// clientAddress names a client by its address, whatever name it gives.
func clientAddress(h *analysis.Handshake) string {
	if a := h.ClientAddr(); a.IsValid() {
		return "a client at " + a.String()
	}
	return "the client"
}

// serverName names the server or proxy of a handshake.
func serverName(h *analysis.Handshake) string {
	if h.Target == analysis.ToProxy || h.AsksTunnel() {
		return strings.TrimSpace("the proxy " + h.Host)
	}
	return cmp.Or(h.Host, "the server") // a response alone names none
}

// notOffered says, after the name of a scheme, that its target offers only others; "" if it offers
// it or is not seen to offer any.
func notOffered(p *analysis.Pass, h *analysis.Handshake) string {
	if p.Offered(h) {
		return ""
	}
	return ", which it was not seen to offer,"
}

// offeredList returns what the server offered, in its order.
func offeredList(h *analysis.Handshake) string {
	if len(h.Offered) == 0 {
		return "no scheme"
	}
	return strings.Join(h.Offered, ", ")
}

// withArticle puts the indefinite article before a scheme or a method: "an NTLM", "a GET".
func withArticle(word string) string {
	if word == "NTLM" || word != "" && strings.ContainsRune("AEIOUaeiou", rune(word[0])) {
		return "an " + word
	}
	return "a " + word
}
