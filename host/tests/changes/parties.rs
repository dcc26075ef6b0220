//! The components of one version: one that implements, and those around it.

use plugwright_component::World;
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, PackageId, Resolve, WorldId, WorldItem, WorldKey};

use crate::Tested;

/// What is built against one version of WIT; every function of it traps.
pub(crate) struct Parties {
    /// It offers what the implementation imports.
    provider: Vec<u8>,
    /// It implements the world, or the interfaces.
    implementation: Vec<u8>,
    /// It calls what the implementation exports.
    user: Vec<u8>,
    resolve: Resolve,
}

impl Parties {
    /// A plugin, and the two halves of its host.
    pub(crate) fn of_world(world: &World) -> Tested<Parties> {
        let (resolve, id) = (world.resolve().clone(), world.id());
        let mirrored = |mirror: fn(&mut Resolve, WorldId) -> Tested| {
            let mut resolve = resolve.clone();
            mirror(&mut resolve, id)?;
            component(&resolve, id)
        };
        Ok(Parties {
            provider: mirrored(|resolve, id| {
                // A world cannot export types of its own.
                let moves = |_: &WorldKey, it: &WorldItem| !matches!(it, WorldItem::Type { .. });
                Ok(resolve.exportize(id, None, Some(&moves))?)
            })?,
            implementation: component(&resolve, id)?,
            user: mirrored(|resolve, id| Ok(resolve.importize(id, None)?))?,
            resolve,
        })
    }

    /// An implementation of all interfaces of a package, and a caller of those that are known.
    pub(crate) fn of_interfaces(
        (resolve, package): &(Resolve, PackageId),
        known: &[String],
    ) -> Tested<Parties> {
        let name = &resolve.packages[*package].name;
        let interfaces = resolve.packages[*package].interfaces.keys();
        let lines = |verb: &str, names: Vec<&String>| -> String {
            names.iter().map(|it| format!("{verb} {};\n", name.interface_id(it))).collect()
        };
        let called = interfaces.clone().filter(|it| known.contains(it)).collect();
        let text = format!(
            "package test:parties;\nworld implementation {{ {} }}\nworld user {{ {} }}\nworld none {{}}",
            lines("export", interfaces.collect()),
            lines("import", called),
        );
        let mut resolve = resolve.clone();
        let parties = resolve.push_str("parties.wit", &text)?;
        let build = |world: &str| -> Tested<Vec<u8>> {
            component(&resolve, resolve.select_world(&[parties], Some(world))?)
        };
        Ok(Parties {
            provider: build("none")?,
            implementation: build("implementation")?,
            user: build("user")?,
            resolve: resolve.clone(),
        })
    }

    pub(crate) fn provider(&self) -> &[u8] {
        &self.provider
    }

    pub(crate) fn implementation(&self) -> &[u8] {
        &self.implementation
    }

    pub(crate) fn user(&self) -> &[u8] {
        &self.user
    }

    /// A component that exports an interface of types alone, which anybody can stand in for.
    pub(crate) fn types_alone(&self, interface: &str) -> Tested<Vec<u8>> {
        let mut resolve = self.resolve.clone();
        let text = format!("package test:types;\nworld it {{ export {interface}; }}");
        let package = resolve.push_str("types.wit", &text)?;
        component(&resolve, resolve.select_world(&[package], None)?)
    }
}

fn component(resolve: &Resolve, world: WorldId) -> Tested<Vec<u8>> {
    let mangling = ManglingAndAbi::Legacy(LiftLowerAbi::AsyncCallback);
    let mut module = dummy_module(resolve, world, mangling);
    embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8)?;
    Ok(ComponentEncoder::default().validate(true).module(&module)?.encode()?)
}
