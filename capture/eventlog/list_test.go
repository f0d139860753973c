package eventlog

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"negotrace/internal/testcost"
)

// indented returns a message as Format-List shows it, whose lines begin below the first.
func indented(message, by string) string {
	return strings.ReplaceAll(strings.TrimSuffix(message, "\r\n"), "\r\n", "\r\n"+by)
}

// listEvents returns the events as lists of names and values.
func listEvents() map[string]string {
	const by = "               "
	const old = "                     "
	blanks := strings.NewReplacer("\t\t\t", "            ", "\t\t", "        ", "\t", "    ")
	return map[string]string{
		"Get-WinEvent and Format-List": "\r\n\r\nTimeCreated  : 11/23/2026 12:00:00 PM\r\nProviderName : Microsoft-Windows-Security-Auditing\r\nId           : 4625\r\nMachineName  : web.corp.\r\n" + by + "test\r\nLogName      : Security\r\nRecordId     : 7\r\nMessage      : " + indented(refusedMessage, by) + "\r\n\r\n" +
			"TimeCreated  : 11/23/2026 12:00:00 PM\r\nProviderName : Microsoft-Windows-Security-Auditing\r\nId           : 4769\r\nMachineName  : web.corp.test\r\nLogName      : Security\r\nRecordId     : 8\r\nMessage      : " + indented(ticketMessage, by) + "\r\n\r\n" +
			"TimeCreated  : 11/23/2026 12:00:00 PM\r\nProviderName : Microsoft-Windows-Security-Auditing\r\nId           : 4634\r\nMachineName  : web.corp.test\r\nLogName      : Security\r\nRecordId     : 9\r\nMessage      : An account was logged off.\r\n\r\n\r\n",
		"Get-EventLog and Format-List": "\ufeff\r\n\r\nIndex              : 7\r\nMachineName        : web.corp.test\r\nInstanceId         : 4625\r\nMessage            : " + blanks.Replace(indented(refusedMessage, old)) + "\r\nSource             : Microsoft-Windows-Security-Auditing\r\nTimeGenerated      : 11/23/2026 12:00:00 PM\r\nTimeWritten        : 11/23/2026 12:00:00 PM\r\nLogName            : Security\r\n\r\n" +
			"Index              : 8\r\nMachineName        : web.corp.test\r\nInstanceId         : 4769\r\nMessage            : " + blanks.Replace(indented(ticketMessage, old)) + "\r\nSource             : Microsoft-Windows-Security-Auditing\r\nTimeGenerated      : 11/23/2026 12:00:00 PM\r\nTimeWritten        : 11/23/2026 12:00:00 PM\r\nLogName            : Security\r\n\r\n" +
			"Index              : 9\r\nMachineName        : web.corp.test\r\nInstanceId         : 4634\r\nMessage            : gone\r\nSource             : Microsoft-Windows-Security-Auditing\r\nTimeGenerated      : 11/23/2026 12:00:00 PM\r\nLogName            : Security\r\n",
		"Splunk": splunkEvent("4625", "7", refusedMessage) + splunkEvent("4769", "8", ticketMessage) + splunkEvent("4634", "9", "An account was logged off."),
		"wevtutil": "Event[0]:\r\n  Log Name: Security\r\n  Source: Microsoft-Windows-Security-Auditing\r\n  Date: 2026-11-23T12:00:00.000\r\n  Event ID: 4625\r\n  Record ID: 7\r\n  Task: Logon\r\n  User: N/A\r\n  Computer: web.corp.test\r\n  Description: \r\n" + refusedMessage + "\r\n" +
			"Event[1]:\r\n  Log Name: Security\r\n  Source: Microsoft-Windows-Security-Auditing\r\n  Date: 2026-11-23T12:00:00.000\r\n  Event ID: 4769\r\n  Record ID: 8\r\n  Computer: web.corp.test\r\n  Description: \r\n" + ticketMessage + "\r\n" +
			"Event[2]\r\n  Log Name: Security\r\n  Source: Microsoft-Windows-Security-Auditing\r\n  Date: 2026-11-23T12:00:00.000\r\n  Event ID: 4634\r\n  Record ID: 9\r\n  Computer: web.corp.test\r\n  Description: \r\ngone\r\n",
	}
}

