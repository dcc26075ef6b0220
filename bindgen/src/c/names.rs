//! The names that the SDK has in C, in place of the placeholders.
//!
//! Everything starts with the name of its interface, types end in `_t`, and what does not depend on the world starts with
//! `pw_`. Where two names meet, what the WIT names keeps the plain one and the other gets a number.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToShoutySnakeCase as _, ToSnakeCase as _};

use super::disguise::{ARRAY, Disguise, FIELD, INTERFACE, PARAM, TYPE, WORLD};
use super::helpers::makes_handle;
use super::text::{Item, Kind, Token, items, tokens};
use crate::model::{Direction, Function, FunctionKind, World};
use crate::names::distinct;

/// Words that C11, C23 or C++20 keep, and macros of their headers that are written in small letters.
const RESERVED: &str = include_str!("words.txt");

/// Names of several parts that the C library or the part of the SDK written by hand has.
const TAKEN: &str = include_str!("taken.txt");

/// Headers of the C library, which one of the SDK must not hide.
const HEADERS: &str = include_str!("headers.txt");

/// What follows from a type.
const OF_TYPE: &[&str] = &[
    "_cancel_read",
    "_cancel_write",
    "_destructor",
    "_drop_borrow",
    "_drop_own",
    "_drop_readable",
    "_drop_writable",
    "_entry_t",
    "_free",
    "_new",
    "_read",
    "_rep",
    "_write",
    "_writer_t",
];

/// What follows from a function.
const OF_FUNCTION: &[&str] = &["_args_t", "_callback", "_return"];

/// Writes a name of WIT in small letters with underscores.
pub(crate) fn snake(name: &str) -> String {
    name.to_snake_case()
}

/// Writes a name of WIT in capitals with underscores.
pub(crate) fn shouty(name: &str) -> String {
    name.to_shouty_snake_case()
}

/// Keeps a name from being a word of C or of C++.
pub(crate) fn ident(name: &str) -> String {
    if RESERVED.split_whitespace().any(|it| it == name) {
        format!("{name}_")
    } else {
        name.to_owned()
    }
}

/// Names the files of a world: its own name, unless that hides a header of the C library.
pub(crate) fn stem(world: &str) -> String {
    let stem = snake(world);
    if HEADERS.split_whitespace().any(|it| it == stem) { format!("{stem}_world") } else { stem }
}

/// The final name of everything in the header.
pub(crate) struct Names<'a> {
    disguise: &'a Disguise,
    /// By the start of placeholders, such as `exports_ι3`.
    prefixes: BTreeMap<String, String>,
    /// By the whole placeholder.
    finals: BTreeMap<String, String>,
    /// The functions of the WIT, by the placeholder of their name.
    pub(crate) functions: BTreeMap<String, (Direction, &'a Function)>,
    taken: BTreeSet<String>,
}

