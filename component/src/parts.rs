//! What a composed component is made of, as its bytes tell.
//!
//! The indices of components, instances and functions are followed to where each argument of an instantiation comes
//! from. It makes no difference which tool composed it.

use std::collections::HashMap;
use std::ops::Range;

use wasmparser::{
    ComponentAlias, ComponentExternalKind as Kind, ComponentInstance, ComponentName,
    ComponentTypeRef, KnownCustom, Parser, Payload,
};

use crate::artifact::Artifact;
use crate::capability::{self, Capability};
use crate::compose::MARK;
use crate::world::Extern;

/// How deep parts are looked for in parts.
const MAX_DEPTH: usize = 8;

/// How many parts of one component are told, those of its parts included.
const MAX_PARTS: usize = 1000;

/// Describes one part of a composed component: an instance of a component that is nested in it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Nested {
    /// What the composition calls it, if it says so; a claim of the file.
    pub name: Option<String>,
    /// The component that it is an instance of.
    pub artifact: Artifact,
    /// Where each of its imports comes from, in its own order; what is only types is left out.
    pub sources: Vec<(Extern, Given)>,
    /// The parts that it is made of itself, down to the eighth level, and a thousand in all.
    pub parts: Vec<Nested>,
}

/// Tells where a part of a composed component has an import from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Given {
    /// The import of this name of the whole, or of the part that is composed.
    Outside(String),
    /// Another part, by its place in the list, counted from 0.
    Part(usize),
    /// A stand-in that can call nothing.
    Denied,
    /// Something that the composition makes itself.
    Made,
}

impl Nested {
    /// Lists what it may do with what it has from outside, if that is granted.
    pub fn granted(&self) -> Vec<Capability> {
        self.capabilities(|given| matches!(given, Given::Outside(_)))
    }

    /// Lists what it asks for and a stand-in denies it.
    pub fn denied(&self) -> Vec<Capability> {
        self.capabilities(|given| *given == Given::Denied)
    }

    /// Lists what it has from other parts: the names of the imports, and the places of the parts.
    pub fn linked(&self) -> Vec<(&str, usize)> {
        let linked = self.sources.iter().filter_map(|(import, given)| match given {
            Given::Part(part) => Some((import.name.as_str(), *part)),
            Given::Outside(_) | Given::Denied | Given::Made => None,
        });
        linked.collect()
    }

    fn capabilities(&self, of: impl Fn(&Given) -> bool) -> Vec<Capability> {
        let imports = self.sources.iter().filter(|(_, given)| of(given));
        capability::of(&imports.map(|(import, _)| import.clone()).collect::<Vec<_>>())
    }
}

/// Lists the parts of a component: none, if one compiler made it.
pub(crate) fn of(artifact: &Artifact) -> Vec<Nested> {
    below(artifact, 0, &mut { MAX_PARTS })
}

/// Lists the parts of one level, as long as any are `left` to tell.
fn below(artifact: &Artifact, depth: usize, left: &mut usize) -> Vec<Nested> {
    if depth == MAX_DEPTH || artifact.sizes().components == 0 {
        return Vec::new();
    }
    // The bytes are valid, so nothing fails here.
    let Some(level) = Level::read(artifact.bytes()) else { return Vec::new() };
    level.parts(artifact.bytes(), depth, left)
}

/// An item of an index space, as far as it matters where it comes from.
#[derive(Clone, Debug)]
enum Item {
    Import(String),
    /// An instance of a nested component, by the index of the instance.
    Instance(u32),
    Made,
}

/// One instantiation of a nested component.
struct Instantiation {
    index: u32,
    component: usize,
    args: Vec<(String, Item)>,
}

/// The outermost level of a component.
#[derive(Default)]
struct Level {
    /// The components in their index space, and where those are that are nested here.
    components: Vec<Option<Range<usize>>>,
    instances: Vec<Item>,
    funcs: Vec<Item>,
    instantiations: Vec<Instantiation>,
    names: HashMap<u32, String>,
}

