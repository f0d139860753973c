package exports

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"negotrace/capture/export"
)

// errEventsEnd stops the rewriter after the events, once their names were read: a snapshot of the
// browser's state follows.
var errEventsEnd = errors.New("end of events")

// NetLog rewrites the log of a browser that is made of Chromium. Event N stays on line N+2
// where the browser wrote it so. It is an error if there is no event.
func (r *Redactor) NetLog(in io.Reader, out io.Writer) error {
	j, err := export.NewJSON(in)
	if err != nil {
		return fmt.Errorf("NetLog: %s", j.Where(err))
	}
	n := &rewriter{Redactor: r, in: j, out: newWriter(out)}
	n.out.open('{')
	named := false
	err = n.in.Object(func(name string) error {
		switch name {
		case "constants":
			named = true
			n.out.name(name)
			err := constants(n)
			n.out.WriteByte('\n')
			return err
		case "events":
			n.out.name(name)
			if err := events(n); err != nil {
				return err
			}
			if named {
				return errEventsEnd
			}
			return nil
		}
		n.leaveOut("parts of the log behind its events")
		return n.in.Skip()
	})
	if err == nil || err == errEventsEnd {
		n.out.WriteString("}\n")
	}
	if flushed := n.out.Flush(); flushed != nil {
		return flushed
	}
	if r.Counts.Events == 0 && err != nil && err != errEventsEnd {
		return fmt.Errorf("NetLog: %s; no event could be read", n.in.Where(err))
	}
	return nil
}

// events takes the list of events, each on a line of its own.
func events(r *rewriter) error {
	if done, err := r.replaceUnless('['); done {
		return err
	}
	r.out.WriteString("[\n")
	first := true
	within := *r // an event
	within.in = export.JSON{}
	err := r.in.Array(func() error {
		if !first {
			r.out.WriteString(",\n")
		}
		first = false
		r.Counts.Events++
		r.out.empty = true
		text, err := r.in.Value()
		if err != nil {
			return err
		}
		if !json.Valid(text) { // a reader passes over such a one
			r.leaveOut("events that are damaged")
			r.out.WriteString("{damaged}")
			return nil
		}
		within.in = within.in.Within(text)
		return event(&within)
	})
	if err == nil {
		r.out.WriteString("]")
		r.out.empty = false
	}
	return err
}

// constantTable returns the rule for an object of names that Chromium gives to numbers.
func constantTable(r *rewriter) error {
	if done, err := r.replaceUnless('{'); done {
		return err
	}
	r.out.open('{')
	err := r.in.Object(func(name string) error {
		if len(name) > 100 || !isConstantName(name) {
			r.leaveOut("constants of the log")
			return r.in.Skip()
		}
		r.publish(name)
		r.out.name(name)
		return literal(r)
	})
	if err == nil {
		r.out.close('}')
	}
	return err
}

// isConstantName reports whether a name is in capital letters, as those of constants are.
func isConstantName(name string) bool {
	for _, c := range []byte(name) {
		if c != '_' && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}

// The rules of a NetLog. Only the parameters that package export reads stay.
var (
	constants = object("the constants",
		member{"logEventTypes", constantTable}, member{"logEventPhase", constantTable}, member{"logSourceType", constantTable},
		member{"netError", constantTable}, member{"addressFamily", constantTable}, member{"certStatusFlag", constantTable},
		member{"loadFlag", constantTable}, member{"loadState", constantTable}, member{"quicError", constantTable},
		member{"quicRstStreamError", constantTable}, member{"logFormatVersion", literal}, member{"timeTickOffset", literal},
		member{"logCaptureMode", matching(`Default|IncludeSensitive|Everything|HeavilyRedacted`)})

	source = object("a source", literals("id", "start_time", "type")...)

	event = object("an event", append(literals("phase", "time", "type"),
		member{"source", source},
		member{"params", object("the parameters of events", append(requestParams, append(socketParams, authParams...)...)...)})...)

	requestParams = append(literals("net_error", "stream_id", "length"),
		member{"source_dependency", source},
		member{"url", urlText},
		member{"method", method},
		member{"line", scalar((*rewriter).requestLine)},
		member{"headers", lines},
		member{"request_headers", stringOrObject(lines, object("the head of a request",
			member{"line", scalar((*rewriter).requestLine)}, member{"headers", lines}))},
		member{"error_code", matching(`[0-9]{1,9}(?: \([A-Z0-9_]{1,60}\))?`)})

	socketParams = append(literals("byte_count", "cipher_suite", "is_resumed"),
		member{"local_address", endpoint}, member{"source_address", endpoint},
		member{"remote_address", endpoint}, member{"address", endpoint},
		member{"version", matching(`(?:TLS|SSL|QUIC) ?[0-9.]{1,4}`)},
		member{"next_proto", likeLine("Upgrade")},
		member{"certificates", array(scalar((*rewriter).certificate))},
		member{"reason", messageText})

	authParams = append(literals("allows_default_credentials", "succeeded"),
		member{"target", matching(`server|proxy`)},
		member{"scheme", matching(`(?i:negotiate|ntlm|basic|digest|kerberos|mock|unknown|not_specified|)`)},
		member{"spn", nameText}, member{"domain", nameText}, member{"user", nameText},
		member{"authorization_result", matching("accept|reject|stale|invalid|different_realm")},
		member{"library_name", matching(`lib(?:gss|gssapi|gssapi_krb5|gssglue|heimgssapi)\.(?:so|dylib)[0-9.]{0,8}|(?i:secur32|sspicli|security)\.dll|GSS`)},
		member{"load_result", messageText},
		member{"method_name", libraryCall},
		member{"status", object("the status of a call", append(literals("net_error", "security_status"),
			member{"function", libraryCall},
			member{"major_status", gssStatus}, member{"minor_status", gssStatus})...)},
		member{"context", object("a security context",
			member{"source", principalName}, member{"target", principalName}, member{"mechanism", mechanism},
			member{"lifetime", literal}, member{"flags", literal}, member{"open", literal})})

	gssStatus = object("a status of GSS-API", member{"status", literal}, member{"message", array(messageText)})

	libraryCall = matching(`gss(?:_(?:init|accept|sec|context|import|export|name|release|buffer|display|status|delete|acquire|cred|inquire|names|for|mechs?|indicate|wrap|unwrap|size|limit|oid|set|get|mic|verify|store|by)){1,6}|` +
		`(?:Initialize|Acquire|Query|Free|Delete|Complete)(?:Security|Credentials|Context|Attributes|Package|Info|Handle|Buffer|Auth|Token|Ex|A|W){1,5}`)

	principalName = stringOrObject(nameText, object("a name", member{"name", nameText}))
	mechanism     = stringOrObject(matching(mechanismName), object("a mechanism",
		member{"name", matching(mechanismName)}, member{"bytes", matching(`KoZIhvcSAQIC|KoZIgvcSAQIC|KwYBBQUC|KwYBBAGCNwICCg==`)}))
)

const mechanismName = `(?i:Negotiate|Kerberos|NTLM|SPNEGO|NegoExtender|CredSSP|Schannel)`

// stringOrObject returns the rule for a value that is a string with SSPI and an object with
// GSS-API.
func stringOrObject(text, other rule) rule {
	return func(r *rewriter) error {
		c, err := r.in.Peek()
		if err != nil {
			return err
		}
		if c == '{' {
			return other(r)
		}
		return text(r)
	}
}
