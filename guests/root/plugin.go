// Package main has the functions of the world itself.
package main

import (
	sdk "root-sdk"
	"root-sdk/timer"
)

func init() {
	sdk.Export(sdk.Plugin{Timer: plugin{}, Root: plugin{}})
}

func main() {}

type plugin struct{}

func (plugin) Echo(it sdk.Settings) sdk.Settings {
	return it
}

func (plugin) Apply(it sdk.Settings) (string, error) {
	if len(it) == 0 {
		return "", sdk.FailureUnknown
	}
	if it[0].Value == nil {
		return "", sdk.FailureLocked
	}
	return *it[0].Value, nil
}

func (plugin) Add(left, right uint32) uint32 {
	return left + right
}

func (plugin) End(it timer.Span) timer.Ticks {
	return it.Start + it.Length
}
