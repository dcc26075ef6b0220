//! The WIT that an SDK carries, so that whoever has the SDK has the contract.

use wit_component::{Output as _, WitPrinter};

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
            let name = |it| self.resolve.packages[it].name.to_string();
            let mut packages: Vec<_> = self.resolve.packages.iter().map(|(id, _)| id).collect();
            packages.sort_by_key(|it| (*it != self.package, name(*it)));
            let mut printer = WitPrinter::default();
            printer.emit_docs(false);
            let mut printed = Ok(());
            for package in packages {
                let is_main = package == self.package;
                printed =
                    printed.and_then(|()| printer.print_package(&self.resolve, package, is_main));
                printer.output.newline();
            }
            printed.map(|()| printer.output.to_string())
        })
    }
}

/// Prints the package and everything that it uses as one file.
pub(crate) fn text(source: &Source) -> Result<String, GenerateError> {
    let world = &source.resolve.worlds[source.world].name;
    guarded("wit-component", world, || {
        let others = source.resolve.packages.iter().map(|(id, _)| id);
        let others: Vec<_> = others.filter(|it| *it != source.package).collect();
        let mut printer = WitPrinter::default();
        let printed = printer.print(&source.resolve, source.package, &others);
        printed.map(|()| printer.output.to_string())
    })
}
