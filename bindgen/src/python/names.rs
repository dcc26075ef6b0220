//! The names that the package gives to what the world says, and those that the runtime asks for.
//!
//! What the runtime asks for is named as `componentize-py` does; where that could mean two things in one module of ours,
//! ours gets another name and the tables of `_world.py` know both.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

use crate::model::{
    Direction, Function, FunctionKind, Interface, Primitive, Type, TypeId, TypeKind, World,
};
use crate::names::{Scope, distinct};

/// The words that Python itself takes.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// What the package itself calls something, so that no module or function of the world may.
const ROOT: [&str; 17] = [
    "ByteStreamReader",
    "ByteStreamWriter",
    "Err",
    "FailedError",
    "FutureReader",
    "FutureWriter",
    "Ok",
    "OutsideHostError",
    "Result",
    "ResultError",
    "Some",
    "StreamReader",
    "StreamWriter",
    "annotations",
    "export",
    "feed",
    "spawn",
];

/// Writes a name as a function, a parameter, a field or a module.
pub(crate) fn snake(name: &str) -> String {
    escaped(name.to_snake_case())
}

/// Writes a name as a class.
pub(crate) fn camel(name: &str) -> String {
    escaped(name.to_upper_camel_case())
}

/// Writes a name as a constant.
pub(crate) fn shouty(name: &str) -> String {
    escaped(name.to_shouty_snake_case())
}

fn escaped(name: String) -> String {
    if KEYWORDS.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// Where something stands: in the module of an interface, or in the package's own.
pub(crate) type Place = Option<usize>;

/// The names of one world.
pub(crate) struct Names<'a> {
    pub(crate) world: &'a World,
    /// By interface.
    pub(crate) modules: Vec<String>,
    /// By interface, the name that is given to `componentize-py`.
    pub(crate) generated: Vec<String>,
    /// By type.
    pub(crate) types: BTreeMap<TypeId, String>,
    /// By variant, its cases in their order.
    pub(crate) cases: BTreeMap<TypeId, Vec<String>>,
    /// By place and type of error as it is written, the exception.
    pub(crate) errors: BTreeMap<(Place, String), Exception>,
    /// By place, the class that a plugin derives from.
    pub(crate) classes: BTreeMap<Place, String>,
    /// By place and name in the WIT, imported functions.
    pub(crate) functions: BTreeMap<(Place, String), String>,
    /// By type in an exported interface, the type in the imported one that is the same.
    pub(crate) twins: BTreeMap<TypeId, TypeId>,
    /// By place, the names that are taken.
    scopes: BTreeMap<Place, Scope>,
}

/// An exception for one type of error.
#[derive(Debug, Clone)]
pub(crate) struct Exception {
    pub(crate) name: String,
    pub(crate) ty: Option<Type>,
}

impl<'a> Names<'a> {
    pub(crate) fn new(world: &'a World) -> Self {
        let mut root = Scope::default();
        for name in ROOT {
            root.take(name);
        }
        let distinct = distinct(&world.interfaces);
        let modules: Vec<_> = distinct.iter().map(|it| free(&mut root, &snake(it))).collect();
        let generated = modules.iter().zip(&world.interfaces).map(|(module, interface)| {
            match interface.direction {
                Direction::Import => module.clone(),
                // It is a module of its own, beside those of Python.
                Direction::Export => format!("plugwright_{}", module.trim_end_matches('_')),
            }
        });
        let mut names = Self {
            world,
            generated: generated.collect(),
            modules,
            types: BTreeMap::new(),
            cases: BTreeMap::new(),
            errors: BTreeMap::new(),
            classes: BTreeMap::new(),
            functions: BTreeMap::new(),
            twins: twins(world),
            scopes: BTreeMap::from([(None, root)]),
        };
        for place in names.places() {
            names.take_types(place);
        }
        for place in names.places() {
            names.take_functions(place);
        }
        for (_, place, function) in names.every_function() {
            names.take_error(place, function);
        }
        names
    }

    /// Gives the package's own place, and that of each interface.
    pub(crate) fn places(&self) -> Vec<Place> {
        std::iter::once(None).chain((0..self.world.interfaces.len()).map(Some)).collect()
    }

