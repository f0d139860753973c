package eventlog

import (
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"negotrace/httpstream"
	"negotrace/internal/testcost"
)

type reader func(io.Reader, func(*Event)) (Counts, error)

// inLocalTime returns events as an export in local time to the second has them.
func inLocalTime(events ...*Event) (local []*Event) {
	for _, e := range events {
		copied := *e
		copied.Pos.Time, copied.IsLocalTime = httpstream.TimeOf(noon.Truncate(time.Second)), true
		local = append(local, &copied)
	}
	return local
}

func readText(t testing.TB, read reader, text string) (events []*Event, c Counts, err error) {
	t.Helper()
	c, err = read(strings.NewReader(text), func(e *Event) { events = append(events, e) })
	return events, c, err
}

// The events of the tests: a logon that was refused, a service ticket, and another one.
var (
	refused = &Event{Pos: place(7, httpstream.TimeOf(noon)), ID: 4625, Provider: providerSecurity, Channel: "Security", Computer: "web.corp.test",
		Logon: &Logon{User: "bob", Domain: "CORP", Type: 3, Process: "NtLmSsp", Package: "NTLM", Client: netip.MustParseAddrPort("192.0.2.11:50001"),
			Status: 0xc000006d, SubStatus: 0xc0000064}}
	ticket = &Event{Pos: place(8, httpstream.TimeOf(noon)), ID: 4769, Provider: providerSecurity, Channel: "Security", Computer: "web.corp.test",
		Ticket: &Ticket{User: "alice@CORP.TEST", Domain: "CORP.TEST", Service: "web$", Etype: 18, Client: netip.MustParseAddrPort("192.0.2.10:50000")}}
)

const system = "<System><Provider Name='Microsoft-Windows-Security-Auditing' Guid='{54849625-5478-4994-a5ba-3e3b0328c30d}'/><EventID>%d</EventID>" +
	"<TimeCreated SystemTime='2026-11-23T12:00:00.123456700Z'/><EventRecordID>%d</EventRecordID><Channel>Security</Channel><Computer>web.corp.test</Computer><Security/></System>"

// xmlEvents are events as wevtutil writes them.
var xmlEvents = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>" + fmt.Sprintf(system, 4625, 7) +
	"<EventData><Data Name='TargetUserName'>bob</Data><Data Name='TargetDomainName'>CORP</Data><Data Name='Status'>0xc000006d</Data><Data Name='SubStatus'>0xc0000064</Data>" +
	"<Data Name='LogonType'>3</Data><Data Name='LogonProcessName'>NtLmSsp </Data><Data Name='AuthenticationPackageName'>NTLM</Data><Data Name='WorkstationName'>-</Data>" +
	"<Data Name='IpAddress'>192.0.2.11</Data><Data Name='IpPort'>50001</Data></EventData><RenderingInfo Culture='en'><Message>a &lt;b&gt; &c &#8230;</Message><Keywords><Keyword>Status</Keyword></Keywords></RenderingInfo></Event>\r\n" +
	"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>" + fmt.Sprintf(system, 4769, 8) +
	"<EventData><Data Name=\"TargetUserName\">alice@CORP.TEST</Data><Data Name='TargetDomainName'>CORP.TEST</Data><Data Name='ServiceName'>web$</Data>" +
	"<Data Name='TicketEncryptionType'>0x12</Data><Data Name='IpAddress'>::ffff:192.0.2.10</Data><Data Name='IpPort'>50000</Data><Data Name='Status'>0x0</Data></EventData></Event>" +
	"<Event>" + fmt.Sprintf(system, 4634, 9) + "</Event>\n"

