// Package main gives flags back, and works with them as with sets.
package main

import (
	"math/bits"

	sdk "flags-sdk"
	"flags-sdk/switches"
)

func init() {
	sdk.Export(sdk.Plugin{Switches: plugin{}})
}

func main() {}

type plugin struct{}

func (plugin) EchoOne(it switches.One) switches.One {
	return it
}

func (plugin) EchoEight(it switches.Eight) switches.Eight {
	return it
}

func (plugin) EchoNine(it switches.Nine) switches.Nine {
	return it
}

func (plugin) EchoSeventeen(it switches.Seventeen) switches.Seventeen {
	return it
}

func (plugin) EchoThirtyTwo(it switches.ThirtyTwo) switches.ThirtyTwo {
	return it
}

func (plugin) InvertedEight(it switches.Eight) switches.Eight {
	return ^it
}

func (plugin) InvertedNine(it switches.Nine) switches.Nine {
	return ^it & (switches.NineF8<<1 - 1)
}

func (plugin) IsWeekend(it switches.Eight) bool {
	return it&(switches.EightSaturday|switches.EightSunday) != 0
}

func (plugin) EachThirtyTwo() []switches.ThirtyTwo {
	var each []switches.ThirtyTwo
	for it := switches.ThirtyTwoF0; it != 0; it <<= 1 {
		each = append(each, it)
	}
	return each
}

func (plugin) UnionThirtyTwo(left, right switches.ThirtyTwo) switches.ThirtyTwo {
	return left | right
}

func (plugin) CountThirtyTwo(it switches.ThirtyTwo) uint32 {
	return uint32(bits.OnesCount32(uint32(it)))
}
