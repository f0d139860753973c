package exports

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"negotrace/capture/export"
	"negotrace/internal/lazyregexp"
)

// maxMember is how much of a member of an archive is unpacked.
const maxMember = 64 << 20

// SAZ rewrites an archive of Fiddler: a new archive with the requests, the responses and what
// is known of the metadata of each session. It is an error if there is no session.
func (r *Redactor) SAZ(in io.ReaderAt, size int64, out io.Writer) error {
	z, err := zip.NewReader(in, size)
	if err != nil {
		return fmt.Errorf("SAZ archive is cut short or damaged: %w", err)
	}
	to := zip.NewWriter(out)
	for _, f := range z.File {
		number, kind, ok := export.SAZMember(f.Name)
		if !ok {
			r.leaveOut("members of the archive that are of no session")
			continue
		}
		if kind == "c.txt" {
			r.Counts.Sessions++
		}
		if err := r.sazMember(f, number, kind, to); err != nil {
			return fmt.Errorf("SAZ: session %d: %w", number, err)
		}
	}
	if r.Counts.Sessions == 0 {
		return errors.New("zip archive without sessions of Fiddler (raw/1_c.txt ...) is no SAZ")
	}
	return to.Close()
}

func (r *Redactor) sazMember(f *zip.File, number int, kind string, to *zip.Writer) error {
	if f.Flags&1 != 0 {
		return errors.New("is protected by a password: open the archive in Fiddler and save it again without one")
	}
	rc, err := f.Open()
	if err != nil {
		return err
	}
	defer rc.Close()
	w, err := to.CreateHeader(&zip.FileHeader{
		Name: fmt.Sprintf("raw/%0*d_%s", digitCount(f.Name, number), number, kind), Method: zip.Deflate,
		Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC),
	})
	if err != nil {
		return err
	}
	src := bufio.NewReaderSize(io.LimitReader(rc, maxMember), 64<<10)
	if kind == "m.xml" {
		return r.sazMeta(src, w)
	}
	return r.sazMessage(src, w, kind == "c.txt")
}

// digitCount returns how many digits the number has in the name of a member: Fiddler pads it.
func digitCount(name string, number int) int {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	digits, _, _ := strings.Cut(name, "_")
	return max(len(strconv.Itoa(number)), min(len(digits), 9))
}

