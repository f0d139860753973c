package redact

import (
	"bytes"
	"strings"

	"negotrace/capture/redact/standin"
	"negotrace/capture/redact/text"
	"negotrace/httpstream"
)

// headerBlock rewrites the fields in a frame, and reports whether all are literals.
func (r *Redactor) headerBlock(h *half, kind, flags byte, id uint32, b []byte) bool {
	if kind == framePushPromise {
		if len(b) < 4 {
			return false
		}
		id, b = be.Uint32(b)&^(1<<31), b[4:]
	}
	s := h.conn.stream(id)
	if kind != frameContinuation {
		s.headers = framing{length: -1}
	}
	status := ""
	for len(b) > 0 {
		name, value, rest, ok := literal(b)
		if !ok {
			return false
		}
		r.field(name, value, &s.headers, &status)
		b = rest
	}
	if status != "" {
		h.fromServer = true
		r.Counts.Responses++
		s.status, s.response = parseStatus(status), s.headers
		s.isPage = kind != framePushPromise && isPage(s.status, s.pendingRequest, &s.response)
		if s.isPage && !s.response.compressed {
			s.pageLeft = text.MaxPage
		}
	}
	if flags&flagEndHeaders != 0 && s.headers.isRequest {
		r.Counts.Requests++
		s.pendingRequest = s.headers.pendingRequest
		s.isKDC = s.isKDC || strings.HasPrefix(s.headers.media, "application/kerberos")
		s.headers.isRequest = false
	}
	return true
}

// field rewrites a field.
func (r *Redactor) field(name, value []byte, f *framing, status *string) {
	before := string(value)
	switch string(name) {
	case ":method":
		f.isRequest = true
		f.isHead, f.isConnect = before == "HEAD", before == "CONNECT"
		standin.Put(value, r.StandardText(before))
	case ":path":
		f.isKDC = f.isKDC || httpstream.IsKDCProxy(before, "")
		standin.Put(value, r.Names.URL(before))
	case ":authority":
		standin.Put(value, r.Names.Host(before))
	case ":status":
		*status = before
		if len(value) != 3 {
			standin.Letters.Fill(value, 0)
		}
	case ":scheme", ":protocol":
		f.hasProtocol = f.hasProtocol || string(name) == ":protocol" // RFC 8441
		r.Words(value)
	default:
		r.Counts.HeaderLines++
		f.note(string(bytes.ToLower(name)), before)
		newName, newValue := r.Field(string(name), before)
		standin.Put(name, newName)
		standin.Put(value, newValue)
	}
}

// literal returns the name and the value of a field that is a literal without compression, and
// what follows it (RFC 7541 section 6.2).
func literal(b []byte) (name, value, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != 0 && b[0] != 0x10 {
		return nil, nil, nil, false
	}
	if name, rest, ok = rawString(b[1:]); ok {
		value, rest, ok = rawString(rest)
	}
	return name, value, rest, ok
}

// rawString returns a string that is not compressed (RFC 7541 section 5.2).
func rawString(b []byte) (s, rest []byte, ok bool) {
	if len(b) == 0 || b[0]&0x80 != 0 {
		return nil, nil, false
	}
	n, at := int(b[0]), 1
	if n == 0x7f {
		for shift := 0; ; shift += 7 {
			if at == len(b) || shift > 21 {
				return nil, nil, false
			}
			n += int(b[at]&0x7f) << shift
			if at++; b[at-1]&0x80 == 0 {
				break
			}
		}
	}
	if n > len(b)-at {
		return nil, nil, false
	}
	return b[at : at+n], b[at+n:], true
}

// parseStatus returns a status, 0 for what is none.
func parseStatus(text string) (n int) {
	for _, c := range text {
		if c < '0' || c > '9' || n > 999 {
			return 0
		}
		n = 10*n + int(c-'0')
	}
	return n
}