impl<'a> Names<'a> {
    /// Names everything that the generated header declares.
    pub(crate) fn new(world: &'a World, disguise: &'a Disguise, items: &[Item<'_>]) -> Self {
        let interfaces = distinct(&world.interfaces);
        let mut prefixes = BTreeMap::new();
        for (start, (id, direction)) in &disguise.interfaces {
            let is_it = |it: &crate::model::Interface| it.id == *id && it.direction == *direction;
            if let Some(at) = world.interfaces.iter().position(is_it) {
                prefixes.insert(start.clone(), snake(&interfaces[at]));
            }
        }
        prefixes.insert(WORLD.to_string(), snake(&world.name));
        prefixes.insert(format!("exports_{WORLD}"), snake(&world.name));
        let mut names = Self {
            disguise,
            prefixes,
            finals: BTreeMap::new(),
            functions: BTreeMap::new(),
            taken: TAKEN.split_whitespace().chain(runtime()).map(str::to_owned).collect(),
        };
        for it in ["string_t", "string_free"] {
            names.finals.insert(format!("{WORLD}_{it}"), format!("pw_{it}"));
        }
        names.collect_functions(world);
        names.name_all(world, items);
        names
    }

    fn collect_functions(&mut self, world: &'a World) {
        for interface in &world.interfaces {
            let start = self.start(&interface.id, interface.direction);
            for function in &interface.functions {
                self.collect(&start, interface.direction, function);
            }
        }
        for it in &world.functions {
            let start = match it.direction {
                Direction::Import => WORLD.to_string(),
                Direction::Export => format!("exports_{WORLD}"),
            };
            self.collect(&start, it.direction, &it.function);
        }
    }

    fn collect(&mut self, start: &str, direction: Direction, function: &'a Function) {
        let placeholder = format!("{start}_{}", snake(&function.id));
        self.functions.insert(placeholder, (direction, function));
    }

    /// Gives what the identifiers of an interface start with before they get their names.
    fn start(&self, id: &str, direction: Direction) -> String {
        let mut found = self.disguise.interfaces.iter();
        let found = found.find(|(_, (it, of))| it == id && *of == direction);
        found.map_or_else(String::new, |(start, _)| start.clone())
    }

    fn name_all(&mut self, world: &World, items: &[Item<'_>]) {
        for item in items.iter().filter(|it| it.kind == Kind::Type) {
            if let Some((prefix, rest)) = self.split(item.name)
                && let Some(ty) = rest.strip_suffix("_t").and_then(|it| self.disguise.wit.get(it))
            {
                let stem = format!("{prefix}_{}", snake(ty));
                self.take(item.name, &stem, "_t");
            }
        }
        let functions: Vec<_> = self.functions.iter().map(|(k, v)| (k.clone(), v.1)).collect();
        for (placeholder, function) in functions {
            let Some((prefix, _)) = self.split(&placeholder) else { continue };
            let own = match function.kind {
                FunctionKind::Free => snake(&function.name),
                FunctionKind::Constructor(id) => format!("{}_new", snake(&world.def(id).name)),
                FunctionKind::Method(id) | FunctionKind::Static(id) => {
                    format!("{}_{}", snake(&world.def(id).name), snake(&function.name))
                }
            };
            self.take(&placeholder, &format!("{prefix}_{own}"), "");
        }
        for item in items.iter().filter(|it| it.kind != Kind::Directive) {
            if !self.finals.contains_key(item.name) {
                self.derive(item);
            }
        }
    }

    /// Names what follows from a type or a function, and what has no name in the WIT.
    fn derive(&mut self, item: &Item<'_>) {
        let placeholder = item.name;
        // What follows from a type or a function keeps to its name.
        let parent =
            OF_TYPE.iter().map(|it| ("_t", it)).chain(OF_FUNCTION.iter().map(|it| ("", it)));
        let parent = parent.into_iter().find_map(|(end, suffix)| {
            let from = placeholder.strip_suffix(suffix)?;
            let to = self.finals.get(&format!("{from}{end}"))?;
            Some((to.strip_suffix(end)?.to_owned(), *suffix))
        });
        if let Some((to, rest)) = parent {
            let rest = match rest {
                "_drop_own" => "_drop",
                "_new" if makes_handle(item) => "_to_own",
                "_rep" => "_from_own",
                "_destructor" => "_destroy",
                other => other,
            };
            let (stem, suffix) = ends(rest);
            let stem = format!("{to}{stem}");
            return self.take(placeholder, &stem, suffix);
        }
        let Some((prefix, rest)) = self.split(placeholder) else { return };
        // What the world itself says has a name there, or is made of something that has one.
        // It is the same in every world if it is made of nothing that has a name.
        let is_shared = placeholder.starts_with(WORLD) && rest.is_ascii();
        let prefix = if is_shared { "pw".to_owned() } else { prefix };
        let (rest, suffix) = ends(rest);
        let handle = ["own", "borrow"].into_iter().find_map(|kind| {
            let ty = rest.strip_prefix(kind)?.strip_prefix('_')?;
            ty.starts_with(TYPE).then(|| format!("{ty}_{kind}"))
        });
        let rest = match (handle, suffix) {
            (Some(handle), _) => handle,
            (None, _) => match resource_helper(rest) {
                Some(renamed) => renamed,
                None => rest.to_owned(),
            },
        };
        let stem = format!("{prefix}_{}", self.plain(&rest, snake));
        self.take(placeholder, &stem, suffix);
    }

    fn take(&mut self, placeholder: &str, stem: &str, suffix: &str) {
        let mut name = format!("{stem}{suffix}");
        let mut number = 1;
        while self.taken.contains(&name) {
            number += 1;
            name = format!("{stem}_{number}{suffix}");
        }
        self.taken.insert(name.clone());
        self.finals.insert(placeholder.to_owned(), name);
    }

    /// Names a constant of a type.
    pub(crate) fn constant(&mut self, ty: &str, case: &str) -> String {
        let ty = self.of(ty);
        let stem = ty.strip_suffix("_t").unwrap_or(&ty).to_ascii_uppercase();
        let placeholder = format!("{stem}_{}", shouty(case));
        self.take(&format!("#{placeholder}"), &placeholder.clone(), "");
        self.finals.remove(&format!("#{placeholder}")).unwrap_or(placeholder)
    }

    /// Splits the start from an identifier, and gives what it is in C.
    fn split<'b>(&self, placeholder: &'b str) -> Option<(String, &'b str)> {
        let (start, rest) = start_and_rest(placeholder)?;
        Some((self.prefixes.get(start)?.clone(), rest))
    }

    /// Gives the final name of what the header declares.
    pub(crate) fn of(&self, placeholder: &str) -> String {
        self.finals.get(placeholder).cloned().unwrap_or_else(|| placeholder.to_owned())
    }

    /// Puts names in the place of placeholders in the middle of a word.
    fn plain(&self, word: &str, of_type: fn(&str) -> String) -> String {
        let mut text = String::new();
        let mut rest = word;
        while let Some(at) = rest.find(|it: char| !it.is_ascii()) {
            text.push_str(&rest[..at]);
            let letter = rest[at..].chars().next().map_or(0, char::len_utf8);
            let digits = rest[at + letter..].find(|it: char| !it.is_ascii_digit());
            let end = digits.map_or(rest.len(), |it| at + letter + it);
            let placeholder = &rest[at..end];
            match (self.disguise.local.get(placeholder), self.disguise.wit.get(placeholder)) {
                (Some(name), _) => text.push_str(name),
                (None, Some(name)) => text.push_str(&of_type(name)),
                (None, None) => text.push_str(placeholder),
            }
            rest = &rest[end..];
        }
        text + rest
    }

    /// Puts the names into a declaration.
    pub(crate) fn apply(&self, text: &str) -> String {
        self.named(text, |word| {
            let is_local = |it: &str| self.disguise.local.contains_key(it);
            let name = word.strip_prefix("maybe_").filter(|it| is_local(it)).unwrap_or(word);
            name.starts_with(PARAM).then(|| self.plain(name, snake))
        })
    }

    /// Puts the names into the source, where parameters meet variables and so stay as they are.
    pub(crate) fn apply_to_source(&self, text: &str) -> String {
        self.named(text, |_| None)
    }

    fn named(&self, text: &str, param: impl Fn(&str) -> Option<String>) -> String {
        let named = tokens(text).into_iter().map(|token| match token {
            Token::Word(word) => param(word).unwrap_or_else(|| self.word(word)),
            Token::Literal(literal) => self.plain(literal, str::to_owned),
            Token::Comment(it) | Token::Other(it) => it.to_owned(),
        });
        named.collect()
    }

    fn word(&self, word: &str) -> String {
        if let Some(name) = self.finals.get(word) {
            return name.clone();
        }
        if word.is_ascii() {
            return word.to_owned();
        }
        if word.starts_with(FIELD) {
            return self.plain(word, snake);
        }
        // The async part of the runtime, as far as it is macros and constants.
        if let Some(rest) = word.strip_prefix("Ω_") {
            return format!("PW_{rest}");
        }
        // The tag of a struct.
        if let Some(name) = self.finals.get(&format!("{word}_t")) {
            return name.strip_suffix("_t").unwrap_or(name).to_owned();
        }
        // Only the source knows it, and nothing that has a name in C looks like this.
        let letters = [(ARRAY, 'a'), (INTERFACE, 'i'), (TYPE, 't'), (PARAM, 'p'), (WORLD, 'w')];
        let ascii = |it| letters.iter().find(|(from, _)| *from == it).map_or(it, |(_, to)| *to);
        word.chars().map(ascii).collect()
    }
}

/// Gives the names of the part of the SDK that is written by hand.
fn runtime() -> impl Iterator<Item = &'static str> {
    let words = tokens(super::RUNTIME_HEADER).into_iter().filter_map(|it| match it {
        Token::Word(it) => Some(it),
        _ => None,
    });
    let waiting = [super::LOOP_HEADER, super::LOOP].into_iter().flat_map(items);
    words
        .filter(|it| it.starts_with("pw_") || it.starts_with("PW_"))
        .chain(waiting.map(|it| it.name))
        .chain(["pw_current"])
}

