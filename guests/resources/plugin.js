// Accounts and vaults, all of them counted.
import { ResultError, plugin } from "resources-sdk";

let accounts = 0;
let vaults = 0;

class Account {
  constructor(owner, balance = 0n) {
    accounts += 1;
    this.name = owner;
    this.money = balance;
  }

  owner() {
    return this.name;
  }

  balance() {
    return this.money;
  }

  deposit(amount) {
    this.money += amount;
    return this.money;
  }

  withdraw(asked) {
    if (asked > this.money) throw new ResultError({ balance: this.money, asked });
    this.money -= asked;
    return this.money;
  }

  static merged(left, right) {
    const merged = new Account(`${left.name} and ${right.name}`, left.money + right.money);
    left[Symbol.dispose]();
    right[Symbol.dispose]();
    return merged;
  }

  static richest(of) {
    let richest;
    for (const it of of) {
      const poorer = richest !== undefined && it.money < richest.money ? it : richest;
      if (poorer !== it) richest = it;
      poorer?.[Symbol.dispose]();
    }
    return richest;
  }

  mirror(other) {
    return this.deposit(other.money);
  }

  /** Is called when the host drops it, and by the plugin for those that it keeps itself. */
  [Symbol.dispose]() {
    accounts -= 1;
  }
}

class Vault {
  constructor(room) {
    if (room === 0) throw new ResultError("a vault has room");
    vaults += 1;
    this.room = room;
    this.accounts = [];
  }

  keep(it) {
    if (this.accounts.length === this.room) throw new ResultError(it);
    return this.accounts.push(it);
  }

  take(owner) {
    const at = this.accounts.findIndex((it) => it.name === owner);
    return at < 0 ? undefined : this.accounts.splice(at, 1)[0];
  }

  total() {
    return total(this.accounts);
  }

  emptied() {
    return this.accounts.splice(0);
  }

  [Symbol.dispose]() {
    vaults -= 1;
    for (const it of this.accounts) it[Symbol.dispose]();
  }
}

function total(of) {
  return of.reduce((sum, it) => sum + it.money, 0n);
}

export default plugin({
  bank: {
    Account,
    Vault,
    transfer(from, to, amount) {
      from.withdraw(amount);
      to.deposit(amount);
    },
    open: (owners) => owners.map((it) => new Account(it)),
    close(it) {
      it[Symbol.dispose]();
      return it.money;
    },
    total,
  },
  census: {
    churn(rounds) {
      let sum = 0n;
      for (let round = 0n; round < rounds; round += 1n) {
        const vault = new Vault(1);
        vault.keep(new Account("churn", round));
        sum += vault.total();
        vault[Symbol.dispose]();
      }
      return sum;
    },
    accounts: () => accounts,
    vaults: () => vaults,
  },
});
