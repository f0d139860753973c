package hosttext

import (
	"slices"
	"strings"
)

// A Registration says which accounts have an SPN, or that no account has it.
type Registration struct {
	// SPN is empty if setspn -Q found no account and the text lacks its command line: the output does
	// not repeat the SPN.
	SPN      string   `json:"spn,omitempty"`
	Accounts []string `json:"accounts,omitempty"` // distinguished names
}

// accountSPNs reads the output of setspn -L for one account.
type accountSPNs struct{ account string }

func newAccountSPNs(_ *reader, text string) section {
	account := strings.TrimPrefix(text, "Registered ServicePrincipalNames for ")
	return &accountSPNs{strings.TrimSuffix(account, ":")}
}

func (s *accountSPNs) line(r *reader, text string) bool {
	if !isIndented(text) || !isSPN(strings.TrimSpace(text)) {
		return false
	}
	r.add(Entry{Registration: &Registration{strings.TrimSpace(text), []string{s.account}}}, r.lineNumber)
	return true
}

func (*accountSPNs) end(*reader) {}

// isSPN reports whether a text is a service class and a host, and not a distinguished name.
func isSPN(text string) bool {
	class, host, ok := strings.Cut(text, "/")
	return ok && class != "" && host != "" && !strings.ContainsAny(class, "= ")
}

// A spnQuery reads the output of setspn -Q and -X: accounts with all their SPNs, or an SPN with
// the accounts that have it.
type spnQuery struct {
	account   string // to which the SPNs that follow belong
	spn       *Registration
	firstLine int
}

func newSPNQuery(*reader, string) section { return new(spnQuery) }

func (q *spnQuery) line(r *reader, text string) bool {
	name := strings.TrimSpace(text)
	spn, isDuplicate := strings.CutSuffix(name, " is registered on these accounts:")
	switch {
	case isDuplicate:
		q.end(r)
		q.spn, q.firstLine, q.account = &Registration{SPN: spn}, r.lineNumber, ""
	case strings.HasPrefix(name, "CN=") && q.spn != nil && isIndented(text):
		if len(q.spn.Accounts) < maxValues {
			q.spn.Accounts = append(q.spn.Accounts, name)
		}
	case strings.HasPrefix(name, "CN="):
		q.end(r)
		q.account = name
	case q.account != "" && isIndented(text) && isSPN(name):
		r.queried = "" // it was found
		r.add(Entry{Registration: &Registration{name, []string{q.account}}}, r.lineNumber)
	case strings.HasPrefix(name, "Processing entry "), strings.HasPrefix(name, "Checking domain "):
	default:
		return false
	}
	return true
}

func (q *spnQuery) end(r *reader) {
	if q.spn != nil && len(q.spn.Accounts) > 0 {
		r.add(Entry{Registration: q.spn}, q.firstLine)
	}
	q.spn = nil
}

func noSuchSPN(r *reader, _ string) section {
	r.add(Entry{Registration: &Registration{SPN: r.queried, Accounts: []string{}}}, r.lineNumber)
	r.queried = ""
	return nil
}

// queriedSPN returns the SPN for which a command line has setspn -Q look, "" if a line is none. It may
// stand behind the prompt of a shell.
func queriedSPN(text string) string {
	if !strings.Contains(strings.ToLower(text), "setspn") {
		return ""
	}
	words := strings.Fields(text)
	for i, w := range words {
		if !strings.HasSuffix(strings.TrimSuffix(strings.ToLower(w), ".exe"), "setspn") {
			continue
		}
		last := words[len(words)-1]
		if slices.ContainsFunc(words[i:], func(w string) bool { return strings.EqualFold(w, "-q") || strings.EqualFold(w, "/q") }) && isSPN(last) {
			return last
		}
	}
	return ""
}
