//! Who may know whom: the table of allowed edges, and what no crate may reach.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use cargo_metadata::{DependencyKind, Metadata};

use crate::{assert_tidy, tree};

/// Lists every crate of the workspace with the crates of the workspace that it depends on.
///
/// A new edge is a reviewed line here. ARCHITECTURE.md says why the drawing looks like this.
const EDGES: &[(&str, &[&str])] = &[
    ("pipeline", &["plugwright"]),
    ("plugwright", &["plugwright-component", "plugwright-macros"]),
    ("plugwright-benches", &["plugwright"]),
    ("plugwright-bindgen", &[]),
    ("plugwright-cli", &["plugwright", "plugwright-bindgen", "plugwright-component"]),
    ("plugwright-component", &[]),
    ("plugwright-macros", &["plugwright-bindgen"]),
    ("setpoint", &["plugwright"]),
    ("xtask", &[]),
];

/// Lists the edges that exist for the sake of tests only.
/// A crate that knows itself there turns on its own features, so that the tests build them.
const TEST_EDGES: &[(&str, &[&str])] = &[("plugwright", &["plugwright"])];

/// Lists what a crate may not depend on, not even through others: the crate, the start of the
/// names, and the reason.
const UNREACHABLE: &[(&str, &str, &str)] = &[
    ("plugwright-bindgen", "wasmtime", "`bindgen` does not run wasm"),
    ("plugwright-component", "wasmtime", "`component` does not run wasm"),
    ("plugwright", "wit-bindgen-", "`host` knows nothing of languages; generate in `bindgen`"),
    ("plugwright", "minijinja", "`host` knows nothing of templates; generate in `bindgen`"),
];

type Edges = BTreeMap<String, BTreeSet<String>>;

#[test]
fn crates_know_only_whom_the_table_allows() -> Result<(), Box<dyn Error>> {
    let metadata = tree::metadata()?;
    let mut complaints = compare("EDGES", &table(EDGES), &drawn(&metadata, false));
    let mut tests = table(TEST_EDGES);
    for package in &metadata.packages {
        tests.entry(package.name.to_string()).or_default();
    }
    complaints.extend(compare("TEST_EDGES", &tests, &drawn(&metadata, true)));
    assert_tidy(&complaints);
    Ok(())
}

#[test]
fn an_edge_beside_the_table_is_named_in_both_directions() {
    let allowed = table(&[("cli", &["host", "gone"]), ("old", &[])]);
    let drawn = table(&[("cli", &["host", "new"]), ("fresh", &[])]);
    let complaints = compare("EDGES", &allowed, &drawn);
    let starts = ["`cli` depends on `new`", "`cli` no longer", "`fresh` is not", "`old` is no"];
    assert_eq!(complaints.len(), starts.len(), "{complaints:?}");
    for (complaint, start) in complaints.iter().zip(starts) {
        assert!(complaint.starts_with(start), "{complaint}");
        assert!(complaint.contains("`EDGES` of xtask/tests/tidy/edges.rs"), "{complaint}");
    }
}

#[test]
fn no_crate_reaches_what_it_must_not_know() -> Result<(), Box<dyn Error>> {
    let graph = graph(&tree::metadata()?, &tree::toml("Cargo.lock")?)?;
    let mut complaints = Vec::new();
    for (package, start, reason) in UNREACHABLE {
        complaints.extend(path_to(&graph, package, start).map(|path| {
            format!("{}: {reason}; drop the first dependency of this chain", path.join(" -> "))
        }));
    }
    assert_tidy(&complaints);
    Ok(())
}

#[test]
fn a_forbidden_crate_is_found_behind_others() {
    let graph = table(&[("a", &["b"]), ("b", &["a", "c"]), ("c", &["wasmtime-wasi"])]);
    let path = path_to(&graph, "a", "wasmtime");
    assert_eq!(path, Some(vec!["a", "b", "c", "wasmtime-wasi"]));
    assert_eq!(path_to(&graph, "a", "minijinja"), None);
}

