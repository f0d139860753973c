package transcript

import (
	"strings"

	"negotrace/internal/lazyregexp"
)

// firefox logs heads and what it does with a challenge, with the modules nsHttp and negotiateauth of
// MOZ_LOG, about:logging, or NSPR_LOG_MODULES of old.
const firefox = "Firefox"

var (
	// mozillaStamp is what is before each line, behind the time: the process and the thread, then the level and the module.
	mozillaStamp = lazyregexp.New(`^(?:UTC - )?(\[[^\]]*\]|-?\d+\[[0-9a-f]+\]): (?:[A-Z]/(\w+) )?(.*)$`)
	mozillaHead  = lazyregexp.New(`^http (request|response) \[$`)
	// mozillaAuth is what the module for Negotiate says that is of use; the words of the library go on in the next line.
	mozillaAuth = lazyregexp.New(`^((?:gss_init_sec_context\(\)|InitializeSecurityContext) failed.*|.*URI blocked|.*NTLM.*)$`)
)

// A mozillaLog is what was read of such a log.
type mozillaLog struct {
	heads map[string]kind // that threads are writing
	said  string          // words of the library that go on
}

// mozillaLine reads a line of such a log.
func (r *reader) mozillaLine(text string) ([]line, bool) {
	l := &r.mozilla
	m := mozillaStamp().FindStringSubmatch(text)
	if m == nil {
		if l.said == "" {
			return nil, false
		}
		said := strings.TrimSpace(l.said + " " + text)
		l.said = ""
		return []line{{kind: remark, text: said}}, true
	}
	thread, module, said := m[1], m[2], m[3]
	if module == "negotiateauth" || strings.HasSuffix(said, "nsAuthGSSAPI::nsAuthGSSAPI()") {
		r.program = firefox
	}
	if h := mozillaHead().FindStringSubmatch(said); h != nil && (module == "" || module == "nsHttp") {
		r.program = firefox
		if l.heads == nil || len(l.heads) > maxConns {
			l.heads = map[string]kind{}
		}
		l.heads[thread] = map[string]kind{"request": requestLine, "response": responseLine}[h[1]]
		return nil, true
	}
	if r.program != firefox {
		return nil, false
	}
	if k, open := l.heads[thread]; open && (module == "" || module == "nsHttp") {
		return l.field(thread, k, said), true
	}
	if m := mozillaAuth().FindStringSubmatch(strings.TrimSpace(said)); m != nil && module != "nsHttp" {
		if strings.HasPrefix(m[1], "gss_") {
			l.said = m[1]
			return nil, true
		}
		return []line{{kind: remark, text: m[1]}}, true
	}
	return nil, true
}

// field takes a line of a head that a thread is writing.
func (l *mozillaLog) field(thread string, k kind, said string) []line {
	if said == "]" || strings.TrimSpace(said) == "OriginalHeaders" { // the same ones again
		delete(l.heads, thread)
		return []line{{kind: k}}
	}
	return []line{{kind: k, text: strings.TrimSpace(said)}}
}
