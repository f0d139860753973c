package capture

import (
	"io"

	"negotrace/capture/eventlog"
	"negotrace/capture/hosttext"
	"negotrace/httpstream"
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
		o.damage(0, "%d of %d events could not be read, or not to their end, the first of them at byte %d", n.Malformed, n.Records+n.Malformed, n.FirstMalformed)
	}
	if n.BadChunks > 0 {
		o.damage(0, "%d chunks have no header where one should be, and were passed over", n.BadChunks)
	}
	if n.Ambiguous > 0 {
		o.damage(0, "the dates of %d events say the day and the month in an order that nothing in the file shows: the month was taken to be first where the time has AM or PM", n.Ambiguous)
	}
	if n.NotInEnglish > 0 {
		o.damage(0, "nothing could be read of the values of %d events: all there is of them are their messages, and these are in English only. Export them as .evtx (wevtutil epl) or in XML (wevtutil qe /f:xml)", n.NotInEnglish)
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
		out.damage(0, "%d facts are over the limit and were left out", n.Dropped)
	}
	return err
}
