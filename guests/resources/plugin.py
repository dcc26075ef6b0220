"""Accounts and vaults, all of them counted."""

from resources_sdk import bank, census, export
from resources_sdk.bank import Refusal, RefusalError

alive = {"accounts": 0, "vaults": 0}


@export
class Account(bank.Account):
    """Somebody's money."""

    def __init__(self, owner: str) -> None:
        self.name = owner
        self.money = 0
        alive["accounts"] += 1

    def __del__(self) -> None:
        alive["accounts"] -= 1

    def owner(self) -> str:
        return self.name

    def balance(self) -> int:
        return self.money

    def deposit(self, amount: int) -> int:
        self.money += amount
        return self.money

    def withdraw(self, amount: int) -> int:
        if amount > self.money:
            raise RefusalError(Refusal(self.money, amount))
        self.money -= amount
        return self.money

    @classmethod
    def merged(cls, left: bank.Account, right: bank.Account) -> "Account":
        both = cls(f"{left.owner()} and {right.owner()}")
        both.money = left.balance() + right.balance()
        return both

    @classmethod
    def richest(cls, of: list["Account"]) -> "Account | None":
        return max(of, key=cls.balance, default=None)

    def mirror(self, other: bank.Account) -> int:
        return self.deposit(other.balance())


@export
class Vault(bank.Vault):
    """A place for accounts."""

    def __init__(self, room: int) -> None:
        if room == 0:
            raise bank.StringError("a vault has room")
        self.room = room
        self.accounts: list[bank.Account] = []
        alive["vaults"] += 1

    def __del__(self) -> None:
        # One that could not be made has no room.
        if hasattr(self, "room"):
            alive["vaults"] -= 1

    def keep(self, it: bank.Account) -> int:
        if len(self.accounts) == self.room:
            raise bank.AccountError(it)
        self.accounts.append(it)
        return len(self.accounts)

    def take(self, owner: str) -> bank.Account | None:
        for at, it in enumerate(self.accounts):
            if it.owner() == owner:
                return self.accounts.pop(at)
        return None

    def total(self) -> int:
        return sum(it.balance() for it in self.accounts)

    def emptied(self) -> list[bank.Account]:
        accounts, self.accounts = self.accounts, []
        return accounts


@export
class Bank(bank.Bank):
    """Resources that the plugin makes, and its host holds."""

    def transfer(self, from_: bank.Account, to: bank.Account, amount: int) -> None:
        from_.withdraw(amount)
        to.deposit(amount)

    def open(self, owners: list[str]) -> list[bank.Account]:
        return [Account(it) for it in owners]

    def close(self, it: bank.Account) -> int:
        return it.balance()

    def total(self, of: list[bank.Account]) -> int:
        return sum(it.balance() for it in of)


@export
class Census(census.Census):
    """What the plugin knows of its own resources."""

    def churn(self, rounds: int) -> int:
        total = 0
        for number in range(rounds):
            vault, account = Vault(1), Account("churn")
            account.deposit(number)
            vault.keep(account)
            total += vault.total()
        return total

    def accounts(self) -> int:
        return alive["accounts"]

    def vaults(self) -> int:
        return alive["vaults"]
