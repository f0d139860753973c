// Package peak measures the most memory that a process had resident.
package peak
