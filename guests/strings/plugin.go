// Package main gives texts back, and measures them.
package main

import (
	"strings"
	"unicode/utf8"

	sdk "strings-sdk"
)

func init() {
	sdk.Export(sdk.Plugin{Texts: plugin{}})
}

func main() {}

type plugin struct{}

func (plugin) Echo(text string) string {
	return text
}

func (plugin) Length(text string) uint32 {
	return uint32(len(text))
}

func (plugin) Characters(text string) uint32 {
	return uint32(utf8.RuneCountInString(text))
}

func (plugin) Repeat(text string, times uint32) string {
	return strings.Repeat(text, int(times))
}

func (plugin) Join(texts []string, between string) string {
	return strings.Join(texts, between)
}

func (p plugin) Measure(text string, times uint32) uint32 {
	return p.Length(p.Echo(p.Repeat(text, times)))
}
