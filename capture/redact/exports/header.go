package exports

import "strings"

// headers takes a list of header lines, or an object with a member for each name. The value of a
// member is a list if there are several lines of that name.
func headers(r *rewriter) error {
	if c, err := r.in.Peek(); err != nil || c != '{' {
		return array(header)(r)
	}
	r.out.open('{')
	err := r.in.Object(func(name string) error {
		newName, _ := r.field(name, "")
		r.out.name(newName)
		value := scalar(func(r *rewriter, s string) string { return r.fieldLines(name, s) })
		if c, err := r.in.Peek(); err != nil || c != '[' {
			return value(r)
		}
		return array(value)(r)
	})
	if err == nil {
		r.out.close('}')
	}
	return err
}

// fieldLines returns what the value of lines of a name becomes: Chrome and Firefox join them by
// line feeds.
func (r *rewriter) fieldLines(name, value string) string {
	lines := strings.Split(value, "\n")
	for i, line := range lines {
		_, lines[i] = r.field(name, line)
	}
	return strings.Join(lines, "\n")
}

// header takes a header line as a HAR has it.
func header(r *rewriter) error {
	if done, err := r.replaceUnless('{'); done {
		return err
	}
	var name, value string
	var hasName, hasValue, isCut bool
	err := r.in.Object(func(member string) (err error) {
		var cut bool
		switch member {
		case "name":
			hasName = true
			name, cut, err = r.in.Text()
		case "value":
			hasValue = true
			value, cut, err = r.in.Text()
		default:
			r.leaveOut("members of a header line")
			err = r.in.Skip()
		}
		isCut = isCut || cut
		return err
	})
	if err != nil {
		return err
	}
	newName, _ := r.field(name, "")
	value = r.fieldLines(name, value)
	if isCut {
		value += strings.Repeat("x", 32)
	}
	r.out.open('{')
	if hasName {
		r.out.name("name")
		r.out.text(newName)
	}
	if hasValue {
		r.out.name("value")
		r.out.text(value)
	}
	r.out.close('}')
	return nil
}

// field returns what a header line or a pseudo-header field of HTTP/2 becomes (RFC 9113 section
// 8.3). White space around the value stays.
func (r *rewriter) field(name, value string) (newName, newValue string) {
	inner := strings.TrimSpace(value)
	i := strings.Index(value, inner)
	before, after := value[:i], value[i+len(inner):]
	newName = name
	switch name {
	case ":method":
		inner = r.like("Allow", inner)
	case ":scheme", ":version", ":protocol":
		inner = r.like("Upgrade", inner)
	case ":status":
		if strings.Trim(inner, "0123456789") != "" || len(inner) > 3 {
			inner = r.Names.OpaqueText(inner)
		}
	case ":authority":
		inner = r.Names.Host(inner)
	case ":path":
		inner = r.Names.URL(inner)
	default:
		newName, inner = r.Field(name, inner)
	}
	if inner != value[i:len(value)-len(after)] {
		r.Counts.Texts++
	}
	return newName, before + inner + after
}

// line returns what a line of a head becomes, a header line or the first line.
func (r *rewriter) line(s string) string {
	if s == "" {
		return s
	}
	end := strings.TrimRight(s, "\r\n")
	name, value, ok := strings.Cut(end[min(1, len(end)):], ":")
	switch {
	case strings.HasPrefix(end, "HTTP/"):
		version, rest, _ := strings.Cut(end, " ")
		status, reason, has := strings.Cut(rest, " ")
		if strings.Trim(status, "0123456789") != "" || len(status) > 3 || strings.Trim(version, "HTP/0123456789.") != "" {
			break
		}
		if has {
			status += " "
		}
		return version + " " + status + r.Text(reason) + s[len(end):]
	case ok:
		name = end[:1] + name
		newName, newValue := r.field(name, value)
		return newName + ":" + newValue + s[len(end):]
	}
	return r.Names.OpaqueText(end) + s[len(end):]
}

// requestLine returns what the first line of a request becomes.
func (r *rewriter) requestLine(s string) string {
	end := strings.TrimRight(s, "\r\n")
	method, rest, _ := strings.Cut(end, " ")
	i := strings.LastIndexByte(rest, ' ')
	if i < 0 || !strings.HasPrefix(rest[i+1:], "HTTP/") {
		return r.Names.OpaqueText(end) + s[len(end):]
	}
	target, version := rest[:i], rest[i:]
	if method == "CONNECT" {
		target = r.Names.Host(target)
	} else {
		target = r.Names.URL(target)
	}
	method = r.like("Allow", method)
	if len(version) > 12 {
		version = r.Names.OpaqueText(version)
	}
	return method + " " + target + version + s[len(end):]
}
