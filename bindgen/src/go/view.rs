//! What the templates of the Go SDK print, with every name final.

use serde::Serialize;

use super::docs::{comment, line};
use super::example::{self, Plugin};
use super::functions::{Printed, adapter};
use super::names::{bound, exported, parameter};
use super::types::{File, Module, raw_integer};
use crate::model::{Direction, Function, FunctionKind, Interface, TypeId, TypeKind};
use crate::names::{Scope, distinct};

/// The whole module.
#[derive(Debug, Serialize)]
pub(crate) struct Sdk {
    pub(crate) module: String,
    pub(crate) world: String,
    /// What names the world beside the WIT.
    pub(crate) selector: String,
    pub(crate) world_id: String,
    pub(crate) docs: Vec<String>,
    pub(crate) license: Option<String>,
    pub(crate) root: Package,
    pub(crate) packages: Vec<Package>,
    /// What the entry point calls the plugin, beside the packages.
    pub(crate) entry: String,
    /// What the plugin answers, where the entry point takes it.
    pub(crate) answers: Vec<Answer>,
    pub(crate) bridges: Vec<Bridge>,
    pub(crate) plugin: Plugin,
}

/// The package of an interface, or of the world itself.
#[derive(Debug, Serialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) docs: Vec<String>,
    pub(crate) imports: Vec<Vec<String>>,
    pub(crate) types: Vec<TypeItem>,
    pub(crate) functions: Vec<Printed>,
    pub(crate) exports: Option<Exports>,
    pub(crate) abi: Option<Abi>,
}

/// The functions that the plugin answers.
#[derive(Debug, Serialize)]
pub(crate) struct Exports {
    pub(crate) docs: Vec<String>,
    pub(crate) methods: Vec<Method>,
    /// Whether methods stand apart, because some have docs.
    pub(crate) is_loose: bool,
}

/// A method of an interface of Go.
#[derive(Debug, Serialize)]
pub(crate) struct Method {
    pub(crate) docs: Vec<String>,
    pub(crate) signature: String,
}

/// A type.
#[derive(Debug, Serialize)]
pub(crate) struct TypeItem {
    pub(crate) name: String,
    /// The name in the WIT.
    pub(crate) wit: String,
    pub(crate) docs: Vec<String>,
    pub(crate) kind: &'static str,
    /// What it is made of: the type of an alias, the number behind an enum, the type of a resource in the bindings.
    pub(crate) of: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) is_loose: bool,
    pub(crate) is_error: bool,
    /// How one letter stands for a value of it.
    pub(crate) letter: String,
    /// What drops it, or is called when it is dropped.
    pub(crate) drop: String,
    pub(crate) methods: Vec<Method>,
}

/// A field, or a case.
#[derive(Debug, Serialize)]
pub(crate) struct Field {
    pub(crate) name: String,
    /// The name padded, as wide as the widest of those that stand below each other.
    pub(crate) padded: String,
    pub(crate) wit: String,
    pub(crate) docs: Vec<String>,
    /// Its type; empty for a case without a value.
    pub(crate) ty: String,
    pub(crate) lift: String,
    pub(crate) lower: String,
}

/// The file that converts between the bindings and the package.
#[derive(Debug, Serialize)]
pub(crate) struct Abi {
    pub(crate) imports: Vec<Vec<String>>,
    pub(crate) types: Vec<Conversion>,
    /// The function of the bindings that takes the plugin; empty if there is nothing to answer.
    pub(crate) register: String,
    pub(crate) answers: Vec<Printed>,
    pub(crate) runtime: String,
}

/// How a record, a variant or a resource is converted.
#[derive(Debug, Serialize)]
pub(crate) struct Conversion {
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) raw: String,
    /// What makes a case in the bindings.
    pub(crate) make: String,
    /// The parameter for loans, if there are any.
    pub(crate) loans: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) adapter: String,
    pub(crate) answers: Vec<Printed>,
    pub(crate) drop: String,
    pub(crate) package: String,
}

/// What one package answers, as a field of what the entry point takes.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    pub(crate) field: String,
    /// What the first plugin calls the type that answers.
    pub(crate) answering: String,
    pub(crate) padded: String,
    pub(crate) ty: String,
    pub(crate) register: String,
}

/// The package among the bindings through which they call what the plugin answers.
#[derive(Debug, Serialize)]
pub(crate) struct Bridge {
    pub(crate) package: String,
    pub(crate) world_id: String,
    pub(crate) imports: Vec<Vec<String>>,
    pub(crate) functions: Vec<Forward>,
    pub(crate) resources: Vec<BoundResource>,
}

/// A resource of the plugin as the bindings have it.
#[derive(Debug, Serialize)]
pub(crate) struct BoundResource {
    pub(crate) name: String,
    pub(crate) methods: Vec<Forward>,
}

