//! The components that stand in for what is denied: one for each import, with nothing but answers and traps in it.
//!
//! A function whose result has an error that says "denied" answers with it; one of WASI that gives what there is, such as
//! environment variables, says that there is nothing; every other function traps, under its own name. Resources are the stand-in's own, and since nothing ever makes one, nobody can have one.

mod answer;
mod module;

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{WorldItem, WorldKey};

use super::error::ComposeError;
use super::links::{Import, Linked};
use crate::{read, version};

/// What the name of a stand-in begins with; the name of what it denies follows.
pub(crate) const MARK: &str = "denied: ";

/// Makes the component that stands in for one import of a part.
///
/// It imports the types that the interface uses of others, and nothing that can be called.
pub(super) fn stand_in(part: &Linked<'_>, import: &Import<'_>) -> Result<Vec<u8>, ComposeError> {
    let place = part.place(import);
    let world = part.artifact.world();
    if let WorldItem::Type { .. } = import.item {
        let reason = "it is a resource of the world itself".to_owned();
        return Err(ComposeError::Undeniable { at: place, reason });
    }
    let encoded = read::guarded(|| {
        let mut resolve = world.resolve().clone();
        let is_it = |it: &WorldKey| world.resolve().name_world_key(it) == import.name;
        let id = match import.item {
            // A function of the world may need types of the world, so these stay with it.
            WorldItem::Function(_) => {
                let imports = &mut resolve.worlds[world.id()].imports;
                imports.retain(|key, item| is_it(key) || matches!(item, WorldItem::Type { .. }));
                world.id()
            }
            WorldItem::Interface { .. } | WorldItem::Type { .. } => {
                let mut own = resolve.worlds[world.id()].clone();
                own.imports.retain(|key, _| is_it(key));
                own.exports.clear();
                own.name.push_str("-denied");
                resolve.worlds.alloc(own)
            }
        };
        // What else it needs of the part's imports comes back here.
        resolve.exportize(id, None, Some(&|key: &WorldKey, _: &WorldItem| is_it(key)))?;
        let mut module = module::refusing(&resolve, id);
        embed_component_metadata(&mut module, &resolve, id, StringEncoding::UTF8)?;
        ComponentEncoder::default().module(&module)?.encode()
    });
    let bug = |message: String, source| ComposeError::Bug {
        parts: vec![part.name.to_owned()],
        message: format!("no stand-in for {place}: {message}"),
        source,
    };
    match encoded {
        Ok(Ok(bytes)) => Ok(named(bytes, &import.name)),
        Ok(Err(err)) => Err(bug("it cannot be encoded".to_owned(), Some(err.into()))),
        Err(err) => Err(bug("the encoder panicked".to_owned(), Some(Box::new(err)))),
    }
}

/// Gives a component its name, which it wears wherever it is nested.
fn named(mut bytes: Vec<u8>, denied: &str) -> Vec<u8> {
    use wasm_encoder::{ComponentNameSection, ComponentSection as _};
    let mut names = ComponentNameSection::new();
    names.component(&format!("{MARK}{}", version::unversioned(denied)));
    names.append_to_component(&mut bytes);
    bytes
}
