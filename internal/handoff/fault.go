package handoff

import (
	"fmt"
	"runtime/debug"
)

// A Fault is a panic of one goroutine on its way to another one. Nobody can recover what a
// goroutine panics with but itself, so that it would end the program whatever its caller does.
type Fault struct {
	Value any    // what the panic was about
	Stack string // of the goroutine that panicked
}

// Error is what a program prints that ends because of it.
func (f *Fault) Error() string { return fmt.Sprintf("%v\n\n%s", f.Value, f.Stack) }

// Guard calls do and returns the panic that it ended with, nil if it did not. One that came
// from a third goroutine stays what it was.
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
