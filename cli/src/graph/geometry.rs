//! Where things are in large pictures: nothing covers anything else, and whatever is joined touches.

use super::measure::width;
use super::scene::{NAME, PAD, Rect, SMALL, Scene};
use super::{End, Graph, Kind, Plugin, Wire};

/// How far from a border still touches it, in pixels.
const NEAR: f64 = 1.5;

/// So many plugins, each of which calls some of the next ones; some of them are fused.
fn graph(plugins: usize, apart: usize) -> Graph {
    let mut wires = vec![wire(End::Host, End::Plugin(0), Kind::Host)];
    for from in 0..plugins {
        for to in [from + 1, from + 2 + from % apart, from * 2 + 1] {
            if to < plugins && !wires.iter().any(|it| (it.from, it.to) == ends(from, to)) {
                let is_fused = from / 3 == to / 3 && from % 2 == 0;
                let kind = if is_fused { Kind::Fused } else { Kind::Isolated };
                wires.push(wire(End::Plugin(from), End::Plugin(to), kind));
            }
        }
        if from % 7 == 0 {
            wires.push(wire(End::Plugin(from), End::Host, Kind::Runtime));
        }
    }
    let groups = (0..plugins / 3).map(|it| vec![it * 3, it * 3 + 1]);
    let groups = groups.filter(|it| {
        wires.iter().any(|wire| wire.kind == Kind::Fused && wire.from == End::Plugin(it[0]))
    });
    let groups: Vec<_> = groups.collect();
    for wire in &mut wires {
        let (End::Plugin(from), End::Plugin(to)) = (wire.from, wire.to) else { continue };
        let is_within = groups.iter().any(|it| it.contains(&from) && it.contains(&to));
        wire.kind = if is_within { Kind::Fused } else { Kind::Isolated };
    }
    let plugin = |at: usize| Plugin {
        name: format!("plugin-{at}{}", "-of-a-long-name".repeat(at % 4)),
        languages: vec!["Rust".to_owned(); at % 2],
        reaches: ["files", "clock", "random", "variables", "stdout"][..at % 6].to_vec(),
        used: true,
    };
    let plugins = (0..plugins).map(plugin).collect();
    Graph { name: "many".to_owned(), plugins, groups, wires, findings: Vec::new() }
}

fn ends(from: usize, to: usize) -> (End, End) {
    (End::Plugin(from), End::Plugin(to))
}

fn wire(from: End, to: End, kind: Kind) -> Wire {
    let label = match to {
        End::Plugin(to) => format!("interface-{to}"),
        End::Host => "clock".to_owned(),
    };
    Wire { from, to, full: format!("example:many/{label}"), label, kind }
}

fn overlap(a: &Rect, b: &Rect) -> bool {
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

/// Whether a point is at the left or the right border.
fn touches(rect: &Rect, (x, y): (f64, f64)) -> bool {
    let beside = (x - rect.x).abs() < NEAR || (x - rect.x - rect.width).abs() < NEAR;
    beside && y > rect.y - NEAR && y < rect.y + rect.height + NEAR
}

fn check(graph: &Graph) {
    let scene = Scene::of(graph);
    let boxes: Vec<(String, Rect)> = scene
        .cards
        .iter()
        .map(|it| (it.name.clone(), it.rect))
        .chain(scene.labels.iter().map(|it| (it.text.clone(), it.rect)))
        .collect();
    for (at, (name, rect)) in boxes.iter().enumerate() {
        for (other, covered) in &boxes[at + 1..] {
            assert!(!overlap(rect, covered), "`{name}` covers `{other}`: {rect:?} {covered:?}");
        }
        let is_within = rect.x >= 0.0
            && rect.y >= 0.0
            && rect.x + rect.width <= scene.width + NEAR
            && rect.y + rect.height <= scene.height + NEAR;
        assert!(is_within, "`{name}` leaves the picture: {rect:?}");
    }
    for (at, frame) in scene.frames.iter().enumerate() {
        for other in &scene.frames[at + 1..] {
            assert!(!overlap(frame, other), "frames cover each other: {frame:?} {other:?}");
        }
    }
    for card in &scene.cards {
        let room = card.rect.width - 2.0 * PAD + NEAR;
        assert!(width(&card.name, NAME) <= room, "`{}` leaves its box", card.name);
        assert!(width(&card.languages, SMALL) <= room, "`{}` leaves its box", card.languages);
        for (tag, text) in &card.tags {
            assert!(tag.x + tag.width <= card.rect.width, "`{text}` leaves `{}`", card.name);
            assert!(tag.y + tag.height <= card.rect.height, "`{text}` leaves `{}`", card.name);
        }
    }
    for label in &scene.labels {
        let room = label.rect.width - 2.0 * PAD + NEAR;
        assert!(width(&label.text, SMALL) <= room, "`{}` leaves its box", label.text);
    }
    for path in &scene.paths {
        let ends = [path.points.first(), path.points.last()];
        for end in ends.into_iter().flatten().map(|it| (it.x, it.y)) {
            let all = boxes.iter().map(|(_, rect)| rect).chain(&scene.frames);
            assert!(all.clone().any(|it| touches(it, end)), "`{}` ends at {end:?}", path.title);
        }
    }
}

#[test]
fn nothing_covers_anything_and_edges_touch() {
    for plugins in [1, 2, 7, 30] {
        for apart in [1, 3, 5] {
            check(&graph(plugins, apart));
        }
    }
}
