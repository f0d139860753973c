package eventlog

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"negotrace/httpstream"
	"negotrace/internal/testcost"
)

func TestMain(m *testing.M) { testcost.Main(m) }

var noon = time.Date(2026, 11, 23, 12, 0, 0, 123456700, time.UTC)

var same = cmp.Options{cmpopts.EquateComparable(netip.AddrPort{}, httpstream.Time{}, httpstream.File{}), cmpopts.IgnoreUnexported(Event{})}

func place(record int, at httpstream.Time) httpstream.Pos {
	return httpstream.Pos{Frame: record, Stream: -1, Time: at}
}

func read(t testing.TB, file []byte) (events []*Event, c Counts, err error) {
	t.Helper()
	c, err = ReadEVTX(bytes.NewReader(file), func(e *Event) { events = append(events, e) })
	return events, c, err
}

// logons returns a log of two logons by one template, the second with the definition of the first,
// of an event without a template, of one whose data are in a value, and of another one.
func logons() (file []byte, used int) {
	w := newWriter()
	names := []string{"TargetUserName", "TargetDomainName", "LogonType", "LogonProcessName", "AuthenticationPackageName", "LmPackageName", "KeyLength",
		"WorkstationName", "IpAddress", "IpPort", "Status", "SubStatus"}
	template := 0
	define := func() {
		w.open("Event", "xmlns", "http://schemas.microsoft.com/win/2004/08/events/event")
		w.open("System")
		w.leaf("Provider", "", "Name", 0)
		w.leaf("EventID", 1)
		w.leaf("TimeCreated", "", "SystemTime", 2)
		w.leaf("Channel", 3)
		w.leaf("Computer", 4)
		w.end()
		w.open("EventData")
		for i, name := range names {
			w.leaf("Data", 5+i, "Name", name)
		}
		w.end()
		w.end()
	}
	logon := func(id uint64, rest ...slot) {
		head := []slot{text(providerSecurity), number(kindUint16, id, 2), number(kindFiletime, 134_090_000_000_000_000, 8), text("Security"), text("dc.corp.test")}
		w.record(noon, func() { w.instance(&template, define, append(head, rest...)...) })
	}
	logon(4624, text("alice"), text("CORP"), number(kindUint32, 3, 4), text("Kerberos"), text("Kerberos"), text("-"), number(kindUint32, 0, 4),
		text("-"), text("192.0.2.10"), text("50000"), slot{kind: kindNull}, slot{kind: kindNull})
	logon(4625, text("bob"), text("CORP"), number(kindUint32, 3, 4), text("NtLmSsp "), text("NTLM"), text("NTLM V2"), number(kindUint32, 128, 4),
		text("PC1"), text("::ffff:192.0.2.11"), text("-"), number(kindHex32, 0xc000006d, 4), number(kindHex32, 0xc000006a, 4))
	w.record(noon, func() {
		w.open("Event")
		w.system(providerSecurity, "4776", "Security")
		w.open("EventData")
		w.leaf("Data", "MICROSOFT_AUTHENTICATION_PACKAGE_V1_0", "Name", "PackageName")
		w.leaf("Data", "carol", "Name", "TargetUserName")
		w.leaf("Data", "PC2", "Name", "Workstation")
		w.leaf("Data", "0xc0000064", "Name", "Status")
		w.end()
		w.end()
	})
	userData, wrapped := 0, 0
	fields := func() {
		w.open("EventXML")
		for i, name := range []string{"TargetName", "UserName", "DomainName", "ProcessName"} {
			w.leaf(name, i)
		}
		w.end()
	}
	w.record(noon, func() { w.instance(&userData, fields, text(""), text(""), text(""), text("")) }) // defines it
	inner := &writer{names: w.names}
	inner.bytes(tokenFragment, 1, 1, 0)
	inner.instance(&userData, nil, text("HTTP/web.corp.test"), text("alice"), text("CORP"), text(`C:\Program Files\app.exe`))
	inner.bytes(tokenEnd)
	w.record(noon, func() {
		w.instance(&wrapped, func() {
			w.open("Event")
			w.system(providerNTLM, "8001", "Microsoft-Windows-NTLM/Operational")
			w.open("UserData")
			w.bytes(tokenOptional, 0, 0, kindBinaryXML)
			w.end()
			w.end()
		}, slot{kindBinaryXML, inner.b})
	})
	w.record(noon, func() {
		w.open("Event")
		w.system("Microsoft-Windows-Kernel-General", "12", "System")
		w.end()
	})
	return w.file()
}

