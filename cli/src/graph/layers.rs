//! Boxes and edges get their places: callers to the left, what they call to the right, in columns.
//!
//! Which column a box has is said here, and an edge that passes a column has a place of its own in it; in which order
//! the boxes of a column stand, and where, is left to the crate.

use rust_sugiyama::configure::Config;

/// The room between columns, in which edges change their height.
pub(super) const BETWEEN: f64 = 36.0;

/// The least room between two boxes of a column.
const SPACING: f64 = 16.0;

/// The height of the place of an edge that passes.
const PASSING: f64 = 4.0;

/// The most room between two edges that leave a box.
const PITCH: f64 = 11.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pin {
    Free,
    /// In the first column, where nothing else is.
    First,
    /// In the last column, where nothing else is.
    Last,
}

/// A box without a place.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) pin: Pin,
}

/// An edge without a place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Where it leaves and enters, from the top of the box; where it fits, if nothing is said.
    pub(super) leaves: Option<f64>,
    pub(super) enters: Option<f64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// The places of all boxes and edges, from the upper left.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// The upper left corner of each box.
    pub(super) corners: Vec<Point>,
    /// For each edge where it goes: straight from a point to the next one, then in a curve to the one after that, and
    /// so on.
    pub(super) routes: Vec<Vec<Point>>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// What stands in a column: first the boxes, then the places of edges that pass.
struct Stops {
    column: Vec<usize>,
    height: Vec<f64>,
    steps: Vec<(usize, usize)>,
    /// For each edge all that it visits, with both ends.
    paths: Vec<Vec<usize>>,
}

/// Gives everything its place; of edges that go round in a circle one may run backwards.
pub(super) fn place(items: &[Item], edges: &[Edge]) -> Places {
    if items.is_empty() {
        return Places::default();
    }
    let stops = stops(items, edges);
    let (middles, height) = middles(&stops);
    let count = stops.column.iter().max().map_or(0, |it| it + 1);
    let mut widths = vec![0.0_f64; count];
    for (item, column) in items.iter().zip(&stops.column) {
        widths[*column] = widths[*column].max(item.width);
    }
    let mut left = Vec::new();
    let mut x = 0.0;
    for width in &widths {
        left.push(x);
        x += width + BETWEEN;
    }
    let corner = |at: usize| {
        let (item, column) = (&items[at], stops.column[at]);
        let x = left[column] + (widths[column] - item.width) / 2.0;
        Point { x: x.round(), y: (middles[at] - item.height / 2.0).round() }
    };
    let corners: Vec<Point> = (0..items.len()).map(corner).collect();
    let leaves = ports(items, edges, &stops, &middles, &corners, Side::Right);
    let enters = ports(items, edges, &stops, &middles, &corners, Side::Left);
    let route = |at: usize| {
        let (edge, path) = (edges[at], &stops.paths[at]);
        let mut points =
            vec![Point { x: corners[edge.from].x + items[edge.from].width, y: leaves[at] }];
        for (step, stop) in path.iter().enumerate() {
            let column = stops.column[*stop];
            let (first, last) = (step == 0, step + 1 == path.len());
            let y = match (first, last) {
                (true, _) => leaves[at],
                (_, true) => enters[at],
                _ => middles[*stop].round(),
            };
            if !first {
                points.push(Point { x: left[column], y });
            }
            if !last {
                points.push(Point { x: left[column] + widths[column], y });
            }
        }
        points.push(Point { x: corners[edge.to].x, y: enters[at] });
        points
    };
    let routes = (0..edges.len()).map(route).collect();
    Places { corners, routes, width: (x - BETWEEN).max(0.0).ceil(), height }
}

/// Chooses the columns, and gives edges that pass a column a place in it.
fn stops(items: &[Item], edges: &[Edge]) -> Stops {
    let mut stops = Stops {
        column: columns(items, edges),
        height: items.iter().map(|it| it.height).collect(),
        steps: Vec::new(),
        paths: Vec::new(),
    };
    for edge in edges {
        let mut path = vec![edge.from];
        for column in stops.column[edge.from] + 1..stops.column[edge.to] {
            path.push(stops.column.len());
            stops.column.push(column);
            stops.height.push(PASSING);
        }
        path.push(edge.to);
        let forward = stops.column[edge.from] < stops.column[edge.to];
        let steps = path.windows(2).filter(|_| forward).map(|it| (it[0], it[1]));
        stops.steps.extend(steps);
        stops.paths.push(path);
    }
    stops.steps.sort_unstable();
    stops.steps.dedup();
    stops
}

