// Package main gives lists back, makes them, and sums them up.
package main

import (
	"strconv"

	sdk "lists-sdk"
	"lists-sdk/echoes"
	"lists-sdk/wit"
)

func init() {
	sdk.Export(sdk.Plugin{Echoes: plugin{}, Lengths: plugin{}})
}

func main() {}

type plugin struct{}

func (plugin) EchoBool(it []bool) []bool {
	return it
}

func (plugin) EchoU8(it []byte) []byte {
	return it
}

func (plugin) EchoS8(it []int8) []int8 {
	return it
}

func (plugin) EchoU16(it []uint16) []uint16 {
	return it
}

func (plugin) EchoS16(it []int16) []int16 {
	return it
}

func (plugin) EchoU32(it []uint32) []uint32 {
	return it
}

func (plugin) EchoS32(it []int32) []int32 {
	return it
}

func (plugin) EchoU64(it []uint64) []uint64 {
	return it
}

func (plugin) EchoS64(it []int64) []int64 {
	return it
}

func (plugin) EchoF32(it []float32) []float32 {
	return it
}

func (plugin) EchoF64(it []float64) []float64 {
	return it
}

func (plugin) EchoChar(it []rune) []rune {
	return it
}

func (plugin) EchoString(it []string) []string {
	return it
}

func (plugin) EchoList(it [][]byte) [][]byte {
	return it
}

func (plugin) EchoDeep(it [][][]string) [][][]string {
	return it
}

func (plugin) EchoRecord(it []echoes.Point) []echoes.Point {
	return it
}

func (plugin) EchoTuple(it []wit.Tuple3[uint8, string, uint64]) []wit.Tuple3[uint8, string, uint64] {
	return it
}

func (plugin) EchoVariant(it []echoes.Shape) []echoes.Shape {
	return it
}

func (plugin) EchoEnum(it []echoes.Colour) []echoes.Colour {
	return it
}

func (plugin) EchoFlags(it []echoes.Access) []echoes.Access {
	return it
}

func (plugin) EchoOption(it []*uint32) []*uint32 {
	return it
}

func (plugin) EchoResult(it []wit.Result[uint8, string]) []wit.Result[uint8, string] {
	return it
}

func (plugin) CountU32(length uint32) []uint32 {
	return count(length, func(it uint32) uint32 { return it })
}

func (plugin) CountU8(length uint32) []byte {
	return count(length, func(it uint32) byte { return byte(it) })
}

func (plugin) CountString(length uint32) []string {
	return count(length, func(it uint32) string { return strconv.Itoa(int(it)) })
}

func (plugin) CountPoint(length uint32) []echoes.Point {
	return count(length, func(it uint32) echoes.Point { return echoes.Point{X: int32(it), Y: -int32(it)} })
}

func (plugin) SumU8(it []byte) uint64 {
	return sum(it, func(it byte) uint64 { return uint64(it) })
}

func (plugin) SumU32(it []uint32) uint64 {
	return sum(it, func(it uint32) uint64 { return uint64(it) })
}

func (plugin) SumF64(it []float64) float64 {
	return sum(it, func(it float64) float64 { return it })
}

func (plugin) SumString(it []string) uint64 {
	return sum(it, func(it string) uint64 { return uint64(len(it)) })
}

func (plugin) SumPoint(it []echoes.Point) int64 {
	return sum(it, func(it echoes.Point) int64 { return int64(it.X) + int64(it.Y) })
}

func count[T any](length uint32, of func(uint32) T) []T {
	list := make([]T, 0, length)
	for number := range length {
		list = append(list, of(number))
	}
	return list
}

func sum[T any, N int64 | uint64 | float64](list []T, of func(T) N) N {
	sum := N(0)
	for _, it := range list {
		sum += of(it)
	}
	return sum
}
