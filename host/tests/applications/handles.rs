//! Resources of one plugin that another one holds: the same answers fused and isolated, and no handle left behind.

use plugwright::{Application, CallError};

use super::{Tested, call, loaded, told};

/// A keeper in front of a vault.
fn keeper(how: &str, keeper: &str, vault: &str) -> Tested<Application> {
    loaded(
        &["applications/parts/keeper", "applications/parts/vault"],
        &format!(
            "[application]\n\
             name = \"keeping\"\n\
             [exports]\n\
             \"demo:keeping/keeping\" = \"keeper\"\n\
             \"demo:vault/vault\" = \"vault\"\n\
             [plugins.keeper]\n\
             file = \"keeper.wasm\"\n\
             trust = \"us\"\n\
             links = {{ \"demo:vault/vault\" = {{ to = \"vault\", how = \"{how}\" }} }}\n\
             {keeper}\n\
             [plugins.vault]\n\
             file = \"vault.wasm\"\n\
             trust = \"us\"\n\
             {vault}\n"
        ),
    )
}

const PINNED: &str = "instances = \"pinned\"";

#[test]
fn handles_mean_the_same_fused_and_isolated() -> Tested {
    for how in ["fused", "isolated"] {
        let application = keeper(how, "", "")?;
        for (text, expected) in [
            ("merged(3, 4)", "700"),
            ("passed(5)", "25"),
            ("leaked(3)", "3"),
            ("keeping.alive()", "0"),
        ] {
            assert_eq!(call(&application, text)??, expected, "{how}: {text}");
        }
        let pinned = keeper(how, PINNED, PINNED)?;
        for (text, expected) in [
            ("hold(5)", ""),
            ("held()", "5"),
            ("keeping.alive()", "1"),
            ("let-go()", ""),
            ("keeping.alive()", "0"),
            ("merged(1, 1)", "200"),
        ] {
            assert_eq!(call(&pinned, text)??, expected, "{how}: {text}");
        }
    }
    Ok(())
}

#[test]
fn a_resource_goes_through_three_plugins() -> Tested {
    let text = "[application]\n\
         name = \"three\"\n\
         [exports]\n\
         run = \"app\"\n\
         [plugins.app]\n\
         file = \"app.wasm\"\n\
         links = { \"demo:shop/store\" = \"store\", \"demo:shop/reader\" = \"reader\" }\n\
         [plugins.reader]\n\
         file = \"reader.wasm\"\n\
         links = { \"demo:shop/store\" = \"store\" }\n\
         [plugins.store]\n\
         file = \"store.wasm\"\n";
    let parts = ["composing/parts/app", "composing/parts/reader", "composing/parts/store"];
    let application = loaded(&parts, text)?;
    assert_eq!(application.plugins().count(), 3);
    assert_eq!(call(&application, "run()")??, "\"lamp\"");
    Ok(())
}

#[test]
fn each_sandbox_that_asks_has_one_of_its_own() -> Tested {
    // Without it each call would have another one, and no handle would mean anything in the next.
    let kept = keeper("isolated", PINNED, "")?;
    call(&kept, "hold(7)")??;
    assert_eq!(call(&kept, "held()")??, "7");
    assert_eq!(call(&kept, "keeping.alive()")??, "1");
    assert_eq!(call(&kept, "vault.alive()")??, "0", "the host has another");
    Ok(())
}

#[test]
fn what_nobody_holds_any_more_is_dropped() -> Tested {
    let fresh = keeper("isolated", "", PINNED)?;
    assert_eq!(call(&fresh, "leaked(1000)")??, "1000");
    // The sandbox that held them is gone.
    assert_eq!(call(&fresh, "vault.alive()")??, "0");
    assert_eq!(call(&fresh, "leaked(2)")??, "2");
    Ok(())
}