func TestLogons(t *testing.T) {
	t.Parallel()
	file, _ := logons()
	got, c, err := read(t, file)
	if err != nil || c.Malformed > 0 {
		t.Fatal(c, err)
	}
	created := filetime(134_090_000_000_000_000)
	want := []*Event{
		{Pos: place(1, created), ID: 4624, Provider: providerSecurity, Channel: "Security", Computer: "dc.corp.test", Logon: &Logon{User: "alice", Domain: "CORP", Type: 3,
			Process: "Kerberos", Package: "Kerberos", Client: netip.MustParseAddrPort("192.0.2.10:50000")}},
		{Pos: place(2, created), ID: 4625, Provider: providerSecurity, Channel: "Security", Computer: "dc.corp.test", Logon: &Logon{User: "bob", Domain: "CORP", Type: 3,
			Process: "NtLmSsp", Package: "NTLM", LmPackage: "NTLM V2", KeyLength: 128, Workstation: "PC1",
			Client: netip.AddrPortFrom(netip.MustParseAddr("192.0.2.11"), 0), Status: 0xc000006d, SubStatus: 0xc000006a}},
		{Pos: place(3, httpstream.TimeOf(noon)), ID: 4776, Provider: providerSecurity, Channel: "Security", Computer: "web.corp.test",
			Validation: &Validation{User: "carol", Workstation: "PC2", Package: "MICROSOFT_AUTHENTICATION_PACKAGE_V1_0", Status: 0xc0000064}},
	}
	if d := cmp.Diff(want, got[:min(3, len(got))], same); d != "" {
		t.Error(d)
	}
	if c.Records != 6 || c.Others != 2 {
		t.Errorf("%+v", c)
	}
	if len(got) != 4 || got[3].NTLM == nil || got[3].NTLM.Target != "HTTP/web.corp.test" || got[3].NTLM.User != "alice" || got[3].NTLM.Process != `C:\Program Files\app.exe` {
		t.Errorf("the event whose data are in a value: %+v", got[len(got)-1])
	}
}

// event writes an event without a template, with named values.
func (w *writer) event(provider, id string, pairs ...string) {
	w.record(noon, func() {
		w.open("Event")
		w.system(provider, id, "System")
		w.open("EventData")
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == "" {
				w.leaf("Data", pairs[i+1])
			} else {
				w.leaf("Data", pairs[i+1], "Name", pairs[i])
			}
		}
		w.end()
		w.end()
	})
}

// TestKinds reads an event of each kind, and of those beside them.
func TestKinds(t *testing.T) {
	t.Parallel()
	w := newWriter()
	w.event(providerSecurity, "4769", "TargetUserName", "alice@CORP.TEST", "ServiceName", "web$", "TicketEncryptionType", "0x17", "TicketOptions", "0x40810000",
		"Status", "0x0", "IpAddress", "::ffff:192.0.2.10", "IpPort", "50000")
	w.event(providerSecurity, "4771", "TargetUserName", "bob", "ServiceName", "krbtgt/CORP", "Status", "0x18", "PreAuthType", "2", "IpAddress", "fe80::1%4", "IpPort", "70000")
	w.event(providerSecurity, "4648", "TargetUserName", "carol", "TargetServerName", "web.corp.test", "LogonType", "x")
	w.event(providerSecurity, "4634", "TargetUserName", "carol")
	w.event(providerNTLM, "8004", "SChannelName", "WEB", "UserName", "alice", "DomainName", "CORP", "WorkstationName", "PC1", "SChannelType", "2")
	w.event(providerNTLM, "4021", "ProcessName", "app", "Username", "alice", "NtlmUsageId", "10", "NtlmUsageReason", "The target name contains an IP address.", "TargetName", "RPC/192.0.2.1", "NtlmVersion", "NTLMv2")
	w.event(providerNTLM, "100", "AccountName", "x")
	w.event("NETLOGON", "5719", "", "CORP", "", "%%1311")
	w.event(providerNetlogon, "4032", "AccountName", "alice", "AccountDomain", "CORP", "AccountMachine", "PC1", "ServerName", "WEB", "Status", "0xc000006a")
	w.event(providerKerberos, "4", "Server", "web$", "TargetRealm", "CORP.TEST", "Targetname", "HTTP/web.corp.test", "ClientRealm", "CORP.TEST")
	w.event(providerKDC, "11", "Name", "HTTP/web.corp.test", "Type", "2")
	w.event(providerKDC, "99")
	file, _ := w.file()
	got, c, err := read(t, file)
	if err != nil || c.Malformed > 0 || c.Others != 3 || len(got) != 9 {
		t.Fatalf("%d events, %+v, %v", len(got), c, err)
	}
	client := netip.MustParseAddrPort("192.0.2.10:50000")
	if d := cmp.Diff([]any{
		&Ticket{User: "alice@CORP.TEST", Service: "web$", Etype: 0x17, Options: 0x40810000, Client: client},
		&Ticket{User: "bob", Service: "krbtgt/CORP", Status: 0x18, PreAuth: 2, Client: netip.AddrPortFrom(netip.MustParseAddr("fe80::1"), 0)},
		&Logon{User: "carol", TargetServer: "web.corp.test"},
		&NTLM{User: "alice", Domain: "CORP", Workstation: "PC1", SecureChannel: "WEB"},
		&NTLM{User: "alice", Process: "app", Target: "RPC/192.0.2.1", UsageID: 10, UsageReason: "The target name contains an IP address.", Version: "NTLMv2"},
		&Fault{Names: []string{"", ""}, Values: []string{"CORP", "%%1311"}},
		&NTLM{User: "alice", Domain: "CORP", Workstation: "PC1", Target: "WEB", Status: 0xc000006a},
		&Fault{Names: []string{"Server", "TargetRealm", "Targetname", "ClientRealm"}, Values: []string{"web$", "CORP.TEST", "HTTP/web.corp.test", "CORP.TEST"}},
		&Fault{Names: []string{"Name", "Type"}, Values: []string{"HTTP/web.corp.test", "2"}},
	}, []any{got[0].Ticket, got[1].Ticket, got[2].Logon, got[3].NTLM, got[4].NTLM, got[5].Fault, got[6].NTLM, got[7].Fault, got[8].Fault}, same); d != "" {
		t.Error(d)
	}
}

