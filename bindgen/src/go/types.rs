//! Types in Go: as plugin authors write them, and as the bindings have them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::names::{bindings_package, bound, bound_type, exported, packages, world_package};
use crate::model::{Direction, Function, FunctionKind, Primitive, Type, TypeId, TypeKind, World};
use crate::names::Scope;

/// The names of a module, and where everything stands in it.
#[derive(Debug)]
pub(crate) struct Module<'a> {
    pub(crate) world: &'a World,
    /// The path that is imported.
    pub(crate) path: String,
    /// The package of the world.
    pub(crate) root: String,
    /// The packages of the interfaces.
    pub(crate) packages: Vec<String>,
    /// The types, each named within its package.
    pub(crate) types: BTreeMap<TypeId, String>,
    /// The cases of enums, flags and variants, by their place in the type.
    pub(crate) cases: BTreeMap<(TypeId, usize), String>,
    /// The functions, by where they are called or answered and their name in the component.
    functions: BTreeMap<(Direction, Option<usize>, String), String>,
    /// What drops a resource, or is called when it is dropped.
    pub(crate) drops: BTreeMap<TypeId, String>,
    /// The types that are errors.
    pub(crate) errors: BTreeSet<TypeId>,
    /// The functions that make streams and futures.
    pub(crate) makers: BTreeMap<String, String>,
}

impl<'a> Module<'a> {
    pub(crate) fn new(world: &'a World, path: String) -> Self {
        let mut module = Self {
            world,
            path,
            root: world_package(world),
            packages: packages(world),
            types: BTreeMap::new(),
            cases: BTreeMap::new(),
            functions: BTreeMap::new(),
            drops: BTreeMap::new(),
            errors: errors(world),
            makers: BTreeMap::new(),
        };
        for (index, interface) in world.interfaces.iter().enumerate() {
            let functions = interface.functions.iter().map(|it| (interface.direction, it));
            module.name(Some(index), &interface.types, functions);
        }
        let functions = world.functions.iter().map(|it| (it.direction, &it.function));
        module.name(None, &world.types, functions);
        module
    }

    /// Names what stands in one package: its types, then its functions, then the cases of its types.
    fn name<'f>(
        &mut self,
        here: Option<usize>,
        types: &[TypeId],
        functions: impl Iterator<Item = (Direction, &'f Function)>,
    ) {
        let world = self.world;
        let mut scope = reserved();
        // What the plugin answers are methods of one interface, with names of their own.
        let mut answers = Scope::default();
        let mut methods = BTreeMap::<TypeId, Scope>::new();
        for id in types {
            self.types.insert(*id, scope.take(&exported(&world.def(*id).name)));
        }
        for (direction, function) in functions {
            let base = exported(&function.name);
            let outer = if direction == Direction::Import { &mut scope } else { &mut answers };
            let resource = |id: TypeId| exported(&world.def(id).name);
            let name = match function.kind {
                FunctionKind::Free => outer.take(&base),
                FunctionKind::Constructor(id) => outer.take(&format!("New{}", resource(id))),
                FunctionKind::Static(id) => outer.take(&format!("{}{base}", resource(id))),
                FunctionKind::Method(id) => methods.entry(id).or_default().take(&base),
            };
            self.functions.insert((direction, here, function.id.clone()), name);
        }
        for id in types {
            let def = world.def(*id);
            let cases = match &def.kind {
                TypeKind::Enum(it) | TypeKind::Flags(it) | TypeKind::Variant(it) => it,
                TypeKind::Resource => {
                    let scope = methods.entry(*id).or_default();
                    let mut names = ["Drop", "OnDrop", "DropResource"].into_iter();
                    let free = names.find(|it| scope.take(it) == **it).unwrap_or("DropHandle");
                    self.drops.insert(*id, free.to_owned());
                    continue;
                }
                _ => continue,
            };
            for (index, case) in cases.iter().enumerate() {
                let name = format!("{}{}", exported(&def.name), exported(&case.name));
                self.cases.insert((*id, index), scope.take(&name));
            }
        }
    }

    /// Names a function.
    pub(crate) fn function(
        &self,
        direction: Direction,
        here: Option<usize>,
        function: &Function,
    ) -> String {
        let key = (direction, here, function.id.clone());
        self.functions.get(&key).cloned().unwrap_or_default()
    }

    /// Follows the types that an interface only uses to the one that was defined.
    pub(crate) fn defined(&self, mut id: TypeId) -> TypeId {
        loop {
            let def = self.world.def(id);
            match &def.kind {
                TypeKind::Alias(Type::Named(next) | Type::Own(next))
                    if self.world.def(*next).interface != def.interface =>
                {
                    id = *next;
                }
                _ => return id,
            }
        }
    }

