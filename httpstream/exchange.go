package httpstream

import (
	"strings"
)

// An Exchange is one request and the response that answers it. Request or Response
// is nil where the capture does not hold it.
type Exchange struct {
	Conn     *Conn     `json:"-"`
	H2Stream uint32    `json:"h2_stream,omitempty"` // HTTP/2 stream identifier, 0 in HTTP/1
	Request  *Request  `json:"request,omitempty"`
	Response *Response `json:"response,omitempty"`
	// Interim lists the 1xx responses that came before Response.
	Interim []int `json:"interim,omitempty"`
	// Reset is the name of the HTTP/2 error code that ended the stream (RFC 9113:
	// HTTP_1_1_REQUIRED ...); empty if none did.
	Reset string `json:"reset,omitempty"`
	// Failure is why there is no response, in the words of the program that recorded the
	// exchange: net::ERR_INVALID_AUTH_CREDENTIALS. Packets have none.
	Failure string `json:"failure,omitempty"`
	// Events are the entries of the client's own log about the authentication of this
	// exchange, in order. Only a NetLog and some transcripts have them.
	Events []AuthEvent `json:"events,omitempty"`
	// Source is the ID of the request in a NetLog, by which its viewer shows it; 0 elsewhere.
	Source int64  `json:"source,omitempty"`
	Notes  []Note `json:"notes,omitempty"`
	// Page is the URL of the page for which a browser made the request, if a HAR says it.
	Page string `json:"page,omitempty"`
	// Also is where other files show the same exchange.
	Also []Pos `json:"also,omitempty"`
}

// Pos returns where the exchange begins: its request, or its response if that is all
// there is.
func (x *Exchange) Pos() Pos {
	if x.Request != nil {
		return x.Request.Pos
	}
	if x.Response != nil {
		return x.Response.Pos
	}
	return x.Conn.Start
}

// note adds a note that does not repeat the one before it.
func (x *Exchange) note(at Pos, text string) {
	n := len(x.Notes)
	if n == maxNotes || n > 0 && x.Notes[n-1].Text == text {
		return
	}
	if n == maxNotes-1 {
		text = "more notes, which are left out"
	}
	x.Notes = append(x.Notes, Note{at, text})
}

// tunnels reports whether a connection may run inside of the one of x, and refer to x.
func (x *Exchange) tunnels() bool {
	return x.Request != nil && x.Request.Method == "CONNECT" || x.Response != nil && x.Response.Status == StatusSwitchingProtocols
}

// AsksTunnel reports whether a request asks for a tunnel to another host (RFC 9110 section 9.3.6).
// With a path CONNECT asks the server itself for another protocol (RFC 8441 section 4).
func (r *Request) AsksTunnel() bool {
	return r != nil && r.Method == "CONNECT" && !strings.HasPrefix(r.Target, "/")
}

// HTTP2 reports whether the exchange went over HTTP/2, or later.
func (x *Exchange) HTTP2() bool {
	return x.H2Stream != 0 || x.Request != nil && (x.Request.Proto == "HTTP/2" || x.Request.Proto == "HTTP/3")
}

// WantsBody returns how many bytes of the beginning of the response's body are kept: of the body
// of an error, and of a page that answers credentials, or may, since it may ask its reader to log
// on. It is 0 for all others.
func (x *Exchange) WantsBody() int {
	q, r := x.Request, x.Response
	switch {
	case r == nil:
		return 0
	case r.Status >= StatusBadRequest:
		return maxErrorBody
	case r.Status >= StatusMultipleChoices || q != nil && !q.Header.Has("Authorization"): // one that is not known yet may have it
		return 0
	}
	media := r.Header.Value("Content-Type")
	if media == "" || hasPrefixFold(media, "text/html") || hasPrefixFold(media, "application/xhtml") {
		return maxPageBody
	}
	return 0
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// A Request is the head of one request.
type Request struct {
	Pos     Pos    `json:"pos"`      // of its first byte
	Done    Pos    `json:"done"`     // of the last byte of its head and body that was seen
	Method  string `json:"method"`   // as sent
	Target  string `json:"target"`   // request-target as sent; for HTTP/2 the :path
	Proto   string `json:"proto"`    // "HTTP/1.1", "HTTP/1.0", "HTTP/2"
	Host    string `json:"host"`     // Host or :authority, as sent; may carry a port
	HeadLen int    `json:"head_len"` // bytes of the request line and the header
	BodyLen int64  `json:"body_len"` // bytes of the body that were seen
	Header  Header `json:"-"`
}

// A Response is the head of one final response.
type Response struct {
	Pos     Pos    `json:"pos"`      // of its first byte
	Done    Pos    `json:"done"`     // of the last byte of its head and body that was seen
	Proto   string `json:"proto"`    // "HTTP/1.1", "HTTP/1.0", "HTTP/2"
	Status  int    `json:"status"`   // three digits
	HeadLen int    `json:"head_len"` // bytes of the status line and the header
	BodyLen int64  `json:"body_len"` // bytes of the body that were seen
	Header  Header `json:"-"`
	// HeadCut is set if the capture lacks the rest of the head: it may have more lines.
	HeadCut bool `json:"head_cut,omitempty"`
	// Reason is the phrase of the status line of an error, if it is not the usual one of that
	// status; see UnusualReason.
	Reason string `json:"-"`
	// Body is the first bytes of the body, as many as Exchange.WantsBody says and as
	// sent: servers say there what no header says. Where it comes from an Assembler it is
	// valid only during the call of the Sink: a Sink that keeps the
	// exchange puts a copy here, or nil.
	Body []byte `json:"-"`
}

// An AuthEvent is one event of a client's log about authentication: what it asked
// of its security library, and what the library answered.
type AuthEvent struct {
	Pos      Pos    `json:"pos"`                 // where it is
	Source   int64  `json:"source,omitempty"`    // ID of the source in the log, by which its viewer shows it
	Name     string `json:"name"`                // as Chromium names it: AUTH_LIBRARY_INIT_SEC_CTX ...; the function that failed, of other programs
	Proxy    bool   `json:"proxy,omitempty"`     // target is a proxy
	Scheme   string `json:"scheme,omitempty"`    // negotiate, ntlm ...
	SPN      string `json:"spn,omitempty"`       // name given to the library
	Package  string `json:"package,omitempty"`   // mechanism the library reports
	User     string `json:"user,omitempty"`      // source name the library reports
	Result   string `json:"result,omitempty"`    // accept, reject, invalid ...
	NetError int    `json:"net_error,omitempty"` // Chromium's net error, negative
	Status   string `json:"status,omitempty"`    // GSS major/minor text, or SSPI status in hex
	// Major and Minor are the statuses of a call of GSS-API that failed (RFC 2744 section 3.9.1).
	// Security is the status of a call of SSPI that failed.
	Major    uint32 `json:"major_status,omitempty"`
	Minor    uint32 `json:"minor_status,omitempty"`
	Security uint32 `json:"security_status,omitempty"`
}

// A Note says what could not be understood, and where.
type Note struct {
	Pos  Pos    `json:"pos"`  // where it is
	Text string `json:"text"` // what it is, in one sentence
}
