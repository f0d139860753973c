package export

import (
	"maps"
	"strings"
)

// A netlogSession is an HTTP2_SESSION.
type netlogSession struct {
	socket  *netlogSocket
	streams map[uint32]*held
}

func (n *netlogReader) sessionEvent(e *netlogEvent, to string) {
	s := n.sessions[e.Source.ID]
	if s == nil {
		s = &netlogSession{streams: map[uint32]*held{}}
		keep(n, n.sessions, e.Source.ID, s)
	}
	switch e.name {
	case "HTTP2_SESSION":
		if n.ends(e) {
			delete(n.sessions, e.Source.ID)
		}
	case "HTTP2_SESSION_SEND_HEADERS":
		n.stream(e, s)
	case "HTTP2_SESSION_RECV_RST_STREAM":
		if m := s.streams[e.StreamID]; m != nil && !m.emitted {
			m.exchange.Reset = rstName(e.RSTCode)
		}
	default:
		if to == "SOCKET" {
			s.socket = n.sockets[e.Dependency.ID]
		}
	}
}

// stream notes the stream of the last request that was sent for the source that the event names.
func (n *netlogReader) stream(e *netlogEvent, s *netlogSession) {
	id := e.Dependency.ID
	if owner, ok := n.owners[id]; ok {
		id = owner
	}
	t := n.requesters[id]
	if t == nil || t.last == nil || t.last.emitted || t.last.exchange.H2Stream != 0 {
		return
	}
	t.last.exchange.H2Stream = e.StreamID
	n.roomForStream(s)
	s.streams[e.StreamID] = t.last
}

// roomForStream forgets the streams of exchanges that were handed on, if there are too many; if
// all are open, it forgets all.
func (n *netlogReader) roomForStream(s *netlogSession) {
	if len(s.streams) < maxNetLogStreams {
		return
	}
	maps.DeleteFunc(s.streams, func(_ uint32, m *held) bool { return m.emitted })
	if len(s.streams) >= maxNetLogStreams {
		n.out.Counters.Drop(netlogStreamsDropped, len(s.streams), n.here())
		clear(s.streams)
	}
}

// rstName returns the name in "13 (HTTP_1_1_REQUIRED)".
func rstName(code string) string {
	if _, name, ok := strings.Cut(code, "("); ok {
		return strings.TrimSuffix(name, ")")
	}
	return code
}
