package main

import (
	"fmt"
	"strings"
)

const browser = "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36\r\n" +
	"Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\nAccept-Language: en-GB\r\nAccept-Encoding: gzip, deflate\r\nConnection: keep-alive\r\n"

const iis = "Server: Microsoft-IIS/10.0\r\nX-Powered-By: ASP.NET\r\nDate: Fri, 02 Jan 2026 03:04:05 GMT\r\n"

// web returns a conversation with a web server: rounds times next.
func web(g *generator, rounds int, next func(g *generator, user int) []turn) conversation {
	user := g.rnd.IntN(users)
	return conversation{port: 80, server: uint32(10 + user%20), next: func(g *generator, _ *tcp) []turn {
		if rounds--; rounds < 0 {
			return nil
		}
		return next(g, user)
	}}
}

func (g *generator) request(method string, user int, fields string) []byte {
	g.serial++
	return fmt.Appendf(nil, "%s /site/%d/page%d.aspx?view=%d HTTP/1.1\r\nHost: web%02d.corp.test\r\n%s%s\r\n",
		method, user, g.serial, g.serial, user%20, browser, fields)
}

func response(status, fields string) []byte {
	return []byte("HTTP/1.1 " + status + "\r\n" + iis + fields + "\r\n")
}

// download is from which size on a body is not a page of words.
const download = 20_000

// exchange returns a request and its response with a body of n bytes.
func (g *generator) exchange(user int, sent, status, got string, n int) []turn {
	return []turn{
		{from: client, text: g.request("GET", user, sent)},
		{from: server, text: response(status, got+fmt.Sprintf("Content-Type: text/html\r\nContent-Length: %d\r\n", n)), body: n, page: n < download},
	}
}

// bulkHTTP returns a connection with downloads and uploads of some hundred KB, their length announced.
func bulkHTTP(g *generator) conversation {
	return web(g, 1+g.rnd.IntN(6), func(g *generator, user int) []turn {
		n := download + g.rnd.IntN(1_000_000)
		if g.rnd.IntN(5) == 0 {
			return []turn{
				{from: client, text: g.request("PUT", user, fmt.Sprintf("Content-Length: %d\r\n", n)), body: n},
				{from: server, text: response("201 Created", "Content-Length: 0\r\n")},
			}
		}
		return g.exchange(user, "", "200 OK", "", n)
	})
}

// chunkedHTTP returns a connection with downloads in chunks of some KB.
func chunkedHTTP(g *generator) conversation {
	return web(g, 1+g.rnd.IntN(4), func(g *generator, user int) []turn {
		turns := []turn{
			{from: client, text: g.request("GET", user, "")},
			{from: server, text: response("200 OK", "Transfer-Encoding: chunked\r\n")},
		}
		for range 1 + g.rnd.IntN(30) {
			n := 500 + g.rnd.IntN(30_000)
			turns = append(turns, turn{from: server, text: fmt.Appendf(nil, "%x\r\n", n), body: n, end: "\r\n"})
		}
		return append(turns, turn{from: server, text: []byte("0\r\n\r\n")})
	})
}

// shortHTTP returns a connection with pages of some KB, at times with a handshake before them.
func shortHTTP(g *generator) conversation {
	first := g.rnd.IntN(7)
	return web(g, 2+g.rnd.IntN(17), func(g *generator, user int) []turn {
		if kind := first; kind < 3 {
			first = 3
			return g.handshake(user, kind)
		}
		switch g.rnd.IntN(10) {
		case 0:
			return g.exchange(user, "", "304 Not Modified", "", 0)
		case 1:
			return g.exchange(user, "", "404 Not Found", "", 1245)
		}
		return g.exchange(user, "", "200 OK", "", g.rnd.IntN(16_000))
	})
}

// handshake returns a conversation of one handshake and nothing else.
func handshake(g *generator) conversation {
	return web(g, 1, func(g *generator, user int) []turn { return g.handshake(user, g.rnd.IntN(3)) })
}

// handshake returns one of the ways to authenticate: NTLM, Kerberos or NTLM in Negotiate.
func (g *generator) handshake(user, kind int) []turn {
	u := &g.words.user[user]
	const asks = "WWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n"
	refusal := 100 + g.rnd.IntN(1200)
	turns := g.exchange(user, "", "401 Unauthorized", asks, refusal)
	add := func(sent, status, got string, n int) {
		if sent != "" {
			sent = "Authorization: " + sent + "\r\n"
		}
		if got != "" {
			got = "WWW-Authenticate: " + got + "\r\n"
		}
		turns = append(turns, g.exchange(user, sent, status, got, n)...)
	}
	page := g.rnd.IntN(2000)
	switch kind {
	case 0:
		add("NTLM "+u.ntlm1, "401 Unauthorized", "NTLM "+u.ntlm2, 341)
		add("NTLM "+u.ntlm3, "200 OK", "", page)
	case 1:
		add("Negotiate "+u.init, "200 OK", "Negotiate "+u.resp, page)
	case 2:
		add("Negotiate "+u.spnego1, "401 Unauthorized", "Negotiate "+u.spnego2, 341)
		add("Negotiate "+u.spnego3, "200 OK", "", page)
	}
	return turns
}

// idleHTTP returns a single exchange on a connection that stays open.
func idleHTTP(g *generator) conversation {
	return web(g, 1, func(g *generator, user int) []turn { return g.exchange(user, "", "200 OK", "", 300) })
}

// endlessHead returns a request whose head goes on for as much as a head may.
func endlessHead(g *generator) conversation {
	return web(g, 1, func(g *generator, user int) []turn {
		head := g.request("GET", user, "")
		head = append(head[:len(head)-2], "Authorization: Negotiate "+strings.Repeat("YIIABgYrBgEFBQKg", 4000)...)
		return []turn{{from: client, text: head}}
	})
}
