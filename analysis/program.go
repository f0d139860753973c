package analysis

import (
	"strings"
	"time"

	"negotrace/httpstream"
)

// Soon is how long after an attempt the next one of the same program belongs to it: a client
// that tries again by itself takes a second, somebody who types a password takes some more. A
// task that comes every five minutes is another story each time.
const Soon = 2 * time.Minute

// SoonAfter reports whether o begins soon after the end of h. Where a format has no times,
// nothing is known to be late.
func SoonAfter(o, h *Handshake) bool {
	end, begin := h.Last().Exchange.Pos().Time, o.Start.Time
	return end.IsZero() || begin.IsZero() || begin.Sub(end) <= Soon
}

// SameProgram reports whether two handshakes may come from one program: the programs name
// themselves alike or, where one does not, begin TLS alike, and they write the scheme alike.
// What shows neither may be any.
func SameProgram(a, b *Handshake) bool {
	if a.OpeningLeg() != nil && b.OpeningLeg() != nil && a.Scheme == b.Scheme && a.SchemeAsSent() != b.SchemeAsSent() {
		return false
	}
	if a.Program != "" && b.Program != "" {
		return a.Program == b.Program
	}
	return a.ClientHello == "" || b.ClientHello == "" || a.ClientHello == b.ClientHello
}

// OtherUser reports whether two handshakes on two connections show two users, or two
// workstations: behind one address there may be several machines with the same program.
func OtherUser(a, b *Handshake) bool {
	if a.Conn() == b.Conn() {
		return false
	}
	if a.User != "" && b.User != "" && a.Mechanism == b.Mechanism && !strings.EqualFold(a.User, b.User) {
		return true
	}
	return OtherWorkstation(a, b)
}

// OtherWorkstation reports whether two NTLM answers name two workstations.
func OtherWorkstation(a, b *Handshake) bool {
	x, y := a.Workstation(), b.Workstation()
	return x != "" && y != "" && !strings.EqualFold(x, y)
}

// Workstation returns the machine that a client names in its NTLM answer, empty if it names none.
func (h *Handshake) Workstation() string {
	if _, n3 := h.NTLM(3); n3 != nil {
		return n3.Authenticate.Workstation
	}
	return ""
}

// ClientHelloOf returns the sum of the ClientHello by which the client of a connection began TLS
// with its target, empty if it was not seen.
func ClientHelloOf(c *httpstream.Conn) string {
	if c == nil || c.TLS == nil {
		return ""
	}
	return c.TLS.ClientHello
}

// products are the products by which a User-Agent header names its program, the most
// specific first: browsers name each other for compatibility.
var products = [...]string{"Firefox/", "Edg/", "OPR/", "HeadlessChrome/", "Chrome/", "Version/", "Trident/", "Office/", "curl/", "git-lfs/", "git/", "Go-http-client/", "Java/", "python-requests/"}

// Product returns the product that names the client's program in its User-Agent header, with
// its version: "Firefox/92.0". It is the whole header where none is known, and empty where
// there is no header.
func (h *Handshake) Product() string {
	words := strings.Fields(h.Program)
	for _, product := range products {
		for _, w := range words {
			if !strings.HasPrefix(w, product) {
				continue
			}
			w = strings.TrimSuffix(w, ";")
			if version, ok := strings.CutPrefix(w, "Version/"); ok && strings.Contains(h.Program, " Safari/") {
				return "Safari/" + version
			}
			return w
		}
	}
	return h.Program
}
