package analysis

import (
	"slices"
	"strings"
	"time"

	"negotrace/httpstream"
	"negotrace/tokens"
)

// A place is where one handshake at a time goes on: one side of one connection. The
// 401 side and the 407 side of a connection are two state machines.
type place struct {
	target  Target
	open    *Handshake // the server has sent a token and awaits another
	settled *Handshake // the last one that succeeded here
}

// grouping is the state of putting legs together.
type grouping struct {
	handshakes []*Handshake
	places     map[*httpstream.Conn]*[2]place
	unanswered []*Handshake // challenged; credentials may still come
	orphaned   []*Handshake // type 2 sent, and the next leg may come on another connection
}

// group puts the legs of exchanges, which are in order of their frames, together into
// handshakes, in order of their first frames. unkept is how many exchanges rode on a
// connection after these.
func group(entries []entry, unkept map[*httpstream.Conn]int) *grouping {
	g := &grouping{places: map[*httpstream.Conn]*[2]place{}}
	for i := range entries {
		e := &entries[i]
		x := e.exchange
		g.carry(x.Conn, e.unkept)
		for side, l := range e.legs {
			if l != nil {
				g.add(l, &g.on(x.Conn)[side])
			}
		}
		if e.rides() {
			g.ride(x)
		}
	}
	for c, n := range unkept {
		g.carry(c, n)
	}
	g.handshakes = slices.DeleteFunc(g.handshakes, onlyReset)
	for _, h := range g.handshakes {
		conclude(h)
	}
	sortHandshakes(g.handshakes)
	return g
}

// on returns the two sides of a connection on which there is authentication.
func (g *grouping) on(c *httpstream.Conn) *[2]place {
	sides := g.places[c]
	if sides == nil {
		sides = &[2]place{{target: ToServer}, {target: ToProxy}}
		g.places[c] = sides
	}
	return sides
}

// onlyReset tells that nothing but requests sent back to HTTP/1.1 came together: why
// they were is unknown, and no handshake.
func onlyReset(h *Handshake) bool {
	return !slices.ContainsFunc(h.Legs, func(l *Leg) bool { return l.Reset == "" })
}

func (g *grouping) add(l *Leg, at *place) {
	switch {
	case l.Sent != nil:
		g.credentials(l, at)
	case l.Status() == at.target.Challenge(), l.Status() == 0 && l.Reset != "":
		g.challenge(l, at)
	case l.Answer() != nil:
		// The exporter left the credentials out, but the server's last token shows
		// that there were some.
		g.credentials(l, at)
	default:
		g.ride(l.Exchange)
	}
}

// credentials takes a leg in which the client sent credentials.
func (g *grouping) credentials(l *Leg, at *place) {
	h := at.open
	if h != nil && !continues(h, l) {
		h = nil
	}
	if h == nil && continuation(l) {
		if h = g.orphan(l, at); h != nil {
			h.Split = true
		}
	}
	if h == nil {
		if h = g.again(l, at); h != nil {
			return
		}
		if h = g.awaiting(l, at); h == nil {
			h = g.begin(at.target)
		}
	}
	g.extend(h, l, at)
}

// extend puts l at the end of h and notes what is to come.
func (g *grouping) extend(h *Handshake, l *Leg, at *place) {
	h.Legs = append(h.Legs, l)
	at.open = nil
	switch step(l, at.target) {
	case goesOn:
		at.open = h
		g.orphaned = append(recent(g.orphaned), h)
	case passed:
		h.Outcome = Succeeded
		at.settled = h
	case refused:
		h.Outcome = Failed
		at.settled = nil
	case elsewhere:
		g.unanswered = append(recent(g.unanswered), h)
	}
}

// challenge takes a leg in which the server asked and the client had sent nothing.
func (g *grouping) challenge(l *Leg, at *place) {
	at.settled = nil
	if l.Answer() != nil {
		// A token in answer to nothing: the exporter left the credentials out.
		g.credentials(l, at)
		return
	}
	for _, h := range g.unanswered {
		if h.Target == at.target && h.Opening() == nil && repeats(h, l) {
			h.Legs = append(h.Legs, l)
			return
		}
	}
	h := g.begin(at.target)
	h.Legs = append(h.Legs, l)
	g.unanswered = append(recent(g.unanswered), h)
}

func (g *grouping) begin(target Target) *Handshake {
	h := &struct {
		Handshake
		room [3]*Leg // NTLM has three
	}{}
	h.Target, h.Legs = target, h.room[:0]
	g.handshakes = append(g.handshakes, &h.Handshake)
	return &h.Handshake
}

// again tells that l repeats the credentials of a handshake that is done, under a
// scheme that sends them with every request; it is then counted there.
func (g *grouping) again(l *Leg, at *place) *Handshake {
	h := at.settled
	if h == nil || l.Sent == nil || TokenScheme(l.Sent.Scheme) || step(l, at.target) != passed {
		return nil
	}
	if s := h.Last().Sent; s == nil || s.Scheme != l.Sent.Scheme || s.User != l.Sent.User {
		return nil
	}
	h.Repeats++
	return h
}

