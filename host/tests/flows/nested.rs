//! Plugins that are called from the host functions of others, while those wait.

use plugwright::CallError;

use crate::{
    FlowsPlugin as _,
    common::Tested,
    engine,
    host::{Desk, Inner, block_on},
    is_empty, load, long, short, told,
};

#[test]
fn a_plugin_that_another_one_asks_has_streams_of_its_own() -> Tested {
    let engine = engine()?;
    let inner = load(&engine, long(), &Desk::default())?;
    let outer = |inner| load(&engine, long(), &Desk::asking(inner));
    block_on(async {
        assert_eq!(outer(Inner::Drains(inner.clone(), 100_000))?.ask().await?, 100_000);
        assert_eq!(outer(Inner::Pours(inner.clone(), 100_000))?.ask().await?, 100_000);
        // As deep as it goes.
        let middle = outer(Inner::Asks(outer(Inner::Drains(inner.clone(), 5))?))?;
        assert_eq!(outer(Inner::Asks(middle))?.ask().await?, 5);
        Tested::Ok(())
    })?;
    assert!(is_empty(&engine), "{:?}", engine.metrics());
    Ok(())
}

#[test]
fn it_ends_with_the_one_that_asks() -> Tested {
    let engine = engine()?;
    // It waits for ever, and may.
    let waits = load(&engine, long(), &Desk::asking(Inner::Never))?;
    let asks = Desk::asking(Inner::Asks(waits));
    let outer = load(&engine, short(), &asks)?;
    // Either may be told first that the time is over; who asks then has nothing of the other.
    match block_on(outer.ask()) {
        Ok(0) | Err(CallError::Deadline { .. }) => {}
        Ok(other) => panic!("{other}"),
        Err(error) => panic!("{}", told(&error)),
    }
    assert!(is_empty(&engine), "{:?}", engine.metrics());
    Ok(())
}
