// Package main works with what its host offers.
package main

import (
	"math"
	"strconv"

	sdk "imports-sdk"
	"imports-sdk/desk"
)

func init() {
	sdk.Export(sdk.Plugin{Tasks: plugin{}})
}

func main() {}

type plugin struct{}

func (plugin) Report(level desk.Level, texts []string) uint64 {
	for at, text := range texts {
		desk.Write(desk.Line{Level: level, Text: text, Tags: []string{strconv.Itoa(at)}})
	}
	return uint64(len(texts))
}

func (plugin) Find(query desk.Query) ([]desk.Entry, error) {
	return desk.Find(query)
}

func (plugin) NameOf(id uint64) (string, error) {
	entries, err := desk.Find(desk.QueryByID{Value: id})
	if err != nil {
		return "", err
	}
	if len(entries) == 0 {
		return "", desk.FailureNotFound{}
	}
	return entries[0].Name, nil
}

func (plugin) Copy(from, to string) (*uint32, error) {
	value := desk.Load(from)
	if value == nil {
		return nil, nil
	}
	if err := desk.Store(to, *value); err != nil {
		return nil, err
	}
	return new(uint32(len(*value))), nil
}

func (plugin) Check(level desk.Level) bool {
	return desk.Check(level) == nil
}

func (plugin) Mix() (uint8, int64, float32, float64, bool, rune, string) {
	return desk.Mix(255, math.MinInt64, 0.1, 0.1, true, '🦀', "gemischt ✓")
}

func (plugin) Sum(of int64) int64 {
	return desk.Sum(1, 2, 3, 4, -5, -6, -7, -8, 9, 10, 11, 12, -13, -14, -15, of, 17)
}

func (plugin) Ticks(times uint32) uint64 {
	sum := uint64(0)
	for range times {
		sum += desk.Now()
	}
	return sum
}

func (plugin) Ask(question string) string {
	return sdk.Answer(question)
}
