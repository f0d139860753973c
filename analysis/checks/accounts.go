package checks

import (
	"fmt"
	"strconv"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
)

// listedAccount says which account has the name of a refused ticket, by a text about hosts; "" if
// no text names exactly one.
func listedAccount(p *analysis.Pass, h *analysis.Handshake) string {
	accounts := h.Accounts()
	if len(accounts) > 1 {
		return "" // spn-listed-twice
	}
	spn := analysis.WithoutRealm(h.SPN)
	if len(accounts) == 1 {
		return fmt.Sprintf("setspn lists %s as a name of %s: only what runs as that account can decrypt the ticket.%s", spn, accounts[0], decryptsAs(h))
	}
	class, _, _ := strings.Cut(spn, "/")
	ofURL := class + "/" + h.Host
	if strings.EqualFold(ofURL, spn) || h.Target != analysis.ToServer {
		return ""
	}
	for _, e := range p.HostTexts {
		if r := e.Registration; r != nil && len(r.Accounts) == 1 && strings.EqualFold(analysis.WithoutRealm(r.SPN), ofURL) {
			return fmt.Sprintf("The ticket is for %s. setspn, in %s, lists %s, the name of the URL, as a name of %s; if the site runs as that account, it lacks the name of the ticket.", spn, e.Pos, ofURL, r.Accounts[0])
		}
	}
	return ""
}

// decryptsAs says as whom a server of Windows decrypts tickets, where that is fixed; "" elsewhere.
func decryptsAs(h *analysis.Handshake) string {
	last := h.Last()
	switch {
	case h.Has(fact.ServerWinRM):
		return " WinRM decrypts as the computer."
	case h.Has(fact.ServerIIS) && last.Response != nil && strings.HasPrefix(last.Response.Header.Value("Server"), "Microsoft-IIS"):
		return " IIS decrypts as the computer in kernel mode, unless useAppPoolCredentials is true."
	}
	return ""
}

// keyTakenElsewhere says that another machine of the same host is proven to have accepted a ticket
// under the same key at about the same time: the name and its account are good there. It is "" if
// the capture does not show it.
func keyTakenElsewhere(p *analysis.Pass, h *analysis.Handshake) string {
	_, mine := h.APReq()
	if mine == nil || throughProxy(h) || !h.ServerAddr().IsValid() {
		return ""
	}
	for _, o := range p.Context {
		_, ap := o.APReq()
		if ap == nil || o.Outcome != analysis.Succeeded || !isProven(o) || o.Target != h.Target || !strings.EqualFold(o.Host, h.Host) ||
			!o.ServerAddr().IsValid() || o.ServerAddr() == h.ServerAddr() || throughProxy(o) || !sameKey(ap.Ticket, mine.Ticket) || !near(o, h) {
			continue
		}
		return fmt.Sprintf("Another machine, %v, took a ticket under the same key (kvno %d) in handshake %d: %v decrypts as another account, or with an older password of the same.",
			o.ServerAddr(), mine.Ticket.EncPart.KVNO, o.ID, h.ServerAddr())
	}
	return ""
}

// keyTakenHere says that the same address is proven to have accepted a ticket under the same key at about
// the same time: two accounts answer there. It is "" if the capture does not show it.
func keyTakenHere(p *analysis.Pass, h *analysis.Handshake) string {
	if _, mine := h.APReq(); mine == nil || throughProxy(h) {
		return ""
	}
	o := sameKeyTaken(p, h)
	if o == nil || throughProxy(o) || differs(o, h) || !near(o, h) {
		return ""
	}
	return fmt.Sprintf("%v took a ticket under the same key in handshake %d, for %s: what answers %s decrypts as another account, such as another application pool's, or is another machine behind that address.",
		h.ServerAddr(), o.ID, o.URL, h.URL)
}

// keyTakenBehind says that another machine behind the same address, by what it says of itself, is proven to have
// accepted a ticket under the same key at about the same time. It is "" if the capture does not show it.
func keyTakenBehind(p *analysis.Pass, h *analysis.Handshake) string {
	if _, mine := h.APReq(); mine == nil || throughProxy(h) {
		return ""
	}
	o := sameKeyTaken(p, h)
	if o == nil || throughProxy(o) || !near(o, h) {
		return ""
	}
	name, its, own := markApart(o.Last(), h.Last(), true)
	if its == "" || own == "" {
		return ""
	}
	return fmt.Sprintf("Behind %v, %s names another machine (%s) in handshake %d, which took a ticket under the same key: this one (%s) decrypts as another account, or with an older password of the same.",
		h.ServerAddr(), name, strconv.Quote(its), o.ID, strconv.Quote(own))
}
