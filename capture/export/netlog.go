package export

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"negotrace/httpstream"
)

// IsNetLog reports whether a file that begins with head is a log of chrome://net-export
// or edge://net-export: a JSON object whose first member is "constants".
func IsNetLog(head []byte) bool { return firstMember(head) == "constants" }

// errEventsEnd stops the reader behind the events: what follows is a snapshot of the
// browser's state.
var errEventsEnd = errors.New("end of events")

// A netlogReader reads a Chromium NetLog: constants, which give the numbers of the
// events their names, and events, each of one source (a request, a socket, ...).
//
// Pos.Frame is the number of the event, from 1. Chromium writes two lines before the
// first event and each event on a line of its own, so that event N is on line N+2.
type netlogReader struct {
	*jsonReader
	out    *Out
	buffer reorderBuffer
	conns  *connections

	constants netlogConstants
	events    int
	last      httpstream.Time

	requesters  map[int64]*netlogRequester  // by source: URL_REQUEST, or SOCKET of a tunnel
	jobs        map[int64]int64             // HTTP_STREAM_JOB to the session or socket it got
	owners      map[int64]int64             // HTTP_STREAM_JOB to the URL_REQUEST it works for
	sockets     map[int64]*netlogSocket     // by source: SOCKET, QUIC_SESSION
	sessions    map[int64]*netlogSession    // by source: HTTP2_SESSION
	controllers map[int64]*netlogController // by source: HTTP_AUTH_CONTROLLER
	bound       *netlogRequester            // the one bound to a controller last
	certs       map[string][]byte           // each certificate is kept once
	omissions   netlogOmissions
}

// netlogConstants is what is read of the constants.
type netlogConstants struct {
	eventTypes  map[int]string
	sourceTypes map[int]string
	netErrors   map[int]string
	begin, end  int
	offset      int64  // milliseconds of the ticks' origin since 1970
	mode        string // logCaptureMode; empty in older logs
}

// A netlogEvent is one event as the file has it.
type netlogEvent struct {
	Type   int          `json:"type"`
	Phase  int          `json:"phase"`
	Time   json.Number  `json:"time"`
	Source netlogSource `json:"source"`
	Params json.RawMessage

	name string
	at   httpstream.Pos
	netlogParams
}

type netlogSource struct {
	ID   int64 `json:"id"`
	Type int   `json:"type"`
}

func newNetLogReader(r io.Reader, out *Out) *netlogReader {
	n := &netlogReader{
		jsonReader:  newJSONReader(r),
		out:         out,
		conns:       newConnections(out),
		constants:   netlogConstants{begin: 1, end: 2},
		requesters:  map[int64]*netlogRequester{},
		jobs:        map[int64]int64{},
		owners:      map[int64]int64{},
		sockets:     map[int64]*netlogSocket{},
		sessions:    map[int64]*netlogSession{},
		controllers: map[int64]*netlogController{},
		certs:       map[string][]byte{},
	}
	n.buffer = reorderBuffer{out: out, before: n.conns.place, after: n.conns.placed, ended: n.conns.forget}
	return n
}

// ReadNetLog reads a NetLog of any size and capture mode. Chromium that was ended
// leaves a file without its last brackets; that and any other cut is read as far as it
// goes.
func ReadNetLog(r io.Reader, out *Out) error {
	n := newNetLogReader(r, out)
	err := n.object(n.member)
	n.closeSockets()
	n.buffer.flush()
	n.conns.end()
	out.Counters.Notes = append(out.Counters.Notes, n.omissions.limitations(n.constants.mode)...)
	switch {
	case err == errEventsEnd:
	case err != nil:
		out.Damage("NetLog: %s; %d events were read", n.where(err), n.events)
	case n.constants.eventTypes == nil:
		return errors.New("JSON with \"constants\" but without \"logEventTypes\" is no NetLog")
	}
	return nil
}

func (n *netlogReader) member(name string) error {
	switch name {
	case "constants":
		return n.object(n.constant)
	case "events":
		if err := n.array(n.event); err != nil {
			return err
		}
		return errEventsEnd
	}
	return n.skip()
}

