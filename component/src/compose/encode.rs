//! From a plan to the bytes of a component, by the graph of `wac`.

use std::collections::HashMap;

use wac_graph::types::{
    DefinedType, Interface, InterfaceId, ItemKind, Package, Type, Types, ValueType, WorldId,
};
use wac_graph::{CompositionGraph, EncodeOptions, NodeId, PackageId, Processor};
use wit_parser::WorldItem;

use super::denied;
use super::error::ComposeError;
use super::links::{Import, Link, Linked, Plan};
use crate::digest::Digest;
use crate::{read, version};

/// What encoded the composition, as its producers say.
pub(super) const PROCESSOR: Processor<'static> =
    Processor { name: "plugwright", version: env!("CARGO_PKG_VERSION") };

/// Encodes a plan; whatever goes wrong here is our bug.
pub(super) fn encode(plan: &Plan<'_>) -> Result<Vec<u8>, ComposeError> {
    let mut stand_ins = Vec::new();
    for part in &plan.parts {
        let mut of_part = Vec::new();
        for import in part.imports.iter().filter(|it| it.link == Link::Denied) {
            of_part.push((import, denied::stand_in(part, import)?));
        }
        // Interfaces come in the order in which they use each other, and functions use interfaces.
        of_part.sort_by_key(|(import, _)| matches!(import.item, WorldItem::Function(_)));
        stand_ins.push(of_part);
    }
    match read::guarded(|| Graph::default().build(plan, &stand_ins)) {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(source)) => Err(bug(plan, "the encoder refused them", source)),
        Err(panic) => Err(bug(plan, "the encoder panicked", panic)),
    }
}

