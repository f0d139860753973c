package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"negotrace/httpstream"
)

// nextEvent takes the next event, or holds it until the constants come.
func (n *netlogReader) nextEvent() error {
	text, err := n.value()
	if err != nil {
		return err
	}
	if n.constants.eventTypes != nil {
		n.event(text)
		return nil
	}
	if n.held += len(text); n.held > maxNetLogHeld {
		n.out.Counters.Drop(netlogHeldDropped, 1, n.placeOf(len(n.waiting)+1))
		return nil
	}
	n.waiting = append(n.waiting, bytes.Clone(text))
	return nil
}

// takeWaiting takes the events that waited for the constants.
func (n *netlogReader) takeWaiting() error {
	waiting := n.waiting
	n.waiting, n.held = nil, 0
	for _, text := range waiting {
		n.event(text)
	}
	if len(waiting) > 0 {
		return errEventsEnd
	}
	return nil
}

// placeOf returns the place of an event by its number, and here that of the one at hand, both without
// a time.
func (n *netlogReader) placeOf(number int) httpstream.Pos {
	return httpstream.Pos{Frame: number, Stream: -1, File: n.out.File}
}

func (n *netlogReader) here() httpstream.Pos { return n.placeOf(n.events) }

func (n *netlogReader) event(text []byte) {
	n.events++
	n.out.Counters.Packets++
	if name, ok := n.nameOf(text); ok && !wantedEvent(name) {
		n.countNameless(name)
		return
	}
	e, usual := usualEvent(text)
	if !usual {
		if err := json.Unmarshal(text, &e); !onlyKindError(err) {
			n.out.Damage("NetLog: event %d: %v", n.events, err)
			return
		}
	}
	e.name = n.constants.eventTypes[e.Type]
	e.at = n.here()
	if e.at.Time = n.times.of(n.events, e.Time, n.constants.offset); !e.at.Time.IsZero() {
		n.last = e.at.Time
	}
	if !wantedEvent(e.name) {
		n.countNameless(e.name)
		return
	}
	if len(e.Params) > 0 {
		if err := json.Unmarshal(e.Params, &e.netlogParams); !onlyKindError(err) {
			n.out.Damage("NetLog: event %d: %v", n.events, err)
		}
	}
	if n.cut && len(e.Headers) > 0 {
		n.out.Counters.Drop(longLinesDropped, 1, e.at)
	}
	n.omissions.params = n.omissions.params || len(e.Params) > 0
	n.dispatch(&e)
}

// countNameless counts an event whose type the constants do not name.
func (n *netlogReader) countNameless(name string) {
	if name == "" {
		n.out.Counters.Undecodable("event of a type that this log does not name", n.here())
	}
}

// nameOf returns the name of an event whose type is its last member, as Chromium writes it. Most
// events are not used, and no more of them is read.
func (n *netlogReader) nameOf(text []byte) (name string, ok bool) {
	const member = `"type":`
	i := bytes.LastIndex(text, []byte(member))
	if i < 0 {
		return "", false
	}
	digits, brace := text[i+len(member):], len(text)-1-i-len(member)
	if brace < 1 || brace > 6 || digits[brace] != '}' {
		return "", false
	}
	number, err := strconv.Atoi(string(digits[:brace]))
	if err != nil || text[i-1] == '{' || !endsSource(text[:i]) {
		return "", false
	}
	return n.constants.eventTypes[number], true
}

// endsSource reports whether text ends with the time of an event, which precedes its type; the
// type of a source has another place.
func endsSource(text []byte) bool {
	text = bytes.TrimSuffix(text, []byte(","))
	i := bytes.LastIndexByte(text, ':')
	return i > 0 && bytes.HasSuffix(text[:i], []byte(`"time"`))
}

// onlyKindError reports whether err is nil or says only that a value has another kind than its
// field. The other values were then read.
func onlyKindError(err error) bool {
	var kind *json.UnmarshalTypeError
	return err == nil || errors.As(err, &kind)
}

// wantedEvent reports whether dispatch uses events of that name.
func wantedEvent(name string) bool {
	switch name {
	case "CORS_REQUEST", "HTTP_STREAM_JOB", "HTTP_STREAM_REQUEST_BOUND_TO_JOB", "REQUEST_ALIVE", "FAILED",
		"URL_REQUEST_START_JOB", "URL_REQUEST_JOB_FILTERED_BYTES_READ", "QUIC_SESSION", "TCP_CONNECT", "TCP_CONNECT_ATTEMPT",
		"SSL_CONNECT", "SSL_CERTIFICATES_RECEIVED", "SOCKET_BYTES_SENT", "SOCKET_BYTES_RECEIVED", "SOCKET_READ_ERROR",
		"SOCKET_POOL_CLOSING_SOCKET", "SOCKET_IN_USE", "SOCKET_ALIVE", "HTTP_TRANSACTION_SEND_REQUEST", "HTTP_TRANSACTION_SEND_REQUEST_BODY":
		return true
	case "HTTP2_SESSION_SEND_DATA", "HTTP2_SESSION_RECV_DATA", "HTTP2_SESSION_RECV_HEADERS":
		return false // as many as frames
	}
	return strings.HasPrefix(name, "AUTH_") || strings.HasPrefix(name, "HTTP_STREAM_JOB_BOUND") || strings.HasPrefix(name, "SOCKET_POOL_BOUND_TO") || strings.HasPrefix(name, "HTTP2_SESSION") ||
		strings.HasPrefix(name, "HTTP_TRANSACTION_") && strings.HasSuffix(name, "_HEADERS")
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
