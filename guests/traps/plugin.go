// Package main fails in many ways.
package main

import (
	"fmt"
	"os"

	sdk "traps-sdk"
)

func init() {
	sdk.Export(sdk.Plugin{Failing: plugin{}})
}

func main() {}

type plugin struct{}

func (plugin) Panic(message string) {
	panic(message)
}

func (plugin) Fall(depth uint32, message string) uint32 {
	return plunge(depth, message)
}

func (plugin) Talk(lines uint32, message string) {
	for line := range lines {
		fmt.Fprintf(os.Stderr, "line %d\n", line)
	}
	panic(message)
}

func (plugin) Element(of []uint32, at uint32) uint32 {
	return of[at]
}

func (plugin) Recurse(depth uint64) uint64 {
	return recurse(depth)
}

func (plugin) Exhaust() uint64 {
	var taken [][]byte
	for {
		taken = append(taken, make([]byte, 1<<20))
	}
}

func (plugin) Spin() {
	for {
	}
}

func (plugin) Work() uint32 {
	return 7
}

//go:noinline
func plunge(depth uint32, message string) uint32 {
	if depth == 0 {
		panic(message)
	}
	return plunge(depth-1, message) + 1
}

//go:noinline
func recurse(depth uint64) uint64 {
	if depth == 0 {
		return 0
	}
	return recurse(depth-1) + 1
}
