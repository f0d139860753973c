package capture

import (
	"io"

	"negotrace/capture/eventlog"
	"negotrace/capture/hosttext"
	"negotrace/capture/serverlog"
	"negotrace/httpstream"
	"negotrace/internal/plural"
	"negotrace/internal/utf8text"
)

// A logReader reads a log to its end. What could be read went to out when it returns an error.
type logReader func(r io.Reader, out *logOut) error

// emit gives an entry of a log to the sink, if that takes such, and puts the file into its place.
func emit[T any](o *logOut, e *T, at *httpstream.Pos, to func(*T)) {
	at.File = o.file
	o.came(at.Time)
	if to != nil {
		to(e)
	}
}

// requests returns what reads a log of requests.
func requests(read func(io.Reader, func(*serverlog.Request)) (serverlog.Lines, error)) logReader {
	return func(r io.Reader, out *logOut) error {
		lines, err := read(utf8text.NewReader(r), func(q *serverlog.Request) { emit(out, q, &q.Pos, out.sink.LoggedRequest) })
		out.lines(lines)
		return err
	}
}

// readHAProxyLog reads a log of HAProxy about HTTP.
func readHAProxyLog(r io.Reader, out *logOut) error {
	out.run.limited("time-zone-unknown", "A log of HAProxy has the time of its machine, and does not say in which zone that is: it is taken for UTC, unless the requests of a capture show the zone")
	return requests(serverlog.ReadHAProxyLog)(r, out)
}

// readServerLog reads an access log or an error log of a web server.
func readServerLog(r io.Reader, out *logOut) error {
	lines, err := serverlog.ReadServerLog(utf8text.NewReader(r),
		func(q *serverlog.Request) { emit(out, q, &q.Pos, out.sink.LoggedRequest) },
		func(e *serverlog.AuthError) { emit(out, e, &e.Pos, out.sink.LoggedError) })
	out.lines(lines)
	return err
}

// lines notes the counts of the lines of a log.
func (o *logOut) lines(n serverlog.Lines) {
	o.record.Packets = n.Read
	if n.DefaultColumns > 0 {
		o.damage(0, "the log begins in the middle, and nothing names the columns of %s, read with those that IIS writes by default, which fit", plural.Count(n.DefaultColumns, "line"))
	}
	switch {
	case n.Malformed == 1:
		o.damage(n.FirstMalformed, "the line is cut, or not what the log says its lines are")
	case n.Malformed > 1:
		o.damage(n.FirstMalformed, "%d lines, of which this is the first, are cut or not what the log says its lines are", n.Malformed)
	}
}

// readFailedRequest reads what IIS traced of one request.
func readFailedRequest(r io.Reader, out *logOut) error {
	f, err := eventlog.ReadFailedRequest(r, out.file)
	out.record.Packets = f.Events
	if f.Method == "" && f.Events == 0 {
		return err
	}
	emit(out, f, &f.Pos, out.sink.FailedRequest)
	return err
}

// events returns what reads an event log of Windows.
func events(read func(io.Reader, func(*eventlog.Event)) (eventlog.Counts, error)) logReader {
	return func(r io.Reader, out *logOut) error {
		n, err := read(r, func(e *eventlog.Event) { emit(out, e, &e.Pos, out.sink.Event) })
		out.events(n)
		return err
	}
}

// events notes the counts of the events of a log.
func (o *logOut) events(n eventlog.Counts) {
	o.record.Packets = n.Records
	o.run.counters.Records += n.Others
	if n.Malformed > 0 {
		o.damage(0, "%d of %s could not be read, or not to %s end, the first at byte %d", n.Malformed, plural.Count(n.Records+n.Malformed, "event"), plural.Verb(n.Malformed, "its", "their"), n.FirstMalformed)
	}
	if n.BadChunks > 0 {
		o.damage(0, "%s %s no header where one should be, and %s passed over", plural.Count(n.BadChunks, "chunk"), plural.Verb(n.BadChunks, "has", "have"), plural.Verb(n.BadChunks, "was", "were"))
	}
	if n.Ambiguous > 0 {
		o.damage(0, "the dates of %s say the day and the month in an order that nothing in the file shows: the month was taken to be first where the time has AM or PM", plural.Count(n.Ambiguous, "event"))
	}
	if n.NotInEnglish > 0 {
		o.damage(0, "nothing could be read of the values of %s: all there is of %s is the message, and messages are read in English only. Export them as .evtx (wevtutil epl) or in XML (wevtutil qe /f:xml)", plural.Count(n.NotInEnglish, "event"), plural.Verb(n.NotInEnglish, "it", "each of them"))
	}
}

// hostTextName names the format of the output of commands about a host.
const hostTextName = "text of klist, setspn, nltest, ipconfig or a Kerberos library"

// readHostText reads the output of commands about a host.
func readHostText(r io.Reader, out *logOut) error {
	n, err := hosttext.Read(r, func(e *hosttext.Entry) { emit(out, e, &e.Pos, out.sink.HostText) })
	out.record.Packets = n.Read
	if n.TooLong > 0 {
		out.damage(0, "%s %s longer than any that is expected: only the beginning was read", plural.Count(n.TooLong, "line"), plural.Verb(n.TooLong, "is", "are"))
	}
	if n.Dropped > 0 {
		out.damage(0, "%s over the limit %s left out", plural.Count(n.Dropped, "fact"), plural.Verb(n.Dropped, "was", "were"))
	}
	return err
}
