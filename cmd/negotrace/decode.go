package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"negotrace/analysis/report"
	"negotrace/tokens"
)

const aboutDecode = `decode shows what a token carries, field by field, and names what is odd about it.

A token is base64 (either alphabet, padded or not, broken into lines or not) or hex.
A header is a whole line (Authorization: Negotiate YII...) or its value. Several
lines are several headers. "-" reads standard input, which may also be binary.`

const examplesDecode = `  negotrace decode YIIFdQYGKwYBBQUCoIIFaTCC...
  negotrace decode 'WWW-Authenticate: NTLM TlRMTVNTUAACAAAA...'
  curl -sv --negotiate -u : http://web/ 2>&1 | negotrace decode -
  negotrace decode --keytab web.keytab - < header.txt`

// decodeFlags are the flags of decode.
type decodeFlags struct {
	offsets, secrets bool
	keytab           string
}

// decode is the command that decodes one token or header.
func (t *tool) decode() *cobra.Command {
	s := &decodeFlags{}
	c := &cobra.Command{
		Use:     "decode [flags] TOKEN|HEADER|-",
		Short:   "Show what a token or header line carries",
		Long:    aboutDecode,
		Example: examplesDecode,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("no token given\nsee negotrace decode --help")
			}
			return nil
		},
		DisableFlagsInUseLine: true,
		ValidArgsFunction:     cobra.NoFileCompletions,
		RunE:                  func(_ *cobra.Command, args []string) error { return t.decodeTokens(args, s) },
	}
	f := c.Flags()
	f.SortFlags = false
	f.BoolVar(&s.offsets, "offsets", false, "show where each field lies: offset and length in bytes")
	f.StringVar(&s.keytab, "keytab", "", "keys of services: a keytab `FILE`, to look into tickets")
	f.BoolVar(&s.secrets, "secrets", false, "show responses, ciphers, keys and passwords too")
	return c
}

// maxInput is how much decode reads: headers and tokens are far smaller.
const maxInput = 16 << 20

func (t *tool) decodeTokens(args []string, s *decodeFlags) error {
	write, err := chosen(t, "decode", func(f report.Format) report.Writer[[]report.Token] { return f.Tokens })
	if err != nil {
		return err
	}
	input := []byte(strings.Join(args, " "))
	if len(args) == 1 && args[0] == standardInput {
		if isTerminal(t.stdin) {
			return errors.New("standard input is a terminal: pipe a token into it")
		}
		if input, err = io.ReadAll(io.LimitReader(t.stdin, maxInput)); err != nil {
			return err
		}
	}
	d, err := decoder(s.keytab)
	if err != nil {
		return err
	}
	d.Fields, d.Secrets = true, s.secrets
	opts := t.options()
	opts.Offsets = s.offsets
	all := decodeInput(d, input)
	if len(all) == 0 {
		return errors.New("the input is neither a token nor a header that authenticates")
	}
	for _, x := range all {
		if x.Problem != "" {
			t.warn(errors.New(strings.TrimPrefix(x.Label()+": "+x.Problem, ": ")))
			t.status = max(t.status, problemStatus(x))
		}
	}
	return write(t.stdout, all, opts)
}

// problemStatus is the exit status for a token with a problem: found if part of it was
// decoded.
func problemStatus(x report.Token) int {
	if x.Token != nil && len(x.Token.Fields) > 0 || len(x.Auth.Fields) > 0 || len(x.Params) > 0 {
		return found
	}
	return notAnalysed
}

// headerLine matches a header line as HTTP has it, and as curl -v and browsers' tools
// print it.
var headerLine = regexp.MustCompile(`(?i)^\s*[<>*]?\s*((?:proxy-)?authorization|(?:www|proxy)-authenticate|authentication-info)\s*:\s*(.*)$`)

// schemeLine matches the value of such a header.
var schemeLine = regexp.MustCompile(`(?i)^\s*(negotiate|ntlm|kerberos|nego2|basic|bearer|digest|dpop)(\s|,|$)`)

// decodeInput finds out what the input is and decodes it.
func decodeInput(d tokens.Decoder, input []byte) []report.Token {
	if !utf8.Valid(input) || bytes.IndexByte(input, 0) >= 0 {
		return []report.Token{token(d, input, nil)}
	}
	var all []report.Token
	lines := unfold(strings.Split(string(input), "\n"))
	for _, line := range lines {
		if m := headerLine.FindStringSubmatch(line); m != nil {
			all = append(all, header(d, m[1], m[2])...)
		} else if schemeLine.MatchString(line) {
			all = append(all, header(d, "", line)...)
		}
	}
	if len(all) > 0 {
		return all
	}
	if text := strings.Join(strings.Fields(string(input)), ""); text != "" {
		b, err := tokenBytes(text)
		if len(b) > 0 {
			all = append(all, token(d, b, err))
		}
	}
	return all
}

// unfold joins a line that begins with white space to the one before it (RFC 9112
// section 5.2), and so a token that was broken into lines. Lines of base64 behind a
// header line belong to it too.
func unfold(lines []string) []string {
	var out []string
	inHeader := false
	for _, line := range lines {
		line = strings.TrimRight(line, "\r")
		starts := headerLine.MatchString(line) || schemeLine.MatchString(line)
		more := !starts && inHeader && strings.TrimSpace(line) != "" && !strings.ContainsAny(line, ":<>*")
		if more {
			out[len(out)-1] += strings.TrimSpace(line)
			continue
		}
		inHeader = starts
		out = append(out, line)
	}
	return out
}

// header decodes the value of one header line; name is empty where the input had none.
func header(d tokens.Decoder, name, value string) []report.Token {
	value = strings.TrimSpace(value)
	if strings.HasSuffix(strings.ToLower(name), "authorization") || name == "" && !strings.Contains(value, ",") {
		return []report.Token{{Header: name, Auth: d.Credentials(value)}}
	}
	var all []report.Token
	for _, a := range d.Challenges([]string{value}) {
		all = append(all, report.Token{Header: name, Auth: a})
	}
	return all
}

// tokenBytes decodes hex or base64. No token begins, in base64, with characters that
// are all hex digits, so hex is tried first.
func tokenBytes(s string) ([]byte, error) {
	plain := strings.NewReplacer(":", "", `\x`, "", "0x", "", ",", "").Replace(s)
	if b, err := hex.DecodeString(plain); err == nil {
		return b, nil
	}
	return tokens.Base64(s)
}

// token decodes a token without a header. err is what was wrong with its encoding.
func token(d tokens.Decoder, b []byte, err error) report.Token {
	x := report.Token{}
	t, parseErr := d.Parse(b)
	x.Token = t
	if err == nil {
		err = parseErr
	}
	if err != nil {
		x.Problem = err.Error()
	}
	return x
}
