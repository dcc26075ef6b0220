//! The first plugin of an SDK: every function that the world asks for, with an answer that compiles and runs.

use std::collections::BTreeSet;

use serde::Serialize;

use super::names::Names;
use super::ownership::Ownership;
use super::sections::signature;
use super::text::{Item, Kind, Param, prototype};
use crate::model::{Direction, Function, Type, TypeKind, World};

/// The plugin.
#[derive(Debug, Serialize)]
pub(crate) struct Plugin {
    /// Whether it frees memory itself.
    pub(crate) frees: bool,
    /// The structs behind the exported resources.
    pub(crate) structs: Vec<String>,
    pub(crate) functions: Vec<Written>,
}

/// One function.
#[derive(Debug, Serialize)]
pub(crate) struct Written {
    pub(crate) signature: String,
    pub(crate) body: Vec<String>,
}

/// Computes the plugin of an SDK.
pub(crate) fn plugin(
    world: &World,
    names: &Names<'_>,
    header: &[&Item<'_>],
    frees: &BTreeSet<String>,
) -> Plugin {
    let writer = Writer { ownership: Ownership { world, names, frees }, names, header };
    let mut plugin = Plugin { frees: false, structs: Vec::new(), functions: Vec::new() };
    for item in header.iter().filter(|it| it.kind == Kind::Function) {
        let (_, params) = prototype(item);
        let body = match names.functions.get(item.name) {
            Some((Direction::Export, function)) => writer.body(item, function),
            Some((Direction::Import, _)) => continue,
            None if item.name.ends_with("_destructor") => {
                plugin.frees = true;
                vec!["free(rep);".to_owned()]
            }
            None => continue,
        };
        if item.name.ends_with("_destructor")
            && let Some(param) = params.first()
        {
            plugin.structs.push(names.apply(param.ty.trim_end_matches(['*', ' '])));
        }
        let signature = signature(names, item);
        plugin.functions.push(Written { signature, body });
    }
    plugin
}

struct Writer<'a> {
    ownership: Ownership<'a>,
    names: &'a Names<'a>,
    header: &'a [&'a Item<'a>],
}