    /// Follows every name that stands for another type.
    pub(crate) fn real<'t>(&'t self, mut ty: &'t Type) -> &'t Type {
        while let Type::Named(id) = ty
            && let TypeKind::Alias(next) = &self.world.def(*id).kind
        {
            ty = next;
        }
        ty
    }

    /// Whether a resource is one of the plugin's.
    pub(crate) fn is_exported(&self, id: TypeId) -> bool {
        let interface = self.world.def(self.world.resolve(id)).interface;
        interface.is_some_and(|it| self.world.interfaces[it].direction == Direction::Export)
    }

    /// Whether the bindings have the same type.
    pub(crate) fn is_same(&self, ty: &Type) -> bool {
        match self.real(ty) {
            Type::Primitive(_) => true,
            Type::List(ty) => self.is_same(ty),
            Type::Tuple(types) => types.iter().all(|it| self.is_same(it)),
            Type::Map(key, value) => self.is_same(key) && self.is_same(value),
            _ => false,
        }
    }

    /// Whether nil stands for no value of the type.
    pub(crate) fn nilable(&self, ty: &Type) -> Option<Nilable> {
        match self.real(ty) {
            Type::Own(id) | Type::Borrow(id) if !self.is_exported(*id) => Some(Nilable::Pointer),
            Type::Own(_) | Type::Borrow(_) | Type::Stream(_) | Type::Future(_) => {
                Some(Nilable::Interface)
            }
            Type::Named(id) if matches!(self.world.def(*id).kind, TypeKind::Variant(_)) => {
                Some(Nilable::Interface)
            }
            _ => None,
        }
    }

    /// Whether values of the type hold a resource of the host that is lent.
    pub(crate) fn has_loan(&self, ty: &Type) -> bool {
        let mut found = false;
        self.world.walk(ty, &mut BTreeSet::new(), &mut |it| {
            found |= matches!(it, Type::Borrow(id) if !self.is_exported(*id));
        });
        found
    }

    fn has_exported_resource(&self, ty: &Type) -> bool {
        let mut found = false;
        self.world.walk(ty, &mut BTreeSet::new(), &mut |it| {
            found |= matches!(it, Type::Own(id) | Type::Borrow(id) if self.is_exported(*id));
        });
        found
    }

    /// The package of the bindings with a type or, without one, with what the plugin calls.
    pub(crate) fn bindings(&self, interface: Option<usize>, exports: bool) -> String {
        let interface = interface.map(|it| &self.world.interfaces[it]);
        let package = bindings_package(interface, &self.world.packages);
        if exports { format!("export_{package}") } else { package }
    }
}

/// How a value says that there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nilable {
    /// It is a pointer.
    Pointer,
    /// It is an interface.
    Interface,
}

/// The names that every package keeps for what is not in the WIT.
fn reserved() -> Scope {
    let mut scope = Scope::default();
    for name in ["ABI", "Export", "Exports", "Plugin"] {
        scope.take(name);
    }
    scope
}

/// Gives the types that functions fail with.
fn errors(world: &World) -> BTreeSet<TypeId> {
    let mut found = BTreeSet::new();
    let mut visit = |ty: &Type| {
        if let Type::Result(_, Some(err)) = ty
            && let Type::Named(id) = &**err
        {
            found.insert(world.resolve(*id));
        }
    };
    for (_, _, function) in world.every_function() {
        for ty in function.types() {
            world.walk(ty, &mut BTreeSet::new(), &mut visit);
        }
    }
    for def in &world.defs {
        for ty in def.kind.parts() {
            ty.walk(&mut visit);
        }
    }
    found.retain(|it| match &world.def(*it).kind {
        // A struct has no method of the name of a field.
        TypeKind::Record(fields) => !fields.iter().any(|it| it.name == "error"),
        TypeKind::Enum(_) | TypeKind::Flags(_) | TypeKind::Variant(_) => true,
        TypeKind::Alias(_) | TypeKind::Resource => false,
    });
    found
}

/// One file of Go, which collects what it imports.
#[derive(Debug)]
pub(crate) struct File<'a> {
    pub(crate) module: &'a Module<'a>,
    /// The interface whose package it belongs to; `None` for the world's.
    pub(crate) here: Option<usize>,
    /// Whether it belongs to another package than that.
    outside: bool,
    /// The package of the bindings that it belongs to.
    bindings: Option<String>,
    /// The names of what it imports, by their paths.
    imports: RefCell<BTreeMap<String, String>>,
}

impl<'a> File<'a> {
    pub(crate) fn new(module: &'a Module<'a>, here: Option<usize>) -> Self {
        Self { module, here, outside: false, bindings: None, imports: RefCell::default() }
    }

