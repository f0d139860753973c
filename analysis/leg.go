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

func (t Target) fields() authFields {
	if t == ToProxy {
		return authFields{"Proxy-Authorization", "Proxy-Authenticate"}
	}
	return authFields{"Authorization", "WWW-Authenticate"}
}

// concerns tells that x carries something for a side.
func concerns(d tokens.Decoder, x *httpstream.Exchange, target Target) bool {
	f := target.fields()
	switch {
	case x.Request != nil && x.Request.Header.Value(f.credentials) != "":
		return true
	case x.Reset == "HTTP_1_1_REQUIRED" && target == ToServer:
		return true // as it must be for authentication that is bound to a connection
	case x.Response == nil:
		return false
	}
	return x.Response.Status == target.Challenge() ||
		x.Response.Header.Has(f.challenges) && len(d.Challenges(x.Response.Header.Values(f.challenges))) > 0
}

// leg decodes what x carries for one side; nil if it carries nothing for it.
func leg(d tokens.Decoder, x *httpstream.Exchange, target Target) *Leg {
	if !concerns(d, x, target) {
		return nil
	}
	f, l := target.fields(), &Leg{Exchange: x}
	if x.Request != nil {
		if sent := x.Request.Header.Value(f.credentials); sent != "" {
			a := d.Credentials(sent)
			l.Sent = &a
		}
	}
	if x.Response != nil {
		l.Got = d.Challenges(x.Response.Header.Values(f.challenges))
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
