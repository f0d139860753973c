// Package peak measures how much memory a process took that has ended.
package peak
