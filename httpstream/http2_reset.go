package httpstream

import "fmt"

// A resetStream is a stream that the client reset before it was answered.
type resetStream struct {
	id    uint32
	since Time
}

// reset takes a RST_STREAM. One of the client does not stop what is under way to it, a response or the
// content of a tunnel: its stream waits for that. One of the server does not stop a request that the capture
// shows later.
func (r *http2Reader) reset(at *Pos, from Side, id uint32, code string) {
	s := r.streams[id]
	if s == nil {
		return
	}
	if s.x.Reset == "" { // the second one answers the first
		s.x.Reset = code
	}
	s.resetTunnel(from, at)
	if from == Server && s.requestLate && s.x.Request == nil { // what it answers comes yet
		s.responseDone = true
		return
	}
	isUnderWay := s.tunnel != nil && !s.tunnelEnded[Server] || !s.answered && s.x.Request != nil
	if from == Server || !isUnderWay {
		r.finish(id)
		return
	}
	r.resets = append(r.resets, resetStream{id, at.Time})
	r.expireResets(at.Time)
}

// expireResets gives up streams that wait for their response for long enough, or of too many.
func (r *http2Reader) expireResets(now Time) {
	n := 0
	for ; n < len(r.resets) && (len(r.resets)-n > maxResets || now.Sub(r.resets[n].since) > resetAge); n++ {
		if s := r.streams[r.resets[n].id]; s != nil && s.x.Reset != "" {
			r.finish(r.resets[n].id)
		}
	}
	r.resets = r.resets[:copy(r.resets, r.resets[n:])]
}

// goAway takes a GOAWAY: streams of the other side above last were not processed.
func (r *http2Reader) goAway(at *Pos, from Side, last uint32, code string) {
	if code != "NO_ERROR" {
		r.goaway = code
	}
	if from != Server || len(r.ids) == 0 || r.ids[len(r.ids)-1] <= last {
		return
	}
	for _, id := range r.open() {
		if id > last && id%2 == 1 {
			s := r.streams[id]
			s.note(*at, fmt.Sprintf("GOAWAY %s: the server did not process this request", code))
			s.x.Reset = code
			r.finish(id)
		}
	}
}