// sazMessage rewrites a request or a response: its lines, and its body in the same length.
func (r *Redactor) sazMessage(src *bufio.Reader, w io.Writer, isRequest bool) error {
	b := &rewriter{Redactor: r}
	isPage, coding := false, ""
	for first := true; ; first = false {
		text, err := fieldFrom(src, first)
		line := strings.TrimRight(text, "\r\n")
		end := text[len(line):]
		switch {
		case line == "":
		case first && isRequest:
			line = b.requestLine(line)
		case first:
			_, status, _ := strings.Cut(line, " ")
			isPage = status >= "4"
			line = b.line(line)
		case line[0] == ' ' || line[0] == '\t':
			line = " " + r.Names.OpaqueText(line[1:])
		default:
			isPage = isPage || htmlType().MatchString(line)
			if name, value, _ := strings.Cut(line, ":"); strings.EqualFold(strings.TrimSpace(name), "Content-Encoding") {
				coding = strings.TrimSpace(value)
			}
			line = b.line(line)
		}
		if _, failed := io.WriteString(w, line+end); failed != nil {
			return failed
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if line == "" && !first {
			break
		}
	}
	if next, _ := src.Peek(5); !isRequest && string(next) == "HTTP/" { // behind a 1xx response
		return r.sazMessage(src, w, false)
	}
	return r.sazBody(src, w, isPage, coding)
}

// fieldFrom reads the first line of a head, or a header line and those that continue it.
func fieldFrom(src *bufio.Reader, first bool) (text string, err error) {
	var field strings.Builder // a head may be of many lines that continue one
	for {
		line, err := src.ReadString('\n')
		field.WriteString(line)
		next, _ := src.Peek(1)
		if err != nil || first || strings.Trim(line, "\r\n") == "" || len(next) == 0 || next[0] != ' ' && next[0] != '\t' {
			return field.String(), err
		}
	}
}

// htmlType is the header line of a page.
var htmlType = lazyregexp.New(`(?i)^content-type: *(?:text/html|application/xhtml)`)

// sazBody rewrites a body. The beginning of a page may say what went wrong.
func (r *Redactor) sazBody(src *bufio.Reader, w io.Writer, isPage bool, coding string) error {
	head, _ := src.Peek(maxBody)
	page := bytes.Clone(head)
	switch {
	case isPage && (coding != "" || bytes.HasPrefix(page, []byte{0x1f, 0x8b})):
		r.Packed(page, coding)
	case isPage && bytes.IndexByte(page, 0) < 0:
		r.Words(page)
	default:
		for i := range page {
			page[i] = 'x'
		}
	}
	src.Discard(len(head))
	if _, err := w.Write(page); err != nil {
		return err
	}
	rest, err := io.Copy(io.Discard, src)
	if err != nil {
		return err
	}
	for filler := bytes.Repeat([]byte("x"), 32<<10); rest > 0; {
		n := min(rest, int64(len(filler)))
		if _, err := w.Write(filler[:n]); err != nil {
			return err
		}
		rest -= n
	}
	return nil
}

// A sazSession is what is kept of raw/N_m.xml.
type sazSession struct {
	XMLName xml.Name   `xml:"Session"`
	SID     string     `xml:"SID,attr,omitempty"`
	Timers  sazTimers  `xml:"SessionTimers"`
	Pipe    sazPipe    `xml:"PipeInfo"`
	Flags   []sazFlag  `xml:"SessionFlags>SessionFlag"`
	Others  []sazOther `xml:",any"`
}

type sazTimers struct {
	Begin    string     `xml:"ClientBeginRequest,attr,omitempty"`
	Sent     string     `xml:"ClientDoneRequest,attr,omitempty"`
	Response string     `xml:"ServerBeginResponse,attr,omitempty"`
	Done     string     `xml:"ServerDoneResponse,attr,omitempty"`
	Others   []xml.Attr `xml:",any,attr"`
}

type sazPipe struct {
	ClientReused string     `xml:"CltReuse,attr,omitempty"`
	Others       []xml.Attr `xml:",any,attr"`
}

type sazFlag struct {
	Name  string `xml:"N,attr"`
	Value string `xml:"V,attr"`
}

type sazOther struct{ XMLName xml.Name }

// sazMeta rewrites the metadata of a session. What is damaged is left out.
func (r *Redactor) sazMeta(src io.Reader, w io.Writer) error {
	b := &rewriter{Redactor: r}
	var s sazSession
	if err := xml.NewDecoder(src).Decode(&s); err != nil {
		r.leaveOut("metadata of sessions that are damaged")
		s = sazSession{}
	}
	if strings.Trim(s.SID, "0123456789") != "" {
		s.SID = ""
	}
	for _, t := range []*string{&s.Timers.Begin, &s.Timers.Sent, &s.Timers.Response, &s.Timers.Done} {
		if strings.Trim(*t, "0123456789T:.+Z-") != "" || len(*t) > 40 {
			*t = ""
		}
	}
	if p := &s.Pipe.ClientReused; *p != "true" && *p != "false" {
		*p = ""
	}
	for range len(s.Timers.Others) + len(s.Pipe.Others) + len(s.Others) {
		r.leaveOut("metadata of sessions")
	}
	s.Timers.Others, s.Pipe.Others, s.Others = nil, nil, nil
	var flags []sazFlag
	for _, f := range s.Flags {
		switch strings.ToLower(f.Name) {
		case "x-clientip", "x-hostip":
			f.Value = b.endpoint(f.Value)
		case "x-clientport":
			if strings.Trim(f.Value, "0123456789") != "" || len(f.Value) > 5 {
				f.Value = ""
			}
		default:
			r.leaveOut("metadata of sessions")
			continue
		}
		flags = append(flags, f)
	}
	s.Flags = flags
	return xml.NewEncoder(w).Encode(&s)
}
