package servertext

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"negotrace/internal/lazyregexp"
)

// A span is a part of a text, as offsets.
type span struct{ begin, end int }

// jsonLists returns the parts of a text in JSON, which may be cut, that list several things, as the errors
// that a service knows, and say nothing of a request: arrays of several objects, members named by several
// codes, and what a member's name says is help.
func jsonLists(text []byte) (lists []span) {
	var open []jsonLevel
	d := json.NewDecoder(bytes.NewReader(text))
	key, isKey := "", false
	for {
		before := int(d.InputOffset())
		t, err := d.Token()
		if err != nil {
			for len(open) > 0 { // it is cut
				open, lists = closeLevel(open, lists, len(text))
			}
			return lists
		}
		at := int(d.InputOffset())
		var in *jsonLevel
		if len(open) > 0 {
			in = &open[len(open)-1]
		}
		switch v := t.(type) {
		case json.Delim:
			switch {
			case v == '}' || v == ']':
				open, lists = closeLevel(open, lists, at)
			default:
				if v == '{' && in != nil && in.kind == '[' {
					in.objects++
				}
				open = append(open, jsonLevel{kind: v, begin: at, helps: helpMember().MatchString(key)})
				key = ""
			}
			isKey = len(open) > 0 && open[len(open)-1].kind == '{'
			continue
		case string:
			switch {
			case in == nil || in.kind != '{':
			case isKey:
				key = v
			default:
				if codeMember().MatchString(key) {
					in.codes++
				}
				if helpMember().MatchString(key) {
					lists = append(lists, span{before, at})
				}
			}
		}
		isKey = in != nil && in.kind == '{' && !isKey
		if isKey {
			key = ""
		}
	}
}

// A jsonLevel is an object or an array that is open.
type jsonLevel struct {
	kind    json.Delim
	begin   int
	objects int  // in an array
	codes   int  // members of an object that are named by a code and hold a text
	helps   bool // the name of the member says that it holds help
}

// maxErrorsOfOne is how many objects a service lists for what went wrong with one request.
const maxErrorsOfOne = 2

// closeLevel ends the innermost level, and adds it to the lists if it is one.
func closeLevel(open []jsonLevel, lists []span, at int) ([]jsonLevel, []span) {
	last := open[len(open)-1]
	if last.helps || last.objects > maxErrorsOfOne || last.codes > maxErrorsOfOne {
		lists = append(lists, span{last.begin, at})
	}
	return open[:len(open)-1], lists
}

// helpMember matches names of members that hold help or examples, and codeMember those that are codes
// of errors: 4011, ERR_CLOCK_SKEW.
var (
	helpMember = lazyregexp.New(`(?i)^(?:.*(?:help|hints?|example|examples|documentation|faq|catalog|catalogue|legend|troubleshooting|history)|i18n|translations?|locales?|previous.*|(?:known|possible|common|all|supported).*(?:errors?|codes?|causes|reasons)|(?:error|status|fault)[-_]?codes|codes)$`)
	codeMember = lazyregexp.New(`^(?:[0-9][0-9.]*|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)$`)
)

// inLists reports whether a place is in one of the lists.
func inLists(lists []span, at int) bool {
	return slices.ContainsFunc(lists, func(s span) bool { return s.begin <= at && at < s.end })
}

// jsonKey returns the name of a member as the jsonKeys have it: error_message and errorMessage are one.
func jsonKey(name string) string {
	return strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(name))
}
