package exports

import (
	"errors"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"negotrace/capture/export"
	"negotrace/internal/lazyregexp"
)

// A rewriter reads one file, and writes its redacted copy.
type rewriter struct {
	*Redactor
	in  export.JSON
	out *writer

	status string // of the response at hand, if it stands in front of the content
	media  string // of the content
}

// A rule reads the next value and writes its replacement.
type rule func(*rewriter) error

// A member is a member of an object that has a rule.
type member struct {
	name string
	rule rule
}

// object returns the rule for an object with these members. what is its name in the count of other
// members.
func object(what string, members ...member) rule {
	return func(r *rewriter) error {
		if done, err := r.replaceUnless('{'); done {
			return err
		}
		r.out.open('{')
		err := r.in.Object(func(name string) error {
			for i := range members {
				if members[i].name == name {
					r.publish(name)
					r.out.name(name)
					return members[i].rule(r)
				}
			}
			r.leaveOut("members of " + what)
			return r.in.Skip()
		})
		if err == nil {
			r.out.close('}')
		}
		return err
	}
}

// array returns the rule for an array of values with one rule.
func array(element rule) rule {
	return func(r *rewriter) error {
		if done, err := r.replaceUnless('['); done {
			return err
		}
		r.out.open('[')
		err := r.in.Array(func() error {
			r.out.comma()
			return element(r)
		})
		if err == nil {
			r.out.close(']')
		}
		return err
	}
}

// replaceUnless replaces a value of the wrong kind by another of a wrong kind, so that a reader
// reports the same error. If the value begins with open it does nothing.
func (r *rewriter) replaceUnless(open byte) (done bool, err error) {
	c, err := r.in.Peek()
	switch {
	case err != nil:
		return true, err
	case c == open:
		return false, nil
	case c == 'n':
		r.out.WriteString("null")
	default:
		r.out.WriteString("false")
	}
	r.out.empty = false
	return true, r.in.Skip()
}

// scalar returns the rule for a string: f replaces each of its lines.
func scalar(f func(*rewriter, string) string) rule {
	return func(r *rewriter) error {
		c, err := r.in.Peek()
		if err != nil {
			return err
		}
		s, cut, err := r.in.Text()
		if err != nil {
			return err
		}
		switch {
		case c == '{' || c == '[':
			r.out.WriteString("{}")
		case c == 'n':
			r.out.WriteString("null")
		case s == "":
			r.out.text("")
		default:
			t := f(r, s)
			if t != s {
				r.Counts.Texts++
			}
			if cut { // a reader must find it cut, too
				t += strings.Repeat("x", 32)
			}
			r.out.text(t)
		}
		r.out.empty = false
		return nil
	}
}

// literal returns the rule for a number, true, false or a number in a string.
func literal(r *rewriter) error {
	_, err := r.literal()
	return err
}

// literal takes a number, and also returns it as it is written.
func (r *rewriter) literal() (s string, err error) {
	c, err := r.in.Peek()
	if err != nil {
		return "", err
	}
	s, _, err = r.in.Text()
	switch {
	case err != nil:
		return "", err
	case c == '{' || c == '[':
		s = "{}"
	case c == 'n':
		s = "null"
	case isLiteral(s) && c == '"':
		s = `"` + s + `"`
	case isLiteral(s):
	default:
		s = `"x"`
	}
	r.out.WriteString(s)
	r.out.empty = false
	return strings.Trim(s, `"`), nil
}

func isLiteral(s string) bool {
	switch s {
	case "", "true", "false", "NaN", "Infinity", "-Infinity":
		return true
	}
	_, err := strconv.ParseFloat(s, 64)
	return len(s) <= 40 && strings.Trim(s, "0123456789+-.eE") == "" && (err == nil || errors.Is(err, strconv.ErrRange))
}

// fullMatch returns a regular expression for a whole value. It is compiled at the first use: most
// runs of the program redact nothing, and compiling all patterns takes a fifth of the start time.
func fullMatch(pattern string) func() *regexp.Regexp {
	return lazyregexp.New(`^(?:` + pattern + `)$`)
}

// matching returns the rule for a string that stays if all of it matches. If it does not, only
// words that say what went wrong stay.
func matching(pattern string) rule {
	all := fullMatch(pattern)
	return scalar(func(r *rewriter, s string) string {
		if len(s) <= 128 && all().MatchString(s) {
			r.publish(s)
			return s
		}
		return r.Text(s)
	})
}

// identifier returns the rule for a string that identifies something in the file. It stays if
// all of it matches, and else becomes noise, equal noise for equal strings.
func identifier(pattern string) rule {
	all := fullMatch(pattern)
	return scalar(func(r *rewriter, s string) string {
		if all().MatchString(s) {
			return s
		}
		return r.Names.OpaqueText(s)
	})
}

// The rules for what is a name, a URL, an address or a secret.
var (
	nameText    = scalar(func(r *rewriter, s string) string { return r.Names.Text(s) })
	urlText     = scalar(func(r *rewriter, s string) string { return r.url(s) })
	opaque      = scalar(func(r *rewriter, s string) string { return r.Names.OpaqueText(s) })
	messageText = scalar(func(r *rewriter, s string) string { return r.Text(s) })
	dateTime    = matching(`\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)? ?(?:Z|[+-]\d\d:?\d\d)?`)
	software    = likeLine("User-Agent")
	method      = likeLine("Allow")
	endpoint    = scalar(func(r *rewriter, s string) string { return r.endpoint(s) })
)

// likeLine returns the rule for a string that stays as far as it would in a header line of that
// name.
func likeLine(name string) rule {
	return scalar(func(r *rewriter, s string) string { return r.like(name, s) })
}

// like returns what the value of a header line of that name becomes.
func (r *rewriter) like(name, value string) string {
	_, value = r.Field(name, value)
	return value
}

// url returns the pseudonym of a URL. A URL that is sent to no server, such as data:, keeps only
// its scheme.
func (r *rewriter) url(s string) string {
	scheme, rest, ok := strings.Cut(s, ":")
	if ok && slices.Contains(localSchemes, strings.ToLower(scheme)) {
		return scheme + ":" + strings.Repeat("x", min(len(rest), 64))
	}
	return r.Names.URL(s)
}

var localSchemes = []string{"data", "blob", "about", "file", "javascript", "chrome-extension", "moz-extension", "chrome", "view-source"}

// endpoint returns the pseudonym of an address, with a port or without.
func (r *rewriter) endpoint(s string) string {
	if a, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		p := r.address(a).String()
		if strings.HasPrefix(s, "[") {
			p = "[" + p + "]"
		}
		return p
	}
	if a, err := netip.ParseAddrPort(s); err == nil {
		return netip.AddrPortFrom(r.address(a.Addr()), a.Port()).String()
	}
	return r.Names.Text(s)
}

// address replaces an address. The number of an interface behind it stays, and the name of one becomes a pseudonym
// (RFC 4007 section 11).
func (r *rewriter) address(a netip.Addr) netip.Addr {
	zone := a.Zone()
	if len(zone) > 4 || strings.Trim(zone, "0123456789") != "" {
		zone = r.Names.Text(zone)
	}
	return r.Names.Addr(a.WithZone("")).WithZone(zone)
}
