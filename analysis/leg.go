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

// concerns tells that x carries something for a side: that leg has something to return.
func concerns(d tokens.Decoder, x *httpstream.Exchange, side Side) bool {
	f := side.fields()
	switch {
	case x.Request != nil && x.Request.Header.Value(f.credentials) != "", wanted(x, side):
		return true
	case x.Response == nil:
		return false
	}
	return x.Response.Status == side.Challenge() ||
		x.Response.Header.Has(f.challenges) && len(d.Challenges(x.Response.Header.Values(f.challenges))) > 0
}

// wanted tells that a server sent a request back to HTTP/1.1, as it must be for
// authentication that is bound to a connection.
func wanted(x *httpstream.Exchange, side Side) bool {
	return x.Reset == "HTTP_1_1_REQUIRED" && side == ToServer
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
	if sent == "" && len(got) == 0 && status != side.Challenge() && !wanted(x, side) {
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
	if l.Sent == nil && len(l.Got) == 0 && status != side.Challenge() && !wanted(x, side) {
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
