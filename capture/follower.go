package capture

import (
	"net/netip"

	"golang.org/x/net/dns/dnsmessage"

	"negotrace/httpstream"
	"negotrace/tokens"
)

// A follower takes what packets tell, in their order: it has connections put together
// and tells the sink what they and datagrams carry.
type follower struct {
	sink      Sink
	decoder   tokens.Decoder
	secrets   *httpstream.Secrets
	assembler *httpstream.Assembler
	counters  httpstream.Counters // beside that of the decoder, which counts at the same time
}

func newFollower(r *run) *follower {
	f := &follower{sink: r.sink, decoder: r.opts.Decoder, secrets: r.opts.Secrets}
	f.assembler = httpstream.NewAssembler(httpstream.Sink{
		Exchange: r.sink.Exchange,
		Conn:     r.sink.Conn,
		Record:   f.record,
	}, r.opts.Secrets, &f.counters)
	return f
}

// follow has packets decoded in a goroutine of its own and follows what they tell.
func (r *run) follow(decode func(*decoder)) {
	full, empty := make(chan *batch, batches), make(chan *batch, batches)
	for range batches {
		empty <- newBatch()
	}
	d := newDecoder(r, func(b *batch) *batch {
		full <- b
		return <-empty
	})
	var cut bool
	go func() {
		defer close(full)
		if cut = shrunk(func() { decode(d) }); cut {
			d.events = d.events[:0] // the last may be half an event
		}
		d.close()
	}()
	f := newFollower(r)
	lost := shrunk(func() {
		for b := range full {
			f.take(b)
			empty <- b
		}
		f.assembler.Close()
	})
	for b := range full { // what was not taken because it may be lost as well
		b.release()
		empty <- b
	}
	r.counters.Add(&f.counters)
	switch {
	case lost: // in the middle of a connection, which cannot be gone on with
		r.damageIn(httpstream.File{}, "the file became shorter while it was read: the last messages of the connections open then are missing")
	case cut:
		r.damageIn(httpstream.File{}, "the file became shorter while it was read")
	}
}

// take takes the events of a batch, and releases its block whatever happens.
func (f *follower) take(b *batch) {
	defer b.release()
	for i := range b.events {
		if e := &b.events[i]; e.rare == nil {
			f.assembler.Segment(&e.segment)
		} else {
			e.rare(f)
		}
	}
}

// kerberos tells the sink of a message to or from a KDC. What could be decoded of a
// damaged or cut one is told too.
func (f *follower) kerberos(at httpstream.Pos, src, dst netip.AddrPort, b []byte) {
	if f.sink.Kerberos == nil || len(b) == 0 {
		return
	}
	m, err := f.decoder.KDC(b)
	if err != nil {
		f.undecoded("malformed Kerberos")
	}
	if m != nil && m.MsgType != 0 {
		f.sink.Kerberos(at, src, dst, m)
	}
}

// record is a Kerberos or DNS message that came over TCP.
func (f *follower) record(c *httpstream.Conn, from httpstream.Side, at httpstream.Pos, b []byte) {
	src, dst := c.Client, c.Server
	if from == httpstream.Server {
		src, dst = dst, src
	}
	if src.Port() == httpstream.PortDNS || dst.Port() == httpstream.PortDNS {
		f.dns(at, src, dst, b)
		return
	}
	f.kerberos(at, src, dst, b)
}

// dns tells the sink of a DNS message (RFC 1035).
func (f *follower) dns(at httpstream.Pos, src, dst netip.AddrPort, b []byte) {
	if f.sink.DNS == nil || len(b) == 0 {
		return
	}
	var m dnsmessage.Message
	if err := m.Unpack(b); err != nil {
		f.undecoded("malformed DNS")
		return
	}
	f.sink.DNS(at, src, dst, &m)
}

func (f *follower) undecoded(reason string) { f.counters.Undecodable(reason) }
