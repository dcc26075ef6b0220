// Package main gives numbers back, and works with them.
package main

import (
	"math"

	sdk "numbers-sdk"
)

func init() {
	sdk.Export(sdk.Plugin{Echoes: plugin{}, Arithmetic: plugin{}})
}

func main() {}

type plugin struct{}

func (plugin) EchoBool(it bool) bool {
	return it
}

func (plugin) EchoU8(it uint8) uint8 {
	return it
}

func (plugin) EchoS8(it int8) int8 {
	return it
}

func (plugin) EchoU16(it uint16) uint16 {
	return it
}

func (plugin) EchoS16(it int16) int16 {
	return it
}

func (plugin) EchoU32(it uint32) uint32 {
	return it
}

func (plugin) EchoS32(it int32) int32 {
	return it
}

func (plugin) EchoU64(it uint64) uint64 {
	return it
}

func (plugin) EchoS64(it int64) int64 {
	return it
}

func (plugin) EchoF32(it float32) float32 {
	return it
}

func (plugin) EchoF64(it float64) float64 {
	return it
}

func (plugin) AddU8(left, right uint8) uint8 {
	return left + right
}

func (plugin) AddS16(left, right int16) int16 {
	return left + right
}

func (plugin) AddU32(left, right uint32) uint32 {
	return left + right
}

func (plugin) AddU64(left, right uint64) uint64 {
	return left + right
}

func (plugin) AddS64(left, right int64) int64 {
	return left + right
}

func (plugin) DivideF32(left, right float32) float32 {
	return left / right
}

func (plugin) DivideF64(left, right float64) float64 {
	return left / right
}

func (plugin) IsNan(it float64) bool {
	return math.IsNaN(it)
}

func (plugin) Bounds8() (int8, int8, uint8) {
	return math.MinInt8, math.MaxInt8, math.MaxUint8
}

func (plugin) Bounds16() (int16, int16, uint16) {
	return math.MinInt16, math.MaxInt16, math.MaxUint16
}

func (plugin) Bounds32() (int32, int32, uint32) {
	return math.MinInt32, math.MaxInt32, math.MaxUint32
}

func (plugin) Bounds64() (int64, int64, uint64) {
	return math.MinInt64, math.MaxInt64, math.MaxUint64
}