/// A function that passes a call on.
#[derive(Debug, Serialize)]
pub(crate) struct Forward {
    pub(crate) signature: String,
    pub(crate) call: String,
}

/// Computes the module.
pub(crate) fn sdk(module: &Module<'_>, license: Option<String>) -> Sdk {
    let world = module.world;
    let packages = (0..world.interfaces.len()).map(|it| interface_package(module, it)).collect();
    let (root, answers) = world_package(module);
    let mut bridges: Vec<_> =
        (0..world.interfaces.len()).filter_map(|it| bridge(module, Some(it))).collect();
    bridges.extend(bridge(module, None));
    Sdk {
        module: module.path.clone(),
        world: world.name.clone(),
        selector: world.selector.clone(),
        world_id: world.id.clone(),
        docs: world.docs.0.clone(),
        license,
        root,
        packages,
        entry: parameter("plugin", &module.packages),
        plugin: example::plugin(module, &answers),
        answers,
        bridges,
    }
}

fn interface_package(module: &Module<'_>, index: usize) -> Package {
    let interface = &module.world.interfaces[index];
    let file = File::new(module, Some(index));
    let name = &module.packages[index];
    let does = match interface.direction {
        Direction::Import => "the plugin calls",
        Direction::Export => "the plugin answers",
    };
    let mut docs =
        vec![line(&format!("Package {name} is the interface `{}`, which {does}.", interface.id))];
    append(&mut docs, comment(&interface.docs));
    let functions: Vec<_> = interface.functions.iter().collect();
    let exports = has_answers(module, interface).then(|| exports(&file, &functions, Vec::new()));
    let types = types(&file, &interface.types, &functions);
    let functions = match interface.direction {
        Direction::Import => imports(&file, &functions),
        Direction::Export => Vec::new(),
    };
    Package {
        name: name.clone(),
        docs,
        types,
        functions,
        exports,
        imports: file.imports(),
        abi: abi(module, Some(index)),
    }
}

fn world_package(module: &Module<'_>) -> (Package, Vec<Answer>) {
    let world = module.world;
    let file = File::new(module, None);
    let name = &module.root;
    let mut docs =
        vec![line(&format!("Package {name} writes plugins for the world `{}` in Go.", world.id))];
    append(&mut docs, comment(&world.docs));
    let own: Vec<_> = world.functions(Direction::Export).collect();
    let called: Vec<_> = world.functions(Direction::Import).collect();
    let exports = (!own.is_empty()).then(|| exports(&file, &own, Vec::new()));
    let types = types(&file, &world.types, &called);
    let functions = imports(&file, &called);
    let abi = abi(module, None);
    let mut answers = Vec::new();
    let mut scope = Scope::default();
    for (index, name) in distinct(&world.interfaces).iter().enumerate() {
        if has_answers(module, &world.interfaces[index]) {
            answers.push(Answer {
                field: scope.take(&exported(name)),
                answering: parameter(&format!("{name}-plugin"), &[]),
                padded: String::new(),
                ty: file.public(Some(index), "Exports"),
                register: file.public(Some(index), "ABI.Export"),
            });
        }
    }
    if exports.is_some() {
        answers.push(Answer {
            field: scope.take(&exported(&world.name)),
            answering: parameter(&format!("{}-plugin", world.name), &[]),
            padded: String::new(),
            ty: "Exports".to_owned(),
            register: "ABI.Export".to_owned(),
        });
    }
    let widest = answers.iter().map(|it| it.field.len()).max().unwrap_or(0);
    for answer in &mut answers {
        answer.padded = format!("{:widest$}", answer.field);
    }
    file.import(&format!("{}/internal/bindings/wit_exports", module.path), "_");
    let imports = file.imports();
    (Package { name: name.clone(), docs, imports, types, functions, exports, abi }, answers)
}

fn append(docs: &mut Vec<String>, more: Vec<String>) {
    if !more.is_empty() {
        docs.push(line(""));
        docs.extend(more);
    }
}

/// Whether the plugin has anything to answer there.
fn has_answers(module: &Module<'_>, interface: &Interface) -> bool {
    interface.direction == Direction::Export && !interface.is_types_only(module.world)
}

fn exports(file: &File<'_>, functions: &[&Function], docs: Vec<String>) -> Exports {
    let outside = |it: &&&Function| !matches!(it.kind, FunctionKind::Method(_));
    let methods: Vec<_> = functions.iter().filter(outside).map(|it| method(file, it)).collect();
    Exports { docs, is_loose: methods.iter().any(|it| !it.docs.is_empty()), methods }
}

fn method(file: &File<'_>, function: &Function) -> Method {
    let signature = file.signature(Direction::Export, function);
    Method { docs: comment(&function.docs), signature }
}