    /// A file of a plugin.
    pub(crate) fn outside(module: &'a Module<'a>) -> Self {
        Self { outside: true, ..Self::new(module, None) }
    }

    /// A file among the bindings.
    pub(crate) fn among_bindings(module: &'a Module<'a>, here: Option<usize>) -> Self {
        let bindings = Some(module.bindings(here, true));
        Self { outside: true, bindings, ..Self::new(module, here) }
    }

    /// Gives what stands in the import block, Go's own packages before the others.
    pub(crate) fn imports(&self) -> Vec<Vec<String>> {
        let imports = self.imports.borrow();
        let line = |(path, name): (&String, &String)| match path.rsplit('/').next() {
            Some(last) if last == name => format!("\"{path}\""),
            _ => format!("{name} \"{path}\""),
        };
        let own = |path: &str| {
            path == self.module.path || path.starts_with(&format!("{}/", self.module.path))
        };
        let (ours, theirs): (Vec<_>, Vec<_>) = imports.iter().partition(|(path, _)| own(path));
        let groups = [theirs, ours].map(|it| it.into_iter().map(line).collect::<Vec<_>>());
        groups.into_iter().filter(|it| !it.is_empty()).collect()
    }

    pub(crate) fn import(&self, path: &str, name: &str) -> String {
        self.imports.borrow_mut().insert(path.to_owned(), name.to_owned());
        format!("{name}.")
    }

    /// Something of the runtime that generated code uses.
    pub(crate) fn abi(&self, item: &str) -> String {
        self.import(&format!("{}/internal/abi", self.module.path), "abi") + item
    }

    /// Something of the runtime that plugin authors use.
    pub(crate) fn wit(&self, item: &str) -> String {
        self.import(&format!("{}/wit", self.module.path), "wit") + item
    }

    /// Something of the package of an interface, or of the world.
    pub(crate) fn public(&self, interface: Option<usize>, item: &str) -> String {
        if !self.outside && self.here == interface {
            return item.to_owned();
        }
        let (module, root) = (&self.module.path, &self.module.root);
        match interface {
            None => self.import(module, root) + item,
            Some(index) => {
                let package = &self.module.packages[index];
                self.import(&format!("{module}/{package}"), package) + item
            }
        }
    }

    /// Something of a package of the bindings.
    pub(crate) fn bound(&self, package: &str, item: &str) -> String {
        if self.bindings.as_deref() == Some(package) {
            return item.to_owned();
        }
        let name = format!("raw{}", bound(package));
        self.import(&format!("{}/internal/bindings/{package}", self.module.path), &name) + item
    }

    /// Writes a type as plugin authors do.
    pub(crate) fn ty(&self, ty: &Type) -> String {
        let module = self.module;
        let unit = || "struct{}".to_owned();
        let optional = |ty: &Option<Box<Type>>| ty.as_ref().map_or_else(unit, |it| self.ty(it));
        match ty {
            Type::Primitive(Primitive::U8) => "uint8".to_owned(),
            Type::Primitive(it) => primitive(*it).to_owned(),
            Type::Named(id) => {
                let id = module.defined(*id);
                self.public(module.world.def(id).interface, &module.types[&id])
            }
            Type::List(ty) if matches!(module.real(ty), Type::Primitive(Primitive::U8)) => {
                "[]byte".to_owned()
            }
            Type::List(ty) => format!("[]{}", self.ty(ty)),
            Type::FixedLengthList(ty, length) => format!("[{length}]{}", self.ty(ty)),
            Type::Map(key, value) => format!("map[{}]{}", self.ty(key), self.ty(value)),
            Type::Option(ty) if module.nilable(ty).is_some() => self.ty(ty),
            Type::Option(ty) => format!("*{}", self.ty(ty)),
            Type::Result(ok, err) => {
                format!("{}[{}, {}]", self.wit("Result"), optional(ok), optional(err))
            }
            Type::Tuple(types) => {
                let inside: Vec<_> = types.iter().map(|it| self.ty(it)).collect();
                format!("{}[{}]", self.wit(&format!("Tuple{}", types.len())), inside.join(", "))
            }
            Type::Own(id) | Type::Borrow(id) => {
                let id = module.world.resolve(*id);
                let id = module.defined(id);
                let name = self.public(module.world.def(id).interface, &module.types[&id]);
                if module.is_exported(id) { name } else { format!("*{name}") }
            }
            Type::Future(ty) => format!("{}[{}]", self.wit("FutureReader"), optional(ty)),
            Type::Stream(ty) => format!("{}[{}]", self.wit("StreamReader"), optional(ty)),
        }
    }