// splunkEvent returns an event as Splunk keeps it.
func splunkEvent(id, record, message string) string {
	return "11/23/2026 12:00:00 PM\r\nLogName=Security\r\nEventCode=" + id + "\r\nEventType=0\r\nComputerName=web.corp.test\r\nSourceName=Microsoft Windows security auditing.\r\nRecordNumber=" + record + "\r\nMessage=" + message + "\r\n\r\n"
}

// copiedEvent returns an event as the Event Viewer copies it as text.
func copiedEvent(id, message, behind string) string {
	return "Log Name:      Security\r\nSource:        Microsoft-Windows-Security-Auditing\r\nDate:          11/23/2026 12:00:00 PM\r\nEvent ID:      " + id +
		"\r\nTask Category: Logon\r\nKeywords:      Audit Failure\r\nUser:          N/A\r\nComputer:      web.corp.test\r\nDescription:\r\n" + message + behind
}

// What the Event Viewer copies is read by its text, or by the XML behind that, in whatever language the text is.
func TestCopiedEvents(t *testing.T) {
	t.Parallel()
	text := copiedEvent("4625", refusedMessage, "\r\n\r\n") + copiedEvent("4769", ticketMessage, "")
	got, c, err := readText(t, ReadList, text)
	if len(got) != 2 || got[0].Logon == nil || got[1].Ticket == nil || err != nil || c != (Counts{Records: 2}) || !IsList([]byte(text)) || IsXML([]byte(text)) {
		t.Fatalf("%+v, %v, %d events", c, err, len(got))
	}
	if l, want := got[0].Logon, refused.Logon; l.User != want.User || l.Status != want.Status || l.Client != want.Client || got[0].Computer != "web.corp.test" || got[0].Pos.Time.IsZero() {
		t.Errorf("%+v of %+v", l, got[0])
	}
	for n := range len(text) {
		if _, c, err := readText(t, ReadList, text[:n]); err != nil || c.Records > 2 {
			t.Fatalf("cut at %d: %+v, %v", n, c, err)
		}
	}
	const event = `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Microsoft-Windows-Security-Auditing"/><EventID>4776</EventID></System>` +
		`<EventData><Data Name="TargetUserName">alice</Data><Data Name="Status">0xc000006a</Data></EventData></Event>` + "\r\n"
	const german = "Protokollname: Security\r\nEreignis-ID:   4776\r\nBeschreibung:\r\nEs wurde <versucht> & gescheitert.\r\nEreignis-XML:\r\n" + event
	got, _, err = readText(t, ReadXML, german+"\r\n"+german)
	if len(got) != 2 || got[1].Validation == nil || got[1].Validation.User != "alice" || err != nil || !IsXML([]byte(german)) {
		t.Errorf("%v, %d events, known %t", err, len(got), IsXML([]byte(german)))
	}
}

// TestLists reads the same events out of lists in four forms.
func TestLists(t *testing.T) {
	t.Parallel()
	want := inLocalTime(refused, ticket)
	for name, text := range listEvents() {
		got, c, err := readText(t, ReadList, text)
		if d := cmp.Diff(want, got, same); d != "" || err != nil || c != (Counts{Records: 3, Others: 1}) {
			t.Errorf("%s: %+v, %v\n%s", name, c, err, d)
		}
		if !IsList([]byte(text)) || IsCSV([]byte(text)) {
			t.Errorf("%s is not known", name)
		}
		for n := 0; n < len(text); n += testcost.Step(3) {
			if _, c, err := readText(t, ReadList, text[:n]); err != nil || c.Records > 3 {
				t.Fatalf("%s cut at %d: %+v, %v", name, n, c, err)
			}
		}
	}
	for _, other := range []string{"", "Name : value\nId : 5\n", "Source: x\nid: 4\n text", "Current LogonId is 0:0x3e7\n\nCached Tickets: (0)\n", "\n\nGET / HTTP/1.1\nHost: a\nSource: b\n"} {
		if IsList([]byte(other)) {
			t.Errorf("%q is taken for a list of events", other)
		}
	}
}