/// Says that it is our fault.
pub(super) fn bug(
    plan: &Plan<'_>,
    message: &str,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> ComposeError {
    let parts = plan.parts.iter().map(|it| it.name.to_owned()).collect();
    ComposeError::Bug { parts, message: message.to_owned(), source: Some(source.into()) }
}

type StandIns<'p> = [Vec<(&'p Import<'p>, Vec<u8>)>];
type Failed = Box<dyn std::error::Error + Send + Sync>;

/// The graph of `wac`, and which of its nodes are what.
#[derive(Default)]
struct Graph {
    graph: CompositionGraph,
    /// Components that are there already, so that each is in the outcome once.
    packages: HashMap<Digest, PackageId>,
    parts: Vec<NodeId>,
    /// Imports that are only types, by their interface.
    types: HashMap<String, NodeId>,
}

impl Graph {
    fn build(mut self, plan: &Plan<'_>, stand_ins: &StandIns<'_>) -> Result<Vec<u8>, Failed> {
        for (part, stand_ins) in plan.parts.iter().zip(stand_ins) {
            let denied = self.stand_ins(part, stand_ins)?;
            let package = self.package(part.artifact.bytes())?;
            let node = self.graph.instantiate(package);
            self.graph.set_node_name(node, part.name);
            for import in &part.imports {
                let source = self.source(part, &denied, package, &import.name)?;
                let Some(source) = source else { continue };
                self.graph.set_instantiation_argument(node, &import.name, source)?;
            }
            self.parts.push(node);
        }
        for offer in &plan.exports {
            let node = self.graph.alias_instance_export(self.parts[offer.part], &offer.export)?;
            self.graph.export(node, offer.name)?;
        }
        self.forget_values(&outside(plan));
        let options =
            EncodeOptions { define_components: true, validate: false, processor: Some(PROCESSOR) };
        Ok(self.graph.encode(options)?)
    }

    /// Finds what an import of a part gets, for the part itself or a stand-in of it; nothing, if that is outside.
    fn source(
        &mut self,
        part: &Linked<'_>,
        denied: &HashMap<&str, NodeId>,
        package: PackageId,
        name: &str,
    ) -> Result<Option<NodeId>, Failed> {
        let Some(import) = part.import(name) else { return Ok(None) };
        if let Some((interface, ty)) = import.used_type(part.artifact.world()) {
            let Some(instance) = self.source(part, denied, package, &interface)? else {
                return Ok(None);
            };
            // A resource has to be the very one. Values are the same for all, but what they are made of needs names.
            let types = self.graph.types();
            let instance = match types[self.graph[package].ty()].imports.get(name) {
                Some(ItemKind::Type(Type::Value(ty))) if !holds_resource(types, *ty) => {
                    if !holds_named(types, *ty, true) {
                        return Ok(None);
                    }
                    self.types_of(&interface, instance)?
                }
                _ => instance,
            };
            return Ok(Some(self.graph.alias_instance_export(instance, ty)?));
        }
        Ok(match &import.link {
            Link::Outside => None,
            Link::Denied => match denied.get(import.name.as_str()) {
                Some(node) => Some(*node),
                None => return Err(format!("`{name}` is denied too late").into()),
            },
            Link::Part { part, export } => {
                Some(self.graph.alias_instance_export(self.parts[*part], export)?)
            }
        })
    }

    /// Imports the types of values of an interface, and nothing that can be called.
    fn types_of(&mut self, interface: &str, instance: NodeId) -> Result<NodeId, Failed> {
        if let Some(known) = self.types.get(interface) {
            return Ok(*known);
        }
        let ItemKind::Instance(id) = self.graph[instance].item_kind() else {
            return Err(format!("`{interface}` is no interface").into());
        };
        let types = self.graph.types_mut();
        let exports = types[id].exports.iter().filter(|(_, kind)| match kind {
            ItemKind::Type(Type::Value(ty)) => !holds_resource(types, *ty),
            _ => false,
        });
        let exports = exports.map(|(name, kind)| (name.clone(), *kind)).collect();
        let id = Some(interface.to_owned());
        let id = types.add_interface(Interface { id, uses: Default::default(), exports });
        let node = self.graph.import(interface, ItemKind::Instance(id))?;
        self.types.insert(interface.to_owned(), node);
        Ok(node)
    }

    fn package(&mut self, bytes: &[u8]) -> Result<PackageId, Failed> {
        let digest = Digest::of(bytes);
        if let Some(package) = self.packages.get(&digest) {
            return Ok(*package);
        }
        let name = format!("part:p{}", self.packages.len());
        let package = Package::from_bytes(&name, None, bytes, self.graph.types_mut())?;
        let package = self.graph.register_package(package)?;
        self.packages.insert(digest, package);
        Ok(package)
    }

    /// Instantiates the stand-ins of a part, which come in the order in which they use each other.
    fn stand_ins<'p>(
        &mut self,
        part: &Linked<'_>,
        stand_ins: &'p [(&Import<'_>, Vec<u8>)],
    ) -> Result<HashMap<&'p str, NodeId>, Failed> {
        let mut denied = HashMap::new();
        for (import, bytes) in stand_ins {
            let package = self.package(bytes)?;
            let node = self.graph.instantiate(package);
            self.graph
                .set_node_name(node, format!("{}{} of {}", denied::MARK, import.name, part.name));
            let asked: Vec<String> =
                self.graph.types()[self.graph[package].ty()].imports.keys().cloned().collect();
            for name in asked {
                let source = self.source(part, &denied, package, &name)?;
                let Some(source) = source else { continue };
                self.graph.set_instantiation_argument(node, &name, source)?;
            }
            let node = self.graph.alias_instance_export(node, &import.name)?;
            denied.insert(import.name.as_str(), node);
        }
        Ok(denied)
    }

    /// Lets what is imported from outside define the values that it uses of other interfaces itself.
    ///
    /// Otherwise these interfaces would be imported as well, though nobody calls them. Resources have to stay shared,
    /// and what stays of an interface that nobody has from outside is its types.
    fn forget_values(&mut self, outside: &[&str]) {
        let worlds: Vec<WorldId> = self.packages.values().map(|it| self.graph[*it].ty()).collect();
        let types = self.graph.types_mut();
        let mut rest: Vec<InterfaceId> = Vec::new();
        for world in worlds {
            rest.extend(types[world].imports.values().filter_map(|kind| match kind {
                ItemKind::Instance(id) => Some(*id),
                _ => None,
            }));
        }
        while let Some(id) = rest.pop() {
            let interface = &types[id];
            // What is made of types that need names is used where these names are.
            let kept =
                interface.uses.iter().filter(|(name, _)| match interface.exports.get(*name) {
                    Some(ItemKind::Type(Type::Value(ty))) => {
                        holds_resource(types, *ty) || holds_named(types, *ty, true)
                    }
                    _ => true,
                });
            let kept: Vec<_> = kept.map(|(name, used)| (name.clone(), used.clone())).collect();
            let used: Vec<InterfaceId> = kept.iter().map(|(_, used)| used.interface).collect();
            types[id].uses = kept.into_iter().collect();
            for used in used {
                let name = types[used].id.as_deref().unwrap_or_default();
                // Every type is checked by now, so nobody misses the functions.
                if !outside.iter().any(|it| version::same_item(it, name)) {
                    types[used].exports.retain(|_, kind| matches!(kind, ItemKind::Type(_)));
                }
            }
        }
    }
}

