package correlate

import (
	"negotrace/analysis"
	"negotrace/httpstream"
)

// Authentication that is bound to a connection lasts as long as the connection: later
// requests on it need no credentials. These follow-on requests are counted at the
// handshake that they follow.

// isFollowOn reports whether n may be served under its connection's earlier
// authentication: it has no credentials for the server, and no proxy refused it.
func (n *entry) isFollowOn() bool {
	r := n.exchange.Response
	return !n.isAuth || n.legs[0] == nil && r != nil && r.Status != httpstream.StatusProxyAuthRequired
}

// followOn takes an exchange without credentials for these targets.
func (g *grouping) followOn(x *httpstream.Exchange, of [2]bool) {
	slots := g.slots[x.Conn]
	if x.Request == nil || slots == nil {
		return
	}
	for i := range slots {
		h := slots[i].authenticated
		if h == nil || !of[i] {
			continue
		}
		h.FollowOnCount++
		if len(h.FollowOns) < maxFollowOns {
			h.FollowOns = append(h.FollowOns, x)
		}
	}
}

// countFollowOns counts n follow-on requests on a connection that were not kept.
func (g *grouping) countFollowOns(c *httpstream.Conn, n int) {
	slots := g.slots[c]
	if slots == nil || n == 0 {
		return
	}
	for i := range slots {
		if h := slots[i].authenticated; h != nil {
			h.FollowOnCount += n
		}
	}
}

// carriers maps connections to handshakes already reported, so that later follow-on
// requests still increase their count: connections outlast the window.
type carriers map[*httpstream.Conn][2]*analysis.Handshake

// add adds a handshake that was reported, if it is the last that succeeded on its connection.
func (k carriers) add(h *attempt, g *grouping) {
	c := h.Conn()
	for i, s := range g.slotsOf(c) {
		if s.authenticated == h {
			on := k[c]
			on[i] = &h.Handshake
			k[c] = on
		}
	}
}

// exchange counts the follow-on requests on a connection up to an exchange, and the
// exchange itself if it is one.
func (k carriers) exchange(n *entry) {
	on, known := k[n.exchange.Conn]
	if !known {
		return
	}
	follows := n.isFollowOn() && n.exchange.Request != nil
	for i, h := range on {
		if h != nil {
			h.FollowOnCount += n.skipped
		}
		if h != nil && follows && n.legs[i] == nil {
			h.FollowOnCount++
		}
		if n.legs[i] != nil {
			on[i] = nil // that leg begins another handshake, or ends this one
		}
	}
	k[n.exchange.Conn] = on
}

// end counts the follow-on requests on a connection up to its end.
func (k carriers) end(c *httpstream.Conn, skipped int) {
	for _, h := range k[c] {
		if h != nil {
			h.FollowOnCount += skipped
		}
	}
	delete(k, c)
}
