package export

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"negotrace/httpstream"
)

// An exportResult is what a reader of exports handed on.
type exportResult struct {
	exchanges []*httpstream.Exchange
	conns     []*httpstream.Conn
	counters  *httpstream.Counters
	err       error
}

// newOut returns an Out whose results are put into res.
func (r *exportResult) newOut() *Out {
	r.counters = &httpstream.Counters{}
	out := &Out{
		Sink: httpstream.Sink{
			Exchange: func(x *httpstream.Exchange) bool {
				r.exchanges = append(r.exchanges, x)
				return true
			},
			Conn: func(c *httpstream.Conn) { r.conns = append(r.conns, c) },
		},
		Counters: r.counters,
	}
	out.Damage = func(format string, args ...any) {
		at := httpstream.Pos{Frame: r.counters.Packets, Stream: -1, File: out.File}
		r.counters.Damage = append(r.counters.Damage, httpstream.Note{Pos: at, Text: fmt.Sprintf(format, args...)})
	}
	return out
}

func readExport(read func(io.Reader, *Out) error, b []byte) exportResult {
	var res exportResult
	res.err = read(bytes.NewReader(b), res.newOut())
	return res
}

// lines gives the exchanges in short: one line each, connections by the order of their
// first use, events below.
func (r exportResult) lines() string {
	var b strings.Builder
	conns := map[*httpstream.Conn]int{}
	for _, x := range r.exchanges {
		if conns[x.Conn] == 0 {
			conns[x.Conn] = len(conns) + 1
		}
		fmt.Fprintf(&b, "%d c%d", x.Pos().Frame, conns[x.Conn])
		if q := x.Request; q != nil {
			fmt.Fprintf(&b, " %s %s%s %s", q.Method, q.Host, q.Target, q.Proto)
			for _, name := range []string{"Authorization", "Proxy-Authorization"} {
				for _, v := range q.Header.Values(name) {
					fmt.Fprintf(&b, " [%.20s]", v)
				}
			}
		}
		if s := x.Response; s != nil {
			fmt.Fprintf(&b, " -> %d", s.Status)
			for _, name := range []string{"WWW-Authenticate", "Proxy-Authenticate"} {
				for _, v := range s.Header.Values(name) {
					fmt.Fprintf(&b, " [%.20s]", v)
				}
			}
		}
		for _, n := range x.Notes {
			fmt.Fprintf(&b, " (%s)", n.Text)
		}
		b.WriteByte('\n')
		for _, e := range x.Events {
			fmt.Fprintf(&b, "  %d %s", e.Pos.Frame, e.Name)
			for _, s := range []string{e.Scheme, e.SPN, e.Package, e.User, e.Result, e.Status} {
				if s != "" {
					fmt.Fprintf(&b, " %s;", s)
				}
			}
			if e.NetError != 0 {
				fmt.Fprintf(&b, " %d", e.NetError)
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// kinds returns the kinds of the limitations.
func (r exportResult) kinds() string {
	var kinds []string
	for _, n := range r.counters.Notes {
		kinds = append(kinds, n.Kind)
	}
	return strings.Join(kinds, " ")
}

// sound checks what must hold of any result.
func (r exportResult) sound(t *testing.T) {
	t.Helper()
	requests, responses := 0, 0
	emitted := map[*httpstream.Conn]bool{}
	for _, c := range r.conns {
		if emitted[c] {
			t.Error("a connection is emitted twice")
		}
		emitted[c] = true
	}
	for i, x := range r.exchanges {
		if x.Conn == nil || !emitted[x.Conn] {
			t.Fatalf("exchange %d: its connection is never emitted", i)
		}
		if x.Request == nil && x.Response == nil {
			t.Errorf("exchange %d is empty", i)
		}
		if x.Request != nil {
			requests++
		}
		if x.Response != nil && x.Response.Status != 0 {
			responses++
		}
		if i > 0 && x.Pos().Time.Before(r.exchanges[i-1].Pos().Time) {
			t.Errorf("exchange %d is out of order", i)
		}
	}
	counted := 0
	for _, n := range r.counters.Responses {
		counted += n
	}
	if r.counters.Requests != requests || counted != responses {
		t.Errorf("counters %d requests %d responses, emitted %d and %d", r.counters.Requests, counted, requests, responses)
	}
}
