//! Resources that the plugin makes: every one that it made is dropped, and by whom.

use plugwright::{Instance, ResourceAny};

use self::bank::Refusal;
use crate::trial::{Bench, Outcome, Trial, same};
use crate::{Guest, Tested};

plugwright::bindings!({ path: "../guests/resources/world.wit", world: "resources" });

type Plugin = Instance<Resources>;

const TRIALS: [Trial<Resources>; 7] = [
    ("a resource lives until its host drops it", lives),
    ("methods work on their own resource", methods),
    ("an error has its payload", errors),
    ("what is passed as own belongs to the plugin", owned),
    ("what is borrowed stays the host's", borrowed),
    ("a constructor can fail", fallible),
    ("a thousand resources are dropped", thousand),
];

pub(crate) fn run(bench: &Bench, guest: &Guest) -> Tested<Vec<Outcome>> {
    bench.run(guest, &TRIALS)
}

/// Tells how many accounts and vaults the plugin has.
fn alive(plugin: &mut Plugin) -> Tested<(u32, u32)> {
    Ok((plugin.census_accounts()?, plugin.census_vaults()?))
}

/// Opens an account with some money.
fn account(plugin: &mut Plugin, owner: &str, balance: u64) -> Tested<ResourceAny> {
    let account = plugin.bank_account_new(owner)?;
    plugin.bank_account_deposit(account, balance)?;
    Ok(account)
}

fn lives(plugin: &mut Plugin) -> Tested {
    same(alive(plugin)?, (0, 0))?;
    let first = plugin.bank_account_new("Ada")?;
    let second = plugin.bank_account_new("Grace")?;
    same(alive(plugin)?, (2, 0))?;
    plugin.drop_resource(first)?;
    same(alive(plugin)?, (1, 0))?;
    same(plugin.bank_account_owner(second)?.as_str(), "Grace")?;
    plugin.drop_resource(second)?;
    same(alive(plugin)?, (0, 0))
}

fn methods(plugin: &mut Plugin) -> Tested {
    let ada = account(plugin, "Ada", 5)?;
    let grace = account(plugin, "", 0)?;
    same(plugin.bank_account_deposit(ada, u64::MAX - 5)?, u64::MAX)?;
    same(plugin.bank_account_balance(ada)?, u64::MAX)?;
    same(plugin.bank_account_balance(grace)?, 0)?;
    same(plugin.bank_account_owner(grace)?.as_str(), "")?;
    plugin.drop_resource(ada)?;
    plugin.drop_resource(grace)?;
    same(alive(plugin)?, (0, 0))
}

fn errors(plugin: &mut Plugin) -> Tested {
    let told = |Refusal { balance, asked }: Refusal| (balance, asked);
    let ada = account(plugin, "Ada", 5)?;
    same(plugin.bank_account_withdraw(ada, 2)?.map_err(told), Ok(3))?;
    same(plugin.bank_account_withdraw(ada, 4)?.map_err(told), Err((3, 4)))?;
    let grace = account(plugin, "Grace", 0)?;
    same(plugin.bank_transfer(ada, grace, 9)?.map_err(told), Err((3, 9)))?;
    same(plugin.bank_transfer(ada, grace, 1)?.map_err(told), Ok(()))?;
    same(plugin.bank_account_balance(ada)?, 2)?;
    same(plugin.bank_account_balance(grace)?, 1)
}

fn owned(plugin: &mut Plugin) -> Tested {
    let (ada, grace) = (account(plugin, "Ada", 1)?, account(plugin, "Grace", 2)?);
    let both = plugin.bank_account_merged(ada, grace)?;
    same(alive(plugin)?, (1, 0))?;
    same(plugin.bank_account_owner(both)?.as_str(), "Ada and Grace")?;
    same(plugin.bank_close(both)?, 3)?;
    same(alive(plugin)?, (0, 0))?;

    let opened = plugin.bank_open(&["a".to_owned(), "b".to_owned(), "c".to_owned()])?;
    same(opened.len(), 3)?;
    for (balance, account) in opened.iter().enumerate() {
        plugin.bank_account_deposit(*account, balance as u64)?;
    }
    let richest = plugin.bank_account_richest(&opened)?.ok_or("nobody is rich")?;
    same(alive(plugin)?, (1, 0))?;
    same(plugin.bank_account_owner(richest)?.as_str(), "c")?;
    plugin.drop_resource(richest)?;
    same(plugin.bank_account_richest(&[])?.is_none(), true)?;
    same(alive(plugin)?, (0, 0))
}

fn borrowed(plugin: &mut Plugin) -> Tested {
    let (ada, grace) = (account(plugin, "Ada", 1)?, account(plugin, "Grace", 2)?);
    same(plugin.bank_total(&[ada, grace, ada])?, 4)?;
    same(plugin.bank_total(&[])?, 0)?;
    same(plugin.bank_account_mirror(ada, grace)?, 3)?;
    same(plugin.bank_account_mirror(ada, ada)?, 6)?;
    same(plugin.bank_account_balance(grace)?, 2)?;
    same(alive(plugin)?, (2, 0))?;
    plugin.drop_resource(ada)?;
    plugin.drop_resource(grace)?;
    same(alive(plugin)?, (0, 0))
}

fn fallible(plugin: &mut Plugin) -> Tested {
    same(plugin.bank_vault_new(0)?.map(|_| ()), Err("a vault has room".to_owned()))?;
    same(alive(plugin)?, (0, 0))?;
    let vault = plugin.bank_vault_new(2)??;
    for (at, owner) in ["a", "b"].into_iter().enumerate() {
        let account = account(plugin, owner, 10)?;
        same(plugin.bank_vault_keep(vault, account)?.ok(), Some(at as u32 + 1))?;
    }
    let more = account(plugin, "c", 1)?;
    let refused = plugin.bank_vault_keep(vault, more)?.err().ok_or("there was room")?;
    same(plugin.bank_account_owner(refused)?.as_str(), "c")?;
    same(plugin.bank_close(refused)?, 1)?;
    same(plugin.bank_vault_total(vault)?, 20)?;
    same(plugin.bank_vault_take(vault, "nobody")?.is_none(), true)?;
    let taken = plugin.bank_vault_take(vault, "a")?.ok_or("it is gone")?;
    same(plugin.bank_vault_emptied(vault)?.len(), 1)?;
    same(plugin.bank_vault_total(vault)?, 0)?;
    same(alive(plugin)?, (2, 1))?;
    same(plugin.bank_vault_keep(vault, taken)?.ok(), Some(1))?;
    plugin.drop_resource(vault)?;
    same(alive(plugin)?, (1, 0))
}

fn thousand(plugin: &mut Plugin) -> Tested {
    for round in 0..10 {
        let owners: Vec<_> = (0..100).map(|it| format!("{round}-{it}")).collect();
        for account in plugin.bank_open(&owners)? {
            plugin.drop_resource(account)?;
        }
    }
    same(plugin.census_churn(1000)?, 499_500)?;
    same(alive(plugin)?, (0, 0))
}