fn table(lines: &[(&str, &[&str])]) -> Edges {
    let set = |names: &[&str]| names.iter().map(|&it| it.to_owned()).collect();
    lines.iter().map(|&(from, to)| (from.to_owned(), set(to))).collect()
}

/// Draws the edges between crates of the workspace, of tests or of everything else.
fn drawn(metadata: &Metadata, of_tests: bool) -> Edges {
    let ours: BTreeSet<_> = metadata.packages.iter().map(|it| it.name.to_string()).collect();
    let edges = metadata.packages.iter().map(|package| {
        let it = package.dependencies.iter();
        let it = it.filter(|it| (it.kind == DependencyKind::Development) == of_tests);
        let names = it.map(|it| it.name.clone()).filter(|name| ours.contains(name));
        (package.name.to_string(), names.collect())
    });
    edges.collect()
}

fn compare(list: &str, allowed: &Edges, drawn: &Edges) -> Vec<String> {
    let place = format!("`{list}` of xtask/tests/tidy/edges.rs");
    let mut complaints = Vec::new();
    for (package, edges) in drawn {
        let Some(allowed) = allowed.get(package) else {
            complaints.push(format!("`{package}` is not in {place}: add its reviewed line"));
            continue;
        };
        complaints.extend(edges.difference(allowed).map(|to| {
            format!("`{package}` depends on `{to}`: drop it, or add it to its line in {place}")
        }));
        complaints.extend(allowed.difference(edges).map(|to| {
            format!("`{package}` no longer depends on `{to}`: drop it from its line in {place}")
        }));
    }
    let gone = allowed.keys().filter(|package| !drawn.contains_key(*package));
    complaints.extend(
        gone.map(|it| format!("`{it}` is no crate: drop its line, or mend it, in {place}")),
    );
    complaints
}

/// Draws who depends on whom when nothing is tested: our crates by their manifests, because the
/// lock file does not tell tests apart, and all others by the lock file.
///
/// A macro crate ends the walk, because what it knows stays in the compiler.
fn graph(metadata: &Metadata, lock: &toml::Table) -> Result<Edges, Box<dyn Error>> {
    let mut graph = Edges::new();
    for package in lock.get("package").and_then(|it| it.as_array()).ok_or("no packages")? {
        let name = package.get("name").and_then(|it| it.as_str()).ok_or("no name")?;
        let edges = package.get("dependencies").and_then(|it| it.as_array());
        let edges = edges.into_iter().flatten().filter_map(|it| it.as_str());
        let names = edges.filter_map(|it| it.split(' ').next()).map(str::to_owned);
        graph.entry(name.to_owned()).or_default().extend(names);
    }
    for package in &metadata.packages {
        let is_macro = package.targets.iter().any(|it| it.is_proc_macro());
        let edges = package.dependencies.iter();
        let edges = edges.filter(|it| !is_macro && it.kind != DependencyKind::Development);
        graph.insert(package.name.to_string(), edges.map(|it| it.name.clone()).collect());
    }
    Ok(graph)
}

/// Finds a shortest chain from a crate to one whose name starts like this.
fn path_to<'a>(graph: &'a Edges, from: &'a str, start: &str) -> Option<Vec<&'a str>> {
    let mut seen = BTreeSet::from([from]);
    let mut paths = vec![vec![from]];
    while !paths.is_empty() {
        let mut longer = Vec::new();
        for path in paths {
            let last = path.last().expect("a path starts with its crate");
            for next in graph.get(*last).into_iter().flatten() {
                let path: Vec<_> = path.iter().copied().chain([next.as_str()]).collect();
                if next.starts_with(start) {
                    return Some(path);
                }
                if seen.insert(next) {
                    longer.push(path);
                }
            }
        }
        paths = longer;
    }
    None
}
