//! The picture as things with places: boxes of plugins, frames around those that are fused, names of interfaces.
//!
//! A group of fused plugins is laid out by itself and is one box for the rest, so that nothing else gets into its
//! frame.

use std::collections::BTreeMap;

use super::layers::{Edge, Item, Pin, Point, place};
use super::measure::{shorten, width};
use super::{End, Graph, Kind, Plugin};

/// The sizes of fonts, in pixels.
pub(super) const NAME: f64 = 14.0;
pub(super) const SMALL: f64 = 11.0;

/// The room between a text and its border.
pub(super) const PAD: f64 = 10.0;

/// The height of a name of an interface, and of a word for what is granted.
pub(super) const LABEL: f64 = 20.0;
pub(super) const TAG: f64 = 17.0;

/// The room between words for what is granted.
const GAP: f64 = 5.0;

/// The most that the contents of a box take, in its width.
const WIDEST: f64 = 190.0;

/// The room between a frame and what is in it, and the height of its heading.
const FRAME: f64 = 16.0;
pub(super) const HEADING: f64 = 20.0;

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A plugin, with its texts in their places, seen from its corner.
#[derive(Debug)]
pub(super) struct Card {
    pub(super) plugin: usize,
    pub(super) rect: Rect,
    pub(super) name: String,
    pub(super) languages: String,
    pub(super) tags: Vec<(Rect, &'static str)>,
}

/// The name of an interface on its way to whoever answers.
#[derive(Debug)]
pub(super) struct Label {
    pub(super) rect: Rect,
    pub(super) text: String,
    pub(super) full: String,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) struct Path {
    pub(super) points: Vec<Point>,
    pub(super) kind: Kind,
    /// Whether it ends here, at who answers.
    pub(super) ends: bool,
    pub(super) title: String,
}

#[derive(Debug, Default)]
pub(super) struct Scene {
    pub(super) cards: Vec<Card>,
    pub(super) labels: Vec<Label>,
    pub(super) frames: Vec<Rect>,
    pub(super) paths: Vec<Path>,
    pub(super) width: f64,
    pub(super) height: f64,
    /// Where the plugins begin and end, between what the host calls and what it answers.
    pub(super) inside: (f64, f64),
}

/// The calls of one interface of one who answers.
struct Joined<'g> {
    label: &'g str,
    full: String,
    kind: Kind,
    to: End,
    from: Vec<End>,
}

/// What a box of the layout stands for.
enum Stands {
    Plugin(usize),
    Group(usize),
    Joined(usize),
    /// Where an edge passes the frame of a group.
    Door,
}

impl Scene {
    pub(super) fn of(graph: &Graph) -> Scene {
        let joined = joined(graph);
        let groups: Vec<Group> =
            graph.groups.iter().map(|it| Group::of(graph, it, &joined)).collect();
        let mut scene = Scene::default();
        let group_of = |plugin: usize| graph.groups.iter().position(|it| it.contains(&plugin));
        let (mut stands, mut items, mut at) = (Vec::new(), Vec::new(), BTreeMap::new());
        for (group, laid) in groups.iter().enumerate() {
            stands.push(Stands::Group(group));
            items.push(item(laid.width, laid.height, Pin::Free));
        }
        for (plugin, shown) in graph.plugins.iter().enumerate() {
            let place = group_of(plugin).unwrap_or(stands.len());
            at.insert(plugin, place);
            if place == stands.len() {
                let card = card(plugin, shown);
                items.push(item(card.rect.width, card.rect.height, Pin::Free));
                stands.push(Stands::Plugin(plugin));
            }
        }
        let mut edges = Vec::new();
        let mut told = Vec::new();
        for (index, joint) in joined.iter().enumerate().filter(|(_, it)| it.kind != Kind::Fused) {
            let name = stands.len();
            stands.push(Stands::Joined(index));
            items.push(label_item(joint));
            for from in &joint.from {
                if let End::Plugin(from) = from {
                    let leaves = group_of(*from).map(|it| groups[it].door(*from, index));
                    edges.push(Edge { from: at[from], to: name, leaves, enters: None });
                    told.push((*from, index, joint.to == End::Host));
                }
            }
            if let End::Plugin(to) = joint.to {
                let enters = group_of(to).map(|it| groups[it].door(to, index));
                edges.push(Edge { from: name, to: at[&to], leaves: None, enters });
                told.push((to, index, enters.is_none()));
            }
        }
        let places = place(&items, &edges);
        let pinned =
            |pin: Pin| items.iter().zip(&places.corners).filter(move |(it, _)| it.pin == pin);
        let left = pinned(Pin::First).map(|(it, corner)| corner.x + it.width);
        let right = pinned(Pin::Last).map(|(_, corner)| corner.x);
        scene.inside = (left.fold(0.0, f64::max), right.fold(places.width, f64::min));
        (scene.width, scene.height) = (places.width, places.height);
        for ((stands, item), corner) in stands.iter().zip(&items).zip(&places.corners) {
            match stands {
                Stands::Plugin(plugin) => scene.card(graph, *plugin, *corner),
                Stands::Joined(index) => scene.label(&joined[*index], item, *corner),
                Stands::Group(group) => scene.group(graph, &groups[*group], &joined, *corner),
                Stands::Door => {}
            }
        }
        for (points, (plugin, index, ends)) in places.routes.into_iter().zip(told) {
            scene.path(graph, points, &joined[index], plugin, ends);
        }
        scene
    }

