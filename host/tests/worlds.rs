//! The bindings of every world that the generator is tested with compile against the runtime.

use plugwright::World;

mod keywords_borrowed {
    plugwright::bindings!({ path: "../bindgen/tests/wit/keywords.wit", borrow: true });
}

mod lent_borrowed {
    plugwright::bindings!({ path: "../bindgen/tests/wit/lent.wit", borrow: true });
}

mod lists_borrowed {
    plugwright::bindings!({ path: "../bindgen/tests/wit/lists.wit", borrow: true });
}

mod resources_borrowed {
    plugwright::bindings!({ path: "../bindgen/tests/wit/resources.wit", borrow: true });
}

mod root_borrowed {
    plugwright::bindings!({ path: "../bindgen/tests/wit/root.wit", borrow: true });
}

mod clashes {
    plugwright::bindings!({ path: "../bindgen/tests/wit/clashes.wit" });
}

mod docs {
    plugwright::bindings!({ path: "../bindgen/tests/wit/docs.wit" });
}

mod empty {
    plugwright::bindings!({ path: "../bindgen/tests/wit/empty.wit" });
}

mod enums {
    plugwright::bindings!({ path: "../bindgen/tests/wit/enums.wit" });
}

mod errors {
    plugwright::bindings!({ path: "../bindgen/tests/wit/errors.wit" });
}

mod flags {
    plugwright::bindings!({ path: "../bindgen/tests/wit/flags.wit" });
}

mod keywords {
    plugwright::bindings!({ path: "../bindgen/tests/wit/keywords.wit" });
}

mod lent {
    plugwright::bindings!({ path: "../bindgen/tests/wit/lent.wit" });
}

mod lists {
    plugwright::bindings!({ path: "../bindgen/tests/wit/lists.wit" });
}

mod numbers {
    plugwright::bindings!({ path: "../bindgen/tests/wit/numbers.wit" });
}

mod options {
    plugwright::bindings!({ path: "../bindgen/tests/wit/options.wit" });
}

mod prelude {
    plugwright::bindings!({ path: "../bindgen/tests/wit/prelude.wit" });
}

mod records {
    plugwright::bindings!({ path: "../bindgen/tests/wit/records.wit" });
}

mod renamed {
    plugwright::bindings!({ path: "../bindgen/tests/wit/renamed.wit", world: "renamed" });
}

mod resources {
    plugwright::bindings!({ path: "../bindgen/tests/wit/resources.wit" });
}

mod root {
    plugwright::bindings!({ path: "../bindgen/tests/wit/root.wit" });
}

mod setpoint {
    plugwright::bindings!({ path: "../bindgen/tests/wit/setpoint.wit" });
}

mod stability {
    plugwright::bindings!({ path: "../bindgen/tests/wit/stability.wit" });
}

mod strings {
    plugwright::bindings!({ path: "../bindgen/tests/wit/strings.wit" });
}

mod types_only {
    plugwright::bindings!({ path: "../bindgen/tests/wit/types-only.wit" });
}

mod variants {
    plugwright::bindings!({ path: "../bindgen/tests/wit/variants.wit" });
}

mod wasi {
    plugwright::bindings!({ path: "../bindgen/tests/wit/wasi.wit" });
}

/// What a host carries of its world is the world.
#[test]
fn each_world_is_carried_whole() -> Result<(), plugwright::ReadError> {
    fn names<W: World>() -> Result<(&'static str, String), plugwright::ReadError> {
        let world = plugwright_component::World::decode(W::COMPONENT_TYPE)?;
        Ok((W::NAME, world.name().to_owned()))
    }
    let worlds =
        [names::<records::Records>()?, names::<variants::Variants>()?, names::<empty::Empty>()?];
    for (full, name) in worlds {
        let unversioned = full.split_once('@').map_or(full, |(name, _)| name);
        assert_eq!(unversioned.rsplit_once('/').map(|(_, name)| name), Some(name.as_str()));
    }
    Ok(())
}