fn ends(rest: &str) -> (&str, &str) {
    match rest.strip_suffix("_t") {
        Some(stem) => (stem, "_t"),
        None => (rest, ""),
    }
}

/// Names what a resource has beside its functions.
fn resource_helper(rest: &str) -> Option<String> {
    if let Some(ty) = rest.strip_prefix("borrow_").filter(|it| it.starts_with(TYPE)) {
        return Some(format!("{ty}_borrow"));
    }
    rest.strip_suffix("_drop_own").map(|it| format!("{it}_drop"))
}

impl Names<'_> {
    /// Gives what a resource has beside its functions, such as the function that drops it.
    pub(crate) fn helper(
        &self,
        interface: Option<&str>,
        direction: Direction,
        resource: &str,
        verb: &str,
    ) -> Option<String> {
        let start = match interface {
            Some(id) => self.start(id, direction),
            None => WORLD.to_string(),
        };
        let mut found = self.finals.iter().filter_map(|(placeholder, name)| {
            let rest = placeholder.strip_prefix(&start)?.strip_prefix('_')?;
            let ty = rest.strip_suffix(verb)?.strip_suffix('_')?;
            (self.disguise.wit.get(ty)? == resource).then(|| name.clone())
        });
        found.next()
    }

    /// Gives what the WIT calls a type, with its interface, by its placeholder.
    pub(crate) fn wit(&self, placeholder: &str) -> Option<(&str, Option<(&str, Direction)>)> {
        let (start, rest) = start_and_rest(placeholder)?;
        let rest = rest.strip_suffix("_t").unwrap_or(rest);
        let rest = ["own_", "borrow_"].iter().find_map(|it| rest.strip_prefix(it)).unwrap_or(rest);
        let name = self.disguise.wit.get(rest)?;
        let interface = self.disguise.interfaces.get(start);
        Some((name, interface.map(|(id, direction)| (id.as_str(), *direction))))
    }

    /// Gives the interface that something belongs to, and its direction; `None` for the world.
    pub(crate) fn interface(&self, placeholder: &str) -> Option<(&str, Direction)> {
        let (start, _) = start_and_rest(placeholder)?;
        let (id, direction) = self.disguise.interfaces.get(start)?;
        Some((id, *direction))
    }
}

/// Splits what an identifier starts with from the rest.
pub(crate) fn start_and_rest(placeholder: &str) -> Option<(&str, &str)> {
    let skip = if placeholder.starts_with("exports_") { "exports_".len() } else { 0 };
    let end = placeholder[skip..].find('_')? + skip;
    Some((&placeholder[..end], &placeholder[end + 1..]))
}
