//! Markdown: every relative link leads to a file or folder of the tree.

use std::collections::BTreeSet;
use std::error::Error;

use crate::assert_tidy;
use crate::tree::{self, File};

#[test]
fn links_lead_somewhere() -> Result<(), Box<dyn Error>> {
    let known = with_folders(&tree::paths()?);
    let files = tree::files()?;
    let markdown = files.iter().filter(|file| file.is_markdown());
    assert_tidy(&markdown.flat_map(|file| dead_links(file, &known)).collect::<Vec<_>>());
    Ok(())
}

#[test]
fn a_dead_link_is_named_with_its_line() {
    let paths = ["docs/a.md", "docs/guide/b.md", "README.md"].map(str::to_owned);
    let known = with_folders(&BTreeSet::from(paths));
    let file = File {
        path: "docs/a.md".to_owned(),
        text: "\
[good](guide/b.md#part), [up](../README.md), [folder](guide), [folder](../docs/guide/)
[web](https://a.org/b), [mail](mailto:a@b.org), [here](#part), `[code](none.md)`
```
[fenced](none.md)
```
![picture](none.svg) and [gone](guide/c.md \"title\")
[named]: ../none.md
[out](../../README.md), [root](/README.md)
"
        .to_owned(),
    };
    let complaints = dead_links(&file, &known);
    let expected = [
        "docs/a.md:6: `none.svg`",
        "docs/a.md:6: `guide/c.md`",
        "docs/a.md:7: `../none.md`",
        "docs/a.md:8: `../../README.md`",
        "docs/a.md:8: `/README.md`",
    ];
    assert_eq!(complaints.len(), expected.len(), "{complaints:#?}");
    for (complaint, start) in complaints.iter().zip(expected) {
        assert!(complaint.starts_with(start), "{complaint}");
    }
}

fn dead_links(file: &File, known: &BTreeSet<String>) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut fence = None;
    for (at, line) in file.text.lines().enumerate() {
        let start = line.trim_start();
        let marker = ["```", "~~~"].into_iter().find(|it| start.starts_with(it));
        if marker.is_some() && (fence.is_none() || fence == marker) {
            fence = if fence.is_some() { None } else { marker };
            continue;
        }
        if fence.is_some() {
            continue;
        }
        for target in targets(&without_code(line)) {
            let path = target.split(['#', '?']).next().unwrap_or_default();
            let elsewhere = target.contains("://") || target.starts_with("mailto:");
            if !elsewhere && !path.is_empty() && !leads_to(&file.path, path, known) {
                let message = format!("`{target}` is no file of the tree: mend or drop the link");
                complaints.push(file.complaint(at + 1, &message));
            }
        }
    }
    complaints
}

/// Drops what stands between single backticks.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

/// Lists the targets of `[text](target "title")` and of `[name]: target`.
fn targets(line: &str) -> Vec<String> {
    let inline = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let named = line.starts_with('[').then(|| line.split_once("]: ")).flatten();
    let all = inline.chain(named.map(|(_, target)| target));
    all.filter_map(|it| it.split_whitespace().next())
        .map(|it| it.trim_matches(['<', '>']).to_owned())
        .collect()
}

fn leads_to(from: &str, target: &str, known: &BTreeSet<String>) -> bool {
    let mut parts: Vec<_> = from.split('/').collect();
    parts.pop();
    for part in target.trim_end_matches('/').split('/') {
        match part {
            "." => {}
            ".." if parts.pop().is_none() => return false,
            ".." => {}
            part => parts.push(part),
        }
    }
    known.contains(&parts.join("/"))
}

/// Adds the folders that the files are in; the root is the empty path.
fn with_folders(paths: &BTreeSet<String>) -> BTreeSet<String> {
    let mut known = BTreeSet::from([String::new()]);
    for path in paths {
        known.insert(path.clone());
        known.extend(path.match_indices('/').map(|(at, _)| path[..at].to_owned()));
    }
    known
}