impl Level {
    fn read(bytes: &[u8]) -> Option<Level> {
        let mut level = Level::default();
        let mut depth = 0_usize;
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload.ok()?;
            match &payload {
                Payload::End(_) => {
                    depth = depth.saturating_sub(1);
                    continue;
                }
                Payload::ComponentSection { unchecked_range, .. } if depth == 0 => {
                    level.components.push(Some(unchecked_range.clone()));
                }
                _ => {}
            }
            if depth == 0 {
                level.take(&payload)?;
            }
            if let Payload::ModuleSection { .. } | Payload::ComponentSection { .. } = payload {
                depth += 1;
            }
        }
        Some(level)
    }

    fn take(&mut self, payload: &Payload<'_>) -> Option<()> {
        match payload {
            Payload::ComponentImportSection(section) => {
                for import in section.clone() {
                    let import = import.ok()?;
                    let item = Item::Import(import.name.name.to_owned());
                    match import.ty {
                        ComponentTypeRef::Instance(_) => self.instances.push(item),
                        ComponentTypeRef::Func(_) => self.funcs.push(item),
                        ComponentTypeRef::Component(_) => self.components.push(None),
                        _ => {}
                    }
                }
            }
            Payload::ComponentInstanceSection(section) => {
                for instance in section.clone() {
                    self.instance(instance.ok()?);
                }
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section.clone() {
                    self.alias(&alias.ok()?);
                }
            }
            Payload::ComponentExportSection(section) => {
                // An export is a new item, which is what it exports.
                for export in section.clone() {
                    let export = export.ok()?;
                    self.copy(export.kind, export.index);
                }
            }
            Payload::ComponentCanonicalSection(section) => {
                for function in section.clone() {
                    if let wasmparser::CanonicalFunction::Lift { .. } = function.ok()? {
                        self.funcs.push(Item::Made);
                    }
                }
            }
            Payload::CustomSection(section) => {
                if let KnownCustom::ComponentName(names) = section.as_known() {
                    self.name(names);
                }
            }
            _ => {}
        }
        Some(())
    }

    fn name(&mut self, names: wasmparser::ComponentNameSectionReader<'_>) {
        // What is malformed ends early and is no error: custom sections never make a file invalid.
        for names in names.into_iter().map_while(Result::ok) {
            if let ComponentName::Instances(names) = names {
                for naming in names.into_iter().map_while(Result::ok) {
                    self.names.insert(naming.index, naming.name.to_owned());
                }
            }
        }
    }

    fn instance(&mut self, instance: ComponentInstance<'_>) {
        let index = u32::try_from(self.instances.len()).unwrap_or(u32::MAX);
        let item = match instance {
            ComponentInstance::Instantiate { component_index, args } => {
                let args = args.iter().map(|arg| {
                    (arg.name.to_owned(), self.item(arg.kind, arg.index).unwrap_or(Item::Made))
                });
                let args = args.collect();
                let component = component_index as usize;
                self.instantiations.push(Instantiation { index, component, args });
                Item::Instance(index)
            }
            ComponentInstance::FromExports(_) => Item::Made,
        };
        self.instances.push(item);
    }

    fn alias(&mut self, alias: &ComponentAlias<'_>) {
        match alias {
            ComponentAlias::InstanceExport { kind, instance_index, .. } => {
                let from = self.item(Kind::Instance, *instance_index);
                self.push(*kind, from.unwrap_or(Item::Made));
            }
            ComponentAlias::Outer {
                kind: wasmparser::ComponentOuterAliasKind::Component, ..
            } => {
                self.components.push(None);
            }
            ComponentAlias::CoreInstanceExport { .. } | ComponentAlias::Outer { .. } => {}
        }
    }

    fn copy(&mut self, kind: Kind, index: u32) {
        match kind {
            Kind::Component => {
                let component = self.components.get(index as usize).cloned().flatten();
                self.components.push(component);
            }
            kind => {
                let item = self.item(kind, index).unwrap_or(Item::Made);
                self.push(kind, item);
            }
        }
    }

    fn item(&self, kind: Kind, index: u32) -> Option<Item> {
        match kind {
            Kind::Instance => self.instances.get(index as usize).cloned(),
            Kind::Func => self.funcs.get(index as usize).cloned(),
            _ => None,
        }
    }

    fn push(&mut self, kind: Kind, item: Item) {
        match kind {
            Kind::Instance => self.instances.push(item),
            Kind::Func => self.funcs.push(item),
            Kind::Component => self.components.push(None),
            _ => {}
        }
    }

    /// Finds those of the instances that are parts, and where their imports come from.
    fn parts(&self, bytes: &[u8], depth: usize, left: &mut usize) -> Vec<Nested> {
        let mut artifacts: HashMap<usize, Option<Artifact>> = HashMap::new();
        let mut kinds: HashMap<u32, Given> = HashMap::new();
        let mut parts: Vec<(&Instantiation, Artifact)> = Vec::new();
        for instantiation in &self.instantiations {
            let artifact = artifacts.entry(instantiation.component).or_insert_with(|| {
                let range = self.components.get(instantiation.component)?.clone()?;
                let name = self.names.get(&instantiation.index).cloned().unwrap_or_default();
                Artifact::from_bytes(name, bytes.get(range)?).ok()
            });
            let given = match artifact {
                // Compilers nest components without code of their own, to give names to what they export.
                Some(artifact) if artifact.sizes().modules == 0 => Given::Made,
                Some(artifact) if is_stand_in(artifact) => Given::Denied,
                Some(artifact) if *left > 0 => {
                    *left -= 1;
                    parts.push((instantiation, artifact.clone()));
                    Given::Part(parts.len() - 1)
                }
                _ => Given::Made,
            };
            kinds.insert(instantiation.index, given);
        }
        let nested = parts.into_iter().map(|(instantiation, artifact)| {
            let source = |name: &str| {
                let arg = instantiation.args.iter().find(|(arg, _)| arg == name);
                match arg.map(|(_, item)| item) {
                    Some(Item::Import(name)) => Given::Outside(name.clone()),
                    Some(Item::Instance(index)) => kinds.get(index).cloned().unwrap_or(Given::Made),
                    Some(Item::Made) | None => Given::Made,
                }
            };
            let imports = artifact.imports().iter().filter(|import| !import.is_types_only());
            let sources = imports.map(|it| (it.clone(), source(&it.name))).collect();
            let parts = below(&artifact, depth + 1, left);
            let name = self.names.get(&instantiation.index).cloned();
            Nested { name, artifact, sources, parts }
        });
        nested.collect()
    }
}

/// Tells whether a component is named as a stand-in, and can call nothing, whatever its name is.
fn is_stand_in(artifact: &Artifact) -> bool {
    let says = |name: ComponentName<'_>| matches!(name, ComponentName::Component { name, .. } if name.starts_with(MARK));
    let named = |payload: Payload<'_>| match payload {
        Payload::CustomSection(section) => match section.as_known() {
            KnownCustom::ComponentName(names) => names.into_iter().map_while(Result::ok).any(says),
            _ => false,
        },
        _ => false,
    };
    Parser::new(0).parse_all(artifact.bytes()).map_while(Result::ok).any(named)
        && artifact.imports().iter().all(|import| import.functions().is_empty())
}
