package correlate

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"negotrace/analysis"
	"negotrace/tokens"
)

// byRelevance orders differences by how much they explain: first the errors of a KDC or an
// acceptor, then what can be a reason to refuse by itself, then client and user, then what was
// offered and chosen. What is not listed comes last.
var byRelevance = [...]string{
	analysis.DifferentSite, "KDC", "acceptor", "clock of the server", "clock of the KDC", "name server", "channel binding", "size of the header",
	"finding", "program", "ClientHello", "user", "credentials", "offers", "scheme", "mechanism", "SPN", "kvno",
	"encryption of the ticket", "NTLM response", "mechanism list", "authenticator", "mutual authentication",
	"workstation", "NTLM flags", "protocol", "Via",
}

// noTicketRequest is the value where no KDC was asked. It explains less than an answer of one.
const noTicketRequest = "no request seen"

// order puts what explains most first.
func (d *differ) order() {
	rank := func(x analysis.Difference) int {
		if x.Bad == noTicketRequest {
			return slices.Index(byRelevance[:], "mechanism")
		}
		if i := slices.Index(byRelevance[:], x.What); i >= 0 {
			return i
		}
		return len(byRelevance)
	}
	slices.SortStableFunc(d.all, func(a, b analysis.Difference) int { return cmp.Compare(rank(a), rank(b)) })
}

// addReplies compares the answers of KDCs, acceptors and name servers.
func (d *differ) addReplies(h, o *analysis.Handshake) {
	here, refused := kdcAnswer(h)
	there, other := kdcAnswer(o)
	_, ap := h.APReq()
	if refused || other || here == "" && there != "" && ap == nil && h.OpeningLeg() != nil {
		d.add("KDC", cmp.Or(here, noTicketRequest), cmp.Or(there, noTicketRequest))
	}
	d.add("acceptor", acceptorError(h), acceptorError(o))
	d.addKnown("name server", nameServerAnswer(h), nameServerAnswer(o))
}

// kdcAnswer returns the last answer of a KDC about the service of h, and whether it refused.
func kdcAnswer(h *analysis.Handshake) (answer string, refused bool) {
	for _, k := range h.KDC {
		e := k.Err()
		switch {
		case e != nil && e.Code.AsksForMore():
		case e != nil:
			answer, refused = fmt.Sprintf("%s for %s", e.Code, k.Service()), true
		case k.Rep() != nil && k.TGS() && k.Service().HTTP():
			answer, refused = "a ticket for "+k.Rep().Ticket.Service.String(), false
		}
	}
	return answer, refused
}

// acceptorError returns the error that the server or proxy gave as the reason, "" if it gave none.
func acceptorError(h *analysis.Handshake) string {
	if _, e := h.KRBError(); e != nil {
		return e.Code.String()
	}
	last := h.Last()
	return cmp.Or(last.SubStatus, last.ErrorText)
}

// nameServerAnswer returns what the name of the host resolves to, by the last answer about it.
func nameServerAnswer(h *analysis.Handshake) string {
	answer := ""
	for _, l := range h.DNS {
		if !strings.EqualFold(l.Name, h.Host) || !l.OfAddress() {
			continue
		}
		switch {
		case len(l.CNAMEs) > 0:
			answer = "an alias of " + l.CNAMEs[len(l.CNAMEs)-1]
		case len(l.Addrs) > 0:
			answer = "the name of " + l.Addrs[0].String()
		case answer == "":
			answer = l.RCode.String()
		}
	}
	return answer
}

// differences lists how h differs from o, which succeeded.
func differences(h, o *analysis.Handshake) []analysis.Difference {
	d := differ{[]analysis.Difference{}}
	d.addKnown("program", h.Product(), o.Product())
	if h.Program == "" || o.Program == "" {
		d.addKnown("ClientHello", h.ClientHello, o.ClientHello)
	}
	if h.ServerAddr().IsValid() && o.ServerAddr().IsValid() {
		d.add("server", h.ServerAddr().String(), o.ServerAddr().String())
	}
	if h.OpeningLeg() != nil {
		d.add("scheme", h.SchemeAsSent(), o.SchemeAsSent())
		d.add("mechanism", string(h.Mechanism), string(o.Mechanism))
	}
	d.addRequest(h, o)
	d.addKnown("offers", strings.Join(h.Offered, ", "), strings.Join(o.Offered, ", "))
	if !sameUser(h.User, o.User) {
		d.addKnown("user", h.User, o.User)
	}
	if _, ap := h.APReq(); ap != nil {
		if _, there := o.APReq(); there != nil {
			d.addTickets(ap, there)
		}
	}
	if _, n3 := h.NTLM(3); n3 != nil {
		if _, there := o.NTLM(3); there != nil {
			d.addNTLM(n3, there)
		}
	}
	d.addKnown("mechanism list", h.MechTypeNames(), o.MechTypeNames())
	d.addReplies(h, o)
	d.order()
	return d.all
}

