package eventlog

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"negotrace/internal/utf8text"
)

// An object is a JSON object whose values are not decoded yet.
type object map[string]json.RawMessage

// ReadJSON reads events in JSON, one object after the other or in an array: what Get-WinEvent
// and ConvertTo-Json of PowerShell, NXLog, Winlogbeat and evtx_dump write. It gives the events
// of the kinds in Event to take, which may keep them. The error is of reading, or of malformed
// JSON; earlier events were given to take.
func ReadJSON(r io.Reader, take func(*Event)) (Counts, error) {
	var c Counts
	m := &elementLimit{r: utf8text.NewReader(r)}
	m.reset()
	b := bufio.NewReader(m)
	inArray, err := beginsArray(b)
	if err != nil {
		return c, err
	}
	d := json.NewDecoder(b)
	if inArray {
		if _, err := d.Token(); err != nil {
			return c, err
		}
	}
	for !inArray || d.More() {
		m.reset()
		at := d.InputOffset()
		var o object
		err := d.Decode(&o)
		if err == io.EOF && !inArray {
			return c, nil
		}
		if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
			c.Records++
			c.malformed(at)
			continue
		}
		if err != nil {
			return c, err
		}
		c.object(o, at, take)
	}
	_, err = d.Token()
	return c, err
}

// IsJSON reports whether a file that begins with head holds events in JSON: its first object has
// keys that ReadJSON reads.
func IsJSON(head []byte) bool {
	text, _ := io.ReadAll(utf8text.NewReader(bytes.NewReader(head))) // memory does not fail
	text = bytes.TrimLeft(text, " \t\r\n[")
	if !bytes.HasPrefix(text, []byte("{")) {
		return false
	}
	keys := objectKeys(text)
	for _, all := range [][]string{{"Event"}, {"winlog"}, {"ProviderName", "Id"}, {"Id", "Message"}, {"EventID", "SourceName"}, {"EventID", "EventSourceName"}, {"EventID", "Channel"}} {
		if !slices.ContainsFunc(all, func(key string) bool { return !keys[key] }) {
			return true
		}
	}
	return false
}

// objectKeys returns the keys of the object at the beginning of a text, which may be cut.
func objectKeys(text []byte) map[string]bool {
	keys := map[string]bool{}
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil {
		return keys
	}
	for len(keys) < maxFields && d.More() {
		key, err := d.Token()
		name, ok := key.(string)
		if err != nil || !ok {
			break
		}
		keys[name] = true
		var value json.RawMessage
		if d.Decode(&value) != nil {
			break
		}
	}
	return keys
}