fn imports(file: &File<'_>, functions: &[&Function]) -> Vec<Printed> {
    functions.iter().map(|it| file.called(it, comment(&it.docs))).collect()
}

fn types(file: &File<'_>, ids: &[TypeId], functions: &[&Function]) -> Vec<TypeItem> {
    let defined = |id: &&TypeId| file.module.defined(**id) == **id;
    ids.iter().filter(defined).map(|it| type_item(file, *it, functions)).collect()
}

fn type_item(file: &File<'_>, id: TypeId, functions: &[&Function]) -> TypeItem {
    let module = file.module;
    let def = module.world.def(id);
    let name = module.types[&id].clone();
    let mut item = TypeItem {
        letter: name[..1].to_lowercase(),
        name,
        wit: def.name.clone(),
        docs: comment(&def.docs),
        kind: "alias",
        of: String::new(),
        fields: fields(file, id),
        is_loose: false,
        is_error: module.errors.contains(&id),
        drop: String::new(),
        methods: Vec::new(),
    };
    match &def.kind {
        TypeKind::Alias(ty) => item.of = file.ty(ty),
        TypeKind::Enum(_) => (item.kind, item.of) = ("enum", raw_integer(&def.kind).to_owned()),
        TypeKind::Flags(_) => (item.kind, item.of) = ("flags", raw_integer(&def.kind).to_owned()),
        TypeKind::Record(_) => item.kind = "record",
        TypeKind::Variant(_) => item.kind = "variant",
        TypeKind::Resource => {
            item.drop = module.drops[&id].clone();
            if module.is_exported(id) {
                item.kind = "answered";
                let own = |it: &&&Function| it.kind == FunctionKind::Method(id);
                item.methods = functions.iter().filter(own).map(|it| method(file, it)).collect();
            } else {
                item.kind = "called";
                item.of = file.bound(&module.bindings(def.interface, false), &bound(&def.name));
            }
        }
    }
    match item.kind {
        "enum" | "flags" => drop(file.abi("CaseName")),
        "record" | "variant" if item.is_error => {
            let values = item.kind == "record" || item.fields.iter().any(|it| !it.ty.is_empty());
            if values {
                file.import("fmt", "fmt");
            }
        }
        _ => {}
    }
    item.is_loose = item.fields.iter().any(|it| !it.docs.is_empty())
        || item.methods.iter().any(|it| !it.docs.is_empty());
    item
}

/// Gives the fields of a record, or the cases of a variant, an enum or flags.
fn fields(file: &File<'_>, id: TypeId) -> Vec<Field> {
    let module = file.module;
    let def = module.world.def(id);
    let mut fields: Vec<_> = match &def.kind {
        TypeKind::Record(fields) => {
            let mut scope = Scope::default();
            let field = |(index, it): (usize, &crate::model::Field)| {
                let name = scope.take(&exported(&it.name));
                Field {
                    wit: it.name.clone(),
                    docs: comment(&it.docs),
                    ty: file.ty(&it.ty),
                    lift: inner(&file.lift(&it.ty, &format!("raw.F{index}"))),
                    lower: inner(&file.lower(&it.ty, &format!("value.{name}"))),
                    padded: String::new(),
                    name,
                }
            };
            fields.iter().enumerate().map(field).collect()
        }
        TypeKind::Enum(cases) | TypeKind::Flags(cases) | TypeKind::Variant(cases) => {
            let field = |(index, it): (usize, &crate::model::Case)| {
                let ty = it.ty.as_ref();
                Field {
                    name: module.cases[&(id, index)].clone(),
                    padded: String::new(),
                    wit: it.name.clone(),
                    docs: comment(&it.docs),
                    ty: ty.map_or_else(String::new, |it| file.ty(it)),
                    lift: ty.map_or_else(String::new, |it| {
                        case(&file.lift(it, &format!("raw.C{index}()")))
                    }),
                    lower: ty.map_or_else(String::new, |it| case(&file.lower(it, "value.Value"))),
                }
            };
            cases.iter().enumerate().map(field).collect()
        }
        TypeKind::Alias(_) | TypeKind::Resource => Vec::new(),
    };
    let widest = fields.iter().map(|it| it.name.len()).max().unwrap_or(0);
    for field in &mut fields {
        field.padded = format!("{:widest$}", field.name);
    }
    fields
}

/// Indents the lines after the first as in the body of a function.
fn inner(text: &str) -> String {
    text.replace('\n', "\n\t")
}

/// Indents the lines after the first as in a case of a function.
fn case(text: &str) -> String {
    text.replace('\n', "\n\t\t")
}

