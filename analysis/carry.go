package analysis

import (
	"net/http"

	"negotrace/httpstream"
)

// rides tells that an exchange has no credentials for the server: it may ride on an
// authenticated connection, unless a proxy stopped it.
func (e *entry) rides() bool {
	r := e.exchange.Response
	return !e.isAuth || e.legs[0] == nil && r != nil && r.Status != http.StatusProxyAuthRequired
}

// ride takes an exchange without credentials: it may ride on an authenticated
// connection.
func (g *grouping) ride(x *httpstream.Exchange) {
	if x.Request == nil {
		return
	}
	for _, h := range g.carry(x.Conn, 1) {
		if h != nil && len(h.FollowOns) < maxRiders {
			h.FollowOns = append(h.FollowOns, x)
		}
	}
}

// carry counts n exchanges that ride on a connection, and returns the handshakes on whose
// success they do, nil for a side without.
func (g *grouping) carry(c *httpstream.Conn, n int) (on [2]*Handshake) {
	sides := g.places[c]
	if sides == nil || n == 0 {
		return on
	}
	for i := range sides {
		if on[i] = sides[i].settled; on[i] != nil {
			on[i].FollowOnCount += n
		}
	}
	return on
}

// carriers are listed handshakes, by their connections: more may ride on them, since
// connections outlast the window.
type carriers map[*httpstream.Conn][2]*Handshake

// add takes a handshake that was judged, if it is the one that counts now on its
// connection.
func (k carriers) add(h *Handshake, g *grouping) {
	c := h.Conn()
	for i, at := range g.on(c) {
		if at.settled == h {
			on := k[c]
			on[i] = h
			k[c] = on
		}
	}
}

// exchange counts what rode on a connection up to an exchange, and the exchange itself if
// it does.
func (k carriers) exchange(e *entry) {
	on, known := k[e.exchange.Conn]
	if !known {
		return
	}
	n := e.unkept
	if e.rides() && e.exchange.Request != nil {
		n++
	}
	for i, h := range on {
		if h != nil {
			h.FollowOnCount += n
		}
		if e.legs[i] != nil {
			on[i] = nil // the judgement of that leg tells what it begins
		}
	}
	k[e.exchange.Conn] = on
}

// end counts what rode on a connection up to its end.
func (k carriers) end(c *httpstream.Conn, unkept int) {
	for _, h := range k[c] {
		if h != nil {
			h.FollowOnCount += unkept
		}
	}
	delete(k, c)
}
