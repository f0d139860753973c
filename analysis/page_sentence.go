package analysis

import (
	"bytes"
	"html"
	"strings"

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
	var said Fact
	isJSON := false
	if start := bytes.TrimSpace(page); len(start) > 0 {
		isJSON = start[0] == '{' || start[0] == '['
	}
	for from := 0; ; {
		at := firstMark(page[from:])
		if at < 0 {
			return found
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
		from = at + max(len(text), 1)
		if isLink(page[:begin]) || advises().MatchString(sentenceAround(string(page[begin:at]), string(text))) {
			continue
		}
		fact := SaidIn(string(text))
		if said != "" && fact != "" && fact != said {
			return "" // a list of them
		}
		if said == "" {
			said = fact
		}
		if found == "" {
			found = bounded(publictext.Of(string(text)))
		}
	}
}

// isLink reports whether what comes next on a page is the text of a link.
func isLink(before []byte) bool {
	open := bytes.LastIndexByte(before, '<')
	return open >= 0 && len(before) > open+2 && before[open+1]|0x20 == 'a' && (before[open+2] == ' ' || before[open+2] == '\n')
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
