"""Gives variants and enums back, and tells their cases apart."""

from variants_sdk import export, shapes
from variants_sdk.shapes import (
    Colour,
    Only,
    PaintedFilled,
    PaintedMany,
    PaintedPart,
    ShapeCircle,
    ShapeCount,
    ShapeDot,
    ShapeFlag,
    ShapeLetter,
    ShapeNamed,
    ShapeNothing,
    ShapePolygon,
    ShapeSegment,
)


@export
class Shapes(shapes.Shapes):
    """Variants and enums."""

    def echo_shape(self, it: shapes.Shape) -> shapes.Shape:
        return it

    def echo_colour(self, it: Colour) -> Colour:
        return it

    def echo_only(self, it: Only) -> Only:
        return it

    def echo_painted(self, it: shapes.Painted) -> shapes.Painted:
        return it

    def describe(self, it: shapes.Shape) -> str:
        match it:
            case ShapeNothing():
                return "nothing"
            case ShapeDot(size):
                return f"dot {size}"
            case ShapeCircle(radius):
                return f"circle {radius}"
            case ShapeNamed(name):
                return f"named {name}"
            case ShapeSegment():
                return "segment"
            case ShapePolygon(points):
                return f"polygon of {len(points)}"
            case ShapeCount(count):
                return f"count {count}"
            case ShapeFlag(flag):
                return f"flag {str(flag).lower()}"
            case ShapeLetter(letter):
                return f"letter {letter}"

    def next(self, it: Colour) -> Colour:
        colours = list(Colour)
        return colours[(colours.index(it) + 1) % len(colours)]

    def paint(self, shapes: list[shapes.Shape], colour: Colour) -> shapes.Painted:
        if len(shapes) == 1:
            return PaintedFilled((shapes[0], colour))
        return PaintedMany([PaintedPart(it, colour) for it in shapes])
