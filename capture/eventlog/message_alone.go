package eventlog

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"negotrace/internal/utf8text"
)

// firstSentences begin the English messages of the events of the security log that are read, and show their IDs.
var firstSentences = map[string]int{
	"An account was successfully logged on.":                                      4624,
	"An account failed to log on.":                                                4625,
	"A logon was attempted using explicit credentials.":                           4648,
	"A Kerberos authentication ticket (TGT) was requested.":                       4768,
	"A Kerberos service ticket was requested.":                                    4769,
	"Kerberos pre-authentication failed.":                                         4771,
	"The computer attempted to validate the credentials for an account.":          4776,
	"The domain controller attempted to validate the credentials for an account.": 4776,
}

// messageOf returns the ID of the event whose message a line begins, 0 if it begins none.
func messageOf(line string) int { return firstSentences[strings.TrimSpace(line)] }

// unquoted returns a line without the mark of a mail or of Markdown before it.
func unquoted(line string) string {
	if rest, ok := strings.CutPrefix(line, ">"); ok {
		return strings.TrimPrefix(rest, " ")
	}
	return line
}

// IsMessage reports whether a file that begins with head holds messages of events alone, as people copy them out of
// the Event Viewer: its first line that is not empty begins one.
func IsMessage(head []byte) bool {
	text, _ := io.ReadAll(utf8text.NewReader(bytes.NewReader(head))) // memory does not fail
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(unquoted(strings.TrimPrefix(line, "\ufeff"))); line != "" {
			return messageOf(line) != 0
		}
	}
	return false
}

// ReadMessages reads messages of events without the time, the computer and the number that an event has beside its
// message. It gives the events to take, which may keep them; each has the number of the line with which it begins. The
// error is of reading.
func ReadMessages(r io.Reader, take func(*Event)) (c Counts, err error) {
	b := bufio.NewReaderSize(utf8text.NewReader(r), maxListLine)
	var e *Event
	var message strings.Builder
	finish := func() {
		if e == nil {
			return
		}
		c.Records++
		if e.fromMessage(message.String()); len(e.fields) == 0 {
			c.NotInEnglish++ // a sentence without values may stand in any text
		} else {
			c.emitIfRead(e, take)
		}
		message.Reset()
	}
	for number := 1; ; number++ {
		data, err := b.ReadSlice('\n')
		line := unquoted(strings.TrimRight(string(data), "\r\n"))
		for err == bufio.ErrBufferFull {
			_, err = b.ReadSlice('\n')
		}
		if id := messageOf(strings.TrimPrefix(line, "\ufeff")); id != 0 {
			finish()
			e = newEvent()
			e.ID, e.Provider, e.Channel, e.Pos.Frame = id, providerSecurity, "Security", number
		} else if message.Len()+len(line) <= maxEventText {
			message.WriteString(restoreTab(line) + "\n")
		}
		if err != nil {
			if finish(); err == io.EOF {
				err = nil
			}
			return c, err
		}
	}
}
