//! The picture as text for Mermaid, which others draw.

use std::fmt::{self, Write as _};

use super::{End, Graph, Kind, Plugin};

pub(super) fn write(graph: &Graph) -> String {
    let mut out = String::new();
    // Writing to a `String` cannot fail.
    let _ = flowchart(&mut out, graph);
    out
}

fn flowchart(out: &mut String, graph: &Graph) -> fmt::Result {
    writeln!(out, "flowchart LR")?;
    for finding in &graph.findings {
        writeln!(out, "  %% {}", finding.replace(['{', '}'], " "))?;
    }
    host(out, graph, "calls", "the host calls", |it| it.from == End::Host)?;
    writeln!(out, "  subgraph app[\"{}\"]", Escaped(&graph.name))?;
    for (at, group) in graph.groups.iter().enumerate() {
        writeln!(out, "    subgraph g{at}[\"one component\"]")?;
        for plugin in group {
            writeln!(out, "      p{plugin}[\"{}\"]", Shown(&graph.plugins[*plugin]))?;
        }
        writeln!(out, "    end")?;
    }
    for (at, plugin) in graph.plugins.iter().enumerate() {
        if !graph.groups.iter().flatten().any(|it| *it == at) {
            writeln!(out, "    p{at}[\"{}\"]", Shown(plugin))?;
        }
    }
    writeln!(out, "  end")?;
    host(out, graph, "offers", "the host offers", |it| it.to == End::Host)?;
    for wire in &graph.wires {
        let label = Escaped(&wire.label);
        match (wire.from, wire.to) {
            (End::Host, End::Plugin(to)) => {
                writeln!(out, "  {} --> p{to}", node(graph, "calls", wire))?;
            }
            (End::Plugin(from), End::Host) => {
                let line = if wire.kind == Kind::Runtime { "-.->" } else { "-->" };
                writeln!(out, "  p{from} {line} {}", node(graph, "offers", wire))?;
            }
            (End::Plugin(from), End::Plugin(to)) => {
                let line = if wire.kind == Kind::Fused { "==>" } else { "-.->" };
                writeln!(out, "  p{from} {line}|\"{label}\"| p{to}")?;
            }
            (End::Host, End::Host) => {}
        }
    }
    let unused: Vec<_> = graph.plugins.iter().enumerate().filter(|(_, it)| !it.used).collect();
    if !unused.is_empty() {
        writeln!(out, "  classDef unused stroke-dasharray: 6 4")?;
    }
    unused.iter().try_for_each(|(at, _)| writeln!(out, "  class p{at} unused"))
}

/// Writes what crosses the border of the host at one side, each name once.
fn host(
    out: &mut String,
    graph: &Graph,
    id: &str,
    title: &str,
    is_here: fn(&super::Wire) -> bool,
) -> fmt::Result {
    let names = names(graph, is_here);
    if names.is_empty() {
        return Ok(());
    }
    writeln!(out, "  subgraph {id}[\"{title}\"]")?;
    for (at, name) in names.iter().enumerate() {
        writeln!(out, "    {id}{at}([\"{}\"])", Escaped(name))?;
    }
    writeln!(out, "  end")
}

fn names(graph: &Graph, is_here: fn(&super::Wire) -> bool) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for wire in graph.wires.iter().filter(|it| is_here(it)) {
        if !names.contains(&wire.label.as_str()) {
            names.push(&wire.label);
        }
    }
    names
}

fn node(graph: &Graph, id: &str, wire: &super::Wire) -> String {
    let is_here: fn(&super::Wire) -> bool =
        if id == "calls" { |it| it.from == End::Host } else { |it| it.to == End::Host };
    let at = names(graph, is_here).iter().position(|it| *it == wire.label);
    format!("{id}{}", at.unwrap_or_default())
}

/// The texts of a plugin, one below the other.
struct Shown<'g>(&'g Plugin);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Escaped(&self.0.name))?;
        for texts in [self.0.languages.join(", "), self.0.reaches.join("; ")] {
            if !texts.is_empty() {
                write!(f, "<br>{}", Escaped(&texts))?;
            }
        }
        Ok(())
    }
}

/// Writes a text so that Mermaid reads it as text: by number, whatever is neither a letter nor harmless.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            ' ' | ',' | '.' | '-' | '_' | '/' | ':' => f.write_char(c),
            c if c.is_alphanumeric() || !c.is_ascii() => f.write_char(c),
            c => write!(f, "#{};", u32::from(c)),
        })
    }
}
