// Accounts and vaults, all of them counted.
#include "resources.h"

#include <stdlib.h>

static uint32_t accounts;
static uint32_t vaults;

struct bank_account_t {
  pw_string_t owner;
  uint64_t balance;
};

struct bank_vault_t {
  uint32_t room;
  bank_list_own_account_t accounts;
};

static bank_account_own_t opened(pw_string_t owner, uint64_t balance) {
  bank_account_t *account = PW_ALLOC(bank_account_t, 1);
  *account = (bank_account_t){owner, balance};
  accounts++;
  return bank_account_to_own(account);
}

static uint64_t balance(bank_account_own_t account) {
  return bank_account_from_own(account)->balance;
}

bank_account_own_t bank_account_new(pw_string_t *owner) {
  return opened(*owner, 0);
}

void bank_account_destroy(bank_account_t *account) {
  accounts--;
  pw_string_free(&account->owner);
  free(account);
}

void bank_account_owner(bank_account_borrow_t self, pw_string_t *ret) {
  *ret = pw_string_copy_n(self->owner.ptr, self->owner.len);
}

uint64_t bank_account_balance(bank_account_borrow_t self) {
  return self->balance;
}

uint64_t bank_account_deposit(bank_account_borrow_t self, uint64_t amount) {
  return self->balance += amount;
}

bool bank_account_withdraw(
    bank_account_borrow_t self,
    uint64_t amount,
    uint64_t *ret,
    bank_refusal_t *err) {
  if (amount > self->balance) {
    *err = (bank_refusal_t){.balance = self->balance, .asked = amount};
    return false;
  }
  *ret = self->balance -= amount;
  return true;
}

bank_account_own_t bank_account_merged(bank_account_own_t left, bank_account_own_t right) {
  pw_string_t owners[] = {
      bank_account_from_own(left)->owner,
      pw_string_view(" and "),
      bank_account_from_own(right)->owner,
  };
  bank_account_own_t both = opened(pw_string_join(owners, 3), balance(left) + balance(right));
  bank_account_drop(left);
  bank_account_drop(right);
  return both;
}

bool bank_account_richest(bank_list_own_account_t *of, bank_account_own_t *ret) {
  for (size_t i = 0; i < of->len; i++) {
    bool is_richer = i == 0 || balance(of->ptr[i]) >= balance(*ret);
    if (i > 0) {
      bank_account_drop(is_richer ? *ret : of->ptr[i]);
    }
    if (is_richer) {
      *ret = of->ptr[i];
    }
  }
  bool is_there = of->len > 0;
  bank_list_own_account_free(of);
  return is_there;
}

uint64_t bank_account_mirror(bank_account_borrow_t self, bank_account_borrow_t other) {
  return self->balance += other->balance;
}

static bank_vault_own_t built(uint32_t room) {
  bank_vault_t *vault = PW_ALLOC(bank_vault_t, 1);
  vault->room = room;
  vaults++;
  return bank_vault_to_own(vault);
}

bool bank_vault_new(uint32_t room, bank_vault_own_t *ret, pw_string_t *err) {
  if (room == 0) {
    *err = pw_string_copy("a vault has room");
    return false;
  }
  *ret = built(room);
  return true;
}

void bank_vault_destroy(bank_vault_t *vault) {
  vaults--;
  for (size_t i = 0; i < vault->accounts.len; i++) {
    bank_account_drop(vault->accounts.ptr[i]);
  }
  free(vault->accounts.ptr);
  free(vault);
}

bool bank_vault_keep(
    bank_vault_borrow_t self,
    bank_account_own_t it,
    uint32_t *ret,
    bank_account_own_t *err) {
  if (self->accounts.len == self->room) {
    *err = it;
    return false;
  }
  PW_PUSH(&self->accounts, it);
  *ret = (uint32_t)self->accounts.len;
  return true;
}

bool bank_vault_take(bank_vault_borrow_t self, pw_string_t *owner, bank_account_own_t *ret) {
  bool is_found = false;
  for (size_t i = 0; i < self->accounts.len; i++) {
    bank_account_own_t account = self->accounts.ptr[i];
    if (is_found) {
      self->accounts.ptr[i - 1] = account;
    } else if (pw_string_equal(&bank_account_from_own(account)->owner, owner)) {
      *ret = account;
      is_found = true;
    }
  }
  if (is_found) {
    // What has shrunk is not filled by PW_PUSH alone any more, so it moves to a place of its own size.
    bank_list_own_account_t rest = {0};
    for (size_t i = 0; i + 1 < self->accounts.len; i++) {
      PW_PUSH(&rest, self->accounts.ptr[i]);
    }
    free(self->accounts.ptr);
    self->accounts = rest;
  }
  pw_string_free(owner);
  return is_found;
}

uint64_t bank_vault_total(bank_vault_borrow_t self) {
  uint64_t sum = 0;
  for (size_t i = 0; i < self->accounts.len; i++) {
    sum += balance(self->accounts.ptr[i]);
  }
  return sum;
}

void bank_vault_emptied(bank_vault_borrow_t self, bank_list_own_account_t *ret) {
  *ret = self->accounts;
  self->accounts = (bank_list_own_account_t){0};
}

bool bank_transfer(
    bank_account_borrow_t from,
    bank_account_borrow_t to,
    uint64_t amount,
    bank_refusal_t *err) {
  uint64_t left;
  if (!bank_account_withdraw(from, amount, &left, err)) {
    return false;
  }
  to->balance += amount;
  return true;
}

void bank_open(pw_list_string_t *owners, bank_list_own_account_t *ret) {
  *ret = (bank_list_own_account_t){PW_ALLOC(bank_account_own_t, owners->len), owners->len};
  for (size_t i = 0; i < owners->len; i++) {
    ret->ptr[i] = opened(owners->ptr[i], 0);
    // The account has the name now.
    owners->ptr[i] = (pw_string_t){0};
  }
  pw_list_string_free(owners);
}

uint64_t bank_close(bank_account_own_t it) {
  uint64_t last = balance(it);
  bank_account_drop(it);
  return last;
}

uint64_t bank_total(bank_list_borrow_account_t *of) {
  uint64_t sum = 0;
  for (size_t i = 0; i < of->len; i++) {
    sum += of->ptr[i]->balance;
  }
  bank_list_borrow_account_free(of);
  return sum;
}

uint64_t census_churn(uint32_t rounds) {
  uint64_t sum = 0;
  for (uint32_t round = 0; round < rounds; round++) {
    bank_vault_own_t vault = built(1);
    bank_account_own_t account = opened(pw_string_copy("churn"), round);
    uint32_t kept;
    PW_ASSERT(bank_vault_keep(bank_vault_from_own(vault), account, &kept, &account) && kept == 1);
    sum += bank_vault_total(bank_vault_from_own(vault));
    bank_vault_drop(vault);
  }
  return sum;
}

uint32_t census_accounts(void) {
  return accounts;
}

uint32_t census_vaults(void) {
  return vaults;
}
