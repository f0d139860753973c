// Command negotrace tells, from a capture file, who authenticated how over HTTP, what
// went wrong, and why.
package main

func main() {}
