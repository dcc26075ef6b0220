//! Types and functions as people write them in WIT, each on one line.

use wit_parser::{Function, FunctionKind, Handle, Resolve, Result_, Type, TypeDefKind, TypeId};

/// How long a text may become: enough for people, and little for a file that is made to be bad.
const MAX_TEXT: usize = 2000;

/// A text that is being written, and that ends early when it is long enough.
struct Text<'r> {
    resolve: &'r Resolve,
    out: String,
}

/// Writes a type as it stands in a signature: `list<outlook>`.
pub(crate) fn expression(resolve: &Resolve, ty: &Type) -> String {
    Text::write(resolve, |text| text.ty(ty))
}

impl<'r> Text<'r> {
    fn write(resolve: &'r Resolve, content: impl FnOnce(&mut Text<'r>)) -> String {
        let mut text = Text { resolve, out: String::new() };
        content(&mut text);
        if text.out.len() > MAX_TEXT {
            text.out.truncate(text.out.floor_char_boundary(MAX_TEXT));
            text.out.push('…');
        }
        text.out
    }

    fn str(&mut self, str: &str) {
        if self.out.len() <= MAX_TEXT {
            self.out.push_str(str);
        }
    }

    fn ty(&mut self, ty: &Type) {
        let primitive = match ty {
            Type::Bool => "bool",
            Type::U8 => "u8",
            Type::U16 => "u16",
            Type::U32 => "u32",
            Type::U64 => "u64",
            Type::S8 => "s8",
            Type::S16 => "s16",
            Type::S32 => "s32",
            Type::S64 => "s64",
            Type::F32 => "f32",
            Type::F64 => "f64",
            Type::Char => "char",
            Type::String => "string",
            Type::ErrorContext => "error-context",
            Type::Id(id) => {
                let def = &self.resolve.types[*id];
                return match &def.name {
                    Some(name) => self.str(name),
                    None => self.kind(&def.kind),
                };
            }
        };
        self.str(primitive);
    }

    /// Writes what a type is made of, without its name.
    fn kind(&mut self, kind: &TypeDefKind) {
        match kind {
            TypeDefKind::Record(it) => self.list("{ ", &it.fields, " }", |text, it| {
                text.param(&it.name, &it.ty);
            }),
            TypeDefKind::Variant(it) => self.list("{ ", &it.cases, " }", |text, it| {
                text.str(&it.name);
                if let Some(ty) = &it.ty {
                    text.around("(", ty, ")");
                }
            }),
            TypeDefKind::Enum(it) => {
                self.list("{ ", &it.cases, " }", |text, it| text.str(&it.name));
            }
            TypeDefKind::Flags(it) => {
                self.list("{ ", &it.flags, " }", |text, it| text.str(&it.name));
            }
            TypeDefKind::Tuple(it) => self.list("tuple<", &it.types, ">", |text, it| text.ty(it)),
            TypeDefKind::Handle(Handle::Own(id)) => self.ty(&Type::Id(*id)),
            TypeDefKind::Handle(Handle::Borrow(id)) => self.around("borrow<", &Type::Id(*id), ">"),
            TypeDefKind::Option(ty) => self.around("option<", ty, ">"),
            TypeDefKind::List(ty) => self.around("list<", ty, ">"),
            TypeDefKind::FixedLengthList(ty, length) => {
                self.around("list<", ty, &format!(", {length}>"));
            }
            TypeDefKind::Map(key, value) => {
                self.list("map<", &[key, value], ">", |text, it| text.ty(it));
            }
            TypeDefKind::Result(Result_ { ok: None, err: None }) => self.str("result"),
            TypeDefKind::Result(Result_ { ok: Some(ok), err: None }) => {
                self.around("result<", ok, ">");
            }
            TypeDefKind::Result(Result_ { ok, err }) => {
                self.list("result<", &[ok, err], ">", |text, it| match it {
                    Some(ty) => text.ty(ty),
                    None => text.str("_"),
                });
            }
            TypeDefKind::Future(Some(ty)) => self.around("future<", ty, ">"),
            TypeDefKind::Stream(Some(ty)) => self.around("stream<", ty, ">"),
            TypeDefKind::Type(ty) => self.ty(ty),
            TypeDefKind::Future(None)
            | TypeDefKind::Stream(None)
            | TypeDefKind::Resource
            | TypeDefKind::Unknown => self.str(kind.as_str()),
        }
    }

    fn param(&mut self, name: &str, ty: &Type) {
        self.str(name);
        self.str(": ");
        self.ty(ty);
    }

    fn around(&mut self, open: &str, ty: &Type, close: &str) {
        self.str(open);
        self.ty(ty);
        self.str(close);
    }

    fn list<T>(&mut self, open: &str, items: &[T], close: &str, item: impl Fn(&mut Text<'r>, &T)) {
        self.str(open);
        for (index, it) in items.iter().enumerate() {
            if self.out.len() > MAX_TEXT {
                return;
            }
            if index > 0 {
                self.str(", ");
            }
            item(self, it);
        }
        self.str(close);
    }
}

