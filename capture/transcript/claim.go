package transcript

import (
	"negotrace/httpstream"
	"negotrace/internal/lazyregexp"
)

// A claim is what a program says of the credentials that it adds to its next request.
type claim struct{ header, scheme string }

// claiming is curl's remark of it. It says so of Digest, too, before it has a challenge to answer and adds nothing.
var claiming = lazyregexp.New(`^(Server|Proxy) auth using (Negotiate|NTLM|Basic|Bearer) with user '`)

// maxClaims is how many claims are kept of one request, which has one for the server and one for a proxy.
const maxClaims = 2

// claim takes a remark about credentials, and reports whether it is one. Behind a logon that the connection
// keeps, and where it has just said that it could make no token, curl says so without adding any.
func (c *conn) claim(text string) bool {
	m := claiming().FindStringSubmatch(text)
	if m == nil {
		return false
	}
	header := "Authorization"
	if m[1] == "Proxy" {
		header = "Proxy-Authorization"
	}
	asked := c.status == 0 || c.status == httpstream.StatusUnauthorized || c.status == httpstream.StatusProxyAuthRequired
	if asked && len(c.remarks) == 0 && len(c.claims) < maxClaims {
		c.claims = append(c.claims, claim{header, m[2]})
	}
	return true
}

// leftOut adds a stand-in to the current request for credentials that were claimed and are not in the text: many
// take the line out before they pass it on.
func (c *conn) leftOut() {
	if q := c.current.Request; q != nil {
		for _, l := range c.claims {
			if !q.Header.Has(l.header) {
				q.Header = append(q.Header, httpstream.Field{Name: l.header, Value: l.scheme + " [left out of the text]"})
			}
		}
	}
	c.claims = nil
}
