package httpstream

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// A keeper is a Sink that keeps every exchange, and remembers what it was when it came.
type keeper struct{ got, then []*Exchange }

func (k *keeper) exchange(x *Exchange) bool {
	then := *x
	if x.Request != nil {
		r := *x.Request
		then.Request = &r
	}
	if x.Response != nil {
		r := *x.Response
		then.Response = &r
	}
	k.got, k.then = append(k.got, x), append(k.then, &then)
	return true
}

// TestKeptExchange holds that an exchange is never written again once the Sink has it,
// although its messages are still under way: the Sink may read it in another goroutine.
func TestKeptExchange(t *testing.T) {
	c, s := newSpeakers()
	tests := map[string]func(sh *shared){
		"more responses than may wait, during a request": func(sh *shared) {
			h := newHTTP1(sh, testConn(), [2]bool{})
			h.data(Client, &Pos{Frame: 1}, []byte("POST /upload HTTP/1.1\r\nContent-Length: 9\r\n\r\none"))
			h.data(Server, &Pos{Frame: 2}, []byte(strings.Repeat(ok5, maxPending+2)))
			h.data(Client, &Pos{Frame: 3}, []byte("two"))
			h.data(Client, &Pos{Frame: 4}, []byte("six"))
			h.end(Client, &Pos{Frame: 5})
			h.end(Server, &Pos{Frame: 5})
		},
		"more requests than may wait, during a response": func(sh *shared) {
			h := newHTTP1(sh, testConn(), [2]bool{})
			h.data(Client, &Pos{Frame: 1}, []byte(get1))
			h.data(Server, &Pos{Frame: 2}, []byte("HTTP/1.1 500 Error\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n"))
			h.data(Client, &Pos{Frame: 3}, []byte(strings.Repeat(get2, maxPending+2)))
			h.data(Server, &Pos{Frame: 4}, []byte("3\r\ntwo\r\n"))
			h.data(Server, &Pos{Frame: 5}, []byte("no size\r\n"))
			h.end(Client, &Pos{Frame: 6})
			h.end(Server, &Pos{Frame: 6})
		},
		"a tunnel in HTTP/2": func(sh *shared) {
			r := sh.http2(testConn())
			for i, f := range []flight{
				c.headers(1, 0, ":method: CONNECT", ":authority: web.lab.test:443"),
				s.headers(1, 0, ":status: 200"),
				c.headers(1, 0, "trailer: 1"),
				s.headers(1, 0, "trailer: 1"),
				c.frame(frameData, 0, 1, []byte("GET / HTTP/1.1\r\n\r\n")),
				s.frame(frameRSTStream, 0, 1, code(8)),
			} {
				r.data(f.from, &Pos{Frame: i + 1}, f.b)
			}
			r.end(Client, &Pos{Frame: 7})
			r.end(Server, &Pos{Frame: 7})
		},
		"an upgrade to HTTP/2": func(sh *shared) {
			up := &Exchange{
				Conn:    testConn(),
				Request: &Request{Pos: Pos{Frame: 1}, Method: "GET", Target: "/"}, Response: &Response{Pos: Pos{Frame: 2}, Status: 101},
			}
			sh.exchange(up)
			inside := testConn()
			inside.Tunnel = up
			r := sh.http2(inside)
			f := c.frame(frameData, 0, 1, []byte("body"))
			r.data(f.from, &Pos{Frame: 3}, append([]byte(preface), f.b...))
			r.end(Client, &Pos{Frame: 4})
			r.end(Server, &Pos{Frame: 4})
		},
	}
	for name, play := range tests {
		t.Run(name, func(t *testing.T) {
			k := &keeper{}
			play(&shared{counters: newCounters(), sink: Sink{Exchange: k.exchange}})
			if len(k.got) < 2 {
				t.Fatalf("%d exchanges", len(k.got))
			}
			for i := range k.got {
				if r := k.got[i].Response; r != nil {
					r.Body, k.then[i].Response.Body = bytes.Clone(r.Body), bytes.Clone(r.Body) // valid during the call only
				}
			}
			if d := cmp.Diff(k.then, k.got, cmpopts.IgnoreFields(Exchange{}, "Conn"), cmpopts.EquateComparable(Time{}, File{})); d != "" {
				t.Errorf("then and now:\n%s", d)
			}
		})
	}
}