// Messages alone are read as far as they go: they have no time and no computer.
func TestMessagesAlone(t *testing.T) {
	t.Parallel()
	for name, shape := range map[string]func(string) string{
		"as they are": func(s string) string { return s },
		"quoted":      func(s string) string { return "> " + strings.ReplaceAll(s, "\r\n", "\r\n> ") },
		"with blanks": func(s string) string { return strings.ReplaceAll(s, "\t", "    ") },
	} {
		text := shape("\r\n" + refusedMessage + "\r\n" + ticketMessage)
		got, c, err := readText(t, ReadMessages, text)
		if len(got) != 2 || got[0].Logon == nil || got[1].Ticket == nil || err != nil || c != (Counts{Records: 2}) || !IsMessage([]byte(text)) || IsList([]byte(text)) {
			t.Fatalf("%s: %+v, %v, %d events", name, c, err, len(got))
		}
		if l, want := got[0].Logon, refused.Logon; l.User != want.User || l.Status != want.Status || l.Client != want.Client || got[0].ID != 4625 || !got[0].Pos.Time.IsZero() {
			t.Errorf("%s: %+v of %+v", name, l, got[0])
		}
		for n := range len(text) {
			if _, c, err := readText(t, ReadMessages, text[:n]); err != nil || c.Records > 2 {
				t.Fatalf("%s, cut at %d: %+v, %v", name, n, c, err)
			}
		}
	}
	prose := "An account failed to log on.\nWho knows why? This began on Monday.\nAn account was successfully logged on.\n"
	if got, c, err := readText(t, ReadMessages, prose); err != nil || len(got) != 0 || c != (Counts{Records: 2, NotInEnglish: 2}) {
		t.Errorf("of sentences without values: %d events, %+v, %v", len(got), c, err)
	}
	if IsMessage([]byte("A user says: An account failed to log on.\n")) {
		t.Error("prose is taken for an event")
	}
}

// An event of which nothing can be read, and whose status says whether it is of a success, is none of either.
func TestWordlessTicket(t *testing.T) {
	t.Parallel()
	text := "TimeCreated  : 23.11.2026 12:00:00\r\nProviderName : Microsoft-Windows-Security-Auditing\r\nId           : 4768\r\nMessage      : Ein Ticket wurde angefordert.\r\n"
	if got, c, err := readText(t, ReadList, text); err != nil || len(got) != 0 || c.NotInEnglish != 1 {
		t.Errorf("%d events, %+v, %v", len(got), c, err)
	}
	text = "LogName=Security\r\nSourceName=Microsoft Windows security auditing.\r\nEventCode=4768\r\nMessage=A Kerberos authentication ticket (TGT) was requested.\r\n\r\nAccount Information:\r\nAccount Name=alice\r\n\r\nAdditional Information:\r\nResult Code=0x17\r\n"
	if got, c, err := readText(t, ReadList, text); err != nil || len(got) != 1 || got[0].Ticket.Status != 0x17 || got[0].Ticket.User != "alice" || !IsList([]byte(text)) {
		t.Errorf("%d events, %+v, %v", len(got), c, err)
	}
}

// TestWordless holds that events of which nothing can be read are counted.
func TestWordless(t *testing.T) {
	t.Parallel()
	const german = "Fehler beim Anmelden eines Kontos.\r\n\r\nAntragsteller:\r\n\tSicherheits-ID:\t\tS-1-0-0\r\n"
	for name, text := range map[string]string{
		"a CSV":  "Id,ProviderName,TimeCreated,Message\n4625,Microsoft-Windows-Security-Auditing,2026-11-23 12:00:00,\"" + german + "\"\n",
		"a list": "TimeCreated  : 23.11.2026 12:00:00\r\nProviderName : Microsoft-Windows-Security-Auditing\r\nId           : 4625\r\nMessage      : " + indented(german, "               ") + "\r\n",
	} {
		read := ReadCSV
		if !IsCSV([]byte(text)) {
			read = ReadList
		}
		if got, c, err := readText(t, read, text); err != nil || len(got) != 1 || c.NotInEnglish != 1 {
			t.Errorf("%s: %d events, %+v, %v", name, len(got), c, err)
		}
	}
}
