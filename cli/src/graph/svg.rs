//! The picture as SVG: one file without fonts or scripts from elsewhere, for light and for dark pages.

use std::fmt::{self, Write as _};

use super::layers::{BETWEEN, Point};
use super::measure::{width, wrap};
use super::scene::{Card, HEADING, LABEL, Label, NAME, PAD, Path, Rect, SMALL, Scene, TAG};
use super::{End, Graph, Kind};

/// The room around the picture.
const MARGIN: f64 = 16.0;

/// The height of the name of the application.
const TITLE: f64 = 36.0;

/// The room between the border of the plugins and what is in it.
const INSIDE: f64 = BETWEEN / 2.0;

/// The height of a line below the picture.
const LINE: f64 = 18.0;

/// The least width of the picture, so that what is below it can be read.
const LEAST: f64 = 460.0;

/// The most findings that are written below the picture.
const FINDINGS: usize = 12;

/// How the parts look; what is dark on a light page is light on a dark one.
const STYLE: &str = "\
text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:11px;fill:#0f172a}
.name{font-size:14px;font-weight:600}
.quiet{fill:#475569}
.page,.inside{fill:#ffffff}
.host{fill:#e8edf4;stroke:#64748b}
.inside{stroke:#64748b;stroke-width:1.5}
.frame{fill:#fdf3e1;stroke:#b45309;stroke-width:1.5}
.card{fill:#ffffff;stroke:#334155;stroke-width:1.5}
.unused{stroke-dasharray:6 4}
.tag{fill:#dfe6ef}
.label{fill:#ffffff}
path,.label{stroke-width:1.5}
path{fill:none}
.fused{stroke:#b45309}
path.fused{stroke-width:2.5}
.isolated{stroke:#1d4ed8}
path.isolated{stroke-dasharray:7 4}
.hosted{stroke:#475569}
.runtime{stroke:#64748b}
path.runtime{stroke-width:1;stroke-dasharray:2 3}
path.head{stroke:none}
.head.fused{fill:#b45309}
.head.isolated{fill:#1d4ed8}
.head.hosted{fill:#475569}
.head.runtime{fill:#64748b}
@media (prefers-color-scheme:dark){
text{fill:#e6edf5}
.quiet{fill:#a9b6c6}
.page,.inside{fill:#0f1720}
.host{fill:#1c2733;stroke:#8293a6}
.inside{stroke:#8293a6}
.frame{fill:#2b2113;stroke:#e0a04a}
.card{fill:#17212c;stroke:#b8c4d2}
.tag{fill:#2d3b4a}
.label{fill:#0f1720}
.fused{stroke:#e0a04a}
.isolated{stroke:#7aa7ff}
.hosted{stroke:#a9b6c6}
.runtime{stroke:#8293a6}
.head.fused{fill:#e0a04a}
.head.isolated{fill:#7aa7ff}
.head.hosted{fill:#a9b6c6}
.head.runtime{fill:#8293a6}
}
";

const CALLS: &str = "the host calls";
const OFFERS: &str = "the host offers";

/// Where the parts of the picture are.
struct Sheet {
    /// Where what was laid out begins.
    origin: Point,
    host: Rect,
    inside: Rect,
    width: f64,
}

pub(super) fn write(graph: &Graph) -> String {
    let scene = Scene::of(graph);
    let sheet = sheet(graph, &scene);
    let mut body = String::new();
    // Writing to a `String` cannot fail.
    let _ = drawn(&mut body, graph, &scene, &sheet);
    let mut below = String::new();
    let bottom = sheet.host.y + sheet.host.height;
    let height = foot(&mut below, graph, sheet.width, bottom + MARGIN).unwrap_or(bottom) + MARGIN;
    let (wide, name) = (sheet.width, Escaped(&graph.name));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"plugwright-title plugwright-desc\" \
         width=\"{wide}\" height=\"{height}\" viewBox=\"0 0 {wide} {height}\">\n\
         <title id=\"plugwright-title\">The plugins of {name}</title>\n\
         <desc id=\"plugwright-desc\">{}</desc>\n<style>\n{STYLE}</style>\n\
         <rect class=\"page\" width=\"{wide}\" height=\"{height}\"/>\n{body}{below}</svg>\n",
        Escaped(&told(graph))
    )
}

fn sheet(graph: &Graph, scene: &Scene) -> Sheet {
    let has = |from: bool| {
        graph.wires.iter().any(|it| if from { it.from == End::Host } else { it.to == End::Host })
    };
    let panel = |heading: &str, has: bool, used: f64| {
        if has { (width(heading, SMALL) + 2.0 * PAD).max(used + 2.0 * PAD).ceil() } else { PAD }
    };
    let (begin, end) = scene.inside;
    let (left, right) =
        (panel(CALLS, has(true), begin), panel(OFFERS, has(false), scene.width - end));
    // Without anything at a side the plugins begin at once.
    let (before, after) = (
        if has(true) { INSIDE - BETWEEN } else { INSIDE },
        if has(false) { INSIDE - BETWEEN } else { INSIDE },
    );
    let wide = (end - begin + before + after).max(LEAST - 2.0 * MARGIN - left - right).ceil();
    let inside = Rect {
        x: MARGIN + left + if has(true) { INSIDE - PAD } else { 0.0 },
        y: MARGIN + TITLE,
        width: wide,
        height: scene.height + 2.0 * INSIDE + HEADING,
    };
    let origin = Point { x: inside.x + before - begin, y: inside.y + INSIDE + HEADING };
    let far = inside.x + inside.width + right + if has(false) { INSIDE - PAD } else { 0.0 };
    let host = Rect {
        x: MARGIN,
        y: MARGIN,
        width: far - MARGIN,
        height: inside.y + inside.height + PAD - MARGIN,
    };
    Sheet { origin, host, inside, width: far + MARGIN }
}

fn drawn(out: &mut String, graph: &Graph, scene: &Scene, sheet: &Sheet) -> fmt::Result {
    let Sheet { origin, host, inside, .. } = sheet;
    writeln!(out, "<g class=\"border\">")?;
    rect(out, "host", host, 10.0)?;
    rect(out, "inside", inside, 6.0)?;
    let title = super::measure::shorten(&graph.name, NAME, host.width - 2.0 * PAD);
    text(out, "name", host.x + PAD, host.y + 23.0, "start", &title)?;
    let heading = inside.y + 16.0;
    if graph.wires.iter().any(|it| it.from == End::Host) {
        text(out, "quiet", inside.x - INSIDE, heading, "end", CALLS)?;
    }
    if graph.wires.iter().any(|it| it.to == End::Host) {
        text(out, "quiet", inside.x + inside.width + INSIDE, heading, "start", OFFERS)?;
    }
    writeln!(out, "</g>\n<g transform=\"translate({} {})\">", origin.x, origin.y)?;
    for frame in &scene.frames {
        writeln!(out, "<g class=\"group\">")?;
        rect(out, "frame", frame, 10.0)?;
        text(out, "quiet", frame.x + PAD, frame.y + 16.0, "start", "one component")?;
        writeln!(out, "</g>")?;
    }
    scene.paths.iter().try_for_each(|it| path(out, it))?;
    scene.labels.iter().try_for_each(|it| label(out, it))?;
    scene.cards.iter().try_for_each(|it| card(out, graph, it))?;
    writeln!(out, "</g>")
}

fn card(out: &mut String, graph: &Graph, card: &Card) -> fmt::Result {
    let plugin = &graph.plugins[card.plugin];
    let Rect { x, y, .. } = card.rect;
    writeln!(out, "<g class=\"plugin\"><title>{}</title>", Escaped(&plugin.name))?;
    rect(out, if plugin.used { "card" } else { "card unused" }, &card.rect, 5.0)?;
    text(out, "name", x + PAD, y + 20.0, "start", &card.name)?;
    if !card.languages.is_empty() {
        text(out, "quiet", x + PAD, y + 36.0, "start", &card.languages)?;
    }
    for (tag, word) in &card.tags {
        let tag = Rect { x: x + tag.x, y: y + tag.y, ..*tag };
        rect(out, "tag", &tag, TAG / 2.0)?;
        text(out, "", tag.x + tag.width / 2.0, tag.y + 12.5, "middle", word)?;
    }
    writeln!(out, "</g>")
}

fn label(out: &mut String, label: &Label) -> fmt::Result {
    writeln!(out, "<g class=\"interface\"><title>{}</title>", Escaped(&label.full))?;
    rect(out, &format!("label {}", class(label.kind)), &label.rect, LABEL / 2.0)?;
    let Rect { x, y, width, .. } = label.rect;
    text(out, "", x + width / 2.0, y + 14.0, "middle", &label.text)?;
    writeln!(out, "</g>")
}

fn path(out: &mut String, path: &Path) -> fmt::Result {
    let kind = class(path.kind);
    let Some((first, rest)) = path.points.split_first() else { return Ok(()) };
    write!(out, "<path class=\"{kind}\" d=\"M{} {}", first.x, first.y)?;
    let mut from = *first;
    for (step, to) in rest.iter().enumerate() {
        let middle = (from.x + to.x) / 2.0;
        if step % 2 == 0 || (from.y - to.y).abs() < 0.5 {
            write!(out, "L{} {}", to.x, to.y)?;
        } else {
            write!(out, "C{middle} {} {middle} {} {} {}", from.y, to.y, to.x, to.y)?;
        }
        from = *to;
    }
    writeln!(out, "\"><title>{}</title></path>", Escaped(&path.title))?;
    if path.ends {
        let Point { x, y } = from;
        let (back, up, down) = (x - 8.0, y - 4.0, y + 4.0);
        writeln!(out, "<path class=\"head {kind}\" d=\"M{x} {y}L{back} {up}L{back} {down}z\"/>")?;
    }
    Ok(())
}

/// Writes what the lines mean, and what was found; gives where that ends.
fn foot(out: &mut String, graph: &Graph, wide: f64, top: f64) -> Result<f64, fmt::Error> {
    let kinds = [
        (Kind::Fused, "fused: in one component"),
        (Kind::Isolated, "isolated: each in a store of its own"),
        (Kind::Host, "from or to the host"),
        (Kind::Runtime, "granted, of WASI"),
    ];
    let used = |kind: Kind| graph.wires.iter().any(|it| it.kind == kind);
    let lines =
        kinds.iter().filter(|(kind, _)| used(*kind)).map(|(kind, what)| (Some(*kind), *what));
    let unused = graph.plugins.iter().any(|it| !it.used);
    let lines = lines.chain(unused.then_some((None, "a plugin that nobody calls")));
    let (mut x, mut y) = (MARGIN, top);
    for (kind, what) in lines {
        let taken = 34.0 + width(what, SMALL) + MARGIN;
        if x > MARGIN && x + taken > wide {
            (x, y) = (MARGIN, y + LINE);
        }
        match kind {
            Some(kind) => writeln!(out, "<path class=\"{}\" d=\"M{x} {y}h28\"/>", class(kind))?,
            None => {
                rect(out, "card unused", &Rect { x, y: y - 6.0, width: 28.0, height: 12.0 }, 3.0)?;
            }
        }
        text(out, "quiet", x + 34.0, y + 4.0, "start", what)?;
        x = (x + taken).ceil();
    }
    let more = graph.findings.len().saturating_sub(FINDINGS);
    let more = (more > 0).then(|| format!("and {more} more"));
    for finding in graph.findings.iter().take(FINDINGS).chain(&more) {
        writeln!(out, "<g class=\"finding\"><title>{}</title>", Escaped(finding))?;
        for line in wrap(finding, SMALL, wide - 2.0 * MARGIN, 3) {
            y += LINE;
            text(out, "", MARGIN, y + 4.0, "start", &line)?;
        }
        writeln!(out, "</g>")?;
    }
    Ok(y)
}

/// Says in words what the picture shows.
fn told(graph: &Graph) -> String {
    let end = |it: End| match it {
        End::Host => "the host",
        End::Plugin(at) => graph.plugins[at].name.as_str(),
    };
    let wires = graph.wires.iter().map(|it| {
        let how = match it.kind {
            Kind::Fused => ", fused",
            Kind::Isolated => ", isolated",
            Kind::Host => "",
            Kind::Runtime => ", granted",
        };
        format!("{} calls {} of {}{how}.", end(it.from), it.full, end(it.to))
    });
    wires.collect::<Vec<_>>().join(" ")
}

fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Fused => "fused",
        Kind::Isolated => "isolated",
        Kind::Host => "hosted",
        Kind::Runtime => "runtime",
    }
}

fn rect(out: &mut String, class: &str, rect: &Rect, round: f64) -> fmt::Result {
    let Rect { x, y, width, height } = rect;
    writeln!(
        out,
        "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{round}\"/>"
    )
}

fn text(out: &mut String, class: &str, x: f64, y: f64, anchor: &str, text: &str) -> fmt::Result {
    let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    let anchor =
        if anchor == "start" { String::new() } else { format!(" text-anchor=\"{anchor}\"") };
    writeln!(out, "<text{class} x=\"{x}\" y=\"{y}\"{anchor}>{}</text>", Escaped(text))
}

/// Writes a text so that XML reads it as text.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            c => f.write_char(c),
        })
    }
}
