package httpstream

import "strings"

// isKDCProxy reports whether the content of a request is for a KDC proxy (MS-KKDCP section
// 2.1): by its path, or by the media type that clients give it.
func isKDCProxy(q *Request) bool {
	if q == nil || q.Method != "POST" {
		return false
	}
	path, _, _ := strings.Cut(q.Target, "?")
	if i := strings.LastIndexByte(path, '/'); i >= 0 && strings.EqualFold(path[i:], "/KdcProxy") {
		return true
	}
	return strings.HasPrefix(q.Header.Value("Content-Type"), "application/kerberos")
}

// hasKDCMessage reports whether what a side sends in an exchange is for a KDC, or from it.
func (x *Exchange) hasKDCMessage(from Side) bool {
	return isKDCProxy(x.Request) && (from == Client || x.Response != nil && x.Response.Status == 200)
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

// kdcMessage delivers the content of a message of x.
func (sh *shared) kdcMessage(x *Exchange, from Side, k *kdcContent) {
	if len(k.b) >= maxRecord {
		sh.drop(recordDropped)
	}
	if sh.sink.KDCProxy == nil || len(k.b) == 0 {
		return
	}
	at := x.Request.Pos
	if from == Server {
		at = x.Response.Pos
	}
	sh.sink.KDCProxy(x.Conn, from, at, k.b)
}