/// Puts everything to the right of all that call it, as near to them as it goes, and what nobody calls near to what it
/// calls itself.
fn columns(items: &[Item], edges: &[Edge]) -> Vec<usize> {
    let has = |pin: Pin| items.iter().any(|it| it.pin == pin);
    let first = usize::from(has(Pin::First));
    let mut column: Vec<usize> =
        items.iter().map(|it| if it.pin == Pin::First { 0 } else { first }).collect();
    // As many rounds as there are boxes settle everything, unless it goes round in a circle.
    for _ in items {
        let mut settled = true;
        for edge in edges.iter().filter(|it| items[it.to].pin != Pin::First) {
            let next = (column[edge.from] + 1).min(items.len());
            settled &= column[edge.to] >= next;
            column[edge.to] = column[edge.to].max(next);
        }
        if settled {
            break;
        }
    }
    let free = items.iter().zip(&column).filter(|(it, _)| it.pin != Pin::Last);
    let last = free.map(|(_, column)| column + 1).max().unwrap_or(0).max(first);
    for (at, item) in items.iter().enumerate() {
        let is_called = edges.iter().any(|it| it.to == at);
        let calls = edges.iter().filter(|it| it.from == at && items[it.to].pin != Pin::Last);
        match (item.pin, calls.map(|it| column[it.to]).min()) {
            (Pin::Last, _) => column[at] = last,
            (Pin::Free, Some(next)) if !is_called => {
                column[at] = next.saturating_sub(1).max(column[at]);
            }
            _ => {}
        }
    }
    column
}

/// Chooses the height of the middle of everything, and says how high all of it is.
fn middles(stops: &Stops) -> (Vec<f64>, f64) {
    let id = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let vertices: Vec<_> =
        stops.height.iter().enumerate().map(|(at, height)| (id(at), (*height, 1.0))).collect();
    let steps: Vec<_> = stops.steps.iter().map(|(from, to)| (id(*from), id(*to))).collect();
    let config = Config { vertex_spacing: SPACING, ..Config::default() };
    let mut parts = rust_sugiyama::from_vertices_and_edges(&vertices, &steps, &config);
    // The crate gives the places in any order.
    for (places, ..) in &mut parts {
        places.sort_unstable_by_key(|(at, _)| *at);
    }
    parts.sort_by_key(|(places, ..)| places.first().map(|(at, _)| *at));
    let mut middles = vec![0.0; stops.height.len()];
    let mut below = 0.0;
    for (places, ..) in &parts {
        let top = |(at, (y, _)): &(usize, (f64, f64))| y - stops.height[*at] / 2.0;
        let bottom = |(at, (y, _)): &(usize, (f64, f64))| y + stops.height[*at] / 2.0;
        let least = places.iter().map(top).fold(f64::INFINITY, f64::min);
        let most = places.iter().map(bottom).fold(f64::NEG_INFINITY, f64::max);
        for (at, (y, _)) in places {
            middles[*at] = y - least + below;
        }
        below += most - least + SPACING;
    }
    (middles, (below - SPACING).max(0.0).ceil())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// Spreads the edges of each box over its side, in the order in which they go on.
fn ports(
    items: &[Item],
    edges: &[Edge],
    stops: &Stops,
    middles: &[f64],
    corners: &[Point],
    side: Side,
) -> Vec<f64> {
    let mut heights = vec![0.0; edges.len()];
    for (at, item) in items.iter().enumerate() {
        let end = |it: &Edge| if side == Side::Right { it.from } else { it.to };
        let mut here: Vec<usize> = (0..edges.len()).filter(|it| end(&edges[*it]) == at).collect();
        let next = |edge: usize| {
            let path = &stops.paths[edge];
            middles[if side == Side::Right { path[1] } else { path[path.len() - 2] }]
        };
        here.sort_by(|a, b| next(*a).total_cmp(&next(*b)));
        let pitch = (item.height / (here.len() as f64 + 1.0)).min(PITCH);
        let start = item.height / 2.0 - pitch * (here.len() as f64 - 1.0) / 2.0;
        for (nth, edge) in here.into_iter().enumerate() {
            let fixed = if side == Side::Right { edges[edge].leaves } else { edges[edge].enters };
            let offset = fixed.unwrap_or(start + pitch * nth as f64);
            heights[edge] = (corners[at].y + offset).round();
        }
    }
    heights
}