// TestValues writes values of each kind as Windows does, and nothing for one that is too short.
func TestValues(t *testing.T) {
	t.Parallel()
	le64 := func(n uint64) []byte { return le.AppendUint64(nil, n) }
	for _, tt := range []struct {
		kind byte
		data []byte
		want string
	}{
		{kindNull, nil, ""}, {kindString, wide("K\u00e4se\x00rest"), "K\u00e4se"}, {kindANSI, []byte("abc\x00d"), "abc"}, {kindString, []byte{'a'}, ""},
		{kindInt8, []byte{0xff}, "-1"}, {kindUint8, []byte{0xff}, "255"}, {kindInt16, []byte{0xfe, 0xff}, "-2"}, {kindUint16, []byte{1, 2}, "513"},
		{kindInt32, []byte{0, 0, 0, 0x80}, "-2147483648"}, {kindUint32, []byte{1, 0, 0, 0}, "1"}, {kindInt64, le64(1<<64 - 1), "-1"}, {kindUint64, le64(1 << 63), "9223372036854775808"},
		{kindReal32, []byte{0, 0, 0x80, 0x3f}, "1"}, {kindReal64, le64(0x3ff8000000000000), "1.5"}, {kindBool, []byte{1, 0, 0, 0}, "true"},
		{kindHex32, []byte{0x6d, 0, 0, 0xc0}, "0xc000006d"}, {kindHex64, le64(0x3e7), "0x3e7"}, {kindSize, le64(1), ""}, {kindBinary, []byte("secret"), ""},
		{kindGUID, []byte("\x6e\x00\xd6\x2e\x29\x47\x09\x46\xb4\x23\x3e\xe7\xbc\xd6\x78\xef"), "{2ED6006E-4729-4609-B423-3EE7BCD678EF}"},
		{kindFiletime, le64(116444736000000000), "1970-01-01T00:00:00Z"}, {kindFiletime, le64(0), ""},
		{kindSystemTime, []byte("\xea\x07\x0b\x00\x01\x00\x17\x00\x0c\x00\x00\x00\x00\x00\x7b\x00"), "2026-11-23T12:00:00.123Z"},
		{kindSID, []byte("\x01\x02\x00\x00\x00\x00\x00\x05\x20\x00\x00\x00\x20\x02\x00\x00"), "S-1-5-32-544"}, {kindSID, []byte("\x01\x02\x00\x00\x00\x00\x00\x05"), ""},
		{kindUint32, []byte{1, 0, 0}, ""}, {kindGUID, []byte{1}, ""}, {0x77, []byte{1}, ""},
	} {
		if got := valueText(tt.kind, tt.data); got != tt.want {
			t.Errorf("kind %#x of % x: %q, want %q", tt.kind, tt.data, got, tt.want)
		}
	}
	if got := arrayTexts(kindString, wide("a\x00bc\x00\x00d")); fmt.Sprint(len(got), got) != "4 [a bc  d]" {
		t.Errorf("texts in a row: %q", got)
	}
	if got := arrayTexts(kindUint16, []byte{1, 0, 2, 0, 3}); fmt.Sprint(got) != "[1 2]" {
		t.Errorf("numbers in a row: %q", got)
	}
}

