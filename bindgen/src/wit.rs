//! The WIT that an SDK carries, so that whoever has the SDK has the contract.

use wit_component::{Output as _, WitPrinter};
use wit_parser::{PackageId, Resolve, Stability, WorldItem};

use crate::upstream::guarded;
use crate::{GenerateError, Source};

impl Source {
    /// Prints what the WIT says, without its docs: two sources that print the same are the same to a plugin.
    ///
    /// The packages stand in the order of their names, since the order in which they were read says nothing.
    ///
    /// # Errors
    ///
    /// `Upstream`, if the printer fails.
    pub fn contract(&self) -> Result<String, GenerateError> {
        let world = &self.resolve.worlds[self.world].name;
        guarded("wit-component", world, || {
            let Source { resolve, .. } = self.ungated();
            let name = |it| resolve.packages[it].name.to_string();
            let mut packages: Vec<_> = resolve.packages.iter().map(|(id, _)| id).collect();
            packages.sort_by_key(|it| (*it != self.package, name(*it)));
            let mut printer = WitPrinter::default();
            printer.emit_docs(false);
            let mut printed = Ok(());
            for package in packages {
                let is_main = package == self.package;
                printed = printed.and_then(|()| printer.print_package(&resolve, package, is_main));
                printer.output.newline();
            }
            printed.map(|()| printer.output.to_string())
        })
    }

    /// Takes the feature gates off what is there, so that whoever reads it as text has all of it.
    pub(crate) fn ungated(&self) -> Self {
        let mut source = self.clone();
        open_gates(&mut source.resolve);
        source
    }
}

/// Takes off the feature gates; tells whether there were any.
pub(crate) fn open_gates(resolve: &mut Resolve) -> bool {
    let mut found = false;
    let mut open = |stability: &mut Stability| {
        if matches!(stability, Stability::Unstable { .. }) {
            *stability = Stability::Unknown;
            found = true;
        }
    };
    for (_, item) in resolve.types.iter_mut() {
        open(&mut item.stability);
    }
    for (_, interface) in resolve.interfaces.iter_mut() {
        open(&mut interface.stability);
        interface.functions.values_mut().for_each(|it| open(&mut it.stability));
    }
    for (_, world) in resolve.worlds.iter_mut() {
        open(&mut world.stability);
        for item in world.imports.values_mut().chain(world.exports.values_mut()) {
            match item {
                WorldItem::Interface { stability, .. } => open(stability),
                WorldItem::Function(function) => open(&mut function.stability),
                // It is one of all types.
                WorldItem::Type { .. } => {}
            }
        }
    }
    found
}

/// Prints the package and everything that was read with it as one file.
pub(crate) fn text(resolve: &Resolve, package: PackageId) -> Result<String, GenerateError> {
    guarded("wit-component", &resolve.packages[package].name.to_string(), || {
        let others = resolve.packages.iter().map(|(id, _)| id);
        let others: Vec<_> = others.filter(|it| *it != package).collect();
        let mut printer = WitPrinter::default();
        let printed = printer.print(resolve, package, &others);
        printed.map(|()| printer.output.to_string())
    })
}
