package httpstream

import "net/netip"

// flow writes or reads a flow, its Conn and its reader.
func (w *packing) flow(f *flow) {
	c := f.conn
	ends := w.key(&f.key)
	w.stream = number(w, &f.stream, 0)
	number(w, &c.number, uint64(w.stream))
	w.ofFile(c.Start.File)
	isSecond, asked := f.client != 0, c.FirstRequest != Pos{}
	set := w.flags(&isSecond, &asked)
	client := direction(set & 1)
	f.client = direction(toInt(isSecond))
	isUnusual := w.writing && c.isUnusual()
	isUnusual = w.flags(&f.clientKnown, &f.sawSYN, &f.sawReply, &f.spoke, &f.settled, &c.SYN, &c.HTTP, &isUnusual)&(1<<7) != 0
	first := w.pos(&c.Start, w.store.after(&c.Start))
	w.pos(&c.End, &first)
	if set&2 != 0 {
		w.pos(&c.FirstRequest, &first)
	}
	for i := range c.Bytes {
		number(w, &c.Bytes[i], 0)
	}
	w.halves(&f.half)
	w.reader(f, &first)
	as := Conn{Stream: w.stream, Origin: int(ends.origin), Client: ends.end(client), Server: ends.end(client ^ 1)}
	if !w.writing {
		c.Stream, c.Origin, c.Client, c.Server = as.Stream, as.Origin, as.Client, as.Server
	}
	if isUnusual {
		w.unusual(c)
	}
	if w.writing && c.Stream == as.Stream && c.Origin == as.Origin && c.Client == as.Client && c.Server == as.Server {
		c.Stream, c.Origin, c.Client, c.Server = 0, 0, Conn{}.Client, Conn{}.Server
	}
}

// isUnusual reports whether a Conn has something that few connections have.
func (c *Conn) isUnusual() bool {
	return c.Balancer != nil || c.Lost != [2]int64{} || c.HeadsCut != [2]int32{} || c.SYNRetries != 0 ||
		c.Unread != [2]bool{} || c.Conflict || c.TLSUnknown || c.joined
}

// unusual writes or reads what few connections have.
func (w *packing) unusual(c *Conn) {
	for i := range c.Lost {
		number(w, &c.Lost[i], 0)
		number(w, &c.HeadsCut[i], 0)
	}
	number(w, &c.SYNRetries, 0)
	w.flags(&c.Unread[0], &c.Unread[1], &c.Conflict, &c.TLSUnknown, &c.joined)
	if !w.flag(c.Balancer != nil) {
		return
	}
	if w.writing { // the client is the one that it named
		client := c.Client
		c.Client, c.Balancer = *c.Balancer, nil
		w.end(&client)
		return
	}
	balancer := c.Client
	c.Balancer = &balancer
	w.end(&c.Client)
}

// end writes or reads an end of a connection.
func (w *packing) end(e *netip.AddrPort) {
	addr, port := e.Addr(), e.Port()
	w.more = w.more || addr.Zone() != "" || !addr.IsValid()
	isIPv4 := w.flag(addr.Is4())
	number(w, &port, 0)
	if w.writing {
		b := addr.As16()
		w.b = append(w.b, b[:]...)
		return
	}
	addr = netip.AddrFrom16([16]byte(w.b))
	if w.b = w.b[16:]; isIPv4 {
		addr = addr.Unmap()
	}
	*e = netip.AddrPortFrom(addr, port)
}
