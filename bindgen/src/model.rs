//! What a world says, free of any language: the input of every backend.
//!
//! [`lower`](crate::lower) turns a [`Source`](crate::Source) into a [`World`].
//! Imported and exported interfaces are kept apart even when they are the same interface, because each direction has types of its own in every language.

pub(crate) mod lower;
pub(crate) mod visit;

use semver::Version;

/// A world with everything it imports and exports.
#[derive(Debug, Clone)]
pub struct World {
    /// The name in kebab-case, as in the WIT.
    pub name: String,
    /// The full name, such as `example:setpoint/heater@0.1.0`.
    pub id: String,
    /// What chooses the world in its WIT: the name, or the full name where it stands in a dependency.
    pub selector: String,
    /// The package the world stands in.
    pub package: Package,
    /// Every package the WIT has, in the order it was read.
    pub packages: Vec<Package>,
    /// What the WIT says about the world; empty if nothing.
    pub docs: Docs,
    /// The interfaces, imports first, each in the order of the world.
    pub interfaces: Vec<Interface>,
    /// The functions that the world itself imports or exports.
    pub functions: Vec<WorldFunction>,
    /// The types that stand in the world itself.
    pub types: Vec<TypeId>,
    /// All named types; a [`TypeId`] is a place in this list.
    pub defs: Vec<TypeDef>,
}

/// A package name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// `example` in `example:setpoint@0.1.0`.
    pub namespace: String,
    /// `setpoint` in `example:setpoint@0.1.0`.
    pub name: String,
    /// `0.1.0` in `example:setpoint@0.1.0`.
    pub version: Option<Version>,
}

/// Whether the plugin calls it or answers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Direction {
    /// The host offers it, the plugin calls it.
    Import,
    /// The plugin offers it, the host calls it.
    Export,
}

/// An imported or an exported interface.
#[derive(Debug, Clone)]
pub struct Interface {
    /// The name in kebab-case; of an interface written inside the world, the name it has there.
    pub name: String,
    /// The name in a component, such as `example:setpoint/control@0.1.0`.
    pub id: String,
    /// The package, unless the interface is written inside the world.
    pub package: Option<Package>,
    /// Whether it is imported under a name of its own (`import name: package/interface`).
    pub labelled: bool,
    /// Whether it is imported or exported with an `@external-id`.
    pub has_external_id: bool,
    /// Whether the plugin calls it or answers it.
    pub direction: Direction,
    /// What the WIT says about it.
    pub docs: Docs,
    /// Where it stands.
    pub location: Location,
    /// Its types, in the order of the WIT.
    pub types: Vec<TypeId>,
    /// Its functions, in the order of the WIT.
    pub functions: Vec<Function>,
}

/// A function of the world itself.
#[derive(Debug, Clone)]
pub struct WorldFunction {
    /// Whether the plugin calls it or answers it.
    pub direction: Direction,
    /// The function.
    pub function: Function,
}

/// A function, a method or a constructor.
#[derive(Debug, Clone)]
pub struct Function {
    /// The name in kebab-case, without its resource; `constructor` for a constructor.
    pub name: String,
    /// The name in a component, such as `[method]bucket.put`.
    pub id: String,
    /// What kind of function it is.
    pub kind: FunctionKind,
    /// Whether it is an `async func`.
    pub is_async: bool,
    /// Its parameters; a method's first one is `self`.
    pub params: Vec<Param>,
    /// What it gives back.
    pub result: Option<Type>,
    /// Whether it has an `@external-id`.
    pub has_external_id: bool,
    /// What the WIT says about it.
    pub docs: Docs,
    /// Where it stands.
    pub location: Location,
}

/// What kind of function it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionKind {
    /// A function on its own.
    Free,
    /// Makes a new resource.
    Constructor(TypeId),
    /// Works on a resource.
    Method(TypeId),
    /// Belongs to a resource, works on none.
    Static(TypeId),
}

/// A parameter.
#[derive(Debug, Clone)]
pub struct Param {
    /// The name in kebab-case.
    pub name: String,
    /// Its type.
    pub ty: Type,
}

/// The place of a [`TypeDef`] in [`World::defs`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub usize);

