//! Takes a component out of the composition that the toolchain puts around it.
//!
//! The toolchain composes what it made with a component that stands in for the loader of modules, which only the
//! preparation of the runtime needs.
//! A composition of a world that has types of its own is not valid, so the stand-in goes into the component instead.

use wasmparser::{
    BinaryReader, BinaryReaderError, ComponentImportSectionReader, ComponentInstanceSectionReader,
};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use crate::languages::patch::{HEAD, number, push, section, sections};

type Result<T> = std::result::Result<T, BinaryReaderError>;

/// The interface that nobody offers once the runtime is prepared.
const LOADER: &str = "local:init/module-loader";

const WIT: &str = "package plugwright:loader;
world loader {
    export resolve: func(referrer: string, specifier: string) -> result<string, string>;
    export load: func(path: string) -> result<string, string>;
}";

/// A module whose functions trap: `cabi_realloc`, `resolve`, `load`, and a memory.
const MODULE: &[u8] = b"\0asm\x01\0\0\0\
    \x01\x0f\x02\x60\x04\x7f\x7f\x7f\x7f\x01\x7f\x60\x02\x7f\x7f\x01\x7f\
    \x03\x04\x03\0\0\x01\
    \x05\x03\x01\0\0\
    \x07\x2a\x04\x06memory\x02\0\x0ccabi_realloc\0\0\x07resolve\0\x01\x04load\0\x02\
    \x0a\x0d\x03\x03\0\0\x0b\x03\0\0\x0b\x03\0\0\x0b";

/// Gives the component inside of a composition, if there is one that only lacks the loader.
pub(super) fn taken_out(bytes: &[u8]) -> Result<Option<Vec<u8>>> {
    for (id, range) in sections(bytes)? {
        if id != section::COMPONENT {
            continue;
        }
        if let Some(component) = with_stand_in(&bytes[range])? {
            return Ok(Some(component));
        }
    }
    Ok(None)
}

/// Puts the stand-in where a component imports the loader.
fn with_stand_in(bytes: &[u8]) -> Result<Option<Vec<u8>>> {
    let mut made = bytes[..HEAD].to_vec();
    let mut is_in = false;
    for (id, range) in sections(bytes)? {
        let content = &bytes[range];
        match (id, is_in) {
            (section::COMPONENT, false) => return Ok(None),
            (section::COMPONENT_IMPORT, false) => {
                let items = items(content)?;
                match items.iter().position(|(name, _)| *name == LOADER) {
                    None => push(&mut made, id, content),
                    Some(at) => {
                        let Some(stand_in) = stand_in() else { return Ok(None) };
                        imports(&mut made, &items[..at]);
                        push(&mut made, section::COMPONENT, &stand_in);
                        // One instance, of the first component, without arguments.
                        push(&mut made, section::COMPONENT_INSTANCE, &[1, 0, 0, 0]);
                        imports(&mut made, &items[at + 1..]);
                        is_in = true;
                    }
                }
            }
            (section::COMPONENT_INSTANCE, true) => {
                push(&mut made, id, &renumbered(content)?);
            }
            _ => push(&mut made, id, content),
        }
    }
    Ok(is_in.then_some(made))
}

/// The imports of a section: the name and the bytes of each.
fn items(content: &[u8]) -> Result<Vec<(&str, &[u8])>> {
    let reader = ComponentImportSectionReader::new(BinaryReader::new(content, 0))?;
    let found = reader.into_iter_with_offsets().collect::<Result<Vec<_>>>()?;
    let ends = found.iter().skip(1).map(|(offset, _)| *offset).chain([content.len()]);
    let items = found.iter().zip(ends);
    Ok(items.map(|((start, import), end)| (import.name.name, &content[*start..end])).collect())
}

fn imports(made: &mut Vec<u8>, items: &[(&str, &[u8])]) {
    if items.is_empty() {
        return;
    }
    let mut content = Vec::new();
    number(&mut content, items.len());
    items.iter().for_each(|(_, bytes)| content.extend(*bytes));
    push(made, section::COMPONENT_IMPORT, &content);
}

/// Counts one more component before those that are instantiated.
fn renumbered(content: &[u8]) -> Result<Vec<u8>> {
    let reader = ComponentInstanceSectionReader::new(BinaryReader::new(content, 0))?;
    let found = reader.into_iter_with_offsets().collect::<Result<Vec<_>>>()?;
    let ends = found.iter().skip(1).map(|(offset, _)| *offset).chain([content.len()]);
    let mut made = Vec::new();
    number(&mut made, found.len());
    for ((start, _), end) in found.iter().zip(ends) {
        let mut reader = BinaryReader::new(&content[*start..end], 0);
        let kind = reader.read_u8()?;
        made.push(kind);
        if kind == 0 {
            number(&mut made, reader.read_var_u32()? as usize + 1);
        }
        made.extend(&content[*start + reader.current_position()..end]);
    }
    Ok(made)
}

/// Makes the component that has the functions of the loader, which are never called.
fn stand_in() -> Option<Vec<u8>> {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("loader.wit", WIT).ok()?;
    let world = resolve.select_world(&[package], None).ok()?;
    let mut module = MODULE.to_vec();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).ok()?;
    let encoder = ComponentEncoder::default().validate(true).module(&module).ok()?;
    { encoder }.encode().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stand_in_is_a_component() {
        assert!(stand_in().is_some());
    }

    #[test]
    fn a_component_that_needs_no_loader_is_left_alone() {
        let alone = wat::parse_str("(component (component))").unwrap();
        assert_eq!(taken_out(&alone).unwrap(), None);
    }

    #[test]
    fn the_stand_in_takes_the_place_of_the_import() {
        let text = r#"(component (component
            (import "one" (func))
            (import "local:init/module-loader" (instance
                (export "resolve" (func (param "referrer" string) (param "specifier" string) (result (result string (error string)))))
                (export "load" (func (param "path" string) (result (result string (error string)))))))
            (import "two" (func))
            (component $inner (export "it" (func 0)) (import "f" (func)))
        ))"#;
        let text =
            text.replace("(export \"it\" (func 0)) (import \"f\" (func))", "(import \"f\" (func))");
        let composed = wat::parse_str(text).unwrap();
        let made = taken_out(&composed).unwrap().unwrap();
        let mut validator = wasmparser::Validator::new();
        validator.validate_all(&made).unwrap();
        let imported = wasmparser::Parser::new(0).parse_all(&made);
        let imports = imported.filter_map(|it| match it.unwrap() {
            wasmparser::Payload::ComponentImportSection(reader) => Some(reader.count()),
            _ => None,
        });
        assert!(imports.sum::<u32>() >= 2);
    }
}
