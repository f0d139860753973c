package eventlog

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The messages of the same events, as the Event Viewer shows them.
const (
	refusedMessage = "An account failed to log on.\r\n\r\nSubject:\r\n\tSecurity ID:\t\tS-1-0-0\r\n\tAccount Name:\t\t-\r\n\tAccount Domain:\t\t-\r\n\r\nLogon Type:\t\t\t3\r\n\r\n" +
		"Account For Which Logon Failed:\r\n\tAccount Name:\t\tbob\r\n\tAccount Domain:\t\tCORP\r\n\r\nFailure Information:\r\n\tFailure Reason:\t\tUnknown user name or bad password.\r\n\tStatus:\t\t\t0xC000006D\r\n\tSub Status:\t\t0xC0000064\r\n\r\n" +
		"Network Information:\r\n\tWorkstation Name:\t-\r\n\tSource Network Address:\t192.0.2.11\r\n\tSource Port:\t\t50001\r\n\r\nDetailed Authentication Information:\r\n\tLogon Process:\t\tNtLmSsp \r\n\tAuthentication Package:\tNTLM\r\n\tPackage Name (NTLM only):\t-\r\n\tKey Length:\t\t0\r\n\r\n" +
		"This event is generated when a logon request fails.\r\n\t- Package name: indicates which sub-protocol was used.\r\n"
	ticketMessage = "A Kerberos service ticket was requested.\r\n\r\nAccount Information:\r\n\tAccount Name:\t\talice@CORP.TEST\r\n\tAccount Domain:\t\tCORP.TEST\r\n\tLogon GUID:\t\t{00000000-0000-0000-0000-000000000000}\r\n\r\n" +
		"Service Information:\r\n\tService Name:\t\tweb$\r\n\r\nNetwork Information:\r\n\tClient Address:\t\t::ffff:192.0.2.10\r\n\tClient Port:\t\t50000\r\n\r\nAdditional Information:\r\n\tTicket Encryption Type:\t0x12\r\n\tFailure Code:\t\t0x0\r\n"
)

// csvEvents returns the events as programs write them with commas between values.
func csvEvents() map[string]string {
	quoted := func(text string) string { return `"` + text + `"` }
	return map[string]string{
		"Export-Csv of PowerShell 5": "#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n" + `"Message","Id","Version","ProviderName","LogName","RecordId","MachineName","TimeCreated","Properties"` + "\r\n" +
			quoted(refusedMessage) + `,"4625","0","Microsoft-Windows-Security-Auditing","Security","7","web.corp.test","11/23/2026 12:00:00 PM","System.Collections.Generic.List"` + "\r\n" +
			quoted(ticketMessage) + `,"4769","0","Microsoft-Windows-Security-Auditing","Security","8","web.corp.test","11/23/2026 12:00:00 PM","x"` + "\r\n" +
			`"An account was logged off.","4634","0","Microsoft-Windows-Security-Auditing","Security","9","web.corp.test","11/23/2026 12:00:00 PM","x"` + "\r\n",
		"with semicolons, day first": "RecordId;Id;TimeCreated;ProviderName;LogName;MachineName;Message\n" +
			`7;4625;23.11.2026 12:00:00;Microsoft-Windows-Security-Auditing;Security;web.corp.test;` + quoted(refusedMessage) + "\n" +
			`8;4769;23.11.2026 12:00:00;Microsoft-Windows-Security-Auditing;Security;web.corp.test;` + quoted(ticketMessage) + "\n" +
			`9;4634;23.11.2026 12:00:00;Microsoft-Windows-Security-Auditing;Security;web.corp.test;gone` + "\n",
		"with a column for each value": "EventCode,TimeCreated,SourceName,Channel,ComputerName,RecordNumber,TargetUserName,TargetDomainName,Status,SubStatus,LogonType,LogonProcessName,AuthenticationPackageName,IpAddress,IpPort,ServiceName,TicketEncryptionType\n" +
			"4625,2026-11-23 12:00:00,Microsoft-Windows-Security-Auditing,Security,web.corp.test,7,bob,CORP,0xc000006d,0xc0000064,3,NtLmSsp ,NTLM,192.0.2.11,50001,,\n" +
			"4769,2026-11-23 12:00:00,Microsoft-Windows-Security-Auditing,Security,web.corp.test,8,alice@CORP.TEST,CORP.TEST,0x0,,,,,192.0.2.10,50000,web$,0x12\n" +
			"4634,2026-11-23 12:00:00,Microsoft-Windows-Security-Auditing,Security,web.corp.test,9,,,,,,,,,,,\n",
	}
}

func TestCSV(t *testing.T) {
	t.Parallel()
	want := inLocalTime(refused, ticket)
	for name, text := range csvEvents() {
		got, c, err := readText(t, ReadCSV, text)
		if d := cmp.Diff(want, got, same); d != "" || err != nil || c != (Counts{Records: 3, Others: 1}) {
			t.Errorf("%s: %+v, %v\n%s", name, c, err, d)
		}
		if !IsCSV([]byte(text)) || IsJSON([]byte(text)) {
			t.Errorf("%s is not known", name)
		}
	}
	viewer := "Level,Date and Time,Source,Event ID,Task Category\r\nInformation,11/23/2026 12:00:00 PM,Microsoft Windows security auditing.,4769,Kerberos Service Ticket Operations,\"" + ticketMessage + "\"\r\n"
	got, _, err := readText(t, ReadCSV, viewer)
	if err != nil || len(got) != 1 || got[0].Ticket.Client != netip.MustParseAddrPort("192.0.2.10:50000") || got[0].Pos.Time != want[0].Pos.Time || !IsCSV([]byte(viewer)) {
		t.Errorf("of the Event Viewer: %v, %v", got, err)
	}
	for _, text := range []string{"", "a,b\n1,2\n", "Id,TimeCreated\n", "id,message\n", `"No.","Time","Source","Destination"`, "#Fields: date time"} {
		if IsCSV([]byte(text)) {
			t.Errorf("%q is taken for events", text)
		}
	}
}