impl Writer<'_> {
    fn body(&self, item: &Item<'_>, function: &Function) -> Vec<String> {
        let (result, params) = prototype(item);
        let (given, returned) = params.split_at(function.params.len().min(params.len()));
        let mut body: Vec<_> =
            function.params.iter().zip(given).map(|(it, param)| self.done(&it.ty, param)).collect();
        if function.is_async {
            body.extend(self.answer(item, function));
            return body;
        }
        let Some(ty) = &function.result else { return body };
        let answer = self.returned(ty, result, returned);
        match answer {
            Some(answer) => body.extend(answer),
            None => {
                body.extend(returned.iter().map(|it| format!("(void){};", it.name)));
                body.push(missing(function));
            }
        }
        body
    }

    /// Does with an argument what whoever owns it has to.
    fn done(&self, ty: &Type, param: &Param<'_>) -> String {
        let name = self.names.apply(param.name);
        let c = param.ty.trim_end_matches(['*', ' ']);
        let stem = c.strip_suffix("_t").unwrap_or(c);
        let bare = self.ownership.bare(ty);
        match bare {
            Type::Own(id) | Type::Borrow(id) => {
                let verb = if matches!(bare, Type::Own(_)) { "drop_own" } else { "drop_borrow" };
                match self.ownership.handle(*id, verb) {
                    // A borrowed handle may have another type here than where it was defined.
                    Some(drop) => format!("{drop}({name});"),
                    None => format!("(void){name};"),
                }
            }
            Type::Stream(_) | Type::Future(_) => {
                format!("{}({name});", self.names.of(&format!("{stem}_drop_readable")))
            }
            _ => {
                let free = format!("{stem}_free");
                if !param.ty.ends_with('*') || !self.ownership.frees.contains(&free) {
                    return format!("(void){name};");
                }
                let call = format!("{}({name});", self.names.of(&free));
                match bare {
                    Type::Option(_) if param.name.starts_with("maybe_") => {
                        format!("if ({name} != NULL) {{\n    {call}\n  }}")
                    }
                    _ => call,
                }
            }
        }
    }

    /// Writes what a function gives back, if there is a value that needs nothing but the SDK.
    fn returned(&self, ty: &Type, c: &str, pointers: &[Param<'_>]) -> Option<Vec<String>> {
        let set = |it: &Param<'_>| {
            let ty = self.names.apply(it.ty.trim_end_matches(['*', ' ']));
            format!("*{} = {};", it.name, zero(&ty, self.is_scalar(&it.ty)))
        };
        let unused = |name: &str| {
            let found = pointers.iter().filter(|it| it.name == name);
            found.map(|it| format!("(void){};", it.name)).collect::<Vec<_>>()
        };
        let named = |name: &str| pointers.iter().find(|it| it.name == name);
        let mut lines = Vec::new();
        match self.ownership.bare(ty) {
            Type::Result(ok, err) => {
                let fits = |ty: &Option<Box<Type>>| ty.as_ref().is_none_or(|it| self.is_zero(it));
                let (good, set_name, other) = match (fits(ok), fits(err)) {
                    (true, _) => (true, "ret", "err"),
                    (false, true) => (false, "err", "ret"),
                    (false, false) => return None,
                };
                lines.extend(unused(other));
                lines.extend(named(set_name).map(set));
                lines.push(format!("return {good};"));
            }
            Type::Option(_) => {
                lines.extend(unused("ret"));
                lines.push("return false;".to_owned());
            }
            bare if !pointers.is_empty() => {
                if !self.is_zero(bare) {
                    return None;
                }
                lines.extend(pointers.iter().map(set));
            }
            Type::Own(id) => {
                let rep = self.ownership.handle(*id, "new")?;
                let def = self.ownership.world.def(self.ownership.world.resolve(*id));
                let interface = def.interface.map(|it| &self.ownership.world.interfaces[it])?;
                let ty =
                    self.names.helper(Some(&interface.id), interface.direction, &def.name, "t")?;
                lines.push(format!("return {rep}(PW_ALLOC({ty}, 1));"));
            }
            Type::Stream(_) => {
                let stem = c.strip_suffix("_t").unwrap_or(c);
                let of = |end: &str| self.names.of(&format!("{stem}{end}"));
                lines.push(format!("{} writer;", of("_writer_t")));
                lines.push(format!("{} reader = {}(&writer);", of("_t"), of("_new")));
                lines.push(format!("{}(writer);", of("_drop_writable")));
                lines.push("return reader;".to_owned());
            }
            bare if self.is_zero(bare) => {
                lines.push(format!("return {};", zero(&self.names.apply(c), true)));
            }
            _ => return None,
        }
        Some(lines)
    }

    /// Writes how an asynchronous function answers.
    fn answer(&self, item: &Item<'_>, function: &Function) -> Vec<String> {
        let give = format!("{}_return", item.name);
        let value = match &function.result {
            None => Some(String::new()),
            Some(ty) if self.is_zero(ty) => {
                let found = self.header.iter().find(|it| it.name == give);
                let ty = found.and_then(|it| prototype(it).1.into_iter().next().map(|it| it.ty));
                ty.map(|it| zero(&self.names.apply(&it), self.is_scalar(&it)))
            }
            Some(_) => None,
        };
        match value {
            None => vec![missing(function)],
            Some(value) => {
                vec![format!("{}({value});", self.names.of(&give)), "return pw_wait();".to_owned()]
            }
        }
    }

    /// Whether a type of C is a number, whatever it is called.
    fn is_scalar(&self, ty: &str) -> bool {
        let name = ty.trim_end_matches(['*', ' ']);
        let Some(item) = self.header.iter().find(|it| it.kind == Kind::Type && it.name == name)
        else {
            return name != "ω_string_t";
        };
        let mut target = item.text.trim_start_matches("typedef ").split_whitespace();
        match target.next() {
            Some("struct") | None => false,
            Some(next) => self.is_scalar(next),
        }
    }

    /// Whether all bits zero are a value of the type.
    fn is_zero(&self, ty: &Type) -> bool {
        match ty {
            Type::Primitive(_) | Type::List(_) | Type::Map(..) | Type::Option(_) => true,
            Type::Named(id) => match &self.ownership.world.def(*id).kind {
                TypeKind::Alias(ty) => self.is_zero(ty),
                TypeKind::Enum(_) | TypeKind::Flags(_) => true,
                TypeKind::Record(fields) => fields.iter().all(|it| self.is_zero(&it.ty)),
                TypeKind::Resource => false,
                TypeKind::Variant(cases) => {
                    let first = cases.first().and_then(|it| it.ty.as_ref());
                    first.is_none_or(|it| self.is_zero(it))
                }
            },
            Type::Result(ok, _) => ok.as_ref().is_none_or(|it| self.is_zero(it)),
            Type::Tuple(types) => types.iter().all(|it| self.is_zero(it)),
            Type::FixedLengthList(ty, _) => self.is_zero(ty),
            Type::Own(_) | Type::Borrow(_) | Type::Future(_) | Type::Stream(_) => false,
        }
    }
}

fn missing(function: &Function) -> String {
    format!("PW_PANIC(\"`{}` has nothing to answer with in a first plugin\");", function.id)
}

/// Writes a value of all bits zero.
fn zero(ty: &str, scalar: bool) -> String {
    match (scalar, ty) {
        (true, "bool") => "false".to_owned(),
        (true, _) => "0".to_owned(),
        (false, ty) => format!("({ty}){{0}}"),
    }
}