    /// Writes a type as the bindings do.
    pub(crate) fn raw(&self, ty: &Type) -> String {
        let path = &mut |package: &str, item: &str| self.bound(package, item);
        raw(self.module, ty, path, &|it| self.abi(it), false)
    }

    /// Names the function that makes a stream or a future of a type.
    pub(crate) fn maker(&self, ty: &Type) -> String {
        let (kind, inner) = match ty {
            Type::Stream(ty) => ("stream", ty),
            Type::Future(ty) => ("future", ty),
            _ => return String::new(),
        };
        let path = &mut |package: &str, item: &str| format!("{package}.{item}");
        let payload = match inner {
            None => "abi.Unit".to_owned(),
            Some(ty) => raw(self.module, ty, path, &|it| format!("abi.{it}"), true),
        };
        let maker = self.module.makers.get(&format!("{kind} {payload}"));
        let (package, item) = maker.and_then(|it| it.split_once('.')).unwrap_or_default();
        self.bound(package, item)
    }
}

/// Writes a type as the bindings do; as a key, exactly as they do, where they have two names for one.
fn raw(
    module: &Module<'_>,
    ty: &Type,
    path: &mut impl FnMut(&str, &str) -> String,
    abi: &impl Fn(&str) -> String,
    is_key: bool,
) -> String {
    let optional = |ty: &Option<Box<Type>>, path: &mut _| match ty {
        Some(ty) => raw(module, ty, path, abi, is_key),
        None => abi("Unit"),
    };
    let world = module.world;
    match module.real(ty) {
        Type::Primitive(it) => primitive(*it).to_owned(),
        Type::Named(id) => {
            let def = world.def(*id);
            let exports = module.has_exported_resource(&Type::Named(*id));
            match &def.kind {
                TypeKind::Enum(_) | TypeKind::Flags(_) if !is_key => {
                    raw_integer(&def.kind).to_owned()
                }
                _ => path(&module.bindings(def.interface, exports), &bound_type(&def.name)),
            }
        }
        Type::List(ty) => format!("[]{}", raw(module, ty, path, abi, is_key)),
        Type::FixedLengthList(ty, length) => {
            let tuple = Type::Tuple(vec![(**ty).clone(); *length as usize]);
            raw(module, &tuple, path, abi, is_key)
        }
        Type::Map(key, value) => {
            let key = raw(module, key, path, abi, is_key);
            format!("map[{key}]{}", raw(module, value, path, abi, is_key))
        }
        Type::Option(ty) => format!("{}[{}]", abi("Option"), raw(module, ty, path, abi, is_key)),
        Type::Result(ok, err) => {
            let ok = optional(ok, path);
            format!("{}[{ok}, {}]", abi("Result"), optional(err, path))
        }
        Type::Tuple(types) => {
            let inside: Vec<_> =
                types.iter().map(|it| raw(module, it, path, abi, is_key)).collect();
            format!("{}[{}]", abi(&format!("Tuple{}", types.len())), inside.join(", "))
        }
        Type::Own(id) | Type::Borrow(id) => {
            let def = world.def(world.resolve(*id));
            let package = module.bindings(def.interface, module.is_exported(*id));
            format!("*{}", path(&package, &bound(&def.name)))
        }
        Type::Future(ty) => format!("*{}[{}]", abi("FutureReader"), optional(ty, path)),
        Type::Stream(ty) => format!("*{}[{}]", abi("StreamReader"), optional(ty, path)),
    }
}

/// What the bindings make of an enum or of flags.
pub(crate) fn raw_integer(kind: &TypeKind) -> &'static str {
    let (limits, count) = match kind {
        TypeKind::Flags(cases) => ([8, 16], cases.len()),
        TypeKind::Enum(cases) => ([1 << 8, 1 << 16], cases.len()),
        _ => ([0, 0], 1),
    };
    match count {
        it if it <= limits[0] => "uint8",
        it if it <= limits[1] => "uint16",
        _ => "uint32",
    }
}

/// Writes a primitive type.
pub(crate) fn primitive(primitive: Primitive) -> &'static str {
    match primitive {
        Primitive::Bool => "bool",
        Primitive::U8 => "uint8",
        Primitive::U16 => "uint16",
        Primitive::U32 => "uint32",
        Primitive::U64 => "uint64",
        Primitive::S8 => "int8",
        Primitive::S16 => "int16",
        Primitive::S32 => "int32",
        Primitive::S64 => "int64",
        Primitive::F32 => "float32",
        Primitive::F64 => "float64",
        Primitive::Char => "rune",
        Primitive::String => "string",
        // Every language refuses it before.
        Primitive::ErrorContext => "any",
    }
}
