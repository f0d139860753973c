package httpstream

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/http2/hpack"
)

// split divides a list into pseudo-header fields, looked up by name, and the others.
func (l *fieldList) split() (pseudo map[string]string, header Header) {
	pseudo = make(map[string]string, 4)
	header = make(Header, 0, len(l.fields))
	for _, f := range l.fields {
		if strings.HasPrefix(f.Name, ":") {
			pseudo[f.Name] = f.Value
		} else {
			header = append(header, Field{Name: f.Name, Value: strings.TrimSpace(f.Value)})
		}
	}
	return pseudo, header
}

// noteList says what of a list is missing.
func (s *http2Stream) noteList(at Pos, from Side, l *fieldList) {
	if l.unknown > 0 {
		s.note(at, fmt.Sprintf("%d header fields of the %s refer to a part of the compression table that is not in the capture", l.unknown, from))
	}
	if l.over > 0 {
		s.note(at, fmt.Sprintf("%d header fields of the %s are over the limit", l.over, from))
	}
	if l.cut {
		s.x.Conn.HeadsCut[from]++
		s.note(at, fmt.Sprintf("the %s's head: its rest is not in the capture", from))
	}
}

func (r *http2Reader) request(at *Pos, k *fieldBlock, l *fieldList) {
	s := r.streams[k.stream]
	if s != nil && s.x.Request != nil {
		s.x.Request.Done = *at // trailers
	} else if s == nil && !l.has(":method") && l.unknown == 0 && !l.cut {
		return // trailers of a stream that is complete or was never seen
	} else {
		if s == nil && r.late > 0 {
			r.finishLate(k.stream)
		}
		s = r.stream(k.stream)
		s.x.Request, s.protocol = newHTTP2Request(at, k, l)
		r.grow(s, l.size)
		r.shared.counters.Request(r.conn, *at)
		s.noteList(k.begun, Client, l)
		s.x.Request.oddities(func(text string) { s.note(k.begun, text) })
		if s.x.Response != nil {
			r.beginTunnel(s, at)
		}
	}
	if k.last {
		r.endHalf(Client, k.stream, at)
	} else if s.x.Reset != "" && s.responseDone {
		r.finish(k.stream)
	}
}

// newHTTP2Request returns the request of a field block, and the :protocol that it asks for.
func newHTTP2Request(at *Pos, k *fieldBlock, l *fieldList) (q *Request, protocol string) {
	pseudo, header := l.split()
	q = &Request{
		Pos: k.begun, Done: *at, Proto: "HTTP/2",
		Method: pseudo[":method"], Target: pseudo[":path"], Host: pseudo[":authority"],
		HeadLen: l.size, Header: header,
	}
	if q.Host == "" {
		q.Host = header.Value("host")
	}
	if protocol = pseudo[":protocol"]; q.Method == "CONNECT" && protocol == "" {
		q.Target = q.Host // RFC 9113 section 8.5
	}
	return q, protocol
}

// promise takes a PUSH_PROMISE: a request that the client did not make.
func (r *http2Reader) promise(at *Pos, k *fieldBlock, l *fieldList) {
	if r.streams[k.promised] != nil {
		return
	}
	s := r.stream(k.promised)
	s.x.Request, _ = newHTTP2Request(at, k, l)
	s.requestDone = true
	r.grow(s, l.size)
	s.note(k.begun, "the server promised this response; the client did not ask for it")
	s.noteList(k.begun, Server, l)
}

func (l *fieldList) has(name string) bool {
	return slices.ContainsFunc(l.fields, func(f hpack.HeaderField) bool { return f.Name == name })
}

func (r *http2Reader) response(at *Pos, k *fieldBlock, l *fieldList) {
	s := r.streams[k.stream]
	pseudo, header := l.split()
	status, err := strconv.Atoi(pseudo[":status"])
	known := err == nil && status >= 100 && status <= 999
	if s == nil && known && r.shared.peerUnread > 0 {
		s = r.stream(k.stream)
		s.requestLate = true
		r.late++
	}
	switch {
	case s != nil && s.answered: // trailers
		if s.x.Response != nil {
			s.x.Response.Done = *at
		}
	case !known && s == nil:
		return
	case !known && pseudo[":status"] == "" && l.unknown == 0:
		s.note(k.begun, "header fields came in place of a response: they have no status")
	case !known:
		s.answered = true
		s.note(k.begun, "a response came, but its status refers to a part of the compression table that is not in the capture")
	case status < 200:
		s = r.stream(k.stream)
		r.shared.interim(s.x, status)
	default:
		s = r.stream(k.stream)
		s.answered = true
		s.x.Response = &Response{
			Pos: k.begun, Done: *at, Proto: "HTTP/2", Status: status, HeadLen: l.size, Header: header, HeadCut: l.cut,
		}
		s.wantsBody = s.x.WantsBody()
		r.grow(s, l.size)
		r.shared.counters.Response(status)
		s.noteList(k.begun, Server, l)
		if s.x.Reset != "" {
			r.finish(k.stream)
			return
		}
		r.beginTunnel(s, at)
	}
	if k.last {
		r.endHalf(Server, k.stream, at)
	}
}
