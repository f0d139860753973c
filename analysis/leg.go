package analysis

import (
	"bytes"
	"slices"
	"strings"

	"negotrace/analysis/fact"
	"negotrace/analysis/servertext"
	"negotrace/capture/serverlog"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// A Leg is one exchange as a handshake sees it: what the client sent to the handshake's
// target, what came back, and what that means.
type Leg struct {
	*httpstream.Exchange
	// Conn is the connection that it went over.
	Conn *httpstream.Conn `json:"-"`
	// Sent are the credentials of the request for the handshake's target, nil if none.
	Sent *tokens.Auth `json:"sent,omitempty"`
	// EmptyScheme is the scheme that the request names without credentials: it asks to be
	// challenged, and nobody can be refused for it.
	EmptyScheme string `json:"no_credentials,omitempty"`
	// Got are the challenges of the response from that target.
	Got []tokens.Auth `json:"got,omitempty"`
	// CookiesSet are the cookies that the server set. CookiesSent are the names of the cookies
	// that the client sent.
	CookiesSet  []SetCookie `json:"cookies_set,omitempty"`
	CookiesSent []string    `json:"cookies_sent,omitempty"`
	// Verdict is what the response means for the credentials.
	Verdict Verdict `json:"-"`
	// Asks reports whether the response asks for credentials: 401 of a server, 407 of a
	// proxy.
	Asks bool `json:"-"`
	// SubStatus is what the body of an error page says of itself, as IIS's detailed
	// errors do: "401.1", "0x8009030c".
	SubStatus string `json:"sub_status,omitempty"`
	// ErrorText is the sentence on an error page, or in its status line, in which the server
	// says why it refused.
	ErrorText string `json:"error_text,omitempty"`
	// Words is what else the status line or the page of an error says when credentials are turned
	// away; it need not be the reason. For a page that is no error it says that something has
	// expired.
	Words string `json:"words,omitempty"`
	// PageOf is the kind of server whose page of an error it is; empty if that is not known.
	PageOf fact.Fact `json:"-"`
	// Logged is the line of the server's log about it, nil if there is none or it is not sure
	// which. Its time is by the server's clock.
	Logged *serverlog.Request `json:"logged,omitempty"`
	// LoggedOtherwise is a line of the server's log that is about the same request by all but
	// its status, where nothing else fits either of the two; nil for none.
	LoggedOtherwise *serverlog.Request `json:"logged_otherwise,omitempty"`
	// ErrorLog are the lines of the server's error log about it.
	ErrorLog []*serverlog.AuthError `json:"error_log,omitempty"`
	// Logon is how the response asks the user to log on in a page, instead of by a scheme;
	// empty if it does not.
	Logon servertext.Logon `json:"logon,omitempty"`
	// Unread is why the page that answers credentials could not be read to its end: "packed with
	// br". It may have a form for a logon.
	Unread string `json:"unread,omitempty"`
}

// A Verdict is what a response says about the credentials of its request.
type Verdict uint8

// The verdicts.
const (
	NoVerdict Verdict = iota // no response, or one that says nothing about them
	Continues                // the target sent a token and awaits another
	Accepted                 // anything but a challenge
	Rejected                 // an error token, or the schemes offered anew
	Retry                    // the request has to be made again, on another connection or by a proxy's leave
)

// Refuses reports whether the response turns credentials away: it is an error, and not one
// by which the exchange of tokens goes on.
func (l *Leg) Refuses() bool {
	return l.Sent != nil && l.Status() >= httpstream.StatusBadRequest && l.Verdict != Continues
}

// Status returns the status of the response, 0 if there is none. It is safe on nil.
func (l *Leg) Status() HTTPCode {
	if l == nil || l.Response == nil {
		return 0
	}
	return HTTPCode(l.Response.Status)
}

// RequestPos returns where the request is; the zero Pos with Stream -1 if there is none. It is
// safe on nil.
func (l *Leg) RequestPos() httpstream.Pos {
	if l == nil || l.Request == nil {
		return httpstream.Pos{Stream: -1}
	}
	return l.Request.Pos
}

// SentPos returns where the last byte of the request is that was seen, or RequestPos where that is
// not known.
func (l *Leg) SentPos() httpstream.Pos {
	if l == nil || l.Request == nil || l.Request.Done.Time.IsZero() {
		return l.RequestPos()
	}
	return l.Request.Done
}

// ResponsePos returns where the response is; the zero Pos with Stream -1 if there is none. It
// is safe on nil.
func (l *Leg) ResponsePos() httpstream.Pos {
	if l == nil || l.Response == nil {
		return httpstream.Pos{Stream: -1}
	}
	return l.Response.Pos
}

// Shortened reports whether the client's credentials are not all there because somebody took them, or
// their end, out of the text in which a program had recorded them.
func (l *Leg) Shortened() bool {
	return l.Sent != nil && (l.Sent.Stripped || l.Conn.Recorder != nil && l.Sent.Cut())
}

// Answer returns the challenge of the response that carries a token which answers one of the client, or
// nil. The token with which a server lists its mechanisms answers none (MS-SPNG 2.2.1; IIS offers Nego2 so).
func (l *Leg) Answer() *tokens.Auth {
	for i := range l.Got {
		if s := l.Got[i].SPNEGO(); s != nil && s.Init != nil && s.Init.Init2 {
			continue
		}
		if !l.Got[i].Bare() && l.Got[i].Token != nil || l.Got[i].Stripped {
			return &l.Got[i]
		}
	}
	return nil
}

// Finishes reports whether the token of the response completes the exchange: with a 401 it
// says that the user is known, and not wanted.
func (l *Leg) Finishes() bool {
	a := l.Answer()
	if a == nil {
		return false
	}
	if s := a.SPNEGO(); s != nil {
		return s.Resp != nil && s.Resp.NegState == tokens.AcceptCompleted
	}
	k := a.Kerberos()
	return k != nil && k.APRep != nil
}

// ProvesKey reports whether the response holds an AP-REP: who made it has opened the ticket.
func (l *Leg) ProvesKey() bool {
	k := l.Answer().Kerberos()
	return k != nil && k.APRep != nil
}

// ChallengedAnew reports whether the answer to an NTLM message 3 is another challenge: what sent it does
// not know the first.
func (l *Leg) ChallengedAnew() bool {
	return l.Sent.NTLM().Type() == 3 && l.Answer().NTLM().Type() == 2
}

// NTLMOverHTTP2 reports whether the client began NTLM over HTTP/2 and was asked anew: HTTP/2
// cannot carry what authenticates a connection (RFC 9113 section 7, HTTP_1_1_REQUIRED), so
// that nobody need have looked at the message.
func (l *Leg) NTLMOverHTTP2() bool {
	return l.HTTP2() && l.Asks && l.Sent.NTLM().Type() == 1 && l.Answer() == nil
}

// StatusLoginTimeout is what IIS and Exchange answer to somebody who has to log on anew.
const StatusLoginTimeout = 440

// StatusRequestHeaderTooLarge is what nginx has for a header that is too large; RFC 6585
// has 431.
const StatusRequestHeaderTooLarge = 494

// HeaderRefused reports whether the server turned the request away for the size of its
// header, before anybody looked at the credentials: by a status made for it, or by a
// 400 (413) to a large header that ends the connection. Where the log of HTTP.sys has the reason,
// that counts.
func (l *Leg) HeaderRefused() bool {
	if q := l.Logged; q != nil && q.Reason != "" {
		return l.Sent != nil && HeaderTooLong(q) != ""
	}
	switch l.Status() {
	case httpstream.StatusRequestHeaderFieldsTooLarge, StatusRequestHeaderTooLarge:
		return true
	case httpstream.StatusBadRequest, httpstream.StatusRequestEntityTooLarge:
		return l.Request != nil && l.Request.HeadLen >= SmallestHeaderLimit() && l.Got == nil && l.Sent != nil && !namesOtherFault(l.Response.Body)
	}
	return false
}

// namesOtherFault reports whether a page says of a request that something else than its size is wrong: one
// of HTTP.sys, nginx or Apache, or JSON without a word for a size, in which an application says what it misses.
func namesOtherFault(page []byte) bool {
	if _, fault, ok := bytes.Cut(page, []byte("Bad Request - Invalid ")); ok {
		return !bytes.HasPrefix(fault, []byte("Header"))
	}
	return pageHas(page, "plain http request was sent to https port", "speaking plain http to an ssl-enabled", "no required ssl certificate", "ssl certificate error") ||
		bytes.HasPrefix(bytes.TrimSpace(page), []byte("{")) && !pageHas(page, "large", "long", "size", "limit", "exceed", "header")
}

// NamesHeaderSize reports whether the server says that it refused the request for the size of its header:
// by a status made for it, in its log, or on its page. Without that, HeaderRefused is a conclusion.
func (l *Leg) NamesHeaderSize() bool {
	switch {
	case l.Status() == httpstream.StatusRequestHeaderFieldsTooLarge, l.Status() == StatusRequestHeaderTooLarge:
		return true
	case l.Logged != nil && l.Logged.Reason != "":
		return HeaderTooLong(l.Logged) != ""
	}
	return l.Response != nil && pageHas(l.Response.Body, "too large", "too long", "too big", "exceed")
}

// pageHas reports whether a page has one of some words, in any letter case.
func pageHas(page []byte, words ...string) bool {
	lower := strings.ToLower(string(page))
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(lower, w) })
}

// BehindAcceptor reports whether a response to a token asks for Bearer alone, or says 401 in JSON
// without a scheme, as applications do to somebody whom the server before them has let through.
// An acceptor that refuses offers its own schemes.
func (l *Leg) BehindAcceptor() bool {
	if !l.Asks || l.Sent == nil || !tokens.IsTokenScheme(l.Sent.Scheme) || l.Sent.NTLM().Type() == 1 {
		return false
	}
	if len(l.Got) == 0 {
		return strings.Contains(l.Response.Header.Value("Content-Type"), "json")
	}
	return !l.AsksUser()
}

// AsksUser reports whether the response asks for what a user has: for a scheme other than
// Bearer and DPoP, whose tokens scripts send. One that was recorded without any header
// lines may ask for it.
func (l *Leg) AsksUser() bool {
	if !l.Asks {
		return false
	}
	for i := range l.Got {
		if s := l.Got[i].Scheme; s != "Bearer" && s != "DPoP" {
			return true
		}
	}
	return len(l.Got) == 0 && len(l.Response.Header) == 0
}
