// Package main takes many arguments.
package main

import (
	"fmt"
	"strings"

	sdk "arguments-sdk"
	"arguments-sdk/many"
	"arguments-sdk/wit"
)

func init() {
	sdk.Export(sdk.Plugin{Many: plugin{}})
}

func main() {}

type plugin struct{}

func (plugin) Nothing() {}

func (plugin) Sixteen(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p uint32) []uint32 {
	return []uint32{a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p}
}

func (plugin) Seventeen(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q uint32) []uint32 {
	return []uint32{a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q}
}

func (plugin) Mixed(
	a uint8,
	b int64,
	c float32,
	d float64,
	e bool,
	f rune,
	g string,
	h []byte,
	i *string,
	j wit.Result[uint8, string],
	k wit.Tuple2[uint8, string],
	l string,
) string {
	option := "-"
	if i != nil {
		option = *i
	}
	result := fmt.Sprint(j.Value)
	if j.Err != nil {
		result = *j.Err
	}
	return fmt.Sprintf("%v %v %v %v %v %c %v %v %v %v %v%v %v", a, b, c, d, e, f, g, len(h), option, result, k.F0, k.F1, l)
}

func (plugin) TwoRecords(left, right many.Wide) (many.Wide, many.Wide) {
	return left, right
}

func (plugin) RecordsAndMore(first many.Labelled, times uint8, second many.Labelled) []string {
	var labels []string
	for _, it := range []many.Labelled{first, second} {
		for range times {
			labels = append(labels, it.Label)
		}
	}
	return labels
}

func (plugin) Optional(a *uint8, b *string, c *bool) uint32 {
	count := uint32(0)
	for _, there := range []bool{a != nil, b != nil, c != nil} {
		if there {
			count++
		}
	}
	return count
}

func (plugin) Texts(a, b, c, d, e, f, g, h, i string) string {
	return strings.Join([]string{a, b, c, d, e, f, g, h, i}, "|")
}
