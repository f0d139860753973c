package servertext

import "negotrace/internal/lazyregexp"

// HasExpired reports whether a text says that a page or a session is of no use any more.
func HasExpired(text string) bool { return hasExpired().MatchString(text) }

// hasExpired finds the words of a page or session that is of no use any more. An account or
// a password may expire too, and a page may say so to somebody who has logged on.
var hasExpired = lazyregexp.New(`(?im)\b(?:your |the |this |die |ihre |votre |la )?(?:page|session|link|request|form|seite|sitzung)\b(?: has| is| ist| a| was)?(?: been)? (?:expired|timed out|abgelaufen|expir\x{e9}e?)\b?\s*(?:[.!,;:|()-]|$)`)

// expiredMarks are in the words for something that has expired.
var expiredMarks = []string{"xpired", "timed out", "abgelaufen", "expir\u00e9"}

var expiredSearch = newSearch(expiredMarks)
