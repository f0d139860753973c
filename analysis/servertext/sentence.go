package servertext

import (
	"bytes"
	"html"
	"slices"
	"strings"

	"negotrace/analysis/fact"
	"negotrace/internal/lazyregexp"
	"negotrace/internal/publictext"
)

// advises matches sentences of a page about what may be wrong and what its reader may do. They do not say
// why this request was refused. Package redact keeps its words, and those of saysWrong.
var advises = lazyregexp.New(`(?i)\b(?:if|in case|wenn|falls|for example|for instance|such as|how (?:to|do|can)|usually|often|commonly|typically|sometimes|means|should|` +
	`possible (?:causes?|reasons?)|(?:common|known|frequent) (?:causes?|problems?|errors?|reasons?)|troubleshoot(?:ing)?|faqs?|(?:may|might|could|can) (?:be|mean|indicate|happen|occur|have|also)|` +
	`when(?:ever)? (?:you|your|the|this|that)|errors? (?:like|called|named)|this (?:error|message|page) (?:indicates|appears|occurs|explains|describes))\b|` +
	`^\s*(?:please|bitte|ensure|make sure|check|verify|see|click|visit|try|contact|ask|set|add|open|use|enable|configure|note|tip|hint|run|why|what|do|synchroni[sz]e)\b|\byou (?:can|need|have to)\b|\?\s*$`)

// saysWrong matches words of which one is in a sentence that says that something is wrong.
var saysWrong = lazyregexp.New(`(?i)(?:^|[^\p{L}])(?:not|no|never|none|without|cannot|[a-z]+n['’]t|denied|denies|refused|refuses|rejected|rejects|blocked|blocks|forbidden|prohibited|expired|locked|disabled|` +
	`revoked|failed|fails|failure|invalid|missing|unknown|unable|restricted|exceeded|exceeds|suspended|mismatch|wrong|bad|lost|gone|error|errors|exception|too|only|plain|must|requires|required|needs|needed|nicht|kein|keine|gesperrt|abgelaufen|verweigert|fehlgeschlagen)(?:[^\p{L}]|$)`)

// reasonOn returns the sentence on a page that begins with the earliest of the errorMarks and says why the
// request was refused, up to the next mark-up or line break. It is "" where a page explains several errors.
func reasonOn(page []byte) string {
	var found string
	var said fact.Fact
	isJSON := false
	if start := bytes.TrimSpace(page); len(start) > 0 {
		isJSON = start[0] == '{' || start[0] == '['
	}
	var lists []span
	if isJSON {
		lists = jsonLists(page)
	} else {
		page = shown(page)
	}
	from := 0
	for range maxMarks {
		p, ok := nextPassage(page, from, isJSON)
		if !ok {
			break
		}
		from = p.at + max(len(p.text), 1)
		if inLists(lists, p.at) || !p.isReason(page) {
			continue
		}
		says := Says(p.text)
		if said != "" && says != "" && says != said {
			return "" // a list of them
		}
		if found == "" || said == "" && says != "" { // what an exception was caused by says more than the exception
			found = bounded(publictext.Of(p.text))
		}
		if said == "" {
			said = says
		}
	}
	return found
}

// A passage is the text of a page from one of the errorMarks to the next mark-up or line break, and what stands
// between those and the mark.
type passage struct {
	begin, at    int // of before and of text, in the page
	before, text string
}

// nextPassage returns the first passage behind a place of a page, false if there is none.
func nextPassage(page []byte, from int, isJSON bool) (p passage, ok bool) {
	at := firstMark(page[from:])
	if at < 0 {
		return p, false
	}
	at += from
	begin := bytes.LastIndexAny(page[from:at], "<>\r\n") + 1 + from
	text := page[at:]
	if isJSON {
		begin = bytes.LastIndexByte(page[from:at], '"') + 1 + from
		text = jsonText(text)
	}
	if end := bytes.IndexAny(text, "<\r\n"); end >= 0 {
		text = text[:end]
	}
	return passage{begin, at, string(page[begin:at]), string(text)}, true
}

// isReason reports whether a passage says why the request was refused: it is not denied, is no part of what somebody
// else says about errors, and does not advise.
func (p *passage) isReason(page []byte) bool {
	mark, byWords := isByWords(p.text)
	if byWords && (isOneOfMany(page, p.at) || isProse(p.before, mark, p.text[len(mark):])) || isDenied(p.before) {
		return false
	}
	return !advises().MatchString(sentenceAround(heading(page[:p.begin], p.before)+p.before, p.text))
}

// maxMarks is how many of the errorMarks on a page are looked at, and maxTags how many tags before each.
const maxMarks, maxTags = 12, 200

