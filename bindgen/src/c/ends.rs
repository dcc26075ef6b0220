//! Makes one type of each type of stream and future, with its functions.
//!
//! The generator underneath names such a type after every interface that says it, and makes the functions for one of
//! the names only. What carries nothing that has a name gets one name for all worlds, the others that with the functions.

use std::collections::BTreeMap;

use super::disguise::WORLD;
use super::names::start_and_rest;
use super::text::{Item, Kind, Token, items, prototype, tokens};

/// What follows from a stream or a future.
const OF_END: [&str; 9] = [
    "_t",
    "_writer_t",
    "_new",
    "_read",
    "_write",
    "_cancel_read",
    "_cancel_write",
    "_drop_readable",
    "_drop_writable",
];

/// Unites the types in a header and its source.
pub(crate) fn unite(header: &str, source: &str) -> (String, String) {
    let declared = items(header);
    let mut stems: BTreeMap<&str, String> = BTreeMap::new();
    let mut of_rest: BTreeMap<&str, String> = BTreeMap::new();
    let mut spare = Vec::new();
    for (stem, rest) in declared.iter().filter_map(|it| made(it, &declared)) {
        let name = match is_shared(stem, rest, &declared) {
            true => format!("{WORLD}_{rest}"),
            false => stem.to_owned(),
        };
        if stems.values().any(|it| *it == name) {
            spare.push(stem);
        }
        of_rest.entry(rest).or_insert_with(|| name.clone());
        stems.insert(stem, name);
    }
    for item in declared.iter().filter(|it| it.kind == Kind::Type) {
        if let Some(stem) = item.name.strip_suffix("_t")
            && !stems.contains_key(stem)
            && item.text == format!("typedef uint32_t {};", item.name)
            && let Some((_, rest)) = start_and_rest(stem)
            && let Some(name) = of_rest.get(rest)
        {
            spare.push(stem);
            stems.insert(stem, name.clone());
        }
    }
    let is_spare = |it: &Item<'_>| spare.iter().any(|stem| belongs(it.name, stem));
    let united = |text: &str| {
        let spare = items(text).into_iter().filter(is_spare);
        let left = spare.fold(text.to_owned(), |text, it| text.replacen(it.text, "", 1));
        renamed(&left, &stems)
    };
    (united(header), united(source))
}

/// Gives what a stream or a future is called, if this is one of its functions; and that without its interface.
fn made<'a>(item: &Item<'a>, declared: &[Item<'_>]) -> Option<(&'a str, &'a str)> {
    let stem = item.name.strip_suffix("_drop_readable")?;
    let writer = format!("{stem}_writer_t");
    let is_made = declared.iter().any(|it| it.name == writer && it.kind == Kind::Type);
    let (_, rest) = start_and_rest(stem)?;
    is_made.then_some((stem, rest))
}

/// Whether it carries what is the same in every world.
fn is_shared(stem: &str, rest: &str, declared: &[Item<'_>]) -> bool {
    let read = format!("{stem}_read");
    let read = declared.iter().find(|it| it.name == read);
    let params = read.map(|it| prototype(it).1).unwrap_or_default();
    let carried = params.iter().find(|it| it.name == "buf");
    rest.is_ascii() && carried.is_none_or(|it| it.ty.is_ascii() || it.ty.starts_with(WORLD))
}

/// Whether a name is that of a stream or a future, or follows from it.
fn belongs(name: &str, stem: &str) -> bool {
    let rest = name.strip_prefix(stem);
    rest.is_some_and(|it| OF_END.contains(&it) || it.starts_with("__"))
}

fn renamed(text: &str, stems: &BTreeMap<&str, String>) -> String {
    let word = |word: &str| {
        let found = stems.iter().find(|(stem, _)| belongs(word, stem));
        found.map_or_else(|| word.to_owned(), |(stem, name)| word.replacen(*stem, name, 1))
    };
    let pieces = tokens(text).into_iter().map(|it| match it {
        Token::Word(it) => word(it),
        other => other.text().to_owned(),
    });
    pieces.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the generator makes of a type, with functions.
    fn end(name: &str, carried: &str) -> String {
        format!(
            "typedef uint32_t {name}_t;\ntypedef uint32_t {name}_writer_t;\n\
            void {name}_read({name}_t reader, {carried} *buf);\nvoid {name}_drop_readable({name}_t reader);\n"
        )
    }

    #[test]
    fn what_every_world_knows_gets_one_name() {
        let header = format!(
            "{}typedef uint32_t exports_ι1_stream_u8_t;\nvoid f(exports_ι1_stream_u8_t it);\n",
            end("ι0_stream_u8", "uint8_t")
        );
        let (united, source) = unite(&header, "void ι0_stream_u8__new(void);");
        assert_eq!(united.matches("typedef uint32_t ω_stream_u8_t;").count(), 1);
        assert!(united.contains("void f(ω_stream_u8_t it);"), "{united}");
        assert!(!united.contains('ι'), "{united}");
        assert_eq!(source, "void ω_stream_u8__new(void);");
    }

    #[test]
    fn what_is_made_twice_is_left_out_once() {
        let both =
            end("ι0_stream_string", "ω_string_t") + &end("exports_ι0_stream_string", "ω_string_t");
        let (united, _) = unite(&both, "");
        assert_eq!(united.trim_end(), end("ω_stream_string", "ω_string_t").trim_end());
    }

    #[test]
    fn what_an_interface_names_keeps_the_name_that_has_functions() {
        let header = end("ι0_stream_τ2", "ι0_τ2_t") + "typedef uint32_t exports_ι1_stream_τ2_t;\n";
        let (united, _) = unite(&header, "");
        assert_eq!(united.trim_end(), end("ι0_stream_τ2", "ι0_τ2_t").trim_end());
    }
}
