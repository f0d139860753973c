package main

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"negotrace/analysis/report"
	"negotrace/internal/lazyregexp"
	"negotrace/tokens"
	"negotrace/tokens/paste"
)

const aboutDecode = `decode shows what a token carries, field by field, and what is unusual about it.

It finds tokens and headers in any text: a header line, JSON, a log, a mail, a
command that a browser copied, a hex dump, a byte array. Base64 may use either
alphabet and may be broken into lines. It shows each header and token that it
finds. "-" reads standard input, which may also be UTF-16 or binary.`

const examplesDecode = `  negotrace decode YIIFdQYGKwYBBQUCoIIFaTCC...
  negotrace decode 'WWW-Authenticate: NTLM TlRMTVNTUAACAAAA...'
  curl -sv --negotiate -u : http://web/ 2>&1 | negotrace decode -
  negotrace decode --keytab web.keytab - < header.txt`

// decodeFlags are the flags of decode.
type decodeFlags struct {
	offsets, secrets bool
	keytab           string
}

// decode returns the command that decodes one token or header.
func (t *tool) decode() *cobra.Command {
	s := &decodeFlags{}
	c := &cobra.Command{
		Use:         "decode [flags] TEXT|-",
		Short:       "Show what the tokens and headers in a text carry",
		Long:        aboutDecode,
		Example:     examplesDecode,
		Annotations: formatsThat(func(f report.Format) bool { return f.Tokens != nil }),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("no token given")
			}
			return nil
		},
		DisableFlagsInUseLine: true,
		ValidArgsFunction:     cobra.NoFileCompletions,
		RunE:                  func(c *cobra.Command, args []string) error { return t.decodeTokens(c, args, s) },
	}
	f := c.Flags()
	f.SortFlags = false
	f.BoolVar(&s.offsets, "offsets", false, "show where each field lies: offset and length in bytes")
	f.StringVar(&s.keytab, "keytab", "", "keys of services, to look into tickets: a keytab `FILE`")
	f.BoolVar(&s.secrets, "secrets", false, "show responses, ciphers, keys and passwords too")
	return c
}

// maxInput is how much decode and explain read. What a person copies is much less.
const maxInput = 4 << 20

// textOf returns the text of the arguments, which are the words of one, or "-" for standard input.
func (t *tool) textOf(args []string) ([]byte, error) {
	if len(args) != 1 || args[0] != standardInput {
		return []byte(strings.Join(args, " ")), nil
	}
	if isTerminal(t.stdin) {
		return nil, errors.New("standard input is a terminal: pipe a text into it")
	}
	input, err := io.ReadAll(io.LimitReader(t.stdin, maxInput+1))
	if len(input) > maxInput {
		t.warn(fmt.Errorf("standard input is long: only its first %d MiB are read", maxInput>>20))
		input = input[:maxInput]
	}
	return input, err
}

// namesFile returns an error if the arguments are the name of a file: a text is expected.
func namesFile(args []string) error {
	if info, err := os.Stat(args[0]); len(args) == 1 && err == nil && info.Mode().IsRegular() {
		return fmt.Errorf("%q is a file, and a text is expected; to read the file, redirect it: - < %s", args[0], args[0])
	}
	return nil
}

func (t *tool) decodeTokens(c *cobra.Command, args []string, s *decodeFlags) error {
	format, err := t.formatFor(c)
	if err != nil {
		return err
	}
	if err := namesFile(args); err != nil {
		return err
	}
	input, err := t.textOf(args)
	if err != nil {
		return err
	}
	d, err := decoder(s.keytab)
	if err != nil {
		return err
	}
	d.Fields, d.Secrets = true, s.secrets
	opts := t.options()
	opts.Offsets = s.offsets
	all, encoded, more := decodeInput(d, input)
	if len(all) == 0 {
		return errors.New("the input is neither a token nor a header that authenticates (negotrace explain takes the words and numbers of errors)")
	}
	if encoded > 0 {
		t.warn(fmt.Errorf("headers and tokens that were in base64 as a whole, and were decoded a second time: %d", encoded))
	}
	if more > 0 {
		t.warn(fmt.Errorf("%d more headers and tokens are not shown", more))
	}
	for _, x := range all {
		if x.Problem != "" {
			t.warn(errors.New(strings.TrimPrefix(x.Label()+": "+x.Problem, ": ")))
			t.status = max(t.status, problemStatus(x))
		}
	}
	return writeResult(t, format.Tokens, all, opts)
}

// problemStatus returns the exit status for a token with a problem: found if part of it was
// decoded. A token that is only cut is shown as far as it goes, and is not a problem.
func problemStatus(x report.Token) int {
	if t := cmp.Or(x.Token, x.Auth.Token); t != nil && t.Missing > 0 {
		return 0
	}
	if x.Token != nil && len(x.Token.Fields) > 0 || len(x.Auth.Fields) > 0 || len(x.Params) > 0 {
		return found
	}
	return notAnalysed
}

// decodeInput finds the headers and tokens in the input and decodes them. If it finds none, it
// decodes the whole input as one token, to show what is wrong with it. encoded counts those that
// were in base64 as a whole, more those beyond a limit.
func decodeInput(d tokens.Decoder, input []byte) (all []report.Token, encoded, more int) {
	found, more := paste.Find(input)
	for _, f := range found {
		if f.Encoded {
			encoded++
		}
		if f.Token != nil {
			all = append(all, token(d, f.Token, nil))
		} else {
			all = append(all, header(d, f.Header, f.Value)...)
		}
	}
	if len(all) > 0 {
		return all, encoded, more
	}
	if !utf8.Valid(input) || bytes.IndexByte(input, 0) >= 0 {
		return []report.Token{token(d, input, nil)}, 0, 0
	}
	if text := strings.Join(strings.Fields(string(input)), ""); text != "" && len(text) <= maxToken {
		// Prose is of letters, too: what breaks off, or has blanks, is a token only if it begins as one.
		isProse := bytes.ContainsAny(bytes.TrimSpace(input), " \t")
		if b, err := tokenBytes(text); len(b) > 0 {
			if x := token(d, b, err); err == nil && !isProse || len(x.Token.Fields) > 0 {
				all = append(all, x)
			}
		}
	}
	return all, 0, 0
}

// maxToken is the longest text that is decoded as one token.
const maxToken = 1 << 20

// header decodes the value of one header. name is empty if the text had none.
func header(d tokens.Decoder, name, value string) []report.Token {
	if strings.HasSuffix(strings.ToLower(name), "authorization") || name == "" && isCredentials(value) {
		return []report.Token{{Header: name, Auth: d.Credentials(value)}}
	}
	var all []report.Token
	for _, a := range d.Challenges([]string{value}) {
		all = append(all, report.Token{Header: name, Auth: a})
	}
	return all
}

// isCredentials reports whether a value without a header name is what a client sends: it is not
// a list, or it answers a Digest challenge.
func isCredentials(value string) bool {
	return !strings.Contains(value, ",") || digestAnswer().MatchString(value)
}

var digestAnswer = lazyregexp.New(`(?i)[\s,](?:response|username\*?)\s*=`)

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
	} else {
		t.Missing = 0
	}
	if err != nil {
		x.Problem = err.Error()
	}
	return x
}