    pub(crate) fn interface(&self, place: Place) -> Option<&'a Interface> {
        place.map(|it| &self.world.interfaces[it])
    }

    pub(crate) fn types_of(&self, place: Place) -> &'a [TypeId] {
        self.interface(place).map_or(&self.world.types, |it| &it.types)
    }

    /// Gives the functions that stand in a place, with their direction.
    pub(crate) fn functions_of(&self, place: Place) -> Vec<(Direction, &'a Function)> {
        match self.interface(place) {
            Some(it) => it.functions.iter().map(|function| (it.direction, function)).collect(),
            None => self.world.functions.iter().map(|it| (it.direction, &it.function)).collect(),
        }
    }

    pub(crate) fn every_function(&self) -> Vec<(Direction, Place, &'a Function)> {
        let of = |place| {
            self.functions_of(place).into_iter().map(move |(direction, it)| (direction, place, it))
        };
        self.places().into_iter().flat_map(of).collect()
    }

    /// Whether the resource is the plugin's.
    pub(crate) fn is_exported(&self, id: TypeId) -> bool {
        let id = self.world.resolve(id);
        let interface = self.interface(self.world.def(id).interface);
        interface.is_some_and(|it| it.direction == Direction::Export)
    }

    fn take_types(&mut self, place: Place) {
        let mut scope = self.scopes.remove(&place).unwrap_or_default();
        scope.take("builtins");
        for id in self.types_of(place) {
            let def = self.world.def(*id);
            self.types.insert(*id, free(&mut scope, &camel(&def.name)));
        }
        for id in self.types_of(place) {
            let def = self.world.def(*id);
            let TypeKind::Variant(cases) = &def.kind else { continue };
            let name = |case: &str| format!("{}{}", camel(&def.name), case.to_upper_camel_case());
            let cases = cases.iter().map(|it| free(&mut scope, &name(&it.name))).collect();
            self.cases.insert(*id, cases);
        }
        self.scopes.insert(place, scope);
    }

    fn take_functions(&mut self, place: Place) {
        let mut scope = self.scopes.remove(&place).unwrap_or_default();
        let mut exports = false;
        for (direction, function) in self.functions_of(place) {
            exports |= direction == Direction::Export && function.kind == FunctionKind::Free;
            if direction == Direction::Import && function.kind == FunctionKind::Free {
                let name = free(&mut scope, &snake(&function.name));
                self.functions.insert((place, function.name.clone()), name);
            }
        }
        if exports {
            let name = self.interface(place).map_or(&self.world.name, |it| &it.name);
            let name = camel(name);
            let taken = scope.take(&name);
            let name =
                if taken == name { name } else { free(&mut scope, &format!("{name}Exports")) };
            self.classes.insert(place, name);
        }
        self.scopes.insert(place, scope);
    }

    fn take_error(&mut self, place: Place, function: &Function) {
        let Some((_, Some(ty))) = self.result(function) else { return };
        let key = self.error_key(place, ty);
        if self.errors.contains_key(&key) {
            return;
        }
        let name = match ty {
            Type::Named(id) | Type::Own(id) => {
                let name = camel(&self.world.def(self.world.resolve(*id)).name);
                let suffix = if name.ends_with("Error") { "Exception" } else { "Error" };
                format!("{name}{suffix}")
            }
            _ => format!("{}Error", self.mangled(ty).to_upper_camel_case()),
        };
        // By its first name: modules import each other as interfaces use each other, which is never in a circle.
        let ty = match ty {
            Type::Named(id) => Type::Named(self.world.resolve(*id)),
            Type::Own(id) => Type::Own(self.world.resolve(*id)),
            other => other.clone(),
        };
        let scope = self.scopes.entry(key.0).or_default();
        let name = free(scope, &name);
        self.errors.insert(key, Exception { name, ty: Some(ty) });
    }

    /// Gives a function's result if it is a `result`: whether the runtime sees it as one, and the type of its error.
    ///
    /// The runtime looks through one name, not through the name of a name.
    pub(crate) fn result<'b>(&self, function: &'b Function) -> Option<(bool, Option<&'b Type>)>
    where
        'a: 'b,
    {
        let mut ty = function.result.as_ref()?;
        let mut depth = 0;
        while let Type::Named(id) = ty {
            let TypeKind::Alias(aliased) = &self.world.def(*id).kind else { return None };
            ty = aliased;
            depth += 1;
        }
        match ty {
            Type::Result(_, err) => Some((depth < 2, err.as_deref())),
            _ => None,
        }
    }

    /// Gives the place of an exception, and the type it is for as a key.
    pub(crate) fn error_key(&self, place: Place, ty: &Type) -> (Place, String) {
        match ty {
            Type::Named(id) | Type::Own(id) => {
                let id = self.world.resolve(*id);
                (self.world.def(id).interface, format!("{}", id.0))
            }
            _ => (place, self.mangled(ty)),
        }
    }

    /// Writes a type as a part of a name.
    pub(crate) fn mangled(&self, ty: &Type) -> String {
        self.mangled_with(ty, &self.modules)
    }

    /// Names what makes the ends of a stream or a future, with these names of modules.
    ///
    /// With the generated ones, it is how `componentize-py` calls it.
    pub(crate) fn pair(&self, is_stream: bool, ty: Option<&Type>, modules: &[String]) -> String {
        match (is_stream, ty) {
            (true, Some(Type::Primitive(Primitive::U8 | Primitive::S8))) => {
                "byte_stream".to_owned()
            }
            _ => {
                let kind = if is_stream { "stream" } else { "future" };
                let ty = ty.map_or_else(|| "unit".to_owned(), |it| self.mangled_with(it, modules));
                format!("{ty}_{kind}")
            }
        }
    }

    fn mangled_with(&self, ty: &Type, modules: &[String]) -> String {
        let mangled = |ty: &Type| self.mangled_with(ty, modules);
        let optional = |ty: &Option<Box<Type>>| match ty {
            Some(ty) => mangled(ty),
            None => "unit".to_owned(),
        };
        match ty {
            Type::Primitive(it) => primitive(*it).to_owned(),
            Type::List(ty) => format!("list_{}", mangled(ty)),
            Type::FixedLengthList(ty, length) => format!("list{length}_{}", mangled(ty)),
            Type::Map(key, value) => format!("map_{}_{}", mangled(key), mangled(value)),
            Type::Option(ty) => format!("option_{}", mangled(ty)),
            Type::Result(ok, err) => format!("result_{}_{}", optional(ok), optional(err)),
            Type::Tuple(types) => {
                let types = types.iter().map(mangled).collect::<Vec<_>>();
                format!("tuple{}_{}", types.len(), types.join("_"))
            }
            Type::Future(ty) => format!("future_{}", optional(ty)),
            Type::Stream(ty) => format!("stream_{}", optional(ty)),
            Type::Named(id) | Type::Own(id) | Type::Borrow(id) => {
                let def = self.world.def(*id);
                if let TypeKind::Alias(ty) = &def.kind {
                    return mangled(ty);
                }
                let id = self.twins.get(id).unwrap_or(id);
                let place = self.world.def(*id).interface;
                let name = def.name.to_snake_case();
                place.map_or_else(|| name.clone(), |it| format!("{}_{name}", modules[it]))
            }
        }
    }
}

