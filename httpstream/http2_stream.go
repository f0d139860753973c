package httpstream

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/http2/hpack"
)

// An http2Stream is a stream that is not complete yet.
type http2Stream struct {
	x                         *Exchange
	size                      int // of its header lists
	requestDone, responseDone bool
	answered                  bool   // a final response came, even if its status could not be read
	requestLate               bool   // the server had received bytes of the client that are not read yet: its request may be there
	protocol                  string // that a CONNECT with a path asks for (RFC 8441)
	wantsBody                 int    // see Exchange.WantsBody
	delivered                 bool   // the exchange is out; what goes on is its tunnel
	tunnel                    reader // of what a CONNECT opened, on tunnelConn
	tunnelConn                *Conn
	tunnelEnded               [2]bool
	early                     []http2Early // what may be the beginning of a tunnel
	kdc                       [2]kdcContent
}

func (s *http2Stream) note(at Pos, text string) { s.x.note(at, text) }

// open returns the identifiers of the streams that are not complete, in order.
func (r *http2Reader) open() []uint32 {
	r.ids = slices.DeleteFunc(r.ids, func(id uint32) bool { return r.streams[id] == nil })
	return slices.Clone(r.ids)
}

// oldest returns the open stream with the lowest identifier; there is one.
func (r *http2Reader) oldest() uint32 {
	for r.streams[r.ids[0]] == nil {
		r.ids = r.ids[1:]
	}
	return r.ids[0]
}

// add adds a stream. Identifiers nearly always ascend.
func (r *http2Reader) add(id uint32, s *http2Stream) {
	r.streams[id] = s
	if len(r.ids) > 2*len(r.streams)+maxStreams {
		r.open()
	}
	i, known := slices.BinarySearch(r.ids, id)
	if !known {
		r.ids = slices.Insert(r.ids, i, id)
	}
}

// stream returns the stream of that number, a new one if need be.
func (r *http2Reader) stream(id uint32) *http2Stream {
	s := r.streams[id]
	if s != nil {
		return s
	}
	if len(r.streams) >= maxStreams || r.size > maxFieldLists {
		oldest := r.oldest()
		r.shared.drop(streamDropped)
		old := r.streams[oldest]
		old.note(old.x.Pos(), "too many streams are open: this one was not followed to its end")
		r.finish(oldest)
	}
	s = &http2Stream{x: &Exchange{Conn: r.conn, H2Stream: id}}
	r.add(id, s)
	return s
}

// endBlock decodes the field block if it is whole.
func (r *http2Reader) endBlock(from Side, at *Pos) {
	h := &r.half[from]
	k := &h.block
	if !k.whole && !k.cut {
		return
	}
	k.open = false
	list := h.fields.decode(k.b)
	if list.cut = k.cut; k.cut {
		h.fields.loseTable()
	}
	if k.tooLong { // what it begins with is read
		h.fields.loseTable()
		list.over++
	}
	if list.over > 0 {
		r.conn.Unread[from] = true
	}
	r.holdTable(&h.fields, k.b)
	r.showBlock(from, at, k, &list)
	k.b = k.b[:0]
	if cap(k.b) > 4<<10 {
		k.b = nil
	}
	switch {
	case k.promised != 0:
		r.promise(at, k, &list)
	case from == Client:
		r.request(at, k, &list)
	default:
		r.response(at, k, &list)
	}
}

// lostBlock notes a field block that could not be read.
func (r *http2Reader) lostBlock(from Side, f http2Frame, at *Pos) {
	if s := r.streams[f.stream]; s != nil {
		s.note(*at, fmt.Sprintf("header fields of the %s are not in the capture", from))
	}
}

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

// grow counts a header list as held, up to finish.
func (r *http2Reader) grow(s *http2Stream, n int) {
	s.size += n
	r.size += n
	r.hold(n)
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

// endHalf says that one side of a stream ended in order.
func (r *http2Reader) endHalf(from Side, id uint32, at *Pos) {
	s := r.streams[id]
	if s == nil {
		return
	}
	s.endTunnel(from, at)
	if s.x.hasKDCMessage(from) {
		r.shared.kdcMessage(s.x, from, &s.kdc[from])
		s.kdc[from] = kdcContent{cut: true}
	}
	if from == Client {
		s.requestDone = true
	} else {
		s.responseDone = true
	}
	if s.responseDone && (s.requestDone || s.x.Request == nil && !s.requestLate) {
		r.finish(id)
	}
}

// finishLate delivers streams whose request is lost: that of a later stream has come.
func (r *http2Reader) finishLate(before uint32) {
	for _, id := range r.open() {
		if s := r.streams[id]; id < before && s.requestLate && s.x.Request == nil {
			s.requestLate = false
			r.late--
			if s.responseDone {
				r.finish(id)
			}
		}
	}
}

// finish delivers a stream of which nothing more will come.
func (r *http2Reader) finish(id uint32) {
	s := r.streams[id]
	if s.requestLate {
		r.late--
	}
	delete(r.streams, id)
	r.size -= s.size
	r.hold(-s.size)
	s.closeTunnel(r)
	s.dropEarly(r)
	if !s.delivered {
		r.shared.exchange(s.x)
	}
}
