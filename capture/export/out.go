// Package export reads browser exports and the archives of debugging proxies: HAR,
// NetLog, SAZ and the items of Burp Suite. They hold requests and responses and no packets. A reader makes
// httpstream.Exchange values of them, in the order of their time, and the connections
// that they went on as far as the file says.
//
// A frame number is here the number of an entry, event or session, as the format counts
// them. A Stream is always -1.
package export

import (
	"fmt"

	"negotrace/httpstream"
)

// An Out takes what a reader finds in one file.
type Out struct {
	Sink     httpstream.Sink // Message is not used
	Counters *httpstream.Counters
	File     httpstream.File // for Pos.File; the zero value if there is one file only
	// Damage notes that the file is cut or corrupt after the entry that was read last.
	Damage func(format string, args ...any)

	unanswered unanswered
}

// Conn emits a connection that has ended.
func (o *Out) Conn(c *httpstream.Conn) {
	if o.Sink.Conn != nil {
		o.Sink.Conn(c)
	}
}

// Exchange counts the messages of an exchange, which has a Conn, and emits it.
func (o *Out) Exchange(x *httpstream.Exchange) {
	if x.Request != nil {
		o.Counters.Request(x.Conn, x.Request.Pos)
	}
	if x.Response != nil && x.Response.Status != 0 {
		o.Counters.Response(x.Response.Status)
	}
	if x.Failure != "" && x.Response == nil {
		o.unanswered.add(x.Failure)
	}
	if o.Sink.Exchange != nil {
		o.Sink.Exchange(x)
	}
}

// Limited notes what the file cannot show.
func (o *Out) Limited(kind, format string, args ...any) {
	o.Counters.Notes = append(o.Counters.Notes, httpstream.Limitation{Kind: kind, Text: fmt.Sprintf(format, args...)})
}

// AddInterim adds a 1xx response to an exchange.
func (o *Out) AddInterim(x *httpstream.Exchange, status int, at httpstream.Pos) {
	if len(x.Interim) >= maxInterim {
		o.Counters.Drop(interimDropped, 1, at)
		return
	}
	x.Interim = append(x.Interim, status)
}
