//! Accounts and vaults, all of them counted.

use std::cell::{Cell, RefCell};

use resources_sdk::{
    bank::{Account, AccountBorrow, AccountResource, Bank, Refusal, Vault, VaultResource},
    census::Census,
};

struct Plugin;

thread_local! {
    static ACCOUNTS: Cell<u32> = const { Cell::new(0) };
    static VAULTS: Cell<u32> = const { Cell::new(0) };
}

struct MyAccount {
    owner: String,
    balance: Cell<u64>,
}

impl MyAccount {
    fn open(owner: String, balance: u64) -> Self {
        ACCOUNTS.set(ACCOUNTS.get() + 1);
        Self { owner, balance: Cell::new(balance) }
    }

    fn add(&self, amount: u64) -> u64 {
        self.balance.set(self.balance.get() + amount);
        self.balance.get()
    }
}

impl Drop for MyAccount {
    fn drop(&mut self) {
        ACCOUNTS.set(ACCOUNTS.get() - 1);
    }
}

struct MyVault {
    room: u32,
    accounts: RefCell<Vec<Account>>,
}

impl Drop for MyVault {
    fn drop(&mut self) {
        VAULTS.set(VAULTS.get() - 1);
    }
}

impl Bank for Plugin {
    type Account = MyAccount;
    type Vault = MyVault;

    fn transfer(
        from: AccountBorrow<'_>,
        to: AccountBorrow<'_>,
        amount: u64,
    ) -> Result<(), Refusal> {
        from.get::<MyAccount>().withdraw(amount)?;
        to.get::<MyAccount>().add(amount);
        Ok(())
    }

    fn open(owners: Vec<String>) -> Vec<Account> {
        owners.into_iter().map(|owner| Account::new(MyAccount::open(owner, 0))).collect()
    }

    fn close(it: Account) -> u64 {
        balance(&it)
    }

    fn total(of: Vec<AccountBorrow<'_>>) -> u64 {
        of.iter().map(|it| it.get::<MyAccount>().balance.get()).sum()
    }
}

impl AccountResource for MyAccount {
    fn new(owner: String) -> Self {
        Self::open(owner, 0)
    }

    fn owner(&self) -> String {
        self.owner.clone()
    }

    fn balance(&self) -> u64 {
        self.balance.get()
    }

    fn deposit(&self, amount: u64) -> u64 {
        self.add(amount)
    }

    fn withdraw(&self, asked: u64) -> Result<u64, Refusal> {
        let balance = self.balance.get();
        let left = balance.checked_sub(asked).ok_or(Refusal { balance, asked })?;
        self.balance.set(left);
        Ok(left)
    }

    fn merged(left: Account, right: Account) -> Account {
        let (left, right) = (left.into_inner::<MyAccount>(), right.into_inner::<MyAccount>());
        let owner = format!("{} and {}", left.owner, right.owner);
        Account::new(Self::open(owner, left.balance.get() + right.balance.get()))
    }

    fn richest(of: Vec<Account>) -> Option<Account> {
        of.into_iter().max_by_key(balance)
    }

    fn mirror(&self, other: AccountBorrow<'_>) -> u64 {
        self.add(other.get::<MyAccount>().balance.get())
    }
}

impl VaultResource for MyVault {
    fn new(room: u32) -> Result<Self, String> {
        if room == 0 {
            return Err("a vault has room".to_owned());
        }
        VAULTS.set(VAULTS.get() + 1);
        Ok(Self { room, accounts: RefCell::default() })
    }

    fn keep(&self, it: Account) -> Result<u32, Account> {
        let mut accounts = self.accounts.borrow_mut();
        if accounts.len() == self.room as usize {
            return Err(it);
        }
        accounts.push(it);
        Ok(accounts.len() as u32)
    }

    fn take(&self, owner: String) -> Option<Account> {
        let mut accounts = self.accounts.borrow_mut();
        let at = accounts.iter().position(|it| it.get::<MyAccount>().owner == owner)?;
        Some(accounts.remove(at))
    }

    fn total(&self) -> u64 {
        self.accounts.borrow().iter().map(balance).sum()
    }

    fn emptied(&self) -> Vec<Account> {
        self.accounts.take()
    }
}

impl Census for Plugin {
    fn churn(rounds: u32) -> u64 {
        let mut sum = 0;
        for round in 0..rounds {
            let vault = Vault::new(MyVault::new(1).expect("it has room"));
            let account = Account::new(MyAccount::open("churn".to_owned(), round.into()));
            assert_eq!(vault.get::<MyVault>().keep(account).ok(), Some(1));
            sum += vault.get::<MyVault>().total();
        }
        sum
    }

    fn accounts() -> u32 {
        ACCOUNTS.get()
    }

    fn vaults() -> u32 {
        VAULTS.get()
    }
}

fn balance(it: &Account) -> u64 {
    it.get::<MyAccount>().balance.get()
}

resources_sdk::export!(Plugin);
