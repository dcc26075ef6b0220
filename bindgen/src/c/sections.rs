//! The declarations of the header: in their order, with their docs, by whom they belong to.

use std::collections::BTreeSet;

use serde::Serialize;

use super::comment::{comment, escape, lines};
use super::disguise::{ARRAY, FIELD, WORLD};
use super::helpers;
use super::names::Names;
use super::ownership::Ownership;
use super::text::{Item, Kind, Param, Token, prototype, tokens};
use crate::model::{Case, Direction, Docs, Function, Interface, Type, TypeDef, TypeKind, World};

/// What belongs to one interface, or to the world.
#[derive(Debug, Serialize)]
pub(crate) struct Section {
    pub(crate) group: String,
    pub(crate) title: String,
    pub(crate) docs: Vec<String>,
    pub(crate) declarations: Vec<String>,
}

/// Which section a declaration stands in: the interface and its direction, the world, or what all worlds share.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Runtime,
    Interface(usize),
    World(Direction),
}

/// Puts declarations into sections.
pub(crate) struct Sections<'a> {
    pub(crate) world: &'a World,
    pub(crate) frees: &'a BTreeSet<String>,
}

impl Sections<'_> {
    /// Puts the declarations in order: types before what uses them, what belongs together in one place.
    pub(crate) fn all(&self, names: &mut Names<'_>, items: &[&Item<'_>]) -> Vec<Section> {
        let mut places = vec![Place::Runtime];
        let mut placed = Vec::new();
        for item in items {
            let place = self.place(names, item);
            let Some(place) = place else { continue };
            if !places.contains(&place) {
                places.push(place.clone());
            }
            placed.push((place, item));
        }
        let mut sections = Vec::new();
        for place in places {
            let own = || placed.iter().filter(|(it, _)| *it == place).map(|(_, it)| **it);
            let mut declarations: Vec<String> = Vec::new();
            let is_free = |it: &Item<'_>| self.frees.contains(it.name);
            for item in own().filter(|it| it.kind != Kind::Function) {
                declarations.push(match item.kind {
                    Kind::Directive => directive(names, item),
                    _ => self.ty(names, item),
                });
                let stem = item.name.strip_suffix("_t").unwrap_or(item.name);
                let free = own().find(|it| it.name.strip_suffix("_free") == Some(stem));
                declarations.extend(free.map(|it| self.function(names, it)));
            }
            let functions = own().filter(|it| it.kind == Kind::Function && !is_free(it));
            declarations.extend(functions.map(|it| self.function(names, it)));
            if !declarations.is_empty() || place != Place::Runtime {
                sections.push(self.section(&place, declarations));
            }
        }
        sections
    }

    fn place(&self, names: &Names<'_>, item: &Item<'_>) -> Option<Place> {
        if item.kind == Kind::Directive {
            // The constants of types are written with their docs instead.
            let is_async = item.name.starts_with("Ω_") && item.text.starts_with("#define");
            let is_type = item.name.contains('Τ');
            return (is_async && !is_type).then_some(Place::Runtime);
        }
        if let Some((id, direction)) = names.interface(item.name) {
            let is_it = |it: &Interface| it.id == id && it.direction == direction;
            return self.world.interfaces.iter().position(is_it).map(Place::Interface);
        }
        if names.of(item.name).starts_with("pw_") && item.name.is_ascii_but(WORLD) {
            return Some(Place::Runtime);
        }
        let exported = item.name.starts_with("exports_");
        Some(Place::World(if exported { Direction::Export } else { Direction::Import }))
    }

    fn section(&self, place: &Place, declarations: Vec<String>) -> Section {
        let world = self.world;
        let who = |direction| match direction {
            Direction::Import => "the host offers it, you call it",
            Direction::Export => "you write its functions, the host calls them",
        };
        let (group, title, docs) = match place {
            Place::Runtime => {
                ("runtime".to_owned(), "What does not depend on the world".to_owned(), Vec::new())
            }
            Place::Interface(index) => {
                let interface = &world.interfaces[*index];
                let title = format!("{}: {}", interface.id, who(interface.direction));
                let group = crate::names::distinct(&world.interfaces)[*index].clone();
                (group, title, lines(&interface.docs))
            }
            Place::World(direction) => {
                let (end, title) = match direction {
                    Direction::Import => ("imports", "what the world itself offers you"),
                    Direction::Export => ("exports", "what the world itself asks of you"),
                };
                (format!("{}-{end}", world.name), format!("{}: {title}", world.id), Vec::new())
            }
        };
        Section { group: group.replace('-', "_"), title, docs, declarations }
    }

    fn def(&self, names: &Names<'_>, placeholder: &str) -> Option<&TypeDef> {
        let (name, interface) = names.wit(placeholder)?;
        self.world.defs.iter().find(|it| {
            let of = it.interface.map(|it| &self.world.interfaces[it]);
            it.name == name && of.map(|it| (it.id.as_str(), it.direction)) == interface
        })
    }

    /// Writes a type: its docs, its declaration, its constants.
    fn ty(&self, names: &mut Names<'_>, item: &Item<'_>) -> String {
        if own_part(item.name).starts_with(ARRAY) {
            return array(names, item);
        }
        let Some(def) = self.def(names, item.name) else {
            return anonymous(names, item);
        };
        let mut docs = lines(&def.docs);
        let own = format!("`{}` in the WIT.", def.name);
        let said = match (&def.kind, handle(item.name)) {
            (TypeKind::Resource, Some("own")) => {
                Some(format!("A handle of {own} Whoever has it drops it."))
            }
            (TypeKind::Resource, Some(_)) => {
                Some(format!("{own} It is lent for the length of a call."))
            }
            (TypeKind::Resource, None) => {
                Some("You write the struct; it is what stands behind a handle.".to_owned())
            }
            (TypeKind::Alias(_), Some(_)) => Some(format!("A handle of {own}")),
            _ if docs.is_empty() => Some(format!("The {} {own}", what(&def.kind))),
            _ => None,
        };
        if let Some(said) = said {
            if !docs.is_empty() {
                docs.push(String::new());
            }
            docs.push(said);
        }
        let mut text = comment(&docs, "");
        let empty = Vec::new();
        let members = match &def.kind {
            TypeKind::Record(fields) => fields.iter().map(|it| &it.docs).collect(),
            TypeKind::Variant(cases) => {
                cases.iter().filter(|it| it.ty.is_some()).map(|it| &it.docs).collect()
            }
            _ => empty,
        };
        text.push_str(&declaration(names, item, &members));
        if let TypeKind::Enum(cases) | TypeKind::Flags(cases) | TypeKind::Variant(cases) = &def.kind
        {
            let bits = matches!(def.kind, TypeKind::Flags(_));
            text.push_str(&constants(names, item.name, cases, bits));
        }
        text
    }

    /// Writes a function that the header declares.
    fn function(&self, names: &Names<'_>, item: &Item<'_>) -> String {
        let docs = match names.functions.get(item.name) {
            Some((direction, function)) => self.documented(names, item, *direction, function),
            None => {
                helpers::docs(item, &names.of(item.name)).map(str::to_owned).into_iter().collect()
            }
        };
        comment(&docs, "") + &signature(names, item) + ";"
    }

    fn documented(
        &self,
        names: &Names<'_>,
        item: &Item<'_>,
        direction: Direction,
        function: &Function,
    ) -> Vec<String> {
        let ownership = Ownership { world: self.world, names, frees: self.frees };
        let (result, params) = prototype(item);
        let mut docs = lines(&function.docs);
        if docs.is_empty() {
            docs.push(format!("`{}` in the WIT.", escape(&function.id)));
        }
        let mut tags = Vec::new();
        for (at, param) in params.iter().enumerate() {
            let name = names.apply(param.name);
            let said = match (function.params.get(at), param.name) {
                (_, "args") => {
                    " All arguments. They are read until the call has started; what they lend stays yours."
                        .to_owned()
                }
                (_, "result") => {
                    " Receives what is given back, once the call has returned; leave it where it is until then."
                        .to_owned()
                }
                (Some(it), _) if function.is_async && direction == Direction::Import => {
                    let said = ownership.param(&it.ty, param, direction);
                    format!(" {}", said.replace("read during the call", "read until the call has started"))
                }
                (Some(it), _) if !matches!(param.name, "ret" | "err") => {
                    format!(" {}", ownership.param(&it.ty, param, direction))
                }
                _ => self.through(&ownership, function, param, direction),
            };
            tags.push(format!("@param {name}{said}"));
        }
        match (function.is_async, direction) {
            (true, Direction::Import) => {
                tags.push("@return the state of the call; see PW_SUBTASK_STATE() and PW_SUBTASK_HANDLE().".to_owned());
            }
            (true, Direction::Export) => {
                tags.push("@return pw_wait(), or a PW_CALLBACK_CODE of your own. The answer itself goes to the function that ends in `_return`.".to_owned());
            }
            (false, _) => {
                if let Some(said) = ownership.returned(function) {
                    tags.push(format!("@return {said}"));
                } else if result != "void"
                    && let Some(ty) = &function.result
                {
                    tags.push(format!(
                        "@return{}",
                        by_value(&ownership.result(ty, result, direction))
                    ));
                }
            }
        }
        tags.retain(|it| *it != "@return");
        if !tags.is_empty() {
            docs.push(String::new());
            docs.extend(tags);
        }
        docs
    }

    /// Says what goes through a pointer to what is given back.
    fn through(
        &self,
        ownership: &Ownership<'_>,
        function: &Function,
        param: &Param<'_>,
        direction: Direction,
    ) -> String {
        let Some(result) = &function.result else { return String::new() };
        let bare = ownership.bare(result);
        let ty = match (bare, param.name) {
            (Type::Result(_, Some(err)), "err") => err,
            (Type::Result(Some(ok), _), _) => ok,
            (Type::Option(ty), _) => ty,
            _ => result,
        };
        let what = match (direction, param.name) {
            (Direction::Import, "err") => " Receives the error.",
            (Direction::Import, _) => " Receives the result.",
            (Direction::Export, "err") => " Takes the error.",
            (Direction::Export, _) => " Takes the result.",
        };
        format!("{what}{}", ownership.result(ty, &param.ty, direction))
    }
}

