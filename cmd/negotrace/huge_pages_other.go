//go:build !linux

package main

func hugePagesOnDemand() bool { return false }

func inHugePages([]byte) {}
