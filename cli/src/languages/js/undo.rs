//! Undoes in a component what the toolchain was told otherwise than the world says.

use std::collections::BTreeSet;

use wasmparser::{BinaryReader, ComponentExportSectionReader, Parser, Payload};

use super::finish::Result;
use crate::languages::patch::{HEAD, number, push, section, sections};

/// What is exported where the world has nothing to export.
pub(super) const PRIVATE: &str = "plugwright-private";

/// Takes the private export out, which is the last one.
pub(super) fn without_private(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut made = bytes[..HEAD.min(bytes.len())].to_vec();
    for (id, range) in sections(bytes)? {
        let content = &bytes[range];
        let kept = if id == section::COMPONENT_EXPORT { kept(content)? } else { None };
        let content = match &kept {
            Some(kept) if kept.is_empty() => continue,
            Some(kept) => kept,
            None => content,
        };
        push(&mut made, id, content);
    }
    Ok(made)
}

/// Gives a section of exports without the private one, if that is in it; nothing is left where it stood alone.
fn kept(content: &[u8]) -> Result<Option<Vec<u8>>> {
    let reader = ComponentExportSectionReader::new(BinaryReader::new(content, 0))?;
    let found = reader.into_iter_with_offsets().collect::<Result<Vec<_>>>()?;
    let Some((at, _)) = found.iter().find(|(_, it)| it.name.name == PRIVATE) else {
        return Ok(None);
    };
    let Some((first, _)) = found.first().filter(|_| found.len() > 1) else {
        return Ok(Some(Vec::new()));
    };
    let mut made = Vec::new();
    number(&mut made, found.len() - 1);
    made.extend(&content[*first..*at]);
    Ok(Some(made))
}

/// Gives the runtime's own imports of WASI another version where the world has the same ones for itself.
///
/// The version is an earlier one, which every host has that has the later one.
pub(super) fn apart(bytes: &[u8], aliases: &[(String, String)]) -> Result<Vec<(String, String)>> {
    let world: BTreeSet<_> = aliases.iter().map(|(_, it)| it.as_str()).collect();
    let mut own = BTreeSet::new();
    for payload in Parser::new(0).parse_all(bytes) {
        let Payload::ComponentImportSection(imports) = payload? else { continue };
        for import in imports {
            let name = import?.name.name;
            if name.starts_with("wasi:") && name.contains('@') {
                own.insert(name);
            }
        }
    }
    if own.iter().all(|it| !world.contains(it)) {
        return Ok(Vec::new());
    }
    let with = |name: &str, digit: char| format!("{}{digit}", &name[..name.len() - 1]);
    let is_free = |digit: char| {
        own.iter().all(|it| it.ends_with(|last| digit < last) && !world.contains(&*with(it, digit)))
    };
    let digit = ('0'..='9').rev().find(|it| is_free(*it));
    let renamed = digit
        .into_iter()
        .flat_map(|digit| own.iter().map(move |it| ((*it).to_owned(), with(it, digit))));
    Ok(renamed.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exports(bytes: &[u8]) -> Vec<String> {
        wasmparser::Validator::new().validate_all(bytes).unwrap();
        let sections = Parser::new(0).parse_all(bytes).filter_map(|it| match it.unwrap() {
            Payload::ComponentExportSection(it) => Some(it),
            _ => None,
        });
        sections.flatten().map(|it| it.unwrap().name.name.to_owned()).collect()
    }

    #[test]
    fn only_the_private_export_is_taken_out() {
        let text = r#"(component
            (import "f" (func $f))
            (export "init" (func $f))
            (export "plugwright-private" (func $f)))"#;
        let made = without_private(&wat::parse_str(text).unwrap()).unwrap();
        assert_eq!(exports(&made), ["init"]);
        let text = text.replace("(export \"init\" (func $f))", "");
        let made = without_private(&wat::parse_str(text).unwrap()).unwrap();
        assert_eq!(exports(&made), [""; 0]);
    }

    #[test]
    fn imports_of_the_runtime_are_told_apart_by_their_version() {
        let component = wat::parse_str(
            r#"(component
                (import "wasi:io/error@0.2.12" (instance))
                (import "wasi:io/streams@0.2.12" (instance))
                (import "wasz:io/streams@0.2.12" (instance)))"#,
        )
        .unwrap();
        let alias = |name: &str| (name.replace("wasi", "wasz"), name.to_owned());
        let streams = alias("wasi:io/streams@0.2.12");
        let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        assert_eq!(
            apart(&component, std::slice::from_ref(&streams)).unwrap(),
            [
                pair("wasi:io/error@0.2.12", "wasi:io/error@0.2.11"),
                pair("wasi:io/streams@0.2.12", "wasi:io/streams@0.2.11")
            ]
        );
        let other = alias("wasi:io/error@0.2.11");
        assert_eq!(
            apart(&component, &[streams, other]).unwrap()[0],
            pair("wasi:io/error@0.2.12", "wasi:io/error@0.2.10")
        );
        assert_eq!(apart(&component, &[alias("wasi:io/poll@0.2.12")]).unwrap(), []);
    }
}
