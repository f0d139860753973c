package capture

import (
	"fmt"
	"net/netip"
	"time"

	"negotrace/capture/decode"
	"negotrace/httpstream"
	"negotrace/internal/plural"
	"negotrace/tokens"
)

// A dispatcher takes what was found in packets, in order: it has connections assembled, and passes
// on to the sink what they and datagrams carry.
type dispatcher struct {
	sink      Sink
	decoder   tokens.Decoder
	secrets   *httpstream.Secrets
	ownOnly   bool // none of the capture are added to them
	assembler *httpstream.Assembler
	counters  httpstream.Counters // beside those of the producer, which counts at the same time

	socksTokens int  // that were described
	cut         bool // the datagram at hand is cut

	newest httpstream.Time // of what was found in packets
	passed httpstream.Time // what Sink.CaptureTime was last called with
}

func newDispatcher(r *run) *dispatcher {
	d := &dispatcher{sink: r.sink, decoder: r.opts.Decoder, secrets: r.opts.Secrets, ownOnly: r.opts.IgnoreCaptureSecrets}
	d.assembler = httpstream.NewAssembler(httpstream.Sink{
		Exchange:   r.sink.Exchange,
		Rest:       r.sink.Rest,
		Conn:       r.sink.Conn,
		Message:    d.streamMessage,
		KDCProxy:   d.kdcProxy,
		SOCKSToken: d.socksToken,
	}, r.opts.Secrets, &d.counters)
	return d
}

// dispatch takes what is in a batch, and releases its block whatever happens.
func (d *dispatcher) dispatch(b *batch) {
	defer b.release()
	for i := range b.events {
		if d.sink.CaptureTime != nil {
			d.pass(&b.events[i])
		}
		if e := &b.events[i]; e.Datagram == nil {
			d.assembler.Segment(&e.Segment)
		} else {
			d.cut = e.Datagram.Cut
			d.message(e.Datagram.At, e.Datagram.Src, e.Datagram.Dst, e.Datagram.Payload)
			d.cut = false
		}
	}
	if b.block != nil {
		d.assembler.Keep()
	}
	if b.keyLog != nil && !d.ownOnly {
		d.secrets.Add(b.keyLog)
	}
	if b.caughtUp && d.sink.CaughtUp != nil {
		if b.idle {
			d.assembler.LetGo()
		}
		d.sink.CaughtUp(b.idle)
	}
}

// pass calls Sink.CaptureTime. Of two packets that follow each other the earlier time counts, so
// that a single packet with a time far ahead moves nothing.
func (d *dispatcher) pass(e *decode.Event) {
	at := e.Segment.At.Time
	if e.Datagram != nil {
		at = e.Datagram.At.Time
	}
	sure := d.newest
	if at.Before(sure) {
		sure = at
	}
	d.newest = at
	if since := sure.Sub(d.passed); !sure.IsZero() && (since >= time.Second || since <= -time.Second) {
		d.passed = sure
		d.assembler.Reached(sure)
		d.sink.CaptureTime(sure)
	}
}

// streamMessage takes a Kerberos or DNS message that came over TCP.
func (d *dispatcher) streamMessage(c *httpstream.Conn, from httpstream.Side, at httpstream.Pos, b []byte) {
	src, dst := directed(c, from)
	to := c.Destination()
	switch {
	case to == nil:
		d.message(at, src, dst, b)
	case to.Port == httpstream.PortKpasswd && tokens.IsKpasswd(b):
		d.kerberos(at, src, dst, to, b, tokens.Decoder.Kpasswd)
	default:
		d.kerberos(at, src, dst, to, b, tokens.Decoder.KDC)
	}
}

// socksToken describes a token of a logon to a SOCKS proxy, or the proxy's answer, in words: no handshake
// has it, since it is in no HTTP.
func (d *dispatcher) socksToken(c *httpstream.Conn, from httpstream.Side, at httpstream.Pos, b []byte) {
	if d.socksTokens == maxSOCKSTokens {
		return
	}
	d.socksTokens++
	t, err := d.decoder.Parse(b)
	what := t.String()
	if what == "" {
		what = plural.Count(len(b), "byte") + " of no known mechanism"
	} else if err != nil {
		what += ", damaged"
	}
	who := fmt.Sprintf("%s logs on to the SOCKS proxy %s", c.Client, c.Server)
	if from == httpstream.Server {
		who = fmt.Sprintf("the SOCKS proxy %s answers %s", c.Server, c.Client)
	}
	d.counters.Notes = append(d.counters.Notes, httpstream.Limitation{
		Kind: "socks-logon", Text: fmt.Sprintf("%s: %s with GSS-API (RFC 1961): %s; logons to SOCKS proxies are not judged", at, who, what),
	})
}

// directed returns the two ends of a connection, the one first that a message comes from.
func directed(c *httpstream.Conn, from httpstream.Side) (src, dst netip.AddrPort) {
	if from == httpstream.Server {
		return c.Server, c.Client
	}
	return c.Client, c.Server
}

// message passes on a Kerberos or DNS message.
func (d *dispatcher) message(at httpstream.Pos, src, dst netip.AddrPort, b []byte) {
	switch {
	case len(b) == 0:
	case src.Port() == httpstream.PortDNS || dst.Port() == httpstream.PortDNS:
		d.dns(at, src, dst, b)
	case tokens.IsKpasswd(b) && (src.Port() == httpstream.PortKpasswd || dst.Port() == httpstream.PortKpasswd):
		d.kerberos(at, src, dst, nil, b, tokens.Decoder.Kpasswd)
	default:
		d.kerberos(at, src, dst, nil, b, tokens.Decoder.KDC)
	}
}

// kerberos passes on a message to or from a KDC, as read takes it. What could be decoded of
// a damaged or cut one is passed on too.
func (d *dispatcher) kerberos(at httpstream.Pos, src, dst netip.AddrPort, to *httpstream.Destination, b []byte, read func(tokens.Decoder, []byte) (*tokens.Kerberos, error)) {
	if d.sink.Kerberos == nil {
		return
	}
	m, err := read(d.decoder, b)
	if err != nil {
		d.undecodable("Kerberos", at)
	}
	if m != nil && m.MsgType != 0 {
		d.sink.Kerberos(at, src, dst, to, m)
	}
}

// undecodable counts a message that cannot be read, or not to its end.
func (d *dispatcher) undecodable(what string, at httpstream.Pos) {
	how := "malformed "
	if d.cut {
		how = "cut message of "
	}
	d.counters.Undecodable(how+what, at)
}
