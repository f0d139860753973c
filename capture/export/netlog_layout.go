package export

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// usualEvent reads an event in the layout in which Chromium writes it, and reports whether
// it has that:
//
//	{"params":{...},"phase":1,"source":{"id":7,"start_time":"3885301","type":37},"time":"3885301","type":553}
//
// The parameters, most of the text, are only looked at by who needs them.
func usualEvent(text []byte) (e netlogEvent, ok bool) {
	const phase = `"phase":`
	i := bytes.LastIndex(text, []byte(phase)) // quotes inside of a string have a backslash
	if i < 1 || text[0] != '{' {
		return netlogEvent{}, false
	}
	if head := text[:i]; len(head) > 1 {
		params, found := bytes.CutPrefix(head, []byte(`{"params":`))
		params, ended := bytes.CutSuffix(params, []byte(","))
		if !found || !ended || !json.Valid(params) {
			return netlogEvent{}, false
		}
		e.Params = params
	}
	l := layout{rest: text[i:], ok: true}
	l.word(phase)
	e.Phase = int(l.number())
	l.word(`,"source":{"id":`)
	e.Source.ID = l.number()
	if l.has(`,"start_time":"`) {
		l.number()
		l.word(`"`)
	}
	l.word(`,"type":`)
	e.Source.Type = int(l.number())
	l.word(`},"time":"`)
	e.Time = json.Number(strconv.FormatInt(l.number(), 10))
	l.word(`","type":`)
	e.Type = int(l.number())
	l.word(`}`)
	if !l.ok || len(l.rest) > 0 {
		return netlogEvent{}, false
	}
	return e, true
}

// A layout reads a text of which the words are known and the numbers are not.
type layout struct {
	rest []byte
	ok   bool // it was as known so far
}

// has takes a word and reports whether it was there.
func (l *layout) has(word string) bool {
	rest, found := bytes.CutPrefix(l.rest, []byte(word))
	l.rest = rest
	return found
}

func (l *layout) word(word string) { l.ok = l.has(word) && l.ok }

// number takes a whole number of at most 15 digits.
func (l *layout) number() (value int64) {
	const most = 15
	n := 0
	for ; n < len(l.rest) && n < most && '0' <= l.rest[n] && l.rest[n] <= '9'; n++ {
		value = value*10 + int64(l.rest[n]-'0')
	}
	l.ok = l.ok && n > 0
	l.rest = l.rest[n:]
	return value
}
