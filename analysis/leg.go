package analysis

import (
	"bytes"
	"regexp"
	"strings"

	"negotrace/httpstream"
	"negotrace/tokens"
)

// authFields are the header lines of one side.
type authFields struct{ credentials, challenges string }

func (s Side) fields() authFields {
	if s == ToProxy {
		return authFields{"Proxy-Authorization", "Proxy-Authenticate"}
	}
	return authFields{"Authorization", "WWW-Authenticate"}
}

// leg decodes what x carries for one side; nil if it carries nothing for it.
func leg(d tokens.Decoder, x *httpstream.Exchange, side Side) *Leg {
	f := side.fields()
	var sent string
	var got []string
	status := 0
	if x.Request != nil {
		sent = x.Request.Header.Value(f.credentials)
	}
	if x.Response != nil {
		got = x.Response.Header.Values(f.challenges)
		status = x.Response.Status
	}
	wanted := x.Reset == "HTTP_1_1_REQUIRED" && side == ToServer
	if sent == "" && len(got) == 0 && status != side.Challenge() && !wanted {
		return nil
	}
	l := &Leg{Exchange: x, Got: d.Challenges(got)}
	if sent != "" {
		a := d.Credentials(sent)
		l.Sent = &a
	}
	if x.Response != nil {
		l.SubStatus = SubStatus(x.Response.Body)
	}
	if l.Sent == nil && len(l.Got) == 0 && status != side.Challenge() && !wanted {
		return nil
	}
	return l
}

// IIS's detailed error page gives the sub-status in its title and the Win32 error below.
var (
	iisSubStatus = regexp.MustCompile(`HTTP Error ([1-5][0-9]{2}\.[0-9]{1,2})\b`)
	win32Error   = regexp.MustCompile(`\b0x8[0-9A-Fa-f]{7}\b`)
)

// SubStatus is what the body of an error page says of itself, as IIS's detailed errors
// do: "401.1", "401.2 0x80070005"; "" for any other.
func SubStatus(body []byte) string {
	var found []string
	// Most bodies hold neither, and looking for a prefix is far cheaper than matching.
	if i := bytes.Index(body, []byte("HTTP Error ")); i >= 0 {
		if m := iisSubStatus.FindSubmatch(body[i:]); m != nil {
			found = append(found, string(m[1]))
		}
	}
	if bytes.Contains(body, []byte("0x8")) {
		if m := win32Error.Find(body); m != nil {
			found = append(found, strings.ToLower(string(m)))
		}
	}
	return strings.Join(found, " ")
}

// secretFields are header lines whose values must not outlive their decoding.
var secretFields = []string{
	"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie",
	"WWW-Authenticate", "Proxy-Authenticate", "Authentication-Info", "Proxy-Authentication-Info",
}

// keepValue is the longest header value that is kept: what checks read is short.
const keepValue = 512

// forget lets go of the secrets and the bulk of an exchange, and of the buffers its
// strings share with the rest of the message.
func (t *Trace) forget(x *httpstream.Exchange) {
	if r := x.Request; r != nil {
		r.Header = t.forgetValues(r.Header)
		r.Method, r.Target = t.word(r.Method), strings.Clone(withoutQuery(r.Target))
		r.Proto, r.Host = t.word(r.Proto), t.word(r.Host)
	}
	if r := x.Response; r != nil {
		r.Header = t.forgetValues(r.Header)
		r.Proto = t.word(r.Proto)
		if r.Status == 401 || r.Status == 407 {
			r.Body = nil
		}
	}
}

func (t *Trace) forgetValues(h httpstream.Header) httpstream.Header {
	kept := make(httpstream.Header, len(h))
	for i, f := range h {
		kept[i] = httpstream.Field{Name: t.word(f.Name), Forgotten: f.Forgotten}
		if len(f.Value) > keepValue || isSecret(f.Name) {
			kept[i].Forgotten = len(f.Value)
		} else {
			kept[i].Value = t.word(f.Value)
		}
	}
	return kept
}

// word returns a copy of s, the same one for what comes again: header lines mostly do.
func (t *Trace) word(s string) string {
	w, ok := t.words[s]
	if !ok {
		w = strings.Clone(s)
		if len(t.words) < maxWords {
			t.words[w] = w
		}
	}
	return w
}

func isSecret(name string) bool {
	for _, s := range secretFields {
		if strings.EqualFold(name, s) {
			return true
		}
	}
	return false
}

// withoutQuery cuts the query off a request target: it may carry secrets.
func withoutQuery(target string) string {
	before, _, _ := strings.Cut(target, "?")
	return before
}
