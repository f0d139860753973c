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
		"wevtutil": "Event[0]:\r\n  Log Name: Security\r\n  Source: Microsoft-Windows-Security-Auditing\r\n  Date: 2026-11-23T12:00:00.000\r\n  Event ID: 4625\r\n  Record ID: 7\r\n  Task: Logon\r\n  User: N/A\r\n  Computer: web.corp.test\r\n  Description: \r\n" + refusedMessage + "\r\n" +
			"Event[1]:\r\n  Log Name: Security\r\n  Source: Microsoft-Windows-Security-Auditing\r\n  Date: 2026-11-23T12:00:00.000\r\n  Event ID: 4769\r\n  Record ID: 8\r\n  Computer: web.corp.test\r\n  Description: \r\n" + ticketMessage + "\r\n" +
			"Event[2]\r\n  Log Name: Security\r\n  Source: Microsoft-Windows-Security-Auditing\r\n  Date: 2026-11-23T12:00:00.000\r\n  Event ID: 4634\r\n  Record ID: 9\r\n  Computer: web.corp.test\r\n  Description: \r\ngone\r\n",
	}
}

// TestLists reads the same events out of lists in three forms.
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