/// Computes the file that converts, if there is anything to convert.
fn abi(module: &Module<'_>, here: Option<usize>) -> Option<Abi> {
    let world = module.world;
    let file = File::new(module, here);
    let (ids, functions, answers) = match here {
        Some(index) => {
            let it = &world.interfaces[index];
            (&it.types, it.functions.iter().collect(), has_answers(module, it))
        }
        None => {
            let own: Vec<_> = world.functions(Direction::Export).collect();
            let answers = !own.is_empty();
            (&world.types, own, answers)
        }
    };
    let defined = |id: &&TypeId| module.defined(**id) == **id;
    let types = ids.iter().filter(defined).filter_map(|it| conversion(&file, *it, &functions));
    let types: Vec<_> = types.collect();
    let is_export = |it: &&&Function| !matches!(it.kind, FunctionKind::Method(_));
    let (register, answers) = match answers {
        true => {
            let register = file.bound(&module.bindings(here, true), "WitRegister");
            (register, functions.iter().filter(is_export).map(|it| file.answered(it)).collect())
        }
        false => (String::new(), Vec::new()),
    };
    if types.is_empty() && register.is_empty() {
        return None;
    }
    let runtime = module.path.clone();
    Some(Abi { imports: file.imports(), types, register, answers, runtime })
}

fn conversion(file: &File<'_>, id: TypeId, functions: &[&Function]) -> Option<Conversion> {
    let module = file.module;
    let def = module.world.def(id);
    let name = module.types[&id].clone();
    let package = module.bindings(def.interface, module.is_exported(id));
    let mut it = Conversion {
        kind: "record",
        raw: String::new(),
        make: String::new(),
        loans: String::new(),
        fields: Vec::new(),
        adapter: adapter(&name),
        answers: Vec::new(),
        drop: String::new(),
        package: def.interface.map_or(&module.root, |it| &module.packages[it]).clone(),
        name,
    };
    let ty = crate::model::Type::Named(id);
    match &def.kind {
        TypeKind::Record(_) | TypeKind::Variant(_) => {
            it.raw = file.raw(&ty);
            it.fields = fields(file, id);
            if module.has_loan(&ty) {
                it.loans = format!(", loans *{}", file.abi("Loans"));
            }
            if let TypeKind::Variant(_) = &def.kind {
                it.kind = "variant";
                file.abi("Nothing");
                let (path, name) = it.raw.rsplit_once('.').unwrap_or(("", &it.raw));
                it.make = format!("{path}.Make{name}");
            }
        }
        TypeKind::Resource => {
            it.raw = file.bound(&package, &bound(&def.name));
            it.drop = module.drops[&id].clone();
            it.kind = if module.is_exported(id) { "answered" } else { "called" };
            if it.kind == "answered" {
                file.abi("Nothing");
                let own = |it: &&&Function| it.kind == FunctionKind::Method(id);
                it.answers = functions.iter().filter(own).map(|it| file.answered(it)).collect();
            }
        }
        _ => return None,
    }
    Some(it)
}

/// Computes the package through which the bindings call what the plugin answers.
fn bridge(module: &Module<'_>, here: Option<usize>) -> Option<Bridge> {
    let world = module.world;
    let (ids, functions): (&[TypeId], Vec<&Function>) = match here {
        Some(index) if has_answers(module, &world.interfaces[index]) => {
            let it = &world.interfaces[index];
            (&it.types, it.functions.iter().collect())
        }
        None => (&[], world.functions(Direction::Export).collect()),
        Some(_) => return None,
    };
    let is_resource = |it: &&TypeId| {
        module.defined(**it) == **it && matches!(world.def(**it).kind, TypeKind::Resource)
    };
    let file = File::among_bindings(module, here);
    let forward = |it: &Function| {
        let signature = file.bound_signature(it);
        let count = super::functions::own_params(it).len();
        let args: Vec<_> = (0..count).map(|it| format!("p{it}")).collect();
        let name = super::functions::bound_function(&file, it);
        let returns = if it.result.is_some() { "return " } else { "" };
        let target = match it.kind {
            FunctionKind::Method(_) => "self.Impl",
            _ => "registered()",
        };
        Forward { signature, call: format!("{returns}{target}.{name}({})", args.join(", ")) }
    };
    let resources = ids.iter().filter(is_resource).map(|id| {
        let own = |it: &&&Function| it.kind == FunctionKind::Method(*id);
        let methods = functions.iter().filter(own).map(|it| forward(it)).collect();
        BoundResource { name: bound(&world.def(*id).name), methods }
    });
    let resources: Vec<_> = resources.collect();
    let free = functions.iter().filter(|it| !matches!(it.kind, FunctionKind::Method(_)));
    let free: Vec<_> = free.map(|it| forward(it)).collect();
    if free.is_empty() && resources.is_empty() {
        return None;
    }
    let package = module.bindings(here, true);
    Some(Bridge {
        package,
        world_id: world.id.clone(),
        imports: file.imports(),
        functions: free,
        resources,
    })
}