// listEdge and listed match where lists begin or end, and where what is in them begins.
var (
	listEdge = lazyregexp.New(`(?i)</?(?:ul|ol|dl)\b`)
	listed   = lazyregexp.New(`(?i)<(?:li|dt)\b`)
)

// openList returns where the list begins that is open at the end of a part of a page, -1 if there is none.
func openList(before []byte) int {
	i := len(before)
	for range maxTags {
		if i = bytes.LastIndexByte(before[:i], '<'); i < 0 {
			break
		}
		if edge := listEdge().FindIndex(before[i:min(len(before), i+len("</ul>"))]); edge != nil && edge[0] == 0 {
			if before[i+1] == '/' {
				return -1
			}
			return i
		}
	}
	return -1
}

// isOneOfMany reports whether a place on a page is in a list of several things.
func isOneOfMany(page []byte, at int) bool {
	begin := openList(page[:at])
	if begin < 0 {
		return false
	}
	list := page[begin:]
	if end := listEdge().FindIndex(page[at:]); end != nil {
		list = page[begin : at+end[0]]
	}
	return len(listed().FindAllIndex(list, 2)) > 1
}

// isByWords reports whether a text begins with words of a library that anybody may use, and not with a name such as
// GSSException, and with which of them.
func isByWords(text string) (mark string, ok bool) {
	for _, m := range errorMarks {
		if strings.HasPrefix(text, m) {
			mark = m
		}
	}
	return mark, strings.Contains(mark, " ") && !strings.HasSuffix(mark, ":")
}

// isProse reports whether the words of a library in a text are a part of somebody else's sentence about them, in
// whatever language. As an error they stand alone, behind a colon, or behind words that are usual with errors, and no
// word of a sentence follows.
func isProse(before, mark, after string) bool {
	before = html.UnescapeString(before)
	before = strings.TrimRight(before[strings.LastIndex(before, ". ")+1:], " \t([{")
	label := strings.TrimRight(before, "\"'`\u00ab\u201c\u201e\u2018\u300c\u300e \t")
	switch {
	case strings.HasSuffix(label, ":"), strings.HasSuffix(label, ";"), givesReason().MatchString(label):
	case label != before, !usualWords(label): // quoted, or a part of a sentence
		return true
	}
	return slices.Contains(wholeSentences, mark) && goesOn().MatchString(after)
}

// isDenied reports whether the words in front of an error say that it is not the reason: "not because of".
func isDenied(before string) bool { return denies().MatchString(html.UnescapeString(before)) }

// denies matches words behind which something stands that did not happen.
var denies = lazyregexp.New(`(?i)(?:\b(?:not|no|never|nicht|keine?)|n['’]t)(?:\s+(?:because of|due to|caused by|by|wegen|an?|the|any))*[\s"'` + "`" + `\x{ab}\x{201c}\x{201e}\x{2018}]*$`)

// givesReason matches words behind which the reason of something stands.
var givesReason = lazyregexp.New(`(?i)\b(?:reason|cause|due to|because of|grund|ursache|raison)(?: (?:is|was|ist|war))?$`)

// goesOn matches a word behind the sentence of a library, but for those with which libraries go on themselves:
// "in KDC reply", "for checksum".
var goesOn = lazyregexp.New(`^\s+(?:\p{L}{4,}|[^\P{L}fi]\p{L}*|i[^n]|f[^o])`)

// heading returns the text in front of the place where a sentence begins, if it announces what comes: "Known errors:".
func heading(page []byte, before string) string {
	if strings.Trim(before, " \t-*") != "" {
		return ""
	}
	page = bytes.TrimRight(page, " \t\r\n<")
	for bytes.HasSuffix(page, []byte(">")) {
		page = bytes.TrimRight(page[:max(0, bytes.LastIndexByte(page, '<'))], " \t\r\n")
	}
	if !bytes.HasSuffix(page, []byte(":")) {
		return ""
	}
	return string(page[bytes.LastIndexAny(page, "<>\r\n")+1:]) + " "
}

// sentenceAround returns the sentence that ends before into text.
func sentenceAround(before, text string) string {
	if end := strings.LastIndex(before, ". "); end >= 0 {
		before = before[end+2:]
	}
	if end := strings.Index(text, ". "); end >= 0 {
		text = text[:end+1]
	}
	return html.UnescapeString(strings.TrimSpace(before + text))
}

// reasonIn returns the sentences of a text that do not merely advise; "" if there are none.
func reasonIn(text string) string {
	var kept []string
	for sentence := range strings.SplitAfterSeq(text, ". ") {
		if !advises().MatchString(sentence) {
			kept = append(kept, strings.TrimSpace(sentence))
		}
	}
	return strings.Join(kept, " ")
}
