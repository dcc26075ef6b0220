// Package main reads what its host lends it.
package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	sdk "lent-sdk"
	"lent-sdk/buffers"
	"lent-sdk/store"
	"lent-sdk/tables"
	"lent-sdk/wit"
)

func init() {
	sdk.Export(sdk.Plugin{Lent: plugin{}, Reports: plugin{}})
}

func main() {}

type plugin struct{}

var held *buffers.Buffer

func (plugin) Length(of *buffers.Buffer) uint64 {
	return of.Length()
}

func (plugin) Head(of *buffers.Buffer, most uint64) []byte {
	return of.Read(0, most)
}

func (plugin) Total(of *buffers.Buffer, first, most uint64) float64 {
	total := 0.0
	for _, number := range of.ReadF64(first, most) {
		total += number
	}
	return total
}

func (plugin) Numbers(of *buffers.Buffer) (uint32, uint64, int32, int64, float32, float64) {
	return of.ReadU32(0, 1)[0], of.ReadU64(0, 1)[0], of.ReadS32(0, 1)[0],
		of.ReadS64(0, 1)[0], of.ReadF32(0, 1)[0], of.ReadF64(0, 1)[0]
}

func (plugin) Lengths(of []*buffers.Buffer) uint64 {
	total := uint64(0)
	for _, it := range of {
		total += it.Length()
		it.Drop()
	}
	return total
}

func (plugin) Part(of *buffers.Buffer, first, most uint64) *buffers.Buffer {
	defer of.Drop()
	rest := of.Slice(first, math.MaxUint64)
	defer rest.Drop()
	return rest.Slice(0, most)
}

func (plugin) Hold(it *buffers.Buffer) {
	held = it
}

func (plugin) Release() *buffers.Buffer {
	it := held
	held = nil
	return it
}

func (plugin) Restock(name string) *wit.Tuple2[uint64, uint32] {
	found := store.Find(name)
	if found == nil {
		return nil
	}
	length := store.Measure(found)
	return &wit.Tuple2[uint64, uint32]{F0: length, F1: store.Put(found)}
}

func (plugin) Mean(of *tables.Table, column string) (float64, uint64, error) {
	place := -1
	for at, it := range of.Columns() {
		if it.Name == column {
			place = at
		}
	}
	if place < 0 {
		return 0, 0, fmt.Errorf("no column %s", column)
	}
	values, err := of.Numbers(uint32(place), 0, math.MaxUint64)
	if err != nil {
		return 0, 0, told(err)
	}
	missing, err := of.Missing(uint32(place), 0, math.MaxUint64)
	if err != nil {
		return 0, 0, told(err)
	}
	total := 0.0
	for _, value := range values {
		if !math.IsNaN(value) {
			total += value
		}
	}
	return total / float64(len(values)-len(missing)), uint64(len(missing)), nil
}

func (plugin) Describe(of *tables.Table, row uint64) *string {
	values := of.Row(row)
	if values == nil {
		return nil
	}
	var parts []string
	for _, value := range *values {
		parts = append(parts, shown(value))
	}
	line := strings.Join(parts, ", ")
	return &line
}

func (plugin) Choose(
	of *tables.Table, columns []string, first, most uint64,
) (*tables.Table, error) {
	defer of.Drop()
	some, err := of.Select(columns)
	if err != nil {
		return nil, told(err)
	}
	defer some.Drop()
	return some.Slice(first, most), nil
}

func shown(value tables.Value) string {
	switch it := value.(type) {
	case tables.ValueBoolean:
		return strconv.FormatBool(it.Value)
	case tables.ValueInteger:
		return strconv.FormatInt(it.Value, 10)
	case tables.ValueNumber:
		return strconv.FormatFloat(it.Value, 'g', -1, 64)
	case tables.ValueText:
		return it.Value
	case tables.ValueBlob:
		return fmt.Sprintf("%d bytes", len(it.Value))
	default:
		return "-"
	}
}

func told(err error) error {
	switch it := err.(type) {
	case tables.MistakeNoColumn:
		return fmt.Errorf("no column %s", it.Value)
	case tables.MistakeTwice:
		return fmt.Errorf("twice %s", it.Value)
	case tables.MistakeOtherKind:
		if it.Value == tables.KindTexts {
			return fmt.Errorf("these are texts")
		}
		return fmt.Errorf("these are no numbers")
	default:
		return err
	}
}
