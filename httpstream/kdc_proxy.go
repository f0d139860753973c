package httpstream

import "strings"

const kdcMediaType = "application/kerberos"

// IsKDCProxy reports whether the content of a POST is for a KDC proxy (MS-KKDCP section 2.1):
// by the path of its target, or by the media type that clients give it.
func IsKDCProxy(target, contentType string) bool {
	path, _, _ := strings.Cut(target, "?")
	i := strings.LastIndexByte(path, '/')
	return i >= 0 && strings.EqualFold(path[i:], "/KdcProxy") ||
		len(contentType) >= len(kdcMediaType) && strings.EqualFold(contentType[:len(kdcMediaType)], kdcMediaType)
}

// hasKDCMessage reports whether what a side sends in an exchange is for a KDC, or from it.
func (x *Exchange) hasKDCMessage(from Side) bool {
	q := x.Request
	return q != nil && q.Method == "POST" && (from == Client || x.Response != nil && x.Response.Status == 200) &&
		IsKDCProxy(q.Target, q.Header.Value("Content-Type"))
}

// hasEarlyKDCReply reports whether a response whose request is not there, or not yet, has a message of a KDC.
func (x *Exchange) hasEarlyKDCReply() bool {
	r := x.Response
	return x.Request == nil && r != nil && r.Status == 200 && IsKDCProxy("", r.Header.Value("Content-Type"))
}

// A kdcContent is the content of a request or response with a message for a KDC or from it.
type kdcContent struct {
	b   []byte
	cut bool // a part is missing, and with it what follows
}

// add takes more of the content, and returns how many bytes it keeps.
func (k *kdcContent) add(b []byte) int {
	if k.cut {
		return 0
	}
	if k.cut = len(k.b)+len(b) > maxRecord; k.cut {
		b = b[:maxRecord-len(k.b)]
	}
	k.b = append(k.b, b...)
	return len(b)
}

// endKDCMessage delivers what a side has sent of a message for a KDC, or from it, if it is in the middle of one;
// a reply not before what it answers.
func (h *http1) endKDCMessage(from Side, m *http1Half) {
	if m.kdc == nil {
		return
	}
	p, k := m.current, m.kdc
	m.kdc = nil
	h.shared.held -= int64(len(k.b))
	if from == Server && !p.requestOver { // what it answers comes first
		p.kdcReply = k
		h.holdFor(p, len(k.b))
		return
	}
	h.shared.kdcMessage(p.x, from, k)
}

// kdcMessage delivers the content of a message of x.
func (sh *shared) kdcMessage(x *Exchange, from Side, k *kdcContent) {
	if len(k.b) >= maxRecord {
		sh.drop(recordDropped)
	}
	if sh.sink.KDCProxy == nil || len(k.b) == 0 {
		return
	}
	var at Pos
	var head Header
	if from == Client {
		at, head = x.Request.Pos, x.Request.Header
	} else {
		at, head = x.Response.Pos, x.Response.Header
	}
	sh.sink.KDCProxy(x.Conn, from, at, strings.Join(head.Values("Content-Encoding"), ","), k.b)
}
