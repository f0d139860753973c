package hosttext

import (
	"bufio"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"negotrace/capture/wrapped"
	"negotrace/internal/utf8text"
)

// eachLine calls take with each line that is not empty, without white space at its end, and its
// number from 1.
func eachLine(from io.Reader, take func(text string, number int)) (lines Lines, err error) {
	b := utf8text.NewReader(from)
	for number := 1; ; number++ {
		line, err := b.ReadSlice('\n')
		tooLong := err == bufio.ErrBufferFull || len(line) > maxLine
		text := strings.TrimRightFunc(decodeOEM(line[:min(len(line), maxLine)]), func(r rune) bool { return r == 0 || unicode.IsSpace(r) })
		for err == bufio.ErrBufferFull {
			_, err = b.ReadSlice('\n')
		}
		if strings.HasPrefix(text, wrapped.Container) {
			number--
			continue
		}
		if text != "" {
			lines.Read++
			take(text, number)
		}
		if tooLong {
			lines.TooLong++
		}
		if err == io.EOF {
			return lines, nil
		}
		if err != nil {
			return lines, err
		}
	}
}

// oemLetters are the letters from 0x80 on that code pages 437 and 850 have in common. Windows
// consoles use one of these.
const oemLetters = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ"

// decodeOEM returns a line as UTF-8. Other letters than oemLetters are replaced.
func decodeOEM(line []byte) string {
	if utf8.Valid(line) {
		return string(line)
	}
	letters := []rune(oemLetters)
	var b strings.Builder
	for _, c := range line {
		switch {
		case c < utf8.RuneSelf:
			b.WriteByte(c)
		case int(c-utf8.RuneSelf) < len(letters):
			b.WriteRune(letters[c-utf8.RuneSelf])
		case c >= 0xa0 && c <= 0xa5:
			b.WriteRune([]rune("áíóúñÑ")[c-0xa0])
		default:
			b.WriteRune(utf8.RuneError)
		}
	}
	return b.String()
}

// isIndented reports whether a line begins with a blank.
func isIndented(text string) bool { return text[0] == ' ' || text[0] == '\t' }

// labelValue returns the value after a label and a colon, as most commands print it.
func labelValue(text, label string) (value string, ok bool) {
	value, ok = strings.CutPrefix(strings.TrimLeft(text, " \t"), label)
	if !ok {
		return "", false
	}
	value, ok = strings.CutPrefix(strings.TrimLeft(value, " ."), ":")
	return strings.TrimSpace(value), ok
}

// parseStatus reads "1355 0x54b ERROR_NO_SUCH_DOMAIN".
func parseStatus(text string) (code uint32, name string) {
	f := strings.Fields(text)
	if len(f) == 0 {
		return 0, ""
	}
	n, err := strconv.ParseUint(f[0], 10, 32)
	if err != nil {
		return 0, ""
	}
	if len(f) > 2 {
		name = f[2]
	}
	return uint32(n), name
}
