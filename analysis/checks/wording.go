package checks

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"negotrace/analysis"
	"negotrace/httpstream"
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
	name := cmp.Or(h.Host, "the server") // a response alone names none
	if g := h.Gateway(); g != "" {
		return g + " in front of " + name
	}
	return name
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

func requestPlace(h *analysis.Handshake) []httpstream.Pos {
	if at := h.Last().RequestPos(); at.Frame != 0 && at.Compare(h.Last().ResponsePos()) != 0 {
		return []httpstream.Pos{at}
	}
	return nil
}

// credentialsOf names what a client sent.
func credentialsOf(h *analysis.Handshake) string {
	switch h.Mechanism {
	case analysis.Kerberos:
		if h.SPN != "" {
			return fmt.Sprintf("the ticket of %s for %s", clientName(h), h.SPN)
		}
		return "the ticket of " + clientName(h)
	case analysis.NTLM:
		if _, n3 := h.NTLM(3); n3 == nil {
			return "the NTLM logon of " + clientName(h)
		}
		return "the NTLM answer of " + clientName(h)
	case analysis.Basic:
		return "the Basic credentials of " + clientName(h)
	}
	if h.Scheme == "" {
		return "the credentials of " + clientName(h)
	}
	return fmt.Sprintf("the %s credentials of %s", h.Scheme, clientName(h))
}

// inItsWords quotes what the server says about an error, "" if it says nothing.
func inItsWords(l *analysis.Leg) string {
	stated, where := l.StatedReason()
	switch {
	case stated != "":
		return " and " + where + " says " + stated
	case l.Words == "":
		return ""
	}
	return " and says " + quoted(l.Words)
}

// inBrackets returns what a status means, behind it.
func inBrackets(means string) string {
	if means == "" {
		return ""
	}
	return " (" + asPart(means) + ")"
}

// maxQuote is how many bytes of another's text a finding quotes.
const maxQuote = 160

// quoted returns the beginning of a text in quotation marks, with white space reduced to single
// spaces and unprintable characters escaped.
func quoted(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > maxQuote {
		cut := maxQuote
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut] + "..."
	}
	return strconv.Quote(text)
}