/// Says what a function gives back as its value.
fn by_value(said: &str) -> String {
    match said.trim() {
        "" => String::new(),
        said => format!(" the result. {said}"),
    }
}

trait Ascii {
    fn is_ascii_but(&self, letter: char) -> bool;
}

impl Ascii for str {
    fn is_ascii_but(&self, letter: char) -> bool {
        self.chars().all(|it| it.is_ascii() || it == letter)
    }
}

fn handle(placeholder: &str) -> Option<&'static str> {
    ["own", "borrow"].into_iter().find(|it| placeholder.contains(&format!("_{it}_")))
}

fn what(kind: &TypeKind) -> &'static str {
    match kind {
        TypeKind::Alias(_) => "type",
        TypeKind::Enum(_) => "enum",
        TypeKind::Flags(_) => "flags",
        TypeKind::Record(_) => "record",
        TypeKind::Resource => "resource",
        TypeKind::Variant(_) => "variant",
    }
}

/// Writes a type that has no name in the WIT.
fn anonymous(names: &Names<'_>, item: &Item<'_>) -> String {
    let rest = own_part(item.name);
    let said = match rest.split('_').next().unwrap_or_default() {
        _ if helpers::docs(item, &names.of(item.name)).is_some() => {
            helpers::docs(item, &names.of(item.name)).unwrap_or_default()
        }
        "list" => "A list: `len` items at `ptr`.",
        "map" if rest.ends_with("_entry_t") => "One key of a map, with its value.",
        "map" => "A map: `len` keys with their values at `ptr`.",
        "option" => "A value that may not be there: `val` counts if `is_some`.",
        "result" => "A result: `val.err` counts if `is_err`, `val.ok` if not.",
        "future" | "stream" if rest.ends_with("_writer_t") => "The end to write to.",
        "future" => "The end of a future that reads.",
        "stream" => "The end of a stream that reads.",
        it if it.starts_with("tuple") => "A tuple.",
        _ => "",
    };
    let docs: Vec<_> = [said].into_iter().filter(|it| !it.is_empty()).map(str::to_owned).collect();
    comment(&docs, "") + &declaration(names, item, &[])
}