/// Writes the definition of a named type: `record outlook { price: u32 }`.
pub(crate) fn definition(resolve: &Resolve, id: TypeId) -> String {
    let def = &resolve.types[id];
    let name = def.name.as_deref().unwrap_or("_");
    let body = Text::write(resolve, |text| text.kind(&def.kind));
    match &def.kind {
        TypeDefKind::Resource => format!("resource {name}"),
        kind if has_body(kind) => format!("{} {name} {body}", kind.as_str()),
        _ => format!("type {name} = {body}"),
    }
}

/// Says what a named type is called in WIT: ``record `outlook` ``.
pub(crate) fn heading(resolve: &Resolve, id: TypeId) -> String {
    let def = &resolve.types[id];
    let keyword = match &def.kind {
        kind if has_body(kind) => kind.as_str(),
        TypeDefKind::Resource => "resource",
        _ => "type",
    };
    format!("{keyword} `{}`", def.name.as_deref().unwrap_or("_"))
}

/// Tells whether WIT demands a name for such a type, because it is written in braces.
pub(crate) fn has_body(kind: &TypeDefKind) -> bool {
    use TypeDefKind::{Enum, Flags, Record, Variant};
    matches!(kind, Record(_) | Variant(_) | Enum(_) | Flags(_))
}

/// Gives a function's name as in WIT: `decide`, `counter.add`, `counter.constructor`.
pub(crate) fn function_name(func: &Function) -> String {
    let bare = func.name.rsplit(']').next().unwrap_or(&func.name);
    match func.kind {
        FunctionKind::Constructor(_) => format!("{bare}.constructor"),
        _ => bare.to_owned(),
    }
}

/// The parameters that are written in WIT: a method's `self` is not.
pub(crate) fn params(func: &Function) -> &[wit_parser::Param] {
    let hidden = matches!(func.kind, FunctionKind::Method(_) | FunctionKind::AsyncMethod(_));
    &func.params[usize::from(hidden).min(func.params.len())..]
}

/// Writes what a function takes and gives: `async func(a: u32) -> string`.
pub(crate) fn signature(resolve: &Resolve, func: &Function) -> String {
    let keyword = match func.kind {
        FunctionKind::Constructor(_) => "constructor",
        FunctionKind::Static(_) => "static func",
        FunctionKind::AsyncStatic(_) => "static async func",
        FunctionKind::Freestanding | FunctionKind::Method(_) => "func",
        FunctionKind::AsyncFreestanding | FunctionKind::AsyncMethod(_) => "async func",
    };
    Text::write(resolve, |text| {
        text.str(keyword);
        text.list("(", params(func), ")", |text, it| text.param(&it.name, &it.ty));
        if let Some(ty) = &func.result {
            text.around(" -> ", ty, "");
        }
    })
}
