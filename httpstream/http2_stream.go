package httpstream

import (
	"fmt"
	"slices"
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
	r.streams[id], r.highest = s, max(r.highest, id)
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

// grow counts a header list as held, up to finish.
func (r *http2Reader) grow(s *http2Stream, n int) {
	s.size += n
	r.size += n
	r.hold(n)
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