// TestRecordNumber holds that an event has the number that it had where it was logged, and not
// the one that it has in a log that was exported.
func TestRecordNumber(t *testing.T) {
	t.Parallel()
	w := newWriter()
	w.record(noon, func() {
		w.open("Event")
		w.open("System")
		w.leaf("Provider", "", "Name", "NETLOGON")
		w.leaf("EventID", "5719")
		w.leaf("EventRecordID", "137222")
		w.end()
		w.end()
	})
	w.event("NETLOGON", "5805")
	file, _ := w.file()
	got, _, err := read(t, file)
	if err != nil || len(got) != 2 || got[0].Pos.Frame != 137222 || got[1].Pos.Frame != 2 {
		t.Errorf("%v, %v", got, err)
	}
}

// TestArray holds that an element with several values is there once for each.
func TestArray(t *testing.T) {
	t.Parallel()
	w := newWriter()
	template := 0
	w.record(noon, func() {
		w.instance(&template, func() {
			w.open("Event")
			w.system("NETLOGON", "5805", "System")
			w.open("EventData")
			w.open("Data")
			w.bytes(tokenSubstitution, 0, 0, kindString|kindArray)
			w.end()
			w.end()
			w.end()
		}, slot{kindString | kindArray, wide("PC1\x00%%5\x00")})
	})
	file, _ := w.file()
	got, c, err := read(t, file)
	if err != nil || len(got) != 1 || fmt.Sprint(got[0].Fault.Values) != "[PC1 %%5]" {
		t.Errorf("%v, %+v, %v", got, c, err)
	}
}

// TestHostile reads records that refer to themselves, are in each other without end, or have
// more in them than a chunk can hold.
func TestHostile(t *testing.T) {
	t.Parallel()
	again, first := 0, 0
	for name, write := range map[string]func(w *writer){
		"a template in itself": func(w *writer) {
			again = 0
			w.record(noon, func() {
				w.instance(&again, func() {
					w.open("Event")
					w.bytes(tokenTemplate, 1, 7, 0, 0, 0)
					w.u32(again)
					w.u32(0)
					w.end()
				})
			})
		},
		"a template that is there ten times in each of many": func(w *writer) {
			definitions := []int{0}
			w.record(noon, func() { w.instance(&definitions[0], func() { w.open("a"); w.end() }) })
			for level := range 20 {
				next := 0
				w.record(noon, func() {
					w.instance(&next, func() {
						for range 10 {
							w.instance(&definitions[level], nil)
						}
					})
				})
				definitions = append(definitions, next)
			}
		},
		"elements in each other": func(w *writer) {
			w.record(noon, func() {
				for range 10 * maxDepth {
					w.open("a")
				}
			})
		},
		"ends without a beginning":  func(w *writer) { w.record(noon, func() { w.bytes(tokenEndElement) }) },
		"a value that is not there": func(w *writer) { w.record(noon, func() { w.open("a"); w.put(3) }) },
		"a name outside": func(w *writer) {
			w.record(noon, func() { w.bytes(tokenOpen, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f) })
		},
		"a token of nobody":        func(w *writer) { w.record(noon, func() { w.bytes(0x1f) }) },
		"a text that is no string": func(w *writer) { w.record(noon, func() { w.bytes(tokenValue, kindUint32, 0, 0) }) },
		"a million values": func(w *writer) {
			first = 0
			w.record(noon, func() {
				w.instance(&first, func() {})
				le.PutUint32(w.b[len(w.b)-4:], 1_000_000)
			})
		},
	} {
		w := newWriter()
		w.event(providerSecurity, "4776", "TargetUserName", "carol")
		write(w)
		file, _ := w.file()
		got, c, err := read(t, file)
		if err != nil || c.Malformed == 0 || c.FirstMalformed < fileHeader+chunkHeader || len(got) != 1 || got[0].Validation.User != "carol" {
			t.Errorf("%s: %d events, %+v, %v", name, len(got), c, err)
		}
	}
}

