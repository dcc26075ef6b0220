//! The bindings of worlds that the generator is tested with compile for an async host as well.

use plugwright::{AsyncWorld, Plugin};

mod asynchronous {
    plugwright::bindings!({ path: "../bindgen/tests/wit/asynchronous.wit", async: true });
}

mod clashes {
    plugwright::bindings!({ path: "../bindgen/tests/wit/clashes.wit", async: true });
}

mod empty {
    plugwright::bindings!({ path: "../bindgen/tests/wit/empty.wit", async: true });
}

mod flags {
    plugwright::bindings!({ path: "../bindgen/tests/wit/flags.wit", async: true });
}

mod keywords {
    plugwright::bindings!({ path: "../bindgen/tests/wit/keywords.wit", async: true });
}

mod lent {
    plugwright::bindings!({ path: "../bindgen/tests/wit/lent.wit", async: true });
}

mod lent_flows {
    plugwright::bindings!({ path: "../bindgen/tests/wit/lent-flows.wit", async: true });
}

mod lists {
    plugwright::bindings!({ path: "../bindgen/tests/wit/lists.wit", async: true });
}

mod resources {
    plugwright::bindings!({ path: "../bindgen/tests/wit/resources.wit", async: true });
}

mod root {
    plugwright::bindings!({ path: "../bindgen/tests/wit/root.wit", async: true });
}

mod setpoint {
    plugwright::bindings!({ path: "../bindgen/tests/wit/setpoint.wit", async: true });
}

mod variants {
    plugwright::bindings!({ path: "../bindgen/tests/wit/variants.wit", async: true });
}

mod wasi {
    plugwright::bindings!({ path: "../bindgen/tests/wit/wasi.wit", async: true });
}

/// What waits may move to another thread.
#[test]
fn each_world_is_async() {
    fn sent<W: AsyncWorld>() -> bool {
        fn is_sent(_: &impl Send) {}
        let _ = |plugin: &Plugin<W>| is_sent(&plugin.instantiate_async());
        W::IS_ASYNC
    }
    assert!(sent::<empty::Empty>() && sent::<variants::Variants>());
}