// sameUser reports whether two names may be of one user: CORP\alice of NTLM is
// alice@CORP.EXAMPLE.COM of Kerberos.
func sameUser(a, b string) bool {
	domainA, nameA := account(a)
	domainB, nameB := account(b)
	return strings.EqualFold(nameA, nameB) && strings.EqualFold(domainA, domainB)
}

// account splits a user into the first label of the domain or realm, and the name.
func account(user string) (domain, name string) {
	if domain, name, ok := strings.Cut(user, `\`); ok {
		label, _, _ := strings.Cut(domain, ".")
		return label, name
	}
	name, realm, _ := strings.Cut(user, "@")
	domain, _, _ = strings.Cut(realm, ".")
	return domain, name
}

// A differ collects differences.
type differ struct{ all []analysis.Difference }

func (d *differ) add(what, here, there string) {
	if here != there {
		d.all = append(d.all, analysis.Difference{What: what, Bad: here, Good: there})
	}
}

// addKnown adds a difference if both values are known.
func (d *differ) addKnown(what, here, there string) {
	if here != "" && there != "" {
		d.add(what, here, there)
	}
}

// addRequest compares the last requests.
func (d *differ) addRequest(h, o *analysis.Handshake) {
	a, b := h.Last().Request, o.Last().Request
	if a == nil || b == nil {
		return
	}
	d.add("method", a.Method, b.Method)
	d.add("path", Path(a.Target), Path(b.Target))
	const large = 4 << 10 // half of the smallest limit of servers
	if short, long := min(a.HeadLen, b.HeadLen), max(a.HeadLen, b.HeadLen); short > 0 && long > large && long > 2*short {
		d.add("size of the header", fmt.Sprintf("%d bytes", a.HeadLen), fmt.Sprintf("%d bytes", b.HeadLen))
	}
	d.add("protocol", a.Proto, b.Proto)
	d.add("Via", a.Header.Value("Via"), b.Header.Value("Via"))
}

func (d *differ) addTickets(here, there *tokens.APReq) {
	d.add("SPN", here.Ticket.Service.String(), there.Ticket.Service.String())
	d.add("kvno", strconv.Itoa(here.Ticket.EncPart.KVNO), strconv.Itoa(there.Ticket.EncPart.KVNO))
	d.add("encryption of the ticket", here.Ticket.EncPart.EType.String(), there.Ticket.EncPart.EType.String())
	if here.MayForward() != there.MayForward() {
		d.add("authenticator", authenticator(here), authenticator(there))
	}
	if here.Opened != nil && there.Opened != nil {
		d.addBindings(here.Opened.ChannelBindings, there.Opened.ChannelBindings)
	}
	d.add("mutual authentication", strconv.FormatBool(here.MutualRequired), strconv.FormatBool(there.MutualRequired))
}

// authenticator says whether a forwarded ticket may be in it.
func authenticator(ap *tokens.APReq) string {
	if ap.MayForward() {
		return fmt.Sprintf("%d bytes, room for a forwarded ticket", ap.Authenticator.Len)
	}
	return fmt.Sprintf("%d bytes, no forwarded ticket", ap.Authenticator.Len)
}

func (d *differ) addNTLM(here, there *tokens.NTLM) {
	a, b := here.Authenticate, there.Authenticate
	d.add("workstation", a.Workstation, b.Workstation)
	d.add("NTLM response", string(a.Kind), string(b.Kind))
	if a.Pairs != nil && b.Pairs != nil { // NTLMv1 has no room for it
		d.addBindings(a.Pairs.ChannelBindings, b.Pairs.ChannelBindings)
	}
	if here.Flags != there.Flags {
		d.add("NTLM flags", fmt.Sprintf("0x%08x", uint32(here.Flags)), fmt.Sprintf("0x%08x", uint32(there.Flags)))
	}
}

// addBindings compares channel bindings: the TLS connections that credentials are bound to.
func (d *differ) addBindings(here, there *[16]byte) {
	a, b := bindingState(here), bindingState(there)
	if a == b && a == "set" && *here != *there {
		a, b = fmt.Sprintf("set, %x...", here[:4]), fmt.Sprintf("set, %x...", there[:4])
	}
	d.add("channel binding", a, b)
}

func bindingState(value *[16]byte) string {
	switch {
	case value == nil:
		return "none"
	case *value == [16]byte{}:
		return "zero"
	}
	return "set"
}