func TestXML(t *testing.T) {
	t.Parallel()
	var utf16le []byte
	for _, u := range utf16.Encode([]rune("\ufeff" + xmlEvents)) {
		utf16le = le.AppendUint16(utf16le, u)
	}
	for name, text := range map[string]string{
		"wevtutil":          xmlEvents,
		"with a root":       "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n<Events>" + xmlEvents + "</Events>",
		"UTF-16":            string(utf16le),
		"said to be UTF-16": "<?xml version=\"1.0\" encoding=\"utf-16\"?><Events>" + xmlEvents + "</Events>",
		"UTF-8 with a mark": "\xef\xbb\xbf" + xmlEvents,
	} {
		got, c, err := readText(t, ReadXML, text)
		if d := cmp.Diff([]*Event{refused, ticket}, got, same); d != "" || err != nil || c != (Counts{Records: 3, Others: 1}) {
			t.Errorf("%s: %+v, %v\n%s", name, c, err, d)
		}
		if !IsXML([]byte(text)) {
			t.Errorf("%s is not known", name)
		}
	}
	if IsXML([]byte("<a/>")) || IsXML([]byte("see http://schemas.microsoft.com/win/2004/08/events/event")) || IsXML(nil) {
		t.Error("something else is taken for events in XML")
	}
	const ntlm = "<Event><System><Provider Name='Microsoft-Windows-NTLM'/><EventID>8001</EventID></System><UserData><EventXML xmlns='x'><TargetName>HTTP/web</TargetName><UserName>alice</UserName></EventXML></UserData></Event>"
	got, _, err := readText(t, ReadXML, ntlm)
	if err != nil || len(got) != 1 || got[0].NTLM.Target != "HTTP/web" || got[0].NTLM.User != "alice" {
		t.Errorf("data of an event's own form: %v, %v", got, err)
	}
}

// TestNTLMUser tries how NTLM's log names users: those whose credentials a program gave, or else who
// runs the program at the client; at the server that is the service.
func TestNTLMUser(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		id                   int
		given, givenDomain   string
		wantUser, wantDomain string
		status               uint32
	}{
		{8001, "(NULL)", "(NULL)", "alice", "CORP", 0},
		{8001, "bob@corp.test", "(NULL)", "bob@corp.test", "", 0},
		{8002, "", "", "", "", 0},
		{4001, "(NULL)", "(NULL)", "alice", "CORP", 0xC0000418},
		{4002, "", "", "", "", 0xC0000418},
		{4004, "bob", "CORP", "bob", "CORP", 0xC0000418},
	} {
		text := fmt.Sprintf("<Event><System><Provider Name='Microsoft-Windows-NTLM'/><EventID>%d</EventID></System><EventData><Data Name='UserName'>%s</Data><Data Name='DomainName'>%s</Data>"+
			"<Data Name='ClientUserName'>alice</Data><Data Name='ClientDomainName'>CORP</Data></EventData></Event>", tt.id, tt.given, tt.givenDomain)
		got, _, err := readText(t, ReadXML, text)
		if err != nil || len(got) != 1 || got[0].NTLM == nil {
			t.Errorf("%d: %v, %v", tt.id, got, err)
			continue
		}
		if n := got[0].NTLM; n.User != tt.wantUser || n.Domain != tt.wantDomain || n.Status != tt.status {
			t.Errorf("%d of %q: %+v", tt.id, tt.given, n)
		}
	}
}

