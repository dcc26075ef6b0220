//! The WIT that an SDK carries, so that whoever has the SDK has the contract.

use wit_component::WitPrinter;

use crate::upstream::guarded;
use crate::{GenerateError, Source};

impl Source {
    /// Prints what the WIT says, without its docs: two sources that print the same are the same to a plugin.
    ///
    /// # Errors
    ///
    /// `Upstream`, if the printer fails.
    pub fn contract(&self) -> Result<String, GenerateError> {
        printed(self, |printer| {
            printer.emit_docs(false);
        })
    }
}

/// Prints the package and everything that it uses as one file.
pub(crate) fn text(source: &Source) -> Result<String, GenerateError> {
    printed(source, |_| {})
}

fn printed(
    source: &Source,
    settings: impl FnOnce(&mut WitPrinter),
) -> Result<String, GenerateError> {
    let world = &source.resolve.worlds[source.world].name;
    guarded("wit-component", world, || {
        let others = source.resolve.packages.iter().map(|(id, _)| id);
        let others: Vec<_> = others.filter(|it| *it != source.package).collect();
        let mut printer = WitPrinter::default();
        settings(&mut printer);
        let printed = printer.print(&source.resolve, source.package, &others);
        printed.map(|()| printer.output.to_string())
    })
}