func (n *netlogReader) constant(name string) (err error) {
	c := &n.constants
	switch name {
	case "logEventTypes":
		c.eventTypes, err = n.numbered()
	case "logSourceType":
		c.sourceTypes, err = n.numbered()
	case "netError":
		c.netErrors, err = n.numbered()
	case "logEventPhase":
		var phases map[int]string
		phases, err = n.numbered()
		for number, phase := range phases {
			switch phase {
			case "PHASE_BEGIN":
				c.begin = number
			case "PHASE_END":
				c.end = number
			}
		}
	case "timeTickOffset":
		var ms float64
		ms, err = n.number()
		c.offset = int64(min(max(ms, 0), maxNetLogTime))
	case "logCaptureMode":
		c.mode, err = n.string()
	default:
		err = n.skip()
	}
	return err
}

// numbered reads an object of names and their numbers.
func (n *netlogReader) numbered() (map[int]string, error) {
	names := map[int]string{}
	err := n.object(func(name string) error {
		number, err := n.number()
		if number > -1<<31 && number < 1<<31 {
			names[int(number)] = name
		}
		return err
	})
	return names, err
}

// maxNetLogTime is the year 5138, in milliseconds.
const maxNetLogTime = 1e14

func (n *netlogReader) event() error {
	text, err := n.value()
	if err != nil {
		return err
	}
	n.events++
	n.out.Counters.Packets++
	var e netlogEvent
	if err := json.Unmarshal(text, &e); !onlyKindError(err) {
		n.out.Damage("NetLog: event %d: %v", n.events, err)
		return nil
	}
	e.name = n.constants.eventTypes[e.Type]
	e.at = httpstream.Pos{Frame: n.events, Stream: -1, File: n.out.File}
	if ms, err := e.Time.Float64(); err == nil && ms >= 0 && ms < maxNetLogTime {
		e.at.Time = httpstream.TimeOf(time.UnixMilli(int64(ms) + n.constants.offset))
		n.last = e.at.Time
	}
	if !wantedEvent(e.name) {
		return nil
	}
	if len(e.Params) > 0 {
		if err := json.Unmarshal(e.Params, &e.netlogParams); !onlyKindError(err) {
			n.out.Damage("NetLog: event %d: %v", n.events, err)
		}
	}
	if n.cut && len(e.Headers) > 0 {
		n.out.Counters.Drop(longLinesDropped, 1)
	}
	n.omissions.params = n.omissions.params || len(e.Params) > 0
	n.dispatch(&e)
	return nil
}

// onlyKindError reports whether err is nil or only says that a value has another kind than
// its field. The other values were read then.
func onlyKindError(err error) bool {
	var kind *json.UnmarshalTypeError
	return err == nil || errors.As(err, &kind)
}

// wantedEvent reports whether dispatch uses events of that name.
func wantedEvent(name string) bool {
	for _, prefix := range []string{"AUTH_", "HTTP_TRANSACTION_", "HTTP_STREAM_JOB_BOUND", "HTTP_STREAM_REQUEST_BOUND", "HTTP2_SESSION", "QUIC_SESSION",
		"SOCKET_", "SSL_C", "TCP_CONNECT", "URL_REQUEST_", "REQUEST_ALIVE", "FAILED"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return name == "HTTP_STREAM_JOB"
}

func (n *netlogReader) dispatch(e *netlogEvent) {
	if strings.HasPrefix(e.name, "AUTH_") {
		n.auth(e)
		return
	}
	if n.http(e) || n.socketEvent(e) {
		return
	}
	n.bind(e)
}

func (n *netlogReader) begins(e *netlogEvent) bool { return e.Phase == n.constants.begin }
func (n *netlogReader) ends(e *netlogEvent) bool   { return e.Phase == n.constants.end }

// sourceType names the type of a source.
func (n *netlogReader) sourceType(s netlogSource) string { return n.constants.sourceTypes[s.Type] }
