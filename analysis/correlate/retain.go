package correlate

import (
	"slices"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// Exchanges with authentication are all retained. Which others are, the checks say: see
// analysis.Check.Keep and KeepFollowOn.

// needs are the exchanges and header lines that checks read, beyond those of authentication.
type needs struct {
	headers      headerSet
	keep         []func(*httpstream.Exchange) bool
	keepFollowOn []func(*httpstream.Exchange) bool
}

// needsOf returns what any of the checks needs.
func needsOf(checks []*analysis.Check) needs {
	var n needs
	reads := append(analysis.FactHeaders(), "Via") // by which a proxy names itself
	for _, c := range checks {
		reads = append(reads, c.Reads...)
		if c.Keep != nil {
			n.keep = append(n.keep, c.Keep)
		}
		if c.KeepFollowOn != nil {
			n.keepFollowOn = append(n.keepFollowOn, c.KeepFollowOn)
		}
	}
	slices.Sort(reads)
	n.headers = newHeaderSet(slices.Compact(reads)...)
	return n
}

func wanted(of []func(*httpstream.Exchange) bool, x *httpstream.Exchange) bool {
	return slices.ContainsFunc(of, func(is func(*httpstream.Exchange) bool) bool { return is(x) })
}

// retains reports whether x, which carries no authentication, is kept. If it is not, it is
// counted if it is a follow-on request.
func (t *Trace) retains(x *httpstream.Exchange) bool {
	if wanted(t.needs.keep, x) {
		return true
	}
	c := t.conns.of(x.Conn)
	if c == nil || !c.isAuth {
		return t.relays.found && t.sample()
	}
	if c.followOns < maxFollowOns && (t.relays.found || wanted(t.needs.keepFollowOn, x) || c.byOtherProgram(x)) {
		c.followOns++
		return true
	}
	if x.Request != nil {
		c.skipped++
	}
	return false
}

// byOtherProgram reports whether x names another program than the requests with authentication on
// its connection.
func (c *connState) byOtherProgram(x *httpstream.Exchange) bool {
	if c.program == "" || x.Request == nil {
		return false
	}
	program := x.Request.Header.Value("User-Agent")
	return program != "" && program != c.program
}

// sample reports whether an exchange without any authentication is among the first: behind
// a proxy it may follow on somebody else's authentication.
func (t *Trace) sample() bool {
	t.unrelated++
	return t.unrelated <= maxUnrelated
}
