// Package main gives variants and enums back, and tells their cases apart.
package main

import (
	"fmt"

	sdk "variants-sdk"
	"variants-sdk/shapes"
	"variants-sdk/wit"
)

func init() {
	sdk.Export(sdk.Plugin{Shapes: plugin{}})
}

func main() {}

type plugin struct{}

func (plugin) EchoShape(it shapes.Shape) shapes.Shape {
	return it
}

func (plugin) EchoColour(it shapes.Colour) shapes.Colour {
	return it
}

func (plugin) EchoOnly(it shapes.Only) shapes.Only {
	return it
}

func (plugin) EchoPainted(it shapes.Painted) shapes.Painted {
	return it
}

func (plugin) Describe(it shapes.Shape) string {
	switch it := it.(type) {
	case shapes.ShapeDot:
		return fmt.Sprintf("dot %d", it.Value)
	case shapes.ShapeCircle:
		return fmt.Sprintf("circle %v", it.Value)
	case shapes.ShapeNamed:
		return "named " + it.Value
	case shapes.ShapeSegment:
		return "segment"
	case shapes.ShapePolygon:
		return fmt.Sprintf("polygon of %d", len(it.Value))
	case shapes.ShapeCount:
		return fmt.Sprintf("count %d", it.Value)
	case shapes.ShapeFlag:
		return fmt.Sprintf("flag %t", it.Value)
	case shapes.ShapeLetter:
		return fmt.Sprintf("letter %c", it.Value)
	default:
		return "nothing"
	}
}

func (plugin) Next(it shapes.Colour) shapes.Colour {
	if it == shapes.ColourDarkBlue {
		return shapes.ColourRed
	}
	return it + 1
}

func (plugin) Paint(list []shapes.Shape, colour shapes.Colour) shapes.Painted {
	if len(list) == 1 {
		return shapes.PaintedFilled{Value: wit.Tuple2[shapes.Shape, shapes.Colour]{F0: list[0], F1: colour}}
	}
	var parts []shapes.PaintedPart
	for _, shape := range list {
		parts = append(parts, shapes.PaintedPart{Shape: shape, Colour: &colour})
	}
	return shapes.PaintedMany{Value: parts}
}