/// Takes a name of a scope, as people do in Python: with underscores after it until it is free.
fn free(scope: &mut Scope, name: &str) -> String {
    let mut name = name.to_owned();
    loop {
        let taken = scope.take(&name);
        if taken == name {
            return name;
        }
        name.push('_');
    }
}

/// Finds the types of interfaces that are imported as well, unless a resource makes the two different.
fn twins(world: &World) -> BTreeMap<TypeId, TypeId> {
    let mut twins = BTreeMap::new();
    for exported in world.interfaces.iter().filter(|it| it.direction == Direction::Export) {
        let same = |it: &&Interface| it.direction == Direction::Import && it.id == exported.id;
        let Some(imported) = world.interfaces.iter().find(same) else { continue };
        for id in &exported.types {
            let named = |it: &&TypeId| world.def(**it).name == world.def(*id).name;
            if let Some(twin) = imported.types.iter().find(named)
                && !holds_resource(world, *id)
            {
                twins.insert(*id, *twin);
            }
        }
    }
    twins
}

fn holds_resource(world: &World, id: TypeId) -> bool {
    let mut found = false;
    world.walk(&Type::Named(id), &mut BTreeSet::new(), &mut |it| {
        found |= match it {
            Type::Own(_) | Type::Borrow(_) => true,
            Type::Named(id) => {
                matches!(world.def(world.resolve(*id)).kind, TypeKind::Resource)
            }
            _ => false,
        };
    });
    found
}

fn primitive(primitive: Primitive) -> &'static str {
    match primitive {
        Primitive::Bool => "bool",
        Primitive::U8 => "u8",
        Primitive::U16 => "u16",
        Primitive::U32 => "u32",
        Primitive::U64 => "u64",
        Primitive::S8 => "s8",
        Primitive::S16 => "s16",
        Primitive::S32 => "s32",
        Primitive::S64 => "s64",
        Primitive::F32 => "f32",
        Primitive::F64 => "f64",
        Primitive::Char => "char",
        Primitive::String => "string",
        // Every language refuses it before.
        Primitive::ErrorContext => "error_context",
    }
}