// jsonEvents returns the same events as programs write them in JSON.
func jsonEvents() map[string]string {
	values := func(texts ...any) string {
		var all []string
		for _, v := range texts {
			b, _ := json.Marshal(v)
			all = append(all, `{"Value":`+string(b)+`}`)
		}
		return "[" + strings.Join(all, ",") + "]"
	}
	powershell := func(created string) string {
		const head = `{"Id":%d,"Version":0,"ProviderName":"Microsoft-Windows-Security-Auditing","LogName":"Security","RecordId":%d,"MachineName":"web.corp.test","TimeCreated":` + "%s" + `,"Message":"x","Properties":%s}`
		return "[" + fmt.Sprintf(head, 4625, 7, created, values("S-1-0-0", "-", "-", 0, "S-1-0-0", "bob", "CORP", -1073741715, "%%2313", -1073741724, 3, "NtLmSsp ", "NTLM", "-", "-", "-", 0, 0, "-", "192.0.2.11", "50001")) + "," +
			fmt.Sprintf(head, 4769, 8, created, values("alice@CORP.TEST", "CORP.TEST", "web$", "S-1-5-21", 0, 18, "::ffff:192.0.2.10", "50000", 0)) + "," +
			fmt.Sprintf(head, 4634, 9, created, "null") + "]"
	}
	const first = `"TargetUserName":"bob","TargetDomainName":"CORP","Status":"0xc000006d","SubStatus":"0xc0000064","LogonType":"3","LogonProcessName":"NtLmSsp ","AuthenticationPackageName":"NTLM","WorkstationName":"-","IpAddress":"192.0.2.11","IpPort":"50001"`
	const second = `"TargetUserName":"alice@CORP.TEST","TargetDomainName":"CORP.TEST","ServiceName":"web$","TicketEncryptionType":"0x12","IpAddress":"::ffff:192.0.2.10","IpPort":"50000","Status":"0x0"`
	lines := func(format string) string {
		return fmt.Sprintf(format, 4625, 7, first) + "\n" + fmt.Sprintf(format, 4769, 8, second) + "\r\n" + fmt.Sprintf(format, 4634, 9, `"a":{"b":[1]}`) + "\n"
	}
	return map[string]string{
		"PowerShell 7":               powershell(`"2026-11-23T12:00:00.1234567Z"`),
		"PowerShell 7 in local time": powershell(`"2026-11-23T13:00:00.1234567+01:00"`),
		"PowerShell with DateTime":   powershell(`{"value":"2026-11-23T12:00:00.1234567Z","DisplayHint":2}`),
		"NXLog":                      lines(`{"EventID":%d,"RecordNumber":%d,"SourceName":"Microsoft-Windows-Security-Auditing","Channel":"Security","Hostname":"web.corp.test","EventTime":"2026-11-23T13:00:00.123456700+01:00",%s}`),
		"Log Analytics":              lines(`{"EventID":%d,"EventRecordId":%d,"EventSourceName":"Microsoft-Windows-Security-Auditing","Channel":"Security","Computer":"web.corp.test","TimeGenerated":"2026-11-23T12:00:00.1234567Z",%s}`),
		"Winlogbeat, name of a host": lines(`{"@timestamp":"2026-11-23T12:00:00.1234567Z","host":{"name":"web.corp.test"},"winlog":{"event_id":%d,"record_id":%d,"provider_name":"Microsoft-Windows-Security-Auditing","channel":"Security","event_data":{%s}}}`),
		"Winlogbeat":                 lines(`{"@timestamp":"2026-11-23T12:00:00.1234567Z","winlog":{"event_id":%d,"record_id":%d,"provider_name":"Microsoft-Windows-Security-Auditing","channel":"Security","computer_name":"web.corp.test","event_data":{%s}}}`),
		"evtx_dump":                  lines(`{"Event":{"#attributes":{"xmlns":"x"},"System":{"EventID":%d,"EventRecordID":%d,"Provider":{"#attributes":{"Name":"Microsoft-Windows-Security-Auditing"}},"TimeCreated":{"#attributes":{"SystemTime":"2026-11-23T12:00:00.123456700Z"}},"Channel":"Security","Computer":"web.corp.test"},"EventData":{%s}}}`),
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	for name, text := range jsonEvents() {
		got, c, err := readText(t, ReadJSON, text)
		if d := cmp.Diff([]*Event{refused, ticket}, got, same); d != "" || err != nil || c != (Counts{Records: 3, Others: 1}) {
			t.Errorf("%s: %+v, %v\n%s", name, c, err, d)
		}
		if !IsJSON([]byte(text)) || IsCSV([]byte(text)) {
			t.Errorf("%s is not known", name)
		}
	}
	const nxlog = `{"EventID":4776,"SourceName":"Microsoft-Windows-Security-Auditing","EventTime":"%s","TargetUserName":"carol"}`
	for text, want := range map[string]struct {
		at      string
		isLocal bool
	}{
		"2026-11-23 12:00:00":       {"2026-11-23T12:00:00Z", true},
		"2026-11-23 12:00:00+02:00": {"2026-11-23T10:00:00Z", false},
		"/Date(1795435200123)/":     {"2026-11-23T12:00:00.123Z", false},
		"yesterday":                 {"0001-01-01T00:00:00Z", false},
	} {
		got, _, err := readText(t, ReadJSON, fmt.Sprintf(nxlog, text))
		if err != nil || len(got) != 1 || got[0].IsLocalTime != want.isLocal {
			t.Errorf("%s: %v, %v", text, got, err)
			continue
		}
		if at, _ := got[0].Pos.Time.MarshalText(); string(at) != want.at {
			t.Errorf("%s is read as %s", text, at)
		}
	}
	const dump = `{"Event":{"System":{"EventID":{"#attributes":{"Qualifiers":0},"#text":5719},"Provider":{"#attributes":{"Name":"NETLOGON"}}},"EventData":{"Data":{"#text":["CORP","%%1311"]}}}}`
	if got, _, err := readText(t, ReadJSON, dump); err != nil || len(got) != 1 || fmt.Sprint(got[0].Fault.Values) != "[CORP %%1311]" {
		t.Errorf("values without names: %v, %v", got, err)
	}
	got, c, err := readText(t, ReadJSON, "[1,{},"+fmt.Sprintf(nxlog, "")+`,{"a":1}]`)
	if err != nil || len(got) != 1 || c.Records != 4 || c.Malformed != 3 {
		t.Errorf("what is no event: %v, %+v, %v", got, c, err)
	}
}

// TestTextLimits holds that a text is not read into memory where it is no events.
func TestTextLimits(t *testing.T) {
	t.Parallel()
	endless := strings.Repeat("a", maxEventText+10_000)
	for name, tt := range map[string]struct {
		read reader
		text string
		want string
	}{
		"text in XML":                {ReadXML, "<Event><a>" + endless + "</a></Event>", errTooLarge.Error()},
		"attribute in XML":           {ReadXML, "<Event><a b='" + endless + "'/></Event>", errTooLarge.Error()},
		"depth outside of events":    {ReadXML, strings.Repeat("<a>", 100), errDepth.Error()},
		"depth in an event":          {ReadXML, "<Event>" + strings.Repeat("<a>", 100), errDepth.Error()},
		"value in JSON":              {ReadJSON, `{"EventID":"` + endless + `"}`, errTooLarge.Error()},
		"depth in JSON":              {ReadJSON, `{"Event":` + strings.Repeat("[", 20_000), "exceeded max depth"},
		"nothing that ends an array": {ReadJSON, "[", "EOF"},
		"no JSON":                    {ReadJSON, "hello", "invalid character"},
	} {
		got, _, err := readText(t, tt.read, tt.text)
		if err == nil || !strings.Contains(err.Error(), tt.want) || len(got) > 0 {
			t.Errorf("%s: %d events, %v", name, len(got), err)
		}
	}
	for _, read := range []reader{ReadXML, ReadJSON, ReadCSV, ReadList} {
		if got, c, err := readText(t, read, " \r\n"); err != nil || len(got) > 0 || c != (Counts{}) {
			t.Errorf("nothing: %v, %+v, %v", got, c, err)
		}
	}
}

// TestTextPrefixes cuts texts: the events before the cut are read.
func TestTextPrefixes(t *testing.T) {
	t.Parallel()
	texts := []struct {
		read reader
		text string
		end  string // of an event
	}{{ReadXML, xmlEvents, "</Event>"}, {ReadJSON, jsonEvents()["NXLog"], "\n"}, {ReadJSON, jsonEvents()["PowerShell 7"], "]}"}}
	for _, tt := range texts {
		for n := 0; n < len(tt.text); n += testcost.Step(3) {
			got, c, _ := readText(t, tt.read, tt.text[:n])
			if want := min(strings.Count(tt.text[:n], tt.end), 2); len(got) < want || c.Records < want {
				t.Fatalf("cut at %d: %d events of %d, %+v", n, len(got), want, c)
			}
		}
	}
}

// saneText holds what must be true of any text.
func saneText(t *testing.T, text []byte) {
	for _, read := range []reader{ReadXML, ReadJSON, ReadCSV, ReadList} {
		got, c, _ := readText(t, read, string(text))
		if len(got)+c.Others > c.Records || c.Records > len(text) {
			t.Errorf("%d events, %+v in %d bytes", len(got), c, len(text))
		}
	}
	if f, _ := ReadFailedRequest(strings.NewReader(string(text)), httpstream.File{}); len(f.Auth)+len(f.Errors) > f.Events || f.Events > len(text) {
		t.Errorf("%d events in %d bytes", f.Events, len(text))
	}
}

// TestTextMutations changes bytes of the texts.
func TestTextMutations(t *testing.T) {
	t.Parallel()
	for _, text := range []string{xmlEvents, freb, jsonEvents()["evtx_dump"], jsonEvents()["PowerShell 7"]} {
		for i := 0; i < len(text); i += 3 * testcost.Step(5) {
			b := []byte(text)
			b[i] ^= []byte{0x80, 0x01, 0x10}[i/3%3]
			saneText(t, b)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add([]byte(xmlEvents))
	f.Add([]byte(freb))
	for _, text := range csvEvents() {
		f.Add([]byte(text))
	}
	for _, text := range jsonEvents() {
		f.Add([]byte(text))
	}
	for _, text := range listEvents() {
		f.Add([]byte(text))
	}
	f.Fuzz(saneText)
}
