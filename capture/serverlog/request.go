package serverlog

import (
	"net/netip"
	"time"

	"negotrace/httpstream"
	"negotrace/tokens"
)

// A Request is a line of a W3C log or of an access log: a request that was answered, or one that
// HTTP.sys refused itself. What a log leaves out is empty.
type Request struct {
	// Pos is the line, and the time at which the request ended, in whole seconds by the
	// server's clock.
	Pos       httpstream.Pos `json:"pos"`
	Client    netip.AddrPort `json:"client,omitzero"`      // port 0 where the log has none
	Server    netip.AddrPort `json:"server,omitzero"`      // port 0 where the log has none
	Method    string         `json:"method,omitempty"`     // method of HTTP
	Path      string         `json:"path,omitempty"`       // without the query, as the client sent it
	Host      string         `json:"host,omitempty"`       // host that was asked for, if the log says it
	User      string         `json:"user,omitempty"`       // who was authenticated
	UserAgent string         `json:"user_agent,omitempty"` // User-Agent of the request
	// ForwardedFor is X-Forwarded-For, if the log has a column of it.
	ForwardedFor string `json:"forwarded_for,omitempty"`
	Status       int    `json:"status,omitempty"` // status of HTTP
	SubStatus    int    `json:"sub_status"`       // sub-status of IIS, 0 for none
	// Win32Status is what Windows said of the request, of the security library mostly; 0 for
	// nothing.
	Win32Status tokens.Win32Status `json:"win32_status"`
	TimeTaken   time.Duration      `json:"time_taken_ns,omitempty"` // how long the server took
	Site        string             `json:"site,omitempty"`          // name or number of the site; or the container that wrote the line
	// Reason and Queue are in logs of HTTP.sys: why it refused the request or ended the
	// connection, and the application pool that it was for.
	Reason string `json:"reason,omitempty"`
	Queue  string `json:"queue,omitempty"`
	// Module is what set the status. Package is what authenticated (Kerberos, NTLM, Basic). Both
	// are known if IIS traced the request.
	Module  string `json:"module,omitempty"`
	Package string `json:"package,omitempty"`
	// AtProxy reports whether the line is of a proxy that clients ask for pages of other hosts: it asks
	// for credentials with 407.
	AtProxy bool `json:"at_proxy,omitempty"`
	// Details is why Envoy answered by itself, in its words (response code details): "jwt_authn_access_denied{Jwt_is_expired}".
	Details string `json:"details,omitempty"`
	// Upstream is the backend and the server to which a balancer gave the request: "iis/iis01".
	Upstream string `json:"upstream,omitempty"`
	// NamesUsers reports whether the log has a column of users: only then does a missing user mean
	// that nobody was authenticated.
	NamesUsers bool `json:"names_users,omitempty"`
	// NamesSubStatus reports whether the log has a column of sub-statuses.
	NamesSubStatus bool `json:"-"`
	// MayBeStartTime reports whether its time may be that at which the request began: Apache httpd
	// notes that, and nginx the end.
	MayBeStartTime bool `json:"-"`
}

// FromIIS reports whether the line has values that only IIS writes. It is safe on nil.
func (q *Request) FromIIS() bool { return q != nil && (q.SubStatus != 0 || q.Win32Status != 0) }

// AddTrace adds what IIS traced of the same request. It is safe on nil.
func (q *Request) AddTrace(of *Request) {
	if of == nil {
		return
	}
	q.Module, q.Package = of.Module, of.Package
	if q.Win32Status == 0 {
		q.Win32Status = of.Win32Status
	}
	if q.User == "" {
		q.User = of.User
	}
}
