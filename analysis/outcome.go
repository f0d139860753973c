package analysis

import (
	"cmp"
	"net/http"
	"slices"

	"negotrace/httpstream"
	"negotrace/tokens"
)

// A verdict is what a response says about the credentials of its request.
type verdict int

const (
	unheard   verdict = iota // no response
	goesOn                   // the server sent a token and awaits another
	passed                   // any status that is not the side's challenge
	refused                  // an error token, or the schemes offered anew
	elsewhere                // the request has to be made again on another connection
)

// step judges the response of l for one side. Only the protocol decides: a 404 or 500
// is given to somebody who has authenticated, a 407 to somebody who has not reached
// the server.
func step(l *Leg, target Target) verdict {
	switch l.Status() {
	case 0:
		if l.Reset == "HTTP_1_1_REQUIRED" {
			return elsewhere
		}
		return unheard
	case target.Challenge():
		if a := l.Answer(); a != nil && !rejects(a) && !finishes(a) {
			return goesOn
		}
		return refused
	case http.StatusProxyAuthRequired: // by the proxy: the server has not seen it
		return elsewhere
	}
	if l.HeaderRefused() {
		return refused
	}
	if l.Sent.NTLM().Type() == 1 {
		return unheard // a message 1 proves nobody: the server did not care who it is
	}
	return passed
}

// smallLimit is the smallest of the servers' usual limits for a header line, Apache's
// LimitRequestFieldSize of 8190 bytes, less what a small request has besides.
const smallLimit = 8000

// statusRequestHeaderTooLarge is what nginx has for a header that is too large; RFC 6585
// has 431.
const statusRequestHeaderTooLarge = 494

// HeaderRefused tells that the server turned the request away for the size of its
// header, before anybody looked at the credentials: by a status made for it, or by a
// 400 (413) to a large header that ends the connection.
func (l *Leg) HeaderRefused() bool {
	switch l.Status() {
	case http.StatusRequestHeaderFieldsTooLarge, statusRequestHeaderTooLarge:
		return true
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge:
		return l.Request != nil && l.Request.HeadLen >= smallLimit && l.Got == nil && l.Sent != nil
	}
	return false
}

// rejects tells that a token says no: SPNEGO reject, or a Kerberos error.
func rejects(a *tokens.Auth) bool {
	if s := a.SPNEGO(); s != nil && s.Resp != nil && s.Resp.NegState == tokens.Reject {
		return true
	}
	k := a.Kerberos()
	return k != nil && k.Error != nil
}

// finishes tells that a token completes the exchange: with a 401 it says that the user
// is known, and not wanted.
func finishes(a *tokens.Auth) bool {
	if s := a.SPNEGO(); s != nil {
		return s.Resp != nil && s.Resp.NegState == tokens.AcceptCompleted
	}
	k := a.Kerberos()
	return k != nil && k.APRep != nil
}

// conclude settles the outcome of a handshake whose end was not heard.
func conclude(h *Handshake) {
	h.Complete = true
	for _, l := range h.Legs {
		c := l.Exchange.Conn
		h.Complete = h.Complete && c.Complete()
	}
	if h.Split && h.Outcome == "" {
		h.Outcome = Failed
	}
	if h.Outcome != "" {
		return
	}
	last := h.Last()
	c := last.Exchange.Conn
	switch {
	case h.Opening() == nil && last.Answer() == nil:
		h.Outcome = Unanswered
	case c.Lost != [2]int64{}, last.Response != nil && last.Status() != h.Target.Challenge():
		h.Outcome = Unknown
	case c.Ending == httpstream.FIN || c.Ending == httpstream.RST:
		h.Outcome = Abandoned
	case idle(c, last):
		h.Outcome = Abandoned
	default:
		h.Outcome = Unknown
	}
}

// idle tells that the connection stayed silent for more than a minute after the leg,
// while the capture went on.
func idle(c *httpstream.Conn, l *Leg) bool {
	const patience = 60 // seconds: catalogue of handshakes left open, after which browsers have given up too
	p := l.ResponsePos()
	return !p.Time.IsZero() && c.End.Time.Sub(p.Time).Seconds() > patience
}

func sortHandshakes(hs []*Handshake) {
	slices.SortStableFunc(hs, func(a, b *Handshake) int {
		return cmp.Or(
			cmp.Compare(a.First().Exchange.Pos().Frame, b.First().Exchange.Pos().Frame),
			cmp.Compare(a.Target, b.Target),
		)
	})
}
