package httpstream

// A Sink takes what an Assembler finds. A nil function is not called.
type Sink struct {
	// Exchange is called when an exchange is complete, or when it is certain that
	// no more of it will come; per connection in order of the requests. It returns
	// whether it keeps the exchange. One that is not kept is used again for another,
	// with its Request, Response and Header.
	Exchange func(*Exchange) (kept bool)
	// Rest is set if nothing refers to the Conn of an exchange, or of a message, once the call is over.
	// Then there may be another Conn for the same connection later, with the same Key, and this one may
	// be used again for another connection.
	Rest bool
	// Conn is called at the end of each connection, after its exchanges: for those
	// that carried HTTP or TLS, those to a port of Kerberos, and those to port 80 or 443 whose
	// SYN nobody answered. The others are only counted.
	Conn func(*Conn)
	// Message is called with each length-prefixed message on a connection to a
	// port of Kerberos (over TCP, RFC 4120 section 7.2.2) or 53 (DNS over TCP, RFC 1035
	// section 4.2.2). The bytes are only valid during the call.
	Message func(c *Conn, from Side, at Pos, record []byte)
	// KDCProxy is called with the content of each request to a KDC proxy and of each
	// response (MS-KKDCP), as far as the capture holds it, and with the Content-Encoding that its head
	// names, "" if it names none: the content is as it was sent. The bytes are only valid during
	// the call.
	KDCProxy func(c *Conn, from Side, at Pos, coding string, content []byte)
	// SOCKSToken is called with each token of GSS-API by which a client logs on to a SOCKS proxy, and
	// that the proxy answers (RFC 1961). The bytes are only valid during the call.
	SOCKSToken func(c *Conn, from Side, at Pos, token []byte)
	// Plain is called with what was in TLS, once that could be opened and is known to be HTTP (of
	// other TLS that was opened with nothing but its ends), and with what came over HTTP/2 that is
	// in no tunnel. On each connection it is in order. Header blocks of HTTP/2 are written anew, as
	// literals.
	Plain func(c *Conn, from Side, at Pos, part Part)
}