/// The part of a type's name that follows the interface or the world it stands in.
fn own_part(name: &str) -> &str {
    let rest = name.trim_start_matches("exports_");
    rest.split_once('_').map_or(rest, |(_, it)| it)
}

/// Writes a list of a fixed length: the tuple that it is to the bindings, and an array in the same place.
fn array(names: &Names<'_>, item: &Item<'_>) -> String {
    let fields = item.text.lines().filter(|it| it.starts_with(' ')).map(str::trim);
    let fields: Vec<_> = fields.collect();
    let ty = fields.first().and_then(|it| it.strip_suffix(" f0;")).unwrap_or_default();
    let docs = format!("A list of {} items, in `at`.", fields.len());
    let name = item.name;
    let text = format!(
        "typedef union {name} {{\n  {ty} at[{}];\n  struct {{\n    {}\n  }};\n}} {name};",
        fields.len(),
        fields.join("\n    "),
    );
    comment(&[docs], "") + &names.apply(&text)
}

/// Writes the declaration of a type, with the docs of its members.
fn declaration(names: &Names<'_>, item: &Item<'_>, members: &[&Docs]) -> String {
    let mut members = members.iter();
    let mut text = String::new();
    for line in item.text.lines() {
        let words: Vec<_> = tokens(line)
            .into_iter()
            .filter_map(|it| match it {
                Token::Word(it) => Some(it),
                _ => None,
            })
            .collect();
        if words.last().is_some_and(|it| it.starts_with(FIELD))
            && let Some(docs) = members.next()
        {
            let indent = &line[..line.len() - line.trim_start().len()];
            text.push_str(&comment(&lines(docs), indent));
        }
        let line = match line.trim_end() {
            // What has a tag can be named in messages and by a debugger.
            "typedef struct {" => format!("typedef struct {} {{", item.name),
            line => line.to_owned(),
        };
        text.push_str(&spaced(&names.apply(&line)));
        text.push('\n');
    }
    text.trim_end().to_owned()
}

