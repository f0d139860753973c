package export

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"io"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"negotrace/httpstream"
	"negotrace/internal/lazyregexp"
)

var burpItems = lazyregexp.New(`^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)?(?:<!DOCTYPE items\b[^]]*\]>\s*)?<items\b`)

// IsBurp reports whether a file that begins with head holds items that Burp Suite saved.
func IsBurp(head []byte) bool {
	return bytes.Contains(head, []byte("burpVersion")) && burpItems().Match(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
}

// A burpReader reads the items of Burp Suite: XML with a request and its response in each, in base64 or as they were
// sent. Those may have bytes that no XML may have, and NUL.
type burpReader struct {
	out      *Out
	in       *bufio.Reader
	conns    *connections
	buffer   reorderBuffer
	messages rawReader
	program  *httpstream.Recorder
	items    int
	opened   int  // items over TLS
	zones    bool // times have zones that only their letters name
}

// ReadBurp reads items that Burp Suite saved. What could be read is in out when it returns an error.
func ReadBurp(r io.Reader, out *Out) error {
	b := &burpReader{
		out:      out,
		in:       bufio.NewReaderSize(r, maxJSONString),
		conns:    newConnections(out),
		messages: rawReader{out: out, from: bufio.NewReaderSize(nil, maxJSONString)},
		program:  &httpstream.Recorder{Program: "Burp Suite"},
	}
	b.buffer = reorderBuffer{out: out, before: b.conns.assign, after: b.conns.placed}
	err := b.read()
	b.buffer.flush()
	b.conns.end()
	if b.opened > 0 {
		out.Limited("tls-intercepted", "%s", interceptedText(b.program.Program))
	}
	if b.zones {
		out.Limited("time-zone-unknown", "The times of Burp Suite name their zone by letters that several zones have: they are taken for UTC")
	}
	return err
}

// read reads the items to the end of the file.
func (b *burpReader) read() error {
	x := burpXML{in: b.in}
	var item burpItem
	for {
		switch name, err := x.next(item.value); {
		case err == io.EOF && item.open:
			b.out.Damage("Burp Suite: the file is cut short in item %d", b.items+1)
			return nil
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case name == "item":
			item = burpItem{open: true}
		case name == "/item":
			b.add(&item)
			item = burpItem{}
		default:
			item.enter(&x, name)
		}
	}
}

// A burpItem is one item.
type burpItem struct {
	open              bool
	time, url, port   burpValue
	host              burpValue
	ip                string
	request, response burpValue
	value             *burpValue // of the element that is being read; nil for one that is of no use
}

// enter begins reading the value of an element of the item.
func (i *burpItem) enter(x *burpXML, name string) {
	i.value = map[string]*burpValue{"time": &i.time, "url": &i.url, "host": &i.host, "port": &i.port, "request": &i.request, "response": &i.response}[name]
	switch {
	case !i.open || i.value == nil:
		i.value = nil
	case name == "host":
		i.ip = x.attribute("ip")
	default:
		i.value.base64 = x.attribute("base64") == "true"
	}
}

// add adds the exchange of an item to the timeline.
func (b *burpReader) add(item *burpItem) {
	b.items++
	b.out.Counters.Packets++
	at := httpstream.Pos{Frame: b.items, Stream: -1, File: b.out.File, Time: b.time(item.time.String())}
	raw, size := b.message(&item.request)
	b.messages.from.Reset(bytes.NewReader(raw))
	q, err := b.messages.request(at, size)
	if err != nil {
		b.out.Damage("Burp Suite: item %d: request: %v", b.items, err)
		return
	}
	x := &httpstream.Exchange{Request: q, Conn: b.conns.connection("")}
	x.Conn.Recorder = b.program
	if raw, size = b.message(&item.response); len(raw) > 0 {
		b.messages.from.Reset(bytes.NewReader(raw))
		if err := b.messages.response(x, at, size); err != nil {
			b.out.Damage("Burp Suite: item %d: response: %v", b.items, err)
		}
	}
	if u, err := url.Parse(item.url.String()); err == nil {
		q.Host = firstOf(q.Host, u.Host)
		if u.Scheme == "https" {
			b.opened++
			x.Conn.TLS = &httpstream.TLS{Opened: true}
		}
	}
	if ip, err := netip.ParseAddr(item.ip); err == nil {
		port, _ := strconv.ParseUint(item.port.String(), 10, 16)
		x.Conn.Server = netip.AddrPortFrom(ip.Unmap(), uint16(port))
	}
	b.buffer.addExchange(x)
}

// time reads a time as Java writes it: Mon Mar 02 10:00:00 CET 2026. It says no offset.
func (b *burpReader) time(text string) httpstream.Time {
	t, err := time.ParseInLocation("Mon Jan 02 15:04:05 MST 2006", text, time.UTC)
	if err != nil {
		return httpstream.Time{}
	}
	zone, _ := t.Zone()
	b.zones = b.zones || zone != "UTC" && zone != "GMT"
	return httpstream.TimeOf(t)
}

// A burpValue is the value of an element.
type burpValue struct {
	base64 bool
	text   []byte // up to maxBurpValue bytes
	size   int64
	last   [3]byte // of all its bytes
}

func (v *burpValue) add(text []byte) {
	v.size += int64(len(text))
	if n := len(text); n >= len(v.last) {
		v.last = [3]byte(text[n-len(v.last):])
	} else {
		v.last = [3]byte(append(v.last[n:], text...))
	}
	v.text = append(v.text, text[:min(len(text), maxBurpValue-len(v.text))]...)
}

// cutSuffix takes what ends a value away, and reports whether it was there.
func (v *burpValue) cutSuffix(end string) bool {
	if !bytes.HasSuffix(v.last[:], []byte(end)) {
		return false
	}
	v.size -= int64(len(end))
	v.text = v.text[:min(int64(len(v.text)), v.size)]
	return true
}

func (v *burpValue) String() string { return string(bytes.TrimSpace(v.text)) }

// message returns the beginning of a message of the current item, and the length of the whole.
func (b *burpReader) message(v *burpValue) ([]byte, int64) {
	if !v.base64 {
		return bytes.TrimLeft(v.text, "\r\n"), v.size
	}
	raw := make([]byte, base64.StdEncoding.DecodedLen(len(v.text)))
	n, err := base64.StdEncoding.Decode(raw, bytes.TrimSpace(v.text))
	if v.size > int64(len(v.text)) { // it is cut, where no group of base64 may end
		return raw[:n], v.size / 4 * 3
	}
	if err != nil {
		b.out.Damage("Burp Suite: item %d: base64: %v", b.items, err)
	}
	return raw[:n], int64(n)
}
