package handoff

import (
	"fmt"
	"runtime/debug"
)

// A Fault is a panic that is passed from one goroutine to another. A panic can be recovered
// only in its own goroutine; otherwise it ends the program.
type Fault struct {
	Value any    // the argument of panic
	Stack string // of the goroutine that panicked
}

// Error returns what a program prints if the panic ends it.
func (f *Fault) Error() string { return fmt.Sprintf("%v\n\n%s", f.Value, f.Stack) }

// Guard calls do and returns its panic, nil if there is none. A Fault from a third goroutine is
// returned as it is.
func Guard(do func()) (fault *Fault) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case *Fault:
			fault = v
		default:
			fault = &Fault{v, string(debug.Stack())}
		}
	}()
	do()
	return nil
}

// Raise panics with the fault, if there is one.
func (f *Fault) Raise() {
	if f != nil {
		panic(f)
	}
}