/// Writes a line with one space between words, and stars where C puts them.
fn spaced(line: &str) -> String {
    let indent = &line[..line.len() - line.trim_start().len()];
    let words: Vec<_> = line.split_whitespace().collect();
    format!("{indent}{}", words.join(" ").replace("* ", " *"))
}

/// Writes a function as it is declared, without its end.
pub(crate) fn signature(names: &Names<'_>, item: &Item<'_>) -> String {
    let (result, params) = prototype(item);
    let typed = |ty: &str, name: &str| {
        let bare = ty.trim_end_matches(['*', ' ']);
        names.apply(&format!("{bare} {}{name}", "*".repeat(ty.matches('*').count())))
    };
    let params: Vec<_> = params.iter().map(|it| typed(&it.ty, it.name)).collect();
    let inside = if params.is_empty() { "void".to_owned() } else { params.join(", ") };
    let head = typed(result, item.name);
    let line = format!("{head}({inside})");
    match line.chars().count() {
        0..100 => line,
        _ => format!("{head}(\n    {})", params.join(",\n    ")),
    }
}

/// Writes a macro with its docs.
fn directive(names: &Names<'_>, item: &Item<'_>) -> String {
    let docs = helpers::docs(item, &names.apply(item.name)).map(str::to_owned);
    comment(&docs.into_iter().collect::<Vec<_>>(), "") + &names.apply(item.text)
}

/// Writes the constants of an enum, flags or a variant.
fn constants(names: &mut Names<'_>, ty: &str, cases: &[Case], bits: bool) -> String {
    let mut text = String::new();
    for (at, case) in cases.iter().enumerate() {
        let name = names.constant(ty, &case.name);
        text.push('\n');
        text.push_str(&comment(&lines(&case.docs), ""));
        text.push_str(&match bits {
            true => format!("#define {name} (1u << {at})"),
            false => format!("#define {name} {at}"),
        });
    }
    text
}
