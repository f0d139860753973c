package exports

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"negotrace/capture/export"
)

// HAR rewrites an HTTP Archive, also where it lies in other JSON: what is around it is left
// out. One that is cut short is cut short there too, at the same entry. It is an error if
// there is no entry.
func (r *Redactor) HAR(in io.Reader, out io.Writer) error {
	j, err := export.NewJSON(in)
	if err != nil {
		return fmt.Errorf("HAR: %s", j.Where(err))
	}
	h := &har{rewriter: &rewriter{r, j, newWriter(out)}}
	err = h.document()
	if h.listed {
		h.out.WriteString("]}}\n")
	}
	if flushed := h.out.Flush(); flushed != nil {
		return flushed
	}
	if r.Counts.Entries == 0 && err != nil {
		return fmt.Errorf("HAR: %s; no entry could be read", h.in.Where(err))
	}
	return nil
}

// A har is an archive on its way.
type har struct {
	*rewriter
	listed bool // a list of entries that nothing was around is open
}

// maxDepth is how deep in other JSON a HAR is looked for, as package export does.
const maxDepth = 8

// document takes one HAR after the other.
func (h *har) document() error {
	for first := true; ; first = false {
		c, err := h.in.Peek()
		if !first && (err != nil || c != '{' && c != '[') {
			return nil
		}
		if err != nil {
			return err
		}
		if err := h.search(0); err != nil {
			return err
		}
	}
}

// search looks for entries in the value that comes next.
func (h *har) search(depth int) error {
	c, err := h.in.Peek()
	switch {
	case err != nil:
		return err
	case depth > maxDepth || c != '{' && c != '[':
		return h.in.Skip()
	case c == '[':
		return h.in.Array(func() error { return h.search(depth + 1) })
	}
	entry := false
	err = h.in.Object(func(name string) error {
		switch name {
		case "log":
			return h.log()
		case "entries":
			h.list()
			return h.in.Array(func() error {
				h.out.next()
				return harEntry(h.rewriter)
			})
		case "request", "response", "startedDateTime", "timings":
			if !entry {
				entry = true
				h.list()
				h.out.next()
				h.out.begin('{')
				h.Counts.Entries++
			}
		}
		if !entry {
			return h.search(depth + 1)
		}
		for _, m := range entryMembers {
			if m.name == name {
				h.out.name(name)
				return m.rule(h.rewriter)
			}
		}
		h.leaveOut("members of an entry")
		return h.in.Skip()
	})
	if entry && err == nil {
		h.out.end('}')
	}
	return err
}

// log takes a whole archive.
func (h *har) log() error {
	h.endList()
	h.out.WriteString(`{"log":`)
	err := harLog(h.rewriter)
	if err == nil {
		h.out.WriteString("}\n")
		h.out.empty = true
	}
	return err
}

// list begins a list for entries that nothing is around.
func (h *har) list() {
	if !h.listed {
		h.out.WriteString(`{"log":{"entries":[`)
		h.listed, h.out.empty = true, true
	}
}

func (h *har) endList() {
	if h.listed {
		h.out.WriteString("]}}\n")
		h.listed = false
	}
}

