package httpstream

import (
	"slices"
	"strings"
	"testing"
)

// play plays messages, of which those that begin with ">" are the client's, each in a segment
// of its own. Without a SYN the connection began before the capture.
func playMessages(syn bool, all ...string) (read []string, said bool) {
	c := newTape()
	if syn {
		c.open()
	} else {
		c.next = [2]uint32{1001, 5001}
	}
	for _, m := range all {
		from := Client
		if m[0] == '<' {
			from = Server
		}
		c.add(from, FlagACK, m[1:])
		c.add(from.Other(), FlagACK, "")
	}
	c.close()
	read, said, _ = play(c.segments)
	return read, said
}

// withLogon returns a logon behind other messages.
func withLogon(before ...string) []string {
	for i, m := range logon {
		before = append(before, string("><"[i%2])+m)
	}
	return before
}

// edited returns a logon with replacements in what a side sends.
func edited(from Side, pairs ...string) []string {
	all, r := withLogon(), strings.NewReplacer(pairs...)
	for i := int(from); i < len(all); i += 2 {
		all[i] = r.Replace(all[i])
	}
	return all
}

// TestHeads plays a logon whose heads are as few write them. All of it is read, whether the
// beginning of the connection was seen or not.
func TestHeads(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("y", 60<<10)
	for name, messages := range map[string][]string{
		"LF alone":                     edited(Client, "\r\n", "\n"),
		"LF alone, of the server":      edited(Server, "\r\n", "\n"),
		"a NUL":                        edited(Client, "Host:", "X: a\x00b\r\nHost:"),
		"8-bit characters":             edited(Client, "Host:", "X: \xff\xfe\r\nHost:"),
		"no space behind colons":       edited(Client, ": ", ":"),
		"tabs behind colons":           edited(Server, ": ", ":\t"),
		"lower case":                   edited(Client, "Host", "host", "Authorization", "authorization", "NTLM ", "ntlm "),
		"a token on lines of its own":  edited(Client, "NTLM ", "NTLM\r\n "),
		"a challenge in folded lines":  edited(Server, "NTLM ", "\r\n NTLM\r\n\t"),
		"two spaces":                   edited(Client, "GET ", "GET  "),
		"a space behind the version":   edited(Client, "HTTP/1.1\r", "HTTP/1.1 \r"),
		"empty lines before responses": edited(Server, "HTTP/1.1", "\r\n\r\nHTTP/1.1"),
		"no reason":                    edited(Server, " Unauthorized", ""),
		"lower-case version":           edited(Server, "HTTP", "http"),
		"HTTP/3":                       edited(Server, "HTTP/1.1", "HTTP/3"),
		"9000 lines":                   edited(Client, "Host:", strings.Repeat("X: y\r\n", 9000)+"Host:"),
		"a long line":                  edited(Client, "Host:", "X: "+long+"\r\nHost:"),
		"a long line of the server":    edited(Server, "WWW-", "X: "+long+"\r\nWWW-"),
	} {
		for _, syn := range []bool{true, false} {
			if read, _ := playMessages(syn, messages...); !slices.Equal(read, logonRead) {
				t.Errorf("%s, SYN: %v: %q", name, syn, read)
			}
		}
	}
	for _, method := range []string{"get", "MKCALENDAR", "G!#$%"} {
		for _, syn := range []bool{true, false} {
			read, _ := playMessages(syn, edited(Client, "GET", method)...)
			if want := strings.ReplaceAll(strings.Join(logonRead, "\n"), "GET", method); strings.Join(read, "\n") != want {
				t.Errorf("%s, SYN: %v: %q", method, syn, read)
			}
		}
	}
}

// TestHeadsThatAreNone plays responses that are none: what is not read is said, also where the
// beginning of the connection is not in the capture.
func TestHeadsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, instead := range []string{"ICY", "junk\r\nHTTP/1.1", "\x01HTTP/1.1", "   junk HTTP/1.1", "HTTP/1.1401", "HTTP/1.1 000"} {
		for _, syn := range []bool{true, false} {
			if read, said := playMessages(syn, edited(Server, "HTTP/1.1", instead)...); !said {
				t.Errorf("%q, SYN: %v: %q, and nothing is said", instead, syn, read)
			}
		}
	}
}