    fn card(&mut self, graph: &Graph, plugin: usize, corner: Point) {
        let mut card = card(plugin, &graph.plugins[plugin]);
        (card.rect.x, card.rect.y) = (corner.x, corner.y);
        self.cards.push(card);
    }

    fn label(&mut self, joined: &Joined<'_>, item: &Item, corner: Point) {
        let rect = Rect { x: corner.x, y: corner.y, width: item.width, height: item.height };
        let text = shorten(joined.label, SMALL, WIDEST);
        self.labels.push(Label { rect, text, full: joined.full.clone(), kind: joined.kind });
    }

    fn group(&mut self, graph: &Graph, group: &Group, joined: &[Joined<'_>], corner: Point) {
        let rect = Rect { x: corner.x, y: corner.y, width: group.width, height: group.height };
        self.frames.push(rect);
        let inner = Point { x: corner.x + FRAME, y: corner.y + HEADING + FRAME };
        let moved = |it: &Point| Point { x: it.x + inner.x, y: it.y + inner.y };
        for ((stands, item), corner) in
            group.stands.iter().zip(&group.items).zip(&group.places.corners)
        {
            match stands {
                Stands::Plugin(plugin) => self.card(graph, *plugin, moved(corner)),
                Stands::Joined(index) => self.label(&joined[*index], item, moved(corner)),
                Stands::Group(_) | Stands::Door => {}
            }
        }
        for (points, told) in group.places.routes.iter().zip(&group.told) {
            let mut points: Vec<Point> = points.iter().map(moved).collect();
            // A door is in the frame.
            if let Some(first) = points.first_mut().filter(|_| told.door == Some(Pin::First)) {
                first.x = rect.x;
            }
            if let Some(last) = points.last_mut().filter(|_| told.door == Some(Pin::Last)) {
                last.x = rect.x + rect.width;
            }
            self.path(graph, points, &joined[told.index], told.plugin, told.ends);
        }
    }

    fn path(
        &mut self,
        graph: &Graph,
        points: Vec<Point>,
        joined: &Joined<'_>,
        plugin: usize,
        ends: bool,
    ) {
        let name = &graph.plugins[plugin].name;
        let is_called = joined.to == End::Plugin(plugin);
        let title = if is_called {
            format!("{name} answers {}", joined.full)
        } else {
            format!("{name} calls {}", joined.full)
        };
        self.paths.push(Path { points, kind: joined.kind, ends, title });
    }
}

/// Plugins that are fused, in their places within their frame.
struct Group {
    stands: Vec<Stands>,
    items: Vec<Item>,
    places: super::layers::Places,
    told: Vec<Told>,
    doors: BTreeMap<(usize, usize), usize>,
    width: f64,
    height: f64,
}

/// What an edge within a group stands for.
struct Told {
    plugin: usize,
    index: usize,
    ends: bool,
    door: Option<Pin>,
}

impl Group {
    fn of(graph: &Graph, members: &[usize], joined: &[Joined<'_>]) -> Group {
        let (mut stands, mut items, mut at) = (Vec::new(), Vec::new(), BTreeMap::new());
        for plugin in members {
            let card = card(*plugin, &graph.plugins[*plugin]);
            at.insert(End::Plugin(*plugin), stands.len());
            items.push(item(card.rect.width, card.rect.height, Pin::Free));
            stands.push(Stands::Plugin(*plugin));
        }
        let (mut edges, mut told, mut doors) = (Vec::new(), Vec::new(), BTreeMap::new());
        let mut edge = |from, to, (plugin, index, ends, door)| {
            edges.push(Edge { from, to, leaves: None, enters: None });
            told.push(Told { plugin, index, ends, door });
        };
        for (index, joint) in joined.iter().enumerate() {
            let ends = joint.from.iter().map(|it| (*it, Pin::Last));
            let ends = ends.chain([(joint.to, Pin::First)]);
            let here: Vec<_> =
                ends.filter_map(|(end, pin)| Some((end, pin, *at.get(&end)?))).collect();
            if here.is_empty() {
                continue;
            }
            let fused = (joint.kind == Kind::Fused).then_some(stands.len());
            if fused.is_some() {
                stands.push(Stands::Joined(index));
                items.push(label_item(joint));
            }
            for (end, pin, place) in here {
                let End::Plugin(plugin) = end else { continue };
                let (name, door) = match fused {
                    Some(name) => (name, None),
                    None => {
                        doors.insert((plugin, index), stands.len());
                        stands.push(Stands::Door);
                        items.push(item(0.0, 6.0, pin));
                        (stands.len() - 1, Some(pin))
                    }
                };
                match pin {
                    Pin::First => edge(name, place, (plugin, index, true, door)),
                    _ => edge(place, name, (plugin, index, false, door)),
                }
            }
        }
        let places = place(&items, &edges);
        let (width, height) = (places.width + 2.0 * FRAME, places.height + 2.0 * FRAME + HEADING);
        Group { stands, items, told, doors, width, height, places }
    }

    /// How far below the corner of the frame an edge passes it.
    fn door(&self, plugin: usize, index: usize) -> f64 {
        let door = self.doors.get(&(plugin, index));
        let y = door.map_or(0.0, |it| self.places.corners[*it].y + self.items[*it].height / 2.0);
        y + HEADING + FRAME
    }
}

fn item(width: f64, height: f64, pin: Pin) -> Item {
    Item { width, height, pin }
}

fn label_item(joined: &Joined<'_>) -> Item {
    let text = shorten(joined.label, SMALL, WIDEST);
    let pin = match (joined.to, joined.from.as_slice()) {
        (End::Host, _) => Pin::Last,
        (_, [End::Host, ..]) => Pin::First,
        _ => Pin::Free,
    };
    item((width(&text, SMALL) + 2.0 * PAD).ceil(), LABEL, pin)
}

/// Joins those who call the same of the same one in the same way.
fn joined(graph: &Graph) -> Vec<Joined<'_>> {
    let mut joined: Vec<Joined<'_>> = Vec::new();
    for wire in &graph.wires {
        let is_export = wire.from == End::Host;
        let same = joined.iter_mut().find(|it| {
            let of_host = it.from.contains(&End::Host);
            let same = it.full == wire.full || it.kind == Kind::Runtime;
            (it.to, it.kind, it.label) == (wire.to, wire.kind, &*wire.label)
                && same
                && is_export == of_host
        });
        match same {
            Some(same) if same.from.contains(&wire.from) => {}
            Some(same) => {
                same.from.push(wire.from);
                for name in wire.full.split(", ") {
                    if !same.full.split(", ").any(|it| it == name) {
                        same.full = format!("{}, {name}", same.full);
                    }
                }
            }
            None => joined.push(Joined {
                label: &wire.label,
                full: wire.full.clone(),
                kind: wire.kind,
                to: wire.to,
                from: vec![wire.from],
            }),
        }
    }
    joined
}

/// Puts the texts of a plugin into its box.
fn card(plugin: usize, shown: &Plugin) -> Card {
    let name = shorten(&shown.name, NAME, WIDEST);
    let languages = shorten(&shown.languages.join(", "), SMALL, WIDEST);
    let mut widest = width(&name, NAME).max(width(&languages, SMALL));
    let mut tags: Vec<(Rect, &'static str)> = Vec::new();
    let (mut x, mut y) = (0.0, 22.0 + if languages.is_empty() { 0.0 } else { 15.0 } + 6.0);
    for tag in &shown.reaches {
        let wide = (width(tag, SMALL) + PAD).ceil();
        if x > 0.0 && x + wide > WIDEST {
            (x, y) = (0.0, y + TAG + GAP);
        }
        tags.push((Rect { x: x + PAD, y, width: wide, height: TAG }, tag));
        widest = widest.max(x + wide);
        x += wide + GAP;
    }
    let bottom = if tags.is_empty() { y } else { y + TAG + PAD };
    let rect =
        Rect { x: 0.0, y: 0.0, width: (widest + 2.0 * PAD).ceil().max(90.0), height: bottom + 2.0 };
    Card { plugin, rect, name, languages, tags }
}
