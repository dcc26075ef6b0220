// Package main has the functions of two worlds.
package main

import (
	"fmt"

	sdk "renames-sdk"
)

func init() {
	sdk.Export(sdk.Plugin{State: plugin{}, Renames: plugin{}})
}

func main() {}

type plugin struct{}

func (plugin) Begin(speed uint8) string {
	return fmt.Sprintf("at speed %d", speed)
}

func (plugin) Finish() string {
	return "stopped"
}

func (plugin) StartLap(lap string) uint32 {
	return uint32(len(lap))
}

func (plugin) Reset() {}

func (plugin) Steps() uint32 {
	return 0
}