// TestDamage goes on to the next chunk where one is damaged, and reads a log whose header is
// old.
func TestDamage(t *testing.T) {
	t.Parallel()
	good, _ := logons()
	chunk := good[fileHeader:]
	damaged := func(at int, b ...byte) []byte {
		c := slices.Clone(chunk)
		copy(c[at:], b)
		return c
	}
	for name, tt := range map[string]struct {
		chunk []byte
		want  Counts
	}{
		"no header":        {damaged(0, 'x'), Counts{BadChunks: 1, Records: 12, Others: 4}},
		"unused":           {make([]byte, chunkSize), Counts{Records: 12, Others: 4}},
		"no record":        {damaged(chunkHeader, 'x'), Counts{Records: 12, Others: 4, Malformed: 1, FirstMalformed: fileHeader + chunkSize + chunkHeader}},
		"record of 0":      {damaged(chunkHeader+4, 0, 0, 0, 0), Counts{Records: 12, Others: 4, Malformed: 1, FirstMalformed: fileHeader + chunkSize + chunkHeader}},
		"record of 4 GB":   {damaged(chunkHeader+4, 0xff, 0xff, 0xff, 0xff), Counts{Records: 12, Others: 4, Malformed: 1, FirstMalformed: fileHeader + chunkSize + chunkHeader}},
		"used beyond it":   {damaged(freeSpaceAt, 0xff, 0xff, 0xff, 0xff), Counts{Records: 18, Others: 6, Malformed: 1}},
		"as it was before": {chunk, Counts{Records: 18, Others: 6}},
	} {
		_, c, err := read(t, slices.Concat(good, tt.chunk, chunk))
		if tt.want.FirstMalformed == 0 {
			c.FirstMalformed = 0
		}
		if err != nil || c != tt.want {
			t.Errorf("%s: %+v, want %+v, %v", name, c, tt.want, err)
		}
	}
	if _, err := ReadEVTX(iotest.ErrReader(errors.New("broken")), nil); err == nil || err.Error() != "broken" {
		t.Errorf("a reader that fails: %v", err)
	}
	if !IsEVTX(good) || IsEVTX(good[:5]) || IsEVTX([]byte("ElfChnk\x00")) {
		t.Error("an event log is not known, or something else is taken for one")
	}
}

// TestCut cuts a log at every byte: whatever is there of a chunk is read.
func TestCut(t *testing.T) {
	t.Parallel()
	file, used := logons()
	whole, _, _ := read(t, file)
	last := 0
	for n := range used + 1 {
		if n < fileHeader+chunkHeader && n%61 > 0 { // where little is looked at
			continue
		}
		got, c, err := read(t, file[:n])
		if err == nil && n != fileHeader || err != nil && !strings.Contains(err.Error(), "cut short") {
			t.Fatalf("cut at %d: %v", n, err)
		}
		if len(got) < last || n == used && (len(got) != len(whole) || c.Malformed > 0) {
			t.Fatalf("cut at %d: %d events, %+v", n, len(got), c)
		}
		last = len(got)
	}
}

// sane holds what must be true of any chunk.
func sane(t *testing.T, chunk []byte) {
	chunk = chunk[:min(len(chunk), chunkSize)]
	file := slices.Concat([]byte(fileMagic), make([]byte, fileHeader-len(fileMagic)), chunk, make([]byte, chunkSize-len(chunk)))
	got, c, err := read(t, file)
	if err != nil || len(got) > c.Records || c.Records > chunkSize/(recordHeader+recordTail) {
		t.Errorf("%d events, %+v, %v", len(got), c, err)
	}
	for _, e := range got {
		if n := len(fmt.Sprint(e.Logon, e.Ticket, e.Validation, e.NTLM, e.Fault)); n > 4*maxFields*maxText {
			t.Errorf("an event of %d letters", n)
		}
	}
}

// TestMutations changes bytes of a log.
func TestMutations(t *testing.T) {
	t.Parallel()
	file, used := logons()
	for i := fileHeader; i < used; i += 2 * testcost.Step(3) {
		if i > fileHeader+freeSpaceAt+4 && i < fileHeader+chunkHeader {
			continue // nothing there is looked at
		}
		b := slices.Clone(file[fileHeader:used])
		b[i-fileHeader] ^= []byte{0xff, 0x01}[i/2%2]
		sane(t, b)
	}
}

func FuzzEVTX(f *testing.F) {
	file, used := logons()
	f.Add(file[fileHeader:used])
	f.Fuzz(sane)
}