// beginsArray reports whether the text begins with an array.
func beginsArray(b *bufio.Reader) (bool, error) {
	for {
		head, err := b.Peek(1)
		if err == io.EOF {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if strings.IndexByte(" \t\r\n", head[0]) < 0 {
			return head[0] == '[', nil
		}
		_, _ = b.Discard(1) // it was peeked, so this cannot fail
	}
}

// object reads an object at an offset of the text.
func (c *Counts) object(o object, at int64, take func(*Event)) {
	c.Records++
	e := newEvent()
	switch {
	case o["Event"] != nil:
		e.fromDump(o)
	case o["winlog"] != nil:
		e.fromWinlogbeat(o)
	case o["ProviderName"] != nil, o["Id"] != nil && o["Message"] != nil:
		e.fromPowerShell(o)
	case o["EventID"] != nil:
		e.fromNXLog(o)
	default:
		c.malformed(at)
		return
	}
	c.emitIfRead(e, take)
}

// child returns the object that is a value of o, nil if the value is not an object.
func (o object) child(name string) object {
	var inner object
	if json.Unmarshal(o[name], &inner) != nil {
		return nil
	}
	return inner
}

// text returns a value as text, empty if it is an object or an array.
func (o object) text(name string) string { return scalarText(o[name]) }

func scalarText(raw json.RawMessage) string {
	if len(raw) == 0 || raw[0] == '{' || raw[0] == '[' || string(raw) == "null" {
		return ""
	}
	var s string
	if raw[0] != '"' {
		s = string(raw)
	} else if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s[:min(len(s), maxText)]
}

func (o object) number(name string) uint64 {
	n, err := strconv.ParseUint(o.text(name), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// addFields adds the values of an object as fields, in the order of their names.
func (e *Event) addFields(o object) {
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if text := o.text(name); text != "" && len(e.fields) < maxFields {
			e.fields = append(e.fields, field{name, text})
		}
	}
}

// fromDump reads an event as evtx_dump writes it: the elements of its XML.
func (e *Event) fromDump(o object) {
	event := o.child("Event")
	s := event.child("System")
	e.ID = int(s.number("EventID") + s.child("EventID").number("#text"))
	e.Provider = s.child("Provider").child("#attributes").text("Name")
	e.Channel, e.Computer, e.Pos.Frame = s.text("Channel"), s.text("Computer"), recordNumber(s.text("EventRecordID"))
	e.parseTime(s.child("TimeCreated").child("#attributes").text("SystemTime"))
	data := event.child("EventData")
	e.addFields(data)
	var unnamed []json.RawMessage
	if inner := data.child("Data"); json.Unmarshal(inner["#text"], &unnamed) == nil {
		for _, v := range unnamed[:min(len(unnamed), maxFields)] {
			e.fields = append(e.fields, field{"", scalarText(v)})
		}
	}
	userData := event.child("UserData")
	for _, name := range slices.Sorted(maps.Keys(userData)) {
		e.addFields(userData.child(name))
	}
}

func (e *Event) fromWinlogbeat(o object) {
	w := o.child("winlog")
	e.ID, e.Provider, e.Channel = int(w.number("event_id")), w.text("provider_name"), w.text("channel")
	e.Computer, e.Pos.Frame = cmp.Or(w.text("computer_name"), o.child("host").text("name")), recordNumber(w.text("record_id"))
	e.parseTime(o.text("@timestamp"))
	e.addFields(w.child("event_data"))
	e.addFields(w.child("user_data"))
}

// fromNXLog reads an event of NXLog or Log Analytics, whose values are all in one object.
func (e *Event) fromNXLog(o object) {
	e.ID, e.Provider, e.Channel = int(o.number("EventID")), cmp.Or(o.text("SourceName"), o.text("EventSourceName")), o.text("Channel")
	e.Computer, e.Pos.Frame = cmp.Or(o.text("Hostname"), o.text("Computer")), recordNumber(cmp.Or(o.text("RecordNumber"), o.text("EventRecordId")))
	e.parseTime(cmp.Or(o.text("EventTime"), o.text("TimeGenerated")))
	e.addFields(o)
}

// fromPowerShell reads an event of Get-WinEvent, whose values have no names.
func (e *Event) fromPowerShell(o object) {
	e.ID, e.Provider, e.Channel = int(o.number("Id")), o.text("ProviderName"), o.text("LogName")
	e.Computer, e.Pos.Frame = o.text("MachineName"), recordNumber(o.text("RecordId"))
	if created := o.child("TimeCreated"); created != nil {
		e.parseTime(created.text("value") + created.text("DateTime"))
	} else {
		e.parseTime(o.text("TimeCreated"))
	}
	var properties []struct{ Value json.RawMessage }
	if json.Unmarshal(o["Properties"], &properties) != nil || len(properties) == 0 {
		e.fromMessage(o.text("Message")) // ConvertTo-Json leaves out what lies deeper than it was asked for
		return
	}
	names := valueNames[e.ID]
	if e.Provider != providerSecurity {
		names = nil
	}
	for i, p := range properties[:min(len(properties), maxFields)] {
		f := field{"", scalarText(p.Value)}
		if i < len(names) {
			f.name = names[i]
		}
		e.fields = append(e.fields, f)
	}
}

// valueNames are the names of the values of security log events, in the order of the event.
var valueNames = map[int][]string{
	4624: strings.Fields("SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId TargetUserSid TargetUserName TargetDomainName TargetLogonId LogonType LogonProcessName AuthenticationPackageName WorkstationName LogonGuid TransmittedServices LmPackageName KeyLength ProcessId ProcessName IpAddress IpPort"),
	4625: strings.Fields("SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId TargetUserSid TargetUserName TargetDomainName Status FailureReason SubStatus LogonType LogonProcessName AuthenticationPackageName WorkstationName TransmittedServices LmPackageName KeyLength ProcessId ProcessName IpAddress IpPort"),
	4648: strings.Fields("SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId LogonGuid TargetUserName TargetDomainName TargetLogonGuid TargetServerName TargetInfo ProcessId ProcessName IpAddress IpPort"),
	4768: strings.Fields("TargetUserName TargetDomainName TargetSid ServiceName ServiceSid TicketOptions Status TicketEncryptionType PreAuthType IpAddress IpPort"),
	4769: strings.Fields("TargetUserName TargetDomainName ServiceName ServiceSid TicketOptions TicketEncryptionType IpAddress IpPort Status"),
	4771: strings.Fields("TargetUserName TargetSid ServiceName TicketOptions Status PreAuthType IpAddress IpPort"),
	4776: strings.Fields("PackageName TargetUserName Workstation Status"),
}