/// Lists what the parts have from outside.
fn outside<'p>(plan: &'p Plan<'_>) -> Vec<&'p str> {
    let imports = plan.parts.iter().flat_map(|it| &it.imports);
    imports.filter(|it| it.link == Link::Outside).map(|it| it.name.as_str()).collect()
}

fn holds_resource(types: &Types, ty: ValueType) -> bool {
    let holds = |ty: &ValueType| holds_resource(types, *ty);
    let option = |ty: &Option<ValueType>| ty.as_ref().is_some_and(holds);
    let id = match ty {
        ValueType::Primitive(_) => return false,
        ValueType::Borrow(_) | ValueType::Own(_) => return true,
        ValueType::Defined(id) => id,
    };
    match &types[id] {
        DefinedType::Tuple(all) => all.iter().any(holds),
        DefinedType::List(ty)
        | DefinedType::FixedSizeList(ty, _)
        | DefinedType::Option(ty)
        | DefinedType::Alias(ty) => holds(ty),
        DefinedType::Map(key, value) => holds(key) || holds(value),
        DefinedType::Result { ok, err } => option(ok) || option(err),
        DefinedType::Variant(it) => it.cases.values().any(option),
        DefinedType::Record(it) => it.fields.values().any(holds),
        DefinedType::Flags(_) | DefinedType::Enum(_) => false,
        DefinedType::Stream(ty) | DefinedType::Future(ty) => option(ty),
    }
}

/// Tells whether a type is made of types that have to have names; `outermost` has one already.
fn holds_named(types: &Types, ty: ValueType, outermost: bool) -> bool {
    let holds = |ty: &ValueType| holds_named(types, *ty, false);
    let option = |ty: &Option<ValueType>| ty.as_ref().is_some_and(holds);
    let ValueType::Defined(id) = ty else { return false };
    match &types[id] {
        DefinedType::Record(it) => !outermost || it.fields.values().any(holds),
        DefinedType::Variant(it) => !outermost || it.cases.values().any(option),
        DefinedType::Flags(_) | DefinedType::Enum(_) => !outermost,
        DefinedType::Tuple(all) => all.iter().any(holds),
        DefinedType::Alias(ty) => holds_named(types, *ty, outermost),
        DefinedType::List(ty) | DefinedType::FixedSizeList(ty, _) | DefinedType::Option(ty) => {
            holds(ty)
        }
        DefinedType::Map(key, value) => holds(key) || holds(value),
        DefinedType::Result { ok, err } => option(ok) || option(err),
        DefinedType::Stream(ty) | DefinedType::Future(ty) => option(ty),
    }
}
