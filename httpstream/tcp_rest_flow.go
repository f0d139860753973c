package httpstream

import "net/netip"

// flow writes or reads a flow, its Conn and its reader.
func (w *packing) flow(f *flow) {
	c := f.conn
	ends := w.key(&f.key)
	w.stream = number(w, &f.stream, 0)
	number(w, &c.number, uint64(w.stream))
	w.ofFile(c.Start.File)
	isSecond, asked, began := f.client != 0, c.FirstRequest != Pos{}, c.Stream
	goesOn := w.writing && began != w.stream
	set := w.flags(&isSecond, &asked, &goesOn)
	if w.began = w.stream; set&4 != 0 {
		w.began = number(w, &began, 0)
	}
	client := direction(set & 1)
	f.client = direction(toInt(isSecond))
	isUnusual := w.writing && f.isUnusual()
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
	as := Conn{Stream: w.began, Origin: int(ends.origin), Client: ends.end(client), Server: ends.end(client ^ 1)}
	if !w.writing {
		c.Stream, c.Origin, c.Client, c.Server = as.Stream, as.Origin, as.Client, as.Server
	}
	if isUnusual {
		w.unusual(f, &first)
	}
	if w.writing && c.Stream == as.Stream && c.Origin == as.Origin && c.Client == as.Client && c.Server == as.Server {
		c.Stream, c.Origin, c.Client, c.Server = 0, 0, Conn{}.Client, Conn{}.Server
	}
}

// isUnusual reports whether a flow, or its Conn, has something that few connections have.
func (f *flow) isUnusual() bool {
	c := f.conn
	return f.renumbered != nil || f.aliases != 0 || c.Translated != nil || c.Ending != Open ||
		c.Balancer != nil || c.Lost != [2]int64{} || c.HeadsCut != [2]int32{} || c.SYNRetries != 0 ||
		c.Unread != [2]bool{} || c.Conflict || c.TLSUnknown || c.joined
}

// unusual writes or reads what few connections have.
func (w *packing) unusual(f *flow, begins *Pos) {
	c := f.conn
	isRenumbered, hasBalancer := f.renumbered != nil, c.Balancer != nil
	isLossy := w.writing && (c.Lost != [2]int64{} || c.HeadsCut != [2]int32{} || c.SYNRetries != 0)
	isEnding := c.Ending != Open
	const lossy, renumbered, balanced, ending = 1, 2, 4, 8
	set := w.flags(&isLossy, &isRenumbered, &hasBalancer, &isEnding, &c.Conflict, &c.TLSUnknown, &c.joined, // in one byte
		&c.Unread[0], &c.Unread[1])
	if set&lossy != 0 {
		for i := range c.Lost {
			number(w, &c.Lost[i], 0)
			number(w, &c.HeadsCut[i], 0)
		}
		number(w, &c.SYNRetries, 0)
	}
	if set&renumbered != 0 {
		w.renumbered(f)
	}
	if set&ending != 0 {
		number(w, &c.Ending, 0)
		number(w, &c.EndedBy, 0)
		w.pos(&c.EndedAt, begins)
	}
	number(w, &f.aliases, 0)
	w.translated(c)
	if set&balanced == 0 {
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

// renumbered writes or reads the numbers with which a flow began.
func (w *packing) renumbered(f *flow) {
	r := f.renumbered
	if !w.writing {
		r = &renumbering{}
	}
	for d := range r {
		n := r[d]
		for i := range number(w, &n.n, 0) {
			w.word(&n.base[i])
		}
		w.flags(&n.acked[0], &n.acked[1], &n.acked[2], &n.acked[3])
		if !w.writing {
			r[d] = n
			continue
		}
		w.more = w.more || n != numbering{}
	}
	if f.renumbered = r; w.writing {
		f.renumbered = nil
	}
}

// translated writes or reads the ends on other sides of routers.
func (w *packing) translated(c *Conn) {
	n := len(c.Translated)
	if number(w, &n, 0); !w.writing && n > 0 {
		c.Translated = make([]Translated, n)
	}
	for i := range c.Translated {
		t := c.Translated[i]
		w.end(&t.Client)
		w.end(&t.Server)
		if !w.writing {
			c.Translated[i] = t
		}
	}
	if w.writing {
		c.Translated = nil
	}
}

// end writes or reads an end of a connection.
func (w *packing) end(e *netip.AddrPort) {
	addr, port := e.Addr(), e.Port()
	w.more = w.more || addr.Zone() != "" || !addr.IsValid()
	isIPv4 := w.flag(addr.Is4())
	number(w, &port, 0)
	if w.writing {
		w.b, _ = addr.AppendBinary(w.b) // it does not fail
		return
	}
	size := 16
	if isIPv4 {
		size = 4
	}
	addr, _ = netip.AddrFromSlice(w.b[:size])
	w.b = w.b[size:]
	*e = netip.AddrPortFrom(addr, port)
}
