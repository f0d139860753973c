package correlate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"negotrace/analysis"
	"negotrace/tokens"
)

// compare says of each of some handshakes that was not let in what differs between it and
// one of all that was, at the same host: people capture the good attempt and the bad one
// together.
func compare(all, some []*analysis.Handshake) {
	if len(some) == 0 {
		return
	}
	letIn := map[hostKey][]*analysis.Handshake{}
	for _, h := range all {
		if h.Outcome == analysis.Succeeded {
			letIn[hostKeyOf(h)] = append(letIn[hostKeyOf(h)], h)
		}
	}
	for _, h := range some {
		switch h.Outcome {
		case analysis.Failed, analysis.Abandoned, analysis.Unanswered:
			if o := sibling(h, letIn[hostKeyOf(h)]); o != nil {
				h.Compared = &analysis.Comparison{With: o.ID, Whose: whose(h, o), Differs: differences(h, o)}
			}
		}
	}
}

// A hostKey is what two attempts must have in common to be compared.
type hostKey struct {
	target analysis.Target
	host   string
}

func hostKeyOf(h *analysis.Handshake) hostKey { return hostKey{h.Target, strings.ToLower(h.Host)} }

// sibling returns the handshake that is most like h, and nearest to it; nil if there is
// none.
func sibling(h *analysis.Handshake, letIn []*analysis.Handshake) *analysis.Handshake {
	var best *analysis.Handshake
	likeness := func(o *analysis.Handshake) int {
		n := 0
		for i, same := range []bool{analysis.SameProgram(o, h), o.SPN == h.SPN && h.SPN != "", o.Mechanism == h.Mechanism} {
			if same {
				n += 1 << i
			}
		}
		return n
	}
	for _, o := range around(h.ID, letIn) {
		switch {
		case best == nil, likeness(o) > likeness(best),
			likeness(o) == likeness(best) && distance(h, o) < distance(h, best):
			best = o
		}
	}
	return best
}

// around returns those of the handshakes, which are in order, that are near an ID.
func around(id int, all []*analysis.Handshake) []*analysis.Handshake {
	i, _ := slices.BinarySearchFunc(all, id, func(o *analysis.Handshake, id int) int { return o.ID - id })
	return all[max(0, i-maxSiblings/2):min(len(all), i+maxSiblings/2)]
}

// whose says who o is where it is not the user of h with the same program.
func whose(h, o *analysis.Handshake) string {
	switch {
	case h.ClientAddr() != o.ClientAddr():
		return "another client"
	case !analysis.SameProgram(h, o):
		return "another program of the same client"
	case analysis.OtherUser(h, o):
		return "another user of the same kind of program"
	}
	return ""
}

func distance(a, b *analysis.Handshake) int { return max(a.ID-b.ID, b.ID-a.ID) }

// differences lists in what h differs from o, which was let in.
func differences(h, o *analysis.Handshake) []analysis.Difference {
	d := differ{[]analysis.Difference{}}
	d.known("program", h.Program, o.Program)
	if h.Program == "" || o.Program == "" {
		d.known("ClientHello", h.ClientHello, o.ClientHello)
	}
	d.known("server", h.ServerAddr().String(), o.ServerAddr().String())
	if h.Opening() != nil {
		d.add("scheme", h.Spelling(), o.Spelling())
		d.add("mechanism", string(h.Mechanism), string(o.Mechanism))
	}
	d.request(h, o)
	d.known("user", h.User, o.User)
	if _, ap := h.APReq(); ap != nil {
		if _, there := o.APReq(); there != nil {
			d.tickets(ap, there)
		}
	}
	if _, n3 := h.NTLM(3); n3 != nil {
		if _, there := o.NTLM(3); there != nil {
			d.answers(n3, there)
		}
	}
	d.known("mechanism list", mechanisms(h), mechanisms(o))
	return d.all
}

// A differ collects differences.
type differ struct{ all []analysis.Difference }

func (d *differ) add(what, here, there string) {
	if here != there {
		d.all = append(d.all, analysis.Difference{What: what, Here: here, There: there})
	}
}

// known adds a difference between two things that are both known.
func (d *differ) known(what, here, there string) {
	if here != "" && there != "" {
		d.add(what, here, there)
	}
}

// request compares the last requests.
func (d *differ) request(h, o *analysis.Handshake) {
	a, b := h.Last().Request, o.Last().Request
	if a == nil || b == nil {
		return
	}
	d.add("method", a.Method, b.Method)
	d.add("path", path(a.Target), path(b.Target))
	d.add("protocol", a.Proto, b.Proto)
	d.add("Via", a.Header.Value("Via"), b.Header.Value("Via"))
}

func (d *differ) tickets(here, there *tokens.APReq) {
	d.add("SPN", here.Ticket.Service.String(), there.Ticket.Service.String())
	d.add("kvno", strconv.Itoa(here.Ticket.EncPart.KVNO), strconv.Itoa(there.Ticket.EncPart.KVNO))
	d.add("encryption of the ticket", here.Ticket.EncPart.EType.String(), there.Ticket.EncPart.EType.String())
	if here.MayForward() != there.MayForward() {
		d.add("authenticator", authenticator(here), authenticator(there))
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

func (d *differ) answers(here, there *tokens.NTLM) {
	a, b := here.Authenticate, there.Authenticate
	d.add("workstation", a.Workstation, b.Workstation)
	d.add("NTLM response", string(a.Kind), string(b.Kind))
	d.add("channel binding", bound(a), bound(b))
	if here.Flags != there.Flags {
		d.add("NTLM flags", fmt.Sprintf("0x%08x", uint32(here.Flags)), fmt.Sprintf("0x%08x", uint32(there.Flags)))
	}
}

func bound(a *tokens.NTLMAuthenticate) string {
	switch {
	case a.Pairs == nil || a.Pairs.ChannelBindings == nil:
		return "none"
	case *a.Pairs.ChannelBindings == [16]byte{}:
		return "zero"
	}
	return "set"
}

// mechanisms is the list of mechanisms that the client offers in SPNEGO.
func mechanisms(h *analysis.Handshake) string {
	l := h.Opening()
	if l == nil {
		return ""
	}
	s := l.Sent.SPNEGO()
	if s == nil || s.Init == nil {
		return ""
	}
	names := make([]string, len(s.Init.MechTypes))
	for i, m := range s.Init.MechTypes {
		names[i] = m.String()
	}
	return strings.Join(names, ", ")
}