// TestDates holds that the order of day and month is that of the file.
// A table with the values of events of the security log is read without the name of who wrote them.
func TestCSVWithoutProvider(t *testing.T) {
	t.Parallel()
	const text = "TimeGenerated [UTC],Computer,EventID,TargetUserName,Status,IpAddress\n" +
		"\"11/23/2026, 12:00:00.123 PM\",web.corp.test,4625,alice,0xc000006d,10.0.0.7\n" +
		"\"11/23/2026, 12:00:00.123 PM\",web.corp.test,1,alice,0xc000006d,10.0.0.7\n"
	got, c, err := readText(t, ReadCSV, text)
	if len(got) != 1 || got[0].Logon == nil || got[0].Logon.User != "alice" || got[0].Pos.Time.IsZero() || c.Others != 1 || err != nil || !IsCSV([]byte(text)) {
		t.Errorf("%+v, %+v, %v", got, c, err)
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		dates     []string
		want      string // of the first
		ambiguous int
	}{
		"the month first, by a later one": {[]string{"8/6/2026 1:02:03 PM", "8/16/2026 1:02:03 PM"}, "2026-08-06T13:02:03Z", 0},
		"the day first, by a later one":   {[]string{"08/06/2026 1:02:03 pm", "16/06/2026 1:02:03 pm"}, "2026-06-08T13:02:03Z", 0},
		"by AM and PM":                    {[]string{"8/6/2026 1:02:03\u202fAM"}, "2026-08-06T01:02:03Z", 1},
		"by 24 hours":                     {[]string{"06/08/2026 13:02:03"}, "2026-08-06T13:02:03Z", 1},
		"the same either way":             {[]string{"08/08/2026 13:02:03"}, "2026-08-08T13:02:03Z", 0},
		"no date":                         {[]string{"99/99/2026 13:02:03"}, "0001-01-01T00:00:00Z", 0},
		"ISO":                             {[]string{"2026-08-06T13:02:03Z"}, "2026-08-06T13:02:03Z", 0},
	} {
		text := "Id,TimeCreated,ProviderName,Message\n"
		for _, d := range tt.dates {
			text += fmt.Sprintf("4776,%s,Microsoft-Windows-Security-Auditing,\"Logon Account:\tcarol\"\n", d)
		}
		got, c, err := readText(t, ReadCSV, text)
		if err != nil || len(got) != len(tt.dates) || c.Ambiguous != tt.ambiguous || got[0].Validation.User != "carol" {
			t.Errorf("%s: %v, %+v, %v", name, got, c, err)
			continue
		}
		if at, _ := got[0].Pos.Time.MarshalText(); string(at) != tt.want {
			t.Errorf("%s: %s, want %s", name, at, tt.want)
		}
	}
}

// TestMessages reads messages that are all there is of events.
func TestMessages(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]*Event{
		`{"Id":4625,"TimeCreated":"/Date(1795435200123)/","Message":` + fmt.Sprintf("%q", refusedMessage) + `}`:                                                                                      {Logon: refused.Logon},
		`{"Id":4769,"ProviderName":"Microsoft-Windows-Security-Auditing","Properties":["System.Diagnostics"],"Message":` + fmt.Sprintf("%q", ticketMessage) + `}`:                                    {Ticket: ticket.Ticket},
		`{"Id":11,"ProviderName":"Microsoft-Windows-Kerberos-Key-Distribution-Center","LogName":"System","Properties":[],"Message":"duplicate names, HTTP/web (of type DS_SERVICE_PRINCIPAL_NAME)"}`: {Fault: &Fault{Values: []string{"duplicate names, HTTP/web (of type DS_SERVICE_PRINCIPAL_NAME)"}, Names: []string{""}}},
		`{"Id":4648,"Message":"A logon was attempted using explicit credentials.\r\n\r\nSubject:\r\n\tAccount Name:\t\talice\r\n\r\nAccount Whose Credentials Were Used:\r\n\tAccount Name:\t\tbob\r\n\tAccount Domain:\t\tCORP\r\n\r\nTarget Server:\r\n\tTarget Server Name:\tWEB\r\n\tAdditional Information:\tHTTP/WEB\r\n\r\nNetwork Information:\r\n\tNetwork Address:\t-\r\n\tPort:\t\t\t-\r\n"}`: {
			Logon: &Logon{User: "bob", Domain: "CORP", TargetServer: "WEB", TargetSPN: "HTTP/WEB"}},
	} {
		got, _, err := readText(t, ReadJSON, text)
		if err != nil || len(got) != 1 || !strings.Contains(text, "Message") {
			t.Errorf("%.60s: %v, %v", text, got, err)
			continue
		}
		if d := cmp.Diff([]any{want.Logon, want.Ticket, want.Fault}, []any{got[0].Logon, got[0].Ticket, got[0].Fault}, same); d != "" {
			t.Errorf("%.60s: %s", text, d)
		}
	}
}
