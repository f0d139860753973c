package capture

import (
	"bytes"
	"io"
	"testing"

	"negotrace/httpstream"
	"negotrace/internal/capturetest"
)

// TestBegin holds that the time of the first packet, or of the first exchange of a browser
// export, is said once and before anything is passed on.
func TestBegin(t *testing.T) {
	t.Parallel()
	c, err := capturetest.Parse("conn 1 10.0.0.10:50000 > 10.0.0.20:80\n> GET / HTTP/1.1\n> Host: web.test\n< HTTP/1.1 200 OK\n")
	if err != nil {
		t.Fatal(err)
	}
	packets := c.Pcapng()
	export := []byte(`{"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": [{"startedDateTime": "2026-01-02T03:04:06Z", "time": 1,
		"request": {"method": "GET", "url": "http://web.test/", "httpVersion": "HTTP/1.1", "headers": []},
		"response": {"status": 200, "statusText": "OK", "httpVersion": "HTTP/1.1", "headers": []}}]}}`)
	source := func(b []byte) Source {
		return Source{Name: "x", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }, Size: int64(len(b))}
	}
	for name, sources := range map[string][]Source{
		"packets":                  {source(packets)},
		"export":                   {source(export)},
		"both":                     {source(export), source(packets)},
		"no packet, and an export": {source(packets[:8+24]), source(export)},
	} {
		var first []httpstream.Time
		exchanges := 0
		_, err := Read(t.Context(), sources, Sink{Exchange: func(x *httpstream.Exchange) bool {
			if exchanges++; len(first) != 1 || x.Pos().Time.Before(first[0]) {
				t.Errorf("%s: an exchange of %v after %v", name, x.Pos().Time, first)
			}
			return false
		}}, Options{Begin: func(at httpstream.Time) { first = append(first, at) }})
		if err != nil && name != "no packet, and an export" {
			t.Errorf("%s: %v", name, err)
		}
		if exchanges == 0 || len(first) != 1 {
			t.Errorf("%s: %d exchanges, began %v", name, exchanges, first)
		}
	}
}