#[test]
fn handles_of_a_sandbox_that_is_gone_say_so() -> Tested {
    let pinned = keeper("isolated", PINNED, PINNED)?;
    call(&pinned, "hold(5)")??;
    assert!(call(&pinned, "vault.crash()")?.is_err());
    let error = call(&pinned, "held()")?.unwrap_err();
    assert_eq!(
        told(&error),
        "`keeping.held` called `demo:vault/vault.[method]item.number` of plugin `vault`, which failed\n\
         `vault.[method]item.number` cannot be called: an earlier call ended this instance"
    );
    let CallError::Linked { source, .. } = &error else { panic!("{error}") };
    assert!(matches!(**source, CallError::Dead { .. }), "{source}");
    // It did no harm to the one that took its place.
    assert_eq!(call(&pinned, "vault.alive()")??, "0");
    assert_eq!(call(&pinned, "merged(2, 3)")??, "500");
    Ok(())
}

#[test]
fn a_resource_that_fails_ends_the_call_that_uses_it_and_no_more() -> Tested {
    let isolated = keeper("isolated", "", "")?;
    let error = call(&isolated, "fail()")?.unwrap_err();
    assert_eq!(
        told(&error),
        "`keeping.fail` called `demo:vault/vault.[method]item.fail` of plugin `vault`, which failed\n\
         `vault.[method]item.fail` trapped: wasm `unreachable` instruction executed"
    );
    // A destructor is a call like any other.
    let error = call(&isolated, "merged(333, 333)")?.unwrap_err();
    assert_eq!(
        told(&error),
        "`keeping.merged` called `demo:vault/vault.[drop]item` of plugin `vault`, which failed\n\
         `drop` trapped: wasm `unreachable` instruction executed"
    );
    assert_eq!(call(&isolated, "merged(3, 4)")??, "700");
    Ok(())
}

#[test]
fn handles_are_not_bytes() -> Tested {
    let isolated = keeper("isolated", "", "")?;
    let (answer, spent) = isolated.spend(&isolated.request("passed(100)")?)?;
    answer?;
    // A hundred numbers go to the constructor and a handle comes of each; a list of them is empty to who counts bytes.
    assert_eq!((spent.host_calls, spent.copied_in, spent.copied_out), (101, 8, 404));
    Ok(())
}

#[test]
fn handles_are_bounded_on_both_sides() -> Tested {
    for (keeper_limits, vault_limits) in
        [("limits = { handles = 50 }", ""), ("", "limits = { handles = 50 }")]
    {
        let tight = keeper("isolated", keeper_limits, vault_limits)?;
        assert_eq!(call(&tight, "leaked(20)")??, "20");
        let error = call(&tight, "leaked(100)")?.unwrap_err();
        assert!(told(&error).contains("more than the 50 live handles"), "{}", told(&error));
    }
    Ok(())
}

#[test]
fn handles_of_two_sandboxes_of_one_plugin_cannot_meet() -> Tested {
    let mixed = |lender: &str, vault: &str| {
        let text = format!(
            "[application]\n\
             name = \"mixing\"\n\
             [exports]\n\
             mix = \"mixer\"\n\
             [plugins.mixer]\n\
             file = \"mixer.wasm\"\n\
             links = {{ \"demo:vault/vault\" = \"vault\", \"demo:lending/lending\" = \"lender\" }}\n\
             [plugins.lender]\n\
             file = \"lender.wasm\"\n\
             links = {{ \"demo:vault/vault\" = \"vault\" }}\n\
             {lender}\n\
             [plugins.vault]\n\
             file = \"vault.wasm\"\n\
             {vault}\n"
        );
        let parts = ["mixer", "lender", "vault"].map(|it| format!("applications/parts/{it}"));
        loaded(&parts.each_ref().map(String::as_str), &text)
    };
    // Whom one sandbox calls share with it what lives for it.
    assert_eq!(call(&mixed("", "")?, "mix()")??, "3");
    assert_eq!(call(&mixed(PINNED, PINNED)?, "mix()")??, "3");
    // A lender that is everybody's lives longer than the one who asks, and so does what it holds.
    let error = call(&mixed(PINNED, "")?, "mix()")?.unwrap_err();
    assert_eq!(
        told(&error),
        "`mix` called `demo:vault/vault.merge` of plugin `vault`, which failed\n\
         `vault.merge` was passed handles of two sandboxes, which cannot meet"
    );
    Ok(())
}
