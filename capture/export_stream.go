package capture

import (
	"fmt"
	"io"
	"iter"
	"net/netip"

	"golang.org/x/net/dns/dnsmessage"

	"negotrace/capture/block"
	"negotrace/capture/export"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// An exportStream is a browser export on the timeline: it is read up to the time that the timeline
// has reached.
type exportStream struct {
	run      *run
	source   *Source
	in       *input // if it is open
	format   format
	plan     block.Plan
	file     httpstream.File
	origin   int
	counters *httpstream.Counters // of its own: packets are counted at the same time
	err      error

	at    httpstream.Time // of what comes next, as far as it is known before reading has begun
	begun bool
	ahead transaction // what comes next
	more  bool
	next  func() (transaction, bool)
	stop  func()
}

// A transaction is one thing that an export holds: an exchange, or the end of a connection.
type transaction struct {
	exchange *httpstream.Exchange
	conn     *httpstream.Conn
}

// probeTransactions looks for the time of the first exchange of an export, which is opened only
// for that.
func probeTransactions(in *input) (begin httpstream.Time) {
	out := &export.Out{Counters: &httpstream.Counters{}, Damage: func(string, ...any) {}}
	out.Sink.Exchange = func(x *httpstream.Exchange) bool {
		if at := x.Pos().Time; begin.IsZero() || at.Before(begin) {
			begin = at
		}
		return false
	}
	_ = in.format.transactions(io.LimitReader(in.blocks, probeLen), out) // most are cut there
	return begin
}

// begin begins reading.
func (e *exportStream) begin() {
	e.begun = true
	if e.in == nil {
		if e.in, e.err = e.run.open(e.source, e.plan); e.err != nil {
			return
		}
	}
	e.next, e.stop = iter.Pull(e.transactions)
	e.advance()
}

// transactions reads the export to its end.
func (e *exportStream) transactions(yield func(transaction) bool) {
	reading := true
	out := &export.Out{
		Sink: httpstream.Sink{
			Exchange: func(x *httpstream.Exchange) bool {
				x.Conn.Origin = e.origin
				reading = reading && yield(transaction{exchange: x})
				return true
			},
			Conn: func(c *httpstream.Conn) {
				c.Origin = e.origin
				reading = reading && yield(transaction{conn: c})
			},
		},
		Counters: e.counters, File: e.file, Damage: e.damage,
	}
	e.err = e.run.readExport(e.in, e.format, out)
}

// damage notes damage of the export; the text names the entry.
func (e *exportStream) damage(format string, args ...any) {
	damageAt(e.counters, httpstream.Pos{Stream: -1, File: e.file}, format, args...)
}

// readExport reads a file of requests and responses. If part of it could be read, an error becomes
// damage.
func (r *run) readExport(in *input, f format, out *export.Out) error {
	before := out.Counters.Packets
	err := f.transactions(in.blocks, out)
	out.SayUnanswered()
	in.source.record.Packets = out.Counters.Packets - before
	if err != nil && out.Counters.Packets > before {
		out.Damage("%v", err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("%q: %w", in.source.Name, err)
	}
	return nil
}

// advance goes on to what comes next. A connection ends after what came before it.
func (e *exportStream) advance() {
	e.ahead, e.more = e.next()
	if e.more && e.ahead.exchange != nil {
		e.at = e.ahead.exchange.Pos().Time
	}
}

// close ends reading.
func (e *exportStream) close() {
	if e.stop != nil {
		e.stop()
	}
	if e.in != nil {
		e.in.close()
	}
}

// exportStreams are the exports of a timeline.
type exportStreams []*exportStream

// until hands on what comes before a time.
func (all exportStreams) until(sink Sink, at httpstream.Time) {
	for {
		e := all.earliest()
		switch {
		case e == nil || e.at.After(at):
			return
		case !e.begun:
			e.begin()
			continue
		case e.ahead.exchange != nil && sink.Exchange != nil:
			sink.Exchange(e.ahead.exchange)
		case e.ahead.conn != nil && sink.Conn != nil:
			sink.Conn(e.ahead.conn)
		}
		e.advance()
	}
}

// earliest returns the export whose next exchange comes first, nil if there is no more.
func (all exportStreams) earliest() *exportStream {
	var first *exportStream
	for _, e := range all {
		if (e.more || !e.begun) && (first == nil || e.at.Before(first.at)) {
			first = e
		}
	}
	return first
}

// endOfTime is after everything that an export may hold, in the year 2255.
func endOfTime() httpstream.Time { return httpstream.UnixTime(9_000_000_000, 0) }

// between returns a sink for packets that first passes on what comes before them in exports.
func (all exportStreams) between(sink Sink) Sink {
	s := sink
	if sink.Exchange != nil {
		s.Exchange = func(x *httpstream.Exchange) bool {
			at := x.Pos().Time
			if x.Response != nil {
				at = x.Response.Pos.Time
			}
			all.until(sink, at)
			return sink.Exchange(x)
		}
	}
	if sink.Conn != nil {
		s.Conn = func(c *httpstream.Conn) {
			all.until(sink, c.End.Time)
			sink.Conn(c)
		}
	}
	if sink.Kerberos != nil {
		s.Kerberos = func(at httpstream.Pos, src, dst netip.AddrPort, to *httpstream.Destination, m *tokens.Kerberos) {
			all.until(sink, at.Time)
			sink.Kerberos(at, src, dst, to, m)
		}
	}
	if sink.DNS != nil {
		s.DNS = func(at httpstream.Pos, src, dst netip.AddrPort, m *dnsmessage.Message) {
			all.until(sink, at.Time)
			sink.DNS(at, src, dst, m)
		}
	}
	return s
}