// TestBodies plays bodies that do not end as they should, and what comes before a logon.
func TestBodies(t *testing.T) {
	t.Parallel()
	const connect = "CONNECT a.test:80 HTTP/1.1\r\nContent-Length: 5\r\n\r\n"
	const chunked = "HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"
	refused := "<HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"
	post := ">POST /0 HTTP/1.1\r\nContent-Length: 3000\r\n\r\n"
	for _, tt := range []struct {
		name     string
		messages []string
		want     []string // in front of the logon
		midway   bool
	}{
		{"no line behind the last chunk", withLogon(">"+get1, "<"+chunked), []string{"GET /1 +0 > 401 +5; server side: the line that ends a chunked body is missing"}, false},
		{"no line behind the trailer", withLogon(">"+get1, "<"+chunked+"A: b\r\n"), []string{"GET /1 +0 > 401 +5; server side: the line that ends a chunked body is missing"}, false},
		{"no last chunk", withLogon(">"+get1, "<"+strings.TrimSuffix(chunked, "0\r\n")), []string{"GET /1 +0 > 401 +5; server side: the line that ends a chunked body is missing"}, false},
		{"a body that is not chunked", withLogon(">"+get1, "<"+strings.TrimSuffix(chunked, "5\r\nhello\r\n0\r\n")+"hello"), []string{"GET /1 +0 > 401 +0; server side: the line that ends a chunked body is missing"}, false},
		{"a body that is not sent", withLogon(post, "<"+denied), []string{"POST /0 +0 > 401 +0; the body that the request announces was not sent"}, false},
		{"a body that is not sent to its end", withLogon(post+"begun", "<"+denied), []string{"POST /0 +5 > 401 +0; the body that the request announces was not sent to its end"}, false},
		{"a body that is sent although it is refused", withLogon(post+"begun", "<"+denied, ">"+strings.Repeat("x", 2995)), []string{"POST /0 +3000 > 401 +0"}, false},
		{"a body of a response that is shorter than announced", withLogon(">"+get1, "<HTTP/1.1 401 Unauthorized\r\nContent-Length: 3000\r\n\r\nshort"), []string{"GET /1 +0 > 401 +5; the body of the server ends early: its Content-Length is more than was sent"}, true},
		{"CONNECT with content", withLogon(">"+connect+"hello", "<HTTP/1.1 200 OK\r\n\r\n"), []string{"CONNECT a.test:80 +0 > 200 +0"}, false},
		{"CONNECT without the content that it announces", withLogon(">"+connect, "<HTTP/1.1 200 OK\r\n\r\n"), []string{"CONNECT a.test:80 +0 > 200 +0"}, false},
		{"CONNECT with content, refused", withLogon(">"+connect+"hello", refused), []string{"CONNECT a.test:80 +0 > 407 +0"}, false},
		{"an upgrade to TLS that is not made", withLogon(">OPTIONS * HTTP/1.1\r\nUpgrade: TLS/1.2\r\n\r\n", "<HTTP/1.1 101 OK\r\nUpgrade: TLS/1.2, HTTP/1.1\r\n\r\n"), []string{"OPTIONS * +0 > 101 +0"}, false},
		{"a PROXY header in the segment of the first request", append([]string{">PROXY TCP4 192.0.2.1 192.0.2.2 50000 80\r\n" + logon[0]}, withLogon()[1:]...), nil, true},
	} {
		for _, syn := range []bool{true, false} {
			if !syn && !tt.midway {
				continue
			}
			if read, _ := playMessages(syn, tt.messages...); !slices.Equal(read, slices.Concat(tt.want, logonRead)) {
				t.Errorf("%s, SYN: %v: %q", tt.name, syn, read)
			}
		}
	}
}