// The rules of a HAR (HTTP Archive 1.2), and for what browsers add to it.
var (
	product = matching(`[A-Za-z][A-Za-z0-9 ._()/+-]{0,60}`)
	digits  = matching(`[0-9]{1,20}`)
	creator = object("a creator", member{"name", product}, member{"version", matching(`[A-Za-z0-9._+() -]{0,40}`)})

	harLog = object("a log",
		member{"version", matching(`[0-9.]{1,8}`)},
		member{"creator", creator},
		member{"browser", creator},
		member{"pages", array(object("a page",
			member{"startedDateTime", moment},
			member{"id", pageID},
			member{"title", scalar((*rewriter).title)},
			member{"pageTimings", object("a page's times", member{"onContentLoad", literal}, member{"onLoad", literal})}))},
		member{"entries", array(harEntry)})

	entryMembers = []member{
		{"startedDateTime", moment},
		{"time", literal},
		{"request", object("a request", append(messageMembers,
			member{"method", matching(`[A-Za-z_-]{1,24}`)},
			member{"url", urlText},
			member{"queryString", array(object("a query", member{"name", nameText}, member{"value", nameText}))},
			member{"postData", object("posted data", member{"mimeType", mediaType})})...)},
		{"response", object("a response", append(messageMembers,
			member{"status", literal},
			member{"statusText", sentence},
			member{"redirectURL", urlText},
			member{"_transferSize", literal},
			member{"_error", trouble},
			member{"_failureText", trouble},
			member{"content", object("a content",
				member{"size", literal},
				member{"compression", literal},
				member{"mimeType", mediaType},
				member{"encoding", oneOf("base64")},
				member{"text", scalar((*rewriter).body)})})...)},
		{"cache", object("a cache")},
		{"timings", object("timings", literals("blocked", "dns", "connect", "ssl", "send", "wait", "receive",
			"_blocked_queueing", "_blocked_proxy", "_workerStart", "_workerReady", "_workerFetchStart", "_workerRespondWithSettled")...)},
		{"serverIPAddress", endpoint},
		{"_serverPort", literal},
		{"connection", digits},
		{"_connectionId", digits},
		{"pageref", pageID},
		{"_fromCache", oneOf("memory", "disk", "false", "true", "prefetch")},
		{"_priority", matching(`[A-Za-z]{1,16}`)},
		{"_resourceType", matching(`[a-z]{1,24}`)},
		{"_securityState", matching(`[a-z]{1,16}`)},
		{"_securityDetails", object("security details",
			member{"protocol", matching(`(?:TLS|QUIC|SSL)[ v0-9.]{0,8}`)},
			member{"subjectName", nameText},
			member{"issuer", nameText},
			member{"validFrom", literal},
			member{"validTo", literal})},
	}

	messageMembers = []member{
		{"httpVersion", matching(`[A-Za-z0-9./+-]{1,24}`)},
		{"headersSize", literal},
		{"bodySize", literal},
		{"headers", array(header)},
		{"cookies", array(object("a cookie",
			member{"name", opaque}, member{"value", opaque}, member{"path", urlText}, member{"domain", nameText},
			member{"expires", moment}, member{"httpOnly", literal}, member{"secure", literal}, member{"sameSite", oneOf("None", "Lax", "Strict")}))},
	}

	pageID    = matching(`page_[0-9]{1,9}`)
	mediaType = scalar((*rewriter).mediaType)
	trouble   = scalar((*rewriter).trouble)
)

// literals makes members of names whose values are numbers.
func literals(names ...string) (all []member) {
	for _, name := range names {
		all = append(all, member{name, literal})
	}
	return all
}

// harEntry takes an element of a list of entries.
func harEntry(r *rewriter) error {
	r.Counts.Entries++
	return object("an entry", entryMembers...)(r)
}

// A media type of a vendor names him, and one by parameters may name more.
var (
	publicMedia = regexp.MustCompile(`^[a-z]{1,16}/[a-z0-9.+-]{1,60}(?:; ?charset="?[A-Za-z0-9-]{1,20}"?)?$`)
	vendorMedia = regexp.MustCompile(`(?:^|/)(?:vnd|prs|x)\.`)
)

// mediaType masks a media type that is not one of all sites.
func (r *rewriter) mediaType(s string) string {
	isVendors := vendorMedia.MatchString(s) && !strings.Contains(s, "/vnd.ms-") && !strings.Contains(s, "/vnd.openxmlformats")
	if isVendors || !publicMedia.MatchString(s) {
		return r.Names.OpaqueText(s)
	}
	r.publish(s)
	return s
}

// title masks what a page is called. Chrome calls a page by its URL.
func (r *rewriter) title(s string) string {
	if strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") {
		return r.url(s)
	}
	return r.Names.OpaqueText(s)
}

// trouble masks why there is no response: the names of errors stay.
func (r *rewriter) trouble(s string) string {
	if errorName.MatchString(s) {
		return s
	}
	return r.sentence(s)
}

// errorName is what browsers call an error of the network.
var errorName = regexp.MustCompile(`^(?:net::)?(?:ERR|NS_ERROR|NS_BINDING|SEC_ERROR|SSL_ERROR)_[A-Z0-9_]{1,60}$`)

// body masks the beginning of the body of a response: readers look no further than that.
func (r *rewriter) body(s string) string {
	b := []byte(s[:min(len(s), maxBody)])
	if raw, err := base64.StdEncoding.DecodeString(s[:min(len(s), maxBody)&^3]); err == nil && len(s)%4 == 0 && len(s) > 0 {
		if !utf8.Valid(raw) || bytes.IndexByte(raw, 0) >= 0 {
			return strings.Repeat("A", len(b)&^3)
		}
		r.Words(raw)
		return base64.StdEncoding.EncodeToString(raw)
	}
	r.Words(b)
	return strings.ToValidUTF8(string(b), "x")
}

// maxBody is how much of a body is rewritten. The rest is left out.
const maxBody = 8 << 10