/// A type as it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// One of the types WIT has without a definition.
    Primitive(Primitive),
    /// A type with a name.
    Named(TypeId),
    /// `list<T>`
    List(Box<Type>),
    /// `list<T, N>`
    FixedLengthList(Box<Type>, u32),
    /// `map<K, V>`
    Map(Box<Type>, Box<Type>),
    /// `option<T>`
    Option(Box<Type>),
    /// `result<T, E>`
    Result(Option<Box<Type>>, Option<Box<Type>>),
    /// `tuple<..>`
    Tuple(Vec<Type>),
    /// A resource, handed over.
    Own(TypeId),
    /// A resource, lent for the length of a call.
    Borrow(TypeId),
    /// `future<T>`
    Future(Option<Box<Type>>),
    /// `stream<T>`
    Stream(Option<Box<Type>>),
}

/// The types WIT has without a definition.
#[expect(missing_docs, reason = "the names are WIT's own")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Primitive {
    Bool,
    U8,
    U16,
    U32,
    U64,
    S8,
    S16,
    S32,
    S64,
    F32,
    F64,
    Char,
    String,
    ErrorContext,
}

/// A type with a name.
#[derive(Debug, Clone)]
pub struct TypeDef {
    /// The name in kebab-case.
    pub name: String,
    /// The interface it stands in, as a place in [`World::interfaces`]; `None` for the world itself.
    pub interface: Option<usize>,
    /// What it is.
    pub kind: TypeKind,
    /// Whether it has an `@external-id`.
    pub has_external_id: bool,
    /// What the WIT says about it.
    pub docs: Docs,
    /// Where it stands.
    pub location: Location,
}

/// What a named type is.
#[derive(Debug, Clone)]
pub enum TypeKind {
    /// Another name for a type.
    Alias(Type),
    /// One of several names.
    Enum(Vec<Case>),
    /// Any of several names.
    Flags(Vec<Case>),
    /// Named fields.
    Record(Vec<Field>),
    /// Something behind a handle.
    Resource,
    /// One of several cases, each with or without a value.
    Variant(Vec<Case>),
}

/// A field of a record.
#[derive(Debug, Clone)]
pub struct Field {
    /// The name in kebab-case.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// What the WIT says about it.
    pub docs: Docs,
}

/// A case of a variant or an enum, or one of the flags.
#[derive(Debug, Clone)]
pub struct Case {
    /// The name in kebab-case.
    pub name: String,
    /// Its value; always `None` in an enum and in flags.
    pub ty: Option<Type>,
    /// What the WIT says about it.
    pub docs: Docs,
}

/// Documentation from the WIT: its lines, without the comment marks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Docs(pub Vec<String>);

/// A place in a WIT file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The file, as it was named when the WIT was read.
    pub file: String,
    /// The line, from 1; 0 if the WIT was read from its binary form.
    pub line: usize,
}

impl World {
    /// Gives the definition of a named type.
    pub fn def(&self, id: TypeId) -> &TypeDef {
        &self.defs[id.0]
    }

    /// Follows aliases to the definition that is not one.
    pub fn resolve(&self, mut id: TypeId) -> TypeId {
        while let TypeKind::Alias(Type::Named(next)) = &self.def(id).kind {
            id = *next;
        }
        id
    }

    /// Gives the world's own functions of one direction.
    pub fn functions(&self, direction: Direction) -> impl Iterator<Item = &Function> {
        self.functions.iter().filter(move |it| it.direction == direction).map(|it| &it.function)
    }
}

impl Interface {
    /// Whether the runtime of Plugwright answers it, and not the host's author.
    pub fn is_of_plugwright(&self) -> bool {
        self.package.as_ref().is_some_and(|it| it.namespace == "plugwright" && it.name == "data")
    }

    /// Whether a host or a plugin has anything to implement here.
    pub fn is_types_only(&self, world: &World) -> bool {
        self.functions.is_empty()
            && !self.types.iter().any(|it| matches!(world.def(*it).kind, TypeKind::Resource))
    }
}

impl std::fmt::Display for Package {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.namespace, self.name)?;
        match &self.version {
            Some(version) => write!(f, "@{version}"),
            None => Ok(()),
        }
    }
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => f.write_str(&self.file),
            line => write!(f, "{}:{line}", self.file),
        }
    }
}
