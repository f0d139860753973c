package hosttext

import "strings"

// A Registration is that accounts have an SPN, or that nobody has one.
type Registration struct {
	// SPN is empty where setspn -Q says that no account has it: the text does not repeat what
	// was asked.
	SPN      string   `json:"spn,omitempty"`
	Accounts []string `json:"accounts,omitempty"` // distinguished names
}

// registrations is what setspn -L prints of one account.
type registrations struct{ account string }

func newRegistrations(_ *reader, text string) section {
	account := strings.TrimPrefix(text, "Registered ServicePrincipalNames for ")
	return &registrations{strings.TrimSuffix(account, ":")}
}

func (s *registrations) line(r *reader, text string) bool {
	if !indented(text) || !isSPN(strings.TrimSpace(text)) {
		return false
	}
	r.add(Entry{Registration: &Registration{strings.TrimSpace(text), []string{s.account}}}, r.number)
	return true
}

func (*registrations) end(*reader) {}

// isSPN reports whether a text is a class of service and a host, and no distinguished name.
func isSPN(text string) bool {
	class, host, ok := strings.Cut(text, "/")
	return ok && class != "" && host != "" && !strings.ContainsAny(class, "= ")
}

// A query is what setspn -Q and -X print: accounts with all their SPNs, or an SPN with the
// accounts that have it.
type query struct {
	account string // whose SPNs follow
	spn     *Registration
	begin   int
}

func newQuery(*reader, string) section { return new(query) }

func (q *query) line(r *reader, text string) bool {
	name := strings.TrimSpace(text)
	spn, isDuplicate := strings.CutSuffix(name, " is registered on these accounts:")
	switch {
	case isDuplicate:
		q.end(r)
		q.spn, q.begin, q.account = &Registration{SPN: spn}, r.number, ""
	case strings.HasPrefix(name, "CN=") && q.spn != nil && indented(text):
		if len(q.spn.Accounts) < maxValues {
			q.spn.Accounts = append(q.spn.Accounts, name)
		}
	case strings.HasPrefix(name, "CN="):
		q.end(r)
		q.account = name
	case q.account != "" && indented(text) && isSPN(name):
		r.add(Entry{Registration: &Registration{name, []string{q.account}}}, r.number)
	case strings.HasPrefix(name, "Processing entry "), strings.HasPrefix(name, "Checking domain "):
	default:
		return false
	}
	return true
}

func (q *query) end(r *reader) {
	if q.spn != nil && len(q.spn.Accounts) > 0 {
		r.add(Entry{Registration: q.spn}, q.begin)
	}
	q.spn = nil
}

func noSuchSPN(r *reader, _ string) section {
	r.add(Entry{Registration: &Registration{Accounts: []string{}}}, r.number)
	return nil
}
