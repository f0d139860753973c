package httpstream

// A list is a doubly linked list of elements that embed its links. The one that was pushed longest
// ago is its first.
type list[E any, P linked[E]] struct {
	first, last *E
	n           int
}

type links[E any] struct{ prev, next *E }

type linked[E any] interface {
	*E
	ownLinks() *links[E]
}

func (l *links[E]) ownLinks() *links[E] { return l }

func (l *list[E, P]) push(e P) {
	own := e.ownLinks()
	own.prev, own.next = l.last, nil
	if l.last != nil {
		P(l.last).ownLinks().next = e
	} else {
		l.first = e
	}
	l.last = e
	l.n++
}

func (l *list[E, P]) remove(e P) {
	own := e.ownLinks()
	if own.prev != nil {
		P(own.prev).ownLinks().next = own.next
	} else {
		l.first = own.next
	}
	if own.next != nil {
		P(own.next).ownLinks().prev = own.prev
	} else {
		l.last = own.prev
	}
	*own = links[E]{}
	l.n--
}