// awaiting returns the challenged handshake that l answers, and takes it off the list.
func (g *grouping) awaiting(l *Leg, at *place) *Handshake {
	for i := len(g.unanswered) - 1; i >= 0; i-- {
		h := g.unanswered[i]
		if h.Target == at.target && sameClient(h, l) && (asksAgain(h.Last(), l) || onlyOneOn(h, l)) && soon(h, l, 2*time.Minute) {
			g.unanswered = append(g.unanswered[:i], g.unanswered[i+1:]...)
			return h
		}
	}
	return nil
}

// orphan returns the handshake on another connection whose type 2 message l answers.
func (g *grouping) orphan(l *Leg, at *place) *Handshake {
	for i := len(g.orphaned) - 1; i >= 0; i-- {
		h := g.orphaned[i]
		if h.Target != at.target || h.Outcome != "" || h.Last().Exchange.Conn == l.Exchange.Conn || !sameClient(h, l) {
			continue
		}
		_, challenge := h.NTLM(2)
		if challenge != nil && answers(l.Sent.NTLM(), challenge) {
			g.close(h)
			return h
		}
	}
	return nil
}

// close takes note that an open handshake goes on elsewhere.
func (g *grouping) close(h *Handshake) {
	sides := g.on(h.Last().Exchange.Conn)
	for i := range sides {
		if sides[i].target == h.Target {
			sides[i].open = nil
		}
	}
}

// answers tells whether an NTLM type 3 message was made for the challenge: an NTLMv2
// response repeats the server's AV pairs. What has none may have been.
func answers(auth, challenge *tokens.NTLM) bool {
	if auth.Type() != 3 {
		return false
	}
	mine, theirs := auth.Authenticate.Pairs, challenge.Challenge.TargetInfo
	if mine == nil || theirs == nil {
		return true
	}
	return equal(mine.Timestamp, theirs.Timestamp) && equal(mine.ComputerName, theirs.ComputerName)
}

func equal[T comparable](a, b *T) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

// continuation tells that the credentials are of a kind that never comes first.
func continuation(l *Leg) bool {
	if l.Sent == nil {
		return false
	}
	if l.Sent.NTLM().Type() == 3 {
		return true
	}
	s := l.Sent.SPNEGO()
	return s != nil && s.Resp != nil
}

// continues tells whether l is the next leg of the open handshake h, rather than the
// client starting anew.
func continues(h *Handshake, l *Leg) bool {
	if l.Sent == nil {
		return true
	}
	last := h.Last().Sent
	if last != nil && !strings.EqualFold(last.Scheme, l.Sent.Scheme) {
		return false
	}
	if s := l.Sent.SPNEGO(); s != nil && s.Init != nil {
		return false
	}
	_, n1 := h.NTLM(1)
	if l.Sent.NTLM().Type() == 1 && n1 != nil {
		return false
	}
	return true
}

// repeats tells that l is the same client asking again without credentials what it
// was refused just before.
func repeats(h *Handshake, l *Leg) bool {
	return sameClient(h, l) && asksAgain(h.Last(), l) && soon(h, l, 5*time.Second)
}

func sameClient(h *Handshake, l *Leg) bool {
	a, b := h.Last().Exchange.Conn, l.Exchange.Conn
	return a.Client.Addr() == b.Client.Addr() && a.Server == b.Server && a.Origin == b.Origin
}

func asksAgain(a, b *Leg) bool {
	x, y := a.Request, b.Request
	if x == nil || y == nil {
		return false
	}
	return x.Method == y.Method && x.Target == y.Target && strings.EqualFold(x.Host, y.Host)
}

// onlyOneOn tells that h has just been challenged on the connection of l, and that l
// is the next request on it: clients send another method or a shortened body at times.
func onlyOneOn(h *Handshake, l *Leg) bool {
	return h.Last().Exchange.Conn == l.Exchange.Conn && l.H2Stream == 0
}

func soon(h *Handshake, l *Leg, d time.Duration) bool {
	a, b := h.Last().Exchange.Pos().Time, l.Exchange.Pos().Time
	return a.IsZero() || b.IsZero() || b.Sub(a) <= d
}

// recent bounds the handshakes that are looked back at: a client answers soon.
func recent(hs []*Handshake) []*Handshake {
	const most = 512
	if len(hs) >= most {
		hs = append(hs[:0], hs[len(hs)-most/2:]...)
	}
	return hs
}

// TokenScheme tells that the scheme exchanges tokens in a handshake, rather than
// sending the same credentials with every request.
func TokenScheme(scheme string) bool {
	switch scheme {
	case "Negotiate", "NTLM", "Kerberos", "Nego2":
		return true
	}
	return false
}
