package capturetest

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// The HAR 1.2 structures that matter here.
type (
	harFile struct {
		Log harLog `json:"log"`
	}
	harLog struct {
		Version string     `json:"version"`
		Creator harCreator `json:"creator"`
		Entries []harEntry `json:"entries"`
	}
	harCreator struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	harEntry struct {
		Started    string      `json:"startedDateTime"`
		Time       float64     `json:"time"`
		Request    harRequest  `json:"request"`
		Response   harResponse `json:"response"`
		Server     string      `json:"serverIPAddress"`
		Connection string      `json:"connection"`
		Cache      struct{}    `json:"cache"`
		Timings    harTimings  `json:"timings"`
	}
	harRequest struct {
		Method   string     `json:"method"`
		URL      string     `json:"url"`
		Version  string     `json:"httpVersion"`
		Headers  []harField `json:"headers"`
		HeadSize int        `json:"headersSize"`
		BodySize int        `json:"bodySize"`
	}
	harResponse struct {
		Status   int        `json:"status"`
		Text     string     `json:"statusText"`
		Version  string     `json:"httpVersion"`
		Headers  []harField `json:"headers"`
		Content  harContent `json:"content"`
		HeadSize int        `json:"headersSize"`
		BodySize int        `json:"bodySize"`
		Error    string     `json:"_error,omitempty"`
	}
	harField struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	harContent struct {
		Size int    `json:"size"`
		Mime string `json:"mimeType"`
		Text string `json:"text,omitempty"`
	}
	harTimings struct {
		Send    float64 `json:"send"`
		Wait    float64 `json:"wait"`
		Receive float64 `json:"receive"`
	}
)

// HAR returns the case as a browser's developer tools would export it with sensitive
// data, and whether that can be done: a case with lost bytes, tunnels or nothing of
// HTTP has no such export.
func (c *Case) HAR() ([]byte, bool) {
	if len(c.text) > 0 || len(c.entries) == 0 {
		return nil, false
	}
	log := harLog{Version: "1.2", Creator: harCreator{cmp.Or(c.Export, "capturetest"), "1"}}
	for _, e := range c.entries {
		method, target, ok := requestLine(e.req.first)
		if !ok || method == "CONNECT" {
			return nil, false
		}
		log.Entries = append(log.Entries, e.har(method, target))
	}
	b, err := json.MarshalIndent(harFile{log}, "", " ")
	must(err)
	return b, true
}

func (e *entry) har(method, target string) harEntry {
	h := harEntry{Started: e.sent.Format(time.RFC3339Nano), Server: e.server.Addr().String(), Connection: e.conn}
	if host, _ := e.req.value("Host"); strings.HasPrefix(target, "/") {
		scheme := "http://"
		if e.secure {
			scheme = "https://"
		}
		target = scheme + host + target
	}
	h.Request = harRequest{Method: method, URL: target, Version: e.proto, Headers: e.req.har(),
		HeadSize: len(e.req.bytes()) - len(e.req.body), BodySize: len(e.req.body)}
	h.Response.Headers, h.Response.Error = []harField{}, e.failed
	if e.resp == nil {
		return h
	}
	h.Time = float64(e.done.Sub(e.sent)) / float64(time.Millisecond)
	h.Timings.Wait = h.Time
	_, rest, _ := strings.Cut(e.resp.first, " ")
	code, text, _ := strings.Cut(rest, " ")
	status, _ := strconv.Atoi(code)
	mime, _ := e.resp.value("Content-Type")
	h.Response = harResponse{Status: status, Text: text, Version: e.proto, Headers: e.resp.har(),
		Content: harContent{Size: len(e.resp.body), Mime: mime, Text: e.resp.body}, HeadSize: len(e.resp.bytes()) - len(e.resp.body), BodySize: len(e.resp.body)}
	return h
}

func (h *head) har() []harField {
	fields := []harField{}
	for _, f := range h.fields {
		fields = append(fields, harField{f[0], f[1]})
	}
	return fields
}

func requestLine(first string) (method, target string, ok bool) {
	w := strings.Fields(first)
	if len(w) != 3 || !strings.HasPrefix(w[2], "HTTP/") {
		return "", "", false
	}
	return w[0], w[1], true
}
