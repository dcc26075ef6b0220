//! Gives variants and enums back, and tells their cases apart.

use variants_sdk::shapes::{Colour, Only, Painted, PaintedPart, Shape, Shapes};

struct Plugin;

impl Shapes for Plugin {
    fn echo_shape(it: Shape) -> Shape {
        it
    }

    fn echo_colour(it: Colour) -> Colour {
        it
    }

    fn echo_only(it: Only) -> Only {
        it
    }

    fn echo_painted(it: Painted) -> Painted {
        it
    }

    fn describe(it: Shape) -> String {
        match it {
            Shape::Nothing => "nothing".to_owned(),
            Shape::Dot(size) => format!("dot {size}"),
            Shape::Circle(radius) => format!("circle {radius}"),
            Shape::Named(name) => format!("named {name}"),
            Shape::Segment(_) => "segment".to_owned(),
            Shape::Polygon(points) => format!("polygon of {}", points.len()),
            Shape::Count(count) => format!("count {count}"),
            Shape::Flag(flag) => format!("flag {flag}"),
            Shape::Letter(letter) => format!("letter {letter}"),
        }
    }

    fn next(it: Colour) -> Colour {
        match it {
            Colour::Red => Colour::Green,
            Colour::Green => Colour::DarkBlue,
            Colour::DarkBlue => Colour::Red,
        }
    }

    fn paint(mut shapes: Vec<Shape>, colour: Colour) -> Painted {
        if shapes.len() == 1 {
            return Painted::Filled((shapes.remove(0), colour));
        }
        let part = |shape| PaintedPart { shape, colour: Some(colour) };
        Painted::Many(shapes.into_iter().map(part).collect())
    }
}

variants_sdk::export!(Plugin);
