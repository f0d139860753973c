package capture

import (
	"io"

	"negotrace/capture/eventlog"
	"negotrace/capture/hosttext"
	"negotrace/httpstream"
	"negotrace/internal/plural"
)

// readEVTX, readEventXML, readEventJSON and readEventCSV read event logs of Windows.
func readEVTX(r io.Reader, out *logOut) error      { return out.events(r, eventlog.ReadEVTX) }
func readEventXML(r io.Reader, out *logOut) error  { return out.events(r, eventlog.ReadXML) }
func readEventJSON(r io.Reader, out *logOut) error { return out.events(r, eventlog.ReadJSON) }
func readEventList(r io.Reader, out *logOut) error { return out.events(r, eventlog.ReadList) }
func readEventCSV(r io.Reader, out *logOut) error  { return out.events(r, eventlog.ReadCSV) }

// events reads an event log.
func (o *logOut) events(r io.Reader, read func(io.Reader, func(*eventlog.Event)) (eventlog.Counts, error)) error {
	n, err := read(r, func(e *eventlog.Event) {
		e.Pos.File = o.file
		o.came(e.Pos.Time)
		if o.sink.Event != nil {
			o.sink.Event(e)
		}
	})
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
	return err
}

// hostTextName names the format of the output of commands about a host.
const hostTextName = "text of klist, setspn, nltest, ipconfig or a Kerberos library"

// readHostText reads the output of commands about a host.
func readHostText(r io.Reader, out *logOut) error {
	n, err := hosttext.Read(r, func(e *hosttext.Entry) {
		e.Pos.File = out.file
		out.came(httpstream.Time{})
		if out.sink.HostText != nil {
			out.sink.HostText(e)
		}
	})
	out.record.Packets = n.Read
	if n.Dropped > 0 {
		out.damage(0, "%s over the limit %s left out", plural.Count(n.Dropped, "fact"), plural.Verb(n.Dropped, "was", "were"))
	}
	return err
}
