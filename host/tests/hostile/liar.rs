//! Lies to a host that knows the types of its plugin.

use plugwright::{CallError, Plugin, Policy};

use crate::{
    arena::{Arena, ample, component},
    common::Tested,
};

plugwright::bindings!({ path: "tests/hostile/desk.wit", world: "liar" });

/// Calls each of the functions, and gives its result as text.
macro_rules! lies {
    ($($function:ident)*) => {
        const LIES: &[(&str, fn(&Plugin<Liar>) -> Result<String, CallError>)] =
            &[$((stringify!($function), |it| it.$function().map(|it| format!("{it:?}")))),*];
    };
}

lies! {
    named_no_such_case
    named_case_minus_one
    named_no_such_variant
    huge_text
    not_utf8
    cut_off_utf8
    text_out_of_bounds
    text_that_wraps
    result_misaligned
    result_out_of_bounds
    result_at_the_edge
    utf16_misaligned
    utf16_out_of_bounds
    huge_list
    list_whose_size_wraps
    list_misaligned
    many_long_texts
    no_such_option
    no_such_result
    half_of_a_letter
    beyond_letters
    wide_bool
}

pub(crate) fn attacks(arena: &mut Arena) -> Tested {
    let policy = Policy { limits: ample(), ..Policy::default() };
    let plugin = arena.engine.load::<Liar>(component("lies")?, policy)?;
    for (name, lie) in LIES {
        arena.attack(&format!("lies.wat {name}, typed"), || Ok(lie(&plugin)?));
    }
    Ok(())
}
