// Package peak tells how much memory a process took that has ended.
package peak
