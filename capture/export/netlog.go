package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"negotrace/httpstream"
	"negotrace/internal/plural"
	"negotrace/internal/utf8text"
)

// IsNetLog reports whether a file that begins with head is a log of chrome://net-export
// or edge://net-export: a JSON object with constants, or with events of the shape that
// Chromium gives them, in whatever order.
func IsNetLog(head []byte) bool {
	if firstMember(head) == "constants" {
		return true
	}
	text, _ := io.ReadAll(utf8text.NewReader(bytes.NewReader(head)))
	if !bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("{")) {
		return false
	}
	return hasMember(text, `"logEventTypes"`) ||
		hasMember(text, `"events"`) && hasMember(text, `"phase"`) && hasMember(text, `"source"`) && hasMember(text, `"time"`)
}

// errEventsEnd stops the reader after the events: a snapshot of the browser's state follows.
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
	waiting   [][]byte // events in front of the constants, which name them
	held      int      // bytes of these
	events    int
	last      httpstream.Time
	times     netlogTimes

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
	n.buffer = reorderBuffer{out: out, before: n.conns.assign, after: n.conns.placed, ended: n.conns.forget}
	return n
}

// ReadNetLog reads a NetLog of any size and capture mode. If Chromium is ended, the file lacks its
// last brackets; such a file, and any other that is cut, is read as far as possible.
func ReadNetLog(r io.Reader, out *Out) error {
	n := newNetLogReader(r, out)
	err := n.object(n.member)
	n.closeSockets()
	n.buffer.flush()
	n.conns.end()
	if n.events > 0 && n.constants.offset == 0 {
		out.Damage("NetLog: timeTickOffset is missing or 0: its times are not known")
	}
	n.times.damage(out)
	out.Counters.Notes = append(out.Counters.Notes, n.omissions.limitations(n.constants.mode)...)
	switch {
	case n.constants.eventTypes == nil && (err == nil || n.held > 0):
		return errors.New("NetLog without \"constants\", which give its events their names: ask for the file as the browser wrote it")
	case err == nil || err == errEventsEnd:
	case n.events == 0:
		return fmt.Errorf("NetLog: %s; no event could be read", n.where(err))
	default:
		out.Damage("NetLog: %s; %s %s read", n.where(err), plural.Count(n.events, "event"), plural.Verb(n.events, "was", "were"))
	}
	return nil
}

func (n *netlogReader) member(name string) error {
	switch name {
	case "constants":
		if err := n.object(n.constant); err != nil {
			return err
		}
		return n.takeWaiting()
	case "events":
		if err := n.array(n.nextEvent); err != nil {
			return err
		}
		if n.constants.eventTypes != nil {
			return errEventsEnd
		}
		return nil
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
