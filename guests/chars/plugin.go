// Package main gives characters back, counts with them, and makes texts of them.
package main

import (
	"unicode/utf8"

	sdk "chars-sdk"
)

func init() {
	sdk.Export(sdk.Plugin{Letters: plugin{}})
}

func main() {}

type plugin struct{}

func (plugin) Echo(letter rune) rune {
	return letter
}

func (plugin) Code(letter rune) uint32 {
	return uint32(letter)
}

func (plugin) OfCode(code uint32) *rune {
	if code > utf8.MaxRune || !utf8.ValidRune(rune(code)) {
		return nil
	}
	return new(rune(code))
}

func (plugin) Next(letter rune) *rune {
	for next := letter + 1; next <= utf8.MaxRune; next++ {
		if utf8.ValidRune(next) {
			return &next
		}
	}
	return nil
}

func (plugin) Spell(text string) []rune {
	return []rune(text)
}

func (plugin) Write(letters []rune) string {
	return string(letters)
}
