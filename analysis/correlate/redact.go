package correlate

import (
	"bytes"
	"slices"
	"strings"

	"negotrace/analysis/servertext"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// redact removes the bulk of an exchange, the secrets in its headers, and the header lines that no
// check reads. Of an exchange with authentication the names and sizes of all lines stay:
// the size of a header may be why it was refused. Lines that a limit leaves out are counted.
func (n *needs) redact(x *httpstream.Exchange, isAuth bool, counters *httpstream.Counters) {
	left := 0
	if r := x.Request; r != nil {
		r.Header, left = n.redactHeader(r.Header, isAuth)
		counters.Drop(linesDropped, left, r.Pos)
	}
	if r := x.Response; r != nil {
		r.Header, left = n.redactHeader(r.Header, isAuth)
		counters.Drop(linesDropped, left, r.Pos)
	}
}

// linesDropped is what lines over maxLines are counted as.
const linesDropped = "header lines of messages with hundreds of them"

// redactHeader keeps in h, in place, the lines that checks read, and if sizes is set the names
// and sizes of the others. left is how many it leaves out for a limit.
func (n *needs) redactHeader(h httpstream.Header, sizes bool) (kept httpstream.Header, left int) {
	kept = h[:0]
	if len(h) > maxLines { // room for no more than is kept
		kept = make(httpstream.Header, 0, 2*maxLines)
	}
	for i := range h {
		f := &h[i]
		read := n.headers.has(f.Name)
		switch {
		case !read && !sizes:
			continue
		case !read && len(kept) >= maxLines, len(kept) == 2*maxLines:
			left++
			continue
		}
		secret := f.Secret()
		if secret || len(f.Value) > maxValue {
			f.Name = strings.Clone(f.Name) // which may be a part of the whole line
		}
		if secret || len(f.Value) > maxValue || !read {
			f.Value, f.RedactedLen = "", len(f.Value)
		}
		kept = append(kept, *f)
	}
	if len(h) <= maxLines {
		clear(h[len(kept):])
	}
	return kept, left
}

// keepBody copies the body of r, which is valid only now, if it is an error that is no
// challenge; checks read these. Other bodies are dropped, and of the reason phrase all but what says why
// a logon failed.
func keepBody(r *httpstream.Response) {
	if r == nil {
		return
	}
	if r.Reason != "" {
		r.Reason = servertext.ReasonText(r)
	}
	if r.Status < httpstream.StatusBadRequest || r.Status == httpstream.StatusUnauthorized || r.Status == httpstream.StatusProxyAuthRequired {
		r.Body = nil
	} else {
		r.Body = bytes.Clone(r.Body)
	}
}

// clone returns a copy of x in one piece with copies of its messages.
func clone(x *httpstream.Exchange) *httpstream.Exchange {
	c := &struct {
		httpstream.Exchange
		request  httpstream.Request
		response httpstream.Response
	}{Exchange: *x}
	if x.Request != nil {
		c.request = *x.Request
		c.Request = &c.request
	}
	if x.Response != nil {
		c.response = *x.Response
		c.Response = &c.response
	}
	n := len(c.request.Header)
	lines := slices.Concat(c.request.Header, c.response.Header)
	c.request.Header, c.response.Header = lines[:n:n], lines[n:]
	return &c.Exchange
}

// dropHeaders drops headers and body, which only checks read.
func dropHeaders(x *httpstream.Exchange) {
	if x.Request != nil {
		x.Request.Header = nil
	}
	if x.Response != nil {
		x.Response.Header, x.Response.Body = nil, nil
	}
}

// hideSecrets removes from the target and the host of a request what may be secret in
// them. No part of the model has them otherwise.
func hideSecrets(x *httpstream.Exchange) {
	dropRepeatedError(x)
	r := x.Request
	if r == nil {
		return
	}
	r.Target = publicPart(r.Target, tokens.PublicURI(r.Target), maxTarget)
	r.Host = publicPart(r.Host, tokens.PublicHost(r.Host), maxHost)
	r.Method = publicPart(r.Method, r.Method, maxHost)
}

// publicPart returns what is public of a text of a request, in a string of its own if that is not all. The middle of one
// that is longer than any is left out.
func publicPart(text, public string, limit int) string {
	if len(public) > limit {
		const gap = "[...]"
		half := (limit - len(gap)) / 2
		return strings.ToValidUTF8(public[:half], "") + gap + strings.ToValidUTF8(public[len(public)-half:], "")
	}
	if len(public) < len(text) {
		return strings.Clone(public)
	}
	return text
}
