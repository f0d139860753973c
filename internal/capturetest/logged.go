package capturetest

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// logged carries out a logged line: "logged 4625 WEB.contoso.com TargetUserName=alice ...". A +
// in a value is a blank. provider=NAME says who logs it, where its number does not.
func (s *script) logged(words []string) error {
	if len(words) < 2 {
		return fmt.Errorf("logged %q: a number and a computer are wanted", words)
	}
	id, err := strconv.Atoi(words[0])
	if err != nil {
		return err
	}
	provider, data := providerOf(id), ""
	for _, word := range words[2:] {
		name, value, ok := strings.Cut(word, "=")
		if !ok {
			return fmt.Errorf("logged: %q is no value", word)
		}
		value = strings.ReplaceAll(value, "+", " ")
		if name == "provider" {
			provider = value
			continue
		}
		data += fmt.Sprintf("<Data Name=%q>%s</Data>", name, escaped(value))
	}
	s.records++
	s.out.Logged = fmt.Appendf(s.out.Logged, "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name=%q/><EventID>%d</EventID>"+
		"<TimeCreated SystemTime='%s'/><EventRecordID>%d</EventRecordID><Computer>%s</Computer></System><EventData>%s</EventData></Event>\n",
		provider, id, s.now.UTC().Format(time.RFC3339Nano), s.records, escaped(words[1]), data)
	return nil
}

func providerOf(id int) string {
	switch {
	case id >= 8001 && id <= 8006, id >= 4001 && id <= 4006, id >= 4020 && id <= 4024:
		return "Microsoft-Windows-NTLM"
	case id == 5719, id == 5805:
		return "NETLOGON"
	case id < 100:
		return "Microsoft-Windows-Kerberos-Key-Distribution-Center"
	}
	return "Microsoft-Windows-Security-Auditing"
}

func escaped(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // memory does not fail
	return b.String()
}
