// Package transcript reads what programs print of the requests that they send: curl -v and
// --trace-ascii, R's httr, Git with GIT_CURL_VERBOSE or GIT_TRACE_CURL, wget -d, Wget2, haproxy -d, mitmdump, ZAP,
// Px, Cntlm, Python's http.client, requests, urllib3 and httpx, Ruby's Net::HTTP, Java's HttpURLConnection and
// java.net.http, Apache's HttpClient, OkHttp and Feign, .NET's HttpClient, IHttpClientFactory and System.Net in their
// logs, the log of Firefox (MOZ_LOG), sessions of telnet and openssl s_client, the panes of a browser's DevTools,
// requests with their responses as Fiddler and Wireshark show them, and responses alone, as curl -i and wget -S print
// them.
//
// The lines of all of them are brought into one form, that of curl: a line of a request, a
// line of a response, or a remark. A frame number is the number of a request in the text, or of a
// response whose request is not there.
package transcript

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"negotrace/capture/export"
	"negotrace/httpstream"
	"negotrace/internal/utf8text"
)

// Is reports whether a file that begins with head is a transcript.
func Is(head []byte) bool {
	wide := bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff})
	if !wide {
		head = bytes.ReplaceAll(bytes.ReplaceAll(head, []byte("\x00\r\n"), []byte("\n")), []byte("\x00\n"), []byte("\n"))
		if n := bytes.IndexByte(head, 0); n >= 0 { // a body, or room for lines to come
			head = head[:n]
		}
	}
	r := &reader{lines: bufio.NewReader(utf8text.NewReader(bytes.NewReader(head)))}
	for first, status := true, false; ; {
		text, err := r.line()
		if status { // a response alone has header lines
			return fieldLine().Match(bytes.TrimSpace(text))
		}
		if len(bytes.TrimSpace(text)) > 0 && !(first && commandLine().Match(text)) {
			for _, l := range r.parse(text) {
				// Without marks of a program, only text that begins with a request is a
				// transcript.
				if (r.program != "" || first) && (l.kind == requestLine && isRequestLine(l.text) || r.program != "" && l.kind == responseLine && isStatusLine(l.text)) {
					return true
				}
				status = first && r.mode == inResponse
			}
			first = false
		}
		if err != nil {
			return r.pane.open && r.pane.address() != "" && r.pane.method+r.pane.status != ""
		}
	}
}

// Read reads a transcript of any size. If it returns an error, out has what could be read.
func Read(r io.Reader, out *export.Out) error {
	t := &reader{lines: bufio.NewReaderSize(utf8text.NewReader(r), maxLine)}
	a := newAssembler(out)
	for {
		text, err := t.line()
		if err != nil && err != io.EOF {
			a.end()
			return err
		}
		lines := t.parse(text)
		if err == io.EOF {
			lines = append(append(lines, t.flush()...), t.paneEnd()...)
		}
		a.setProgram(t.program)
		for _, l := range lines {
			a.take(l)
		}
		if err == io.EOF {
			break
		}
	}
	a.end()
	out.Counters.Drop("ends of lines over 256 KiB of a transcript", t.cut, httpstream.Pos{})
	if a.exchanges == 0 {
		return errors.New("a transcript without requests and responses")
	}
	a.limitations(t.program)
	return nil
}
