package export

import (
	"slices"

	"negotrace/httpstream"
)

// A netlogController is an HTTP_AUTH_CONTROLLER: the state of authentication of one
// request at one server or proxy.
//
// Its events belong to the exchange whose challenge is being handled: from the
// AUTH_HANDLE_CHALLENGE after a 401 or 407 up to the next one. What a controller does
// before any challenge (a token sent ahead) belongs to the request that is sent next.
type netlogController struct {
	out     *Out
	proxy   bool
	on      *held                // nil before a challenge
	pending *httpstream.Exchange // takes the events of that time
	open    []netlogOpen         // innermost last
}

// A netlogOpen is an event that has begun and not ended.
type netlogOpen struct {
	index  int // in Events
	nested int // how often it has begun again since: the controller and its handler both log AUTH_GENERATE_TOKEN
}

// auth takes an AUTH_ event. One AuthEvent stands for its beginning, its end and what
// is logged between them, at the place of its beginning.
func (n *netlogReader) auth(e *netlogEvent) {
	n.omissions.auth = true
	if e.name == "AUTH_BOUND_TO_CONTROLLER" {
		n.bound = n.requester(e.Source.ID)
		n.bindController(n.bound, e.Dependency.ID)
		return
	}
	if n.sourceType(e.Source) != "HTTP_AUTH_CONTROLLER" {
		return
	}
	c := n.controller(e.Source.ID)
	if e.name == "AUTH_CONTROLLER" {
		if n.ends(e) {
			delete(n.controllers, e.Source.ID)
		} else {
			c.proxy = e.Target == "proxy"
		}
		return
	}
	if e.name == "AUTH_HANDLE_CHALLENGE" && n.begins(e) {
		n.omissions.asked++
		n.challenge(e, c)
	}
	x := c.exchange()
	if x == nil {
		n.out.Counters.Drop("authentication events of exchanges handed on before", 1, e.at)
		return
	}
	switch {
	case n.begins(e):
		if last := c.last(x); e.name == "AUTH_GENERATE_TOKEN" && (last == nil || last.Name != e.name) {
			n.omissions.made++
		}
		c.begin(x, e)
	case n.ends(e):
		c.end(x, e)
	default:
		c.addEvent(x, e)
	}
	if c.on != nil {
		n.buffer.resize(c.on)
	}
}

func (n *netlogReader) controller(id int64) *netlogController {
	c := n.controllers[id]
	if c == nil {
		c = &netlogController{out: n.out, pending: &httpstream.Exchange{}}
		keep(n, n.controllers, id, c)
	}
	return c
}

// bindController remembers that a source works with a controller.
func (n *netlogReader) bindController(t *netlogRequester, id int64) {
	switch {
	case id == 0 || slices.Contains(t.controllers, id):
	case len(t.controllers) >= maxControllers:
		n.out.Counters.Drop(controllersDropped, 1, n.here())
	default:
		t.controllers = append(t.controllers, id)
	}
}

// challenge moves a controller to the exchange whose challenge it handles. A log without
// parameters does not name the exchange: it is that of the source that was bound last.
func (n *netlogReader) challenge(e *netlogEvent, c *netlogController) {
	t := n.bound
	if known := n.requesters[e.Dependency.ID]; known != nil {
		t = known
	}
	if t == nil || t.last == nil {
		return
	}
	c.on, c.open = t.last, nil
	if s := t.last.exchange.Response; s != nil && s.Status == httpstream.StatusProxyAuthRequired {
		c.proxy = true
	}
}

// preempt moves the events before any challenge to the request that is sent now.
func (n *netlogReader) preempt(x *httpstream.Exchange, t *netlogRequester) {
	for _, id := range t.controllers {
		if c := n.controllers[id]; c != nil && c.on == nil {
			x.Events = append(x.Events, c.pending.Events...)
			c.pending.Events, c.open = nil, nil
		}
	}
}

// exchange returns the exchange that events belong to now; nil if it was emitted already.
func (c *netlogController) exchange() *httpstream.Exchange {
	switch {
	case c.on == nil:
		return c.pending
	case c.on.emitted:
		return nil
	}
	return c.on.exchange
}

func (c *netlogController) begin(x *httpstream.Exchange, e *netlogEvent) {
	if last := c.last(x); last != nil && last.Name == e.name {
		c.open[len(c.open)-1].nested++
		return
	}
	if i, ok := c.addEvent(x, e); ok {
		c.open = append(c.open, netlogOpen{index: i})
	}
}

func (c *netlogController) end(x *httpstream.Exchange, e *netlogEvent) {
	last := c.last(x)
	if last == nil || last.Name != e.name {
		c.addEvent(x, e)
		return
	}
	describeAuth(last, &e.netlogParams)
	if o := &c.open[len(c.open)-1]; o.nested > 0 {
		o.nested--
		return
	}
	c.open = c.open[:len(c.open)-1]
}

// addEvent adds an event, or its parameters to the open event of the same name.
func (c *netlogController) addEvent(x *httpstream.Exchange, e *netlogEvent) (index int, added bool) {
	if last := c.last(x); last != nil && last.Name == e.name {
		describeAuth(last, &e.netlogParams)
		return 0, false
	}
	if len(x.Events) >= maxAuthEvents {
		c.out.Counters.Drop(authEventsDropped, 1, e.at)
		return 0, false
	}
	x.Events = append(x.Events, httpstream.AuthEvent{Pos: e.at, Source: e.Source.ID, Name: e.name, Proxy: c.proxy})
	describeAuth(&x.Events[len(x.Events)-1], &e.netlogParams)
	return len(x.Events) - 1, true
}

// last returns the innermost event that has begun and not ended.
func (c *netlogController) last(x *httpstream.Exchange) *httpstream.AuthEvent {
	if len(c.open) == 0 {
		return nil
	}
	return &x.Events[c.open[len(c.open)-1].index]
}
