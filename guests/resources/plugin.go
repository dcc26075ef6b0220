// Package main has accounts and vaults, all of them counted.
package main

import (
	"slices"

	sdk "resources-sdk"
	"resources-sdk/bank"
	"resources-sdk/wit"
)

func init() {
	sdk.Export(sdk.Plugin{Bank: plugin{}, Census: plugin{}})
}

func main() {}

var accounts, vaults uint32

type account struct {
	owner   string
	balance uint64
}

func open(owner string, balance uint64) *account {
	accounts++
	return &account{owner, balance}
}

func (a *account) Drop() {
	accounts--
}

func (a *account) Owner() string {
	return a.owner
}

func (a *account) Balance() uint64 {
	return a.balance
}

func (a *account) Deposit(amount uint64) uint64 {
	a.balance += amount
	return a.balance
}

func (a *account) Withdraw(asked uint64) (uint64, error) {
	if asked > a.balance {
		return 0, bank.Refusal{Balance: a.balance, Asked: asked}
	}
	a.balance -= asked
	return a.balance, nil
}

func (a *account) Mirror(other bank.Account) uint64 {
	return a.Deposit(other.Balance())
}

type vault struct {
	room     uint32
	accounts []bank.Account
}

func (v *vault) Drop() {
	vaults--
	for _, it := range v.accounts {
		it.(*account).Drop()
	}
}

func (v *vault) Keep(it bank.Account) (uint32, error) {
	if len(v.accounts) == int(v.room) {
		return 0, wit.Fail(it)
	}
	v.accounts = append(v.accounts, it)
	return uint32(len(v.accounts)), nil
}

func (v *vault) Take(owner string) bank.Account {
	at := slices.IndexFunc(v.accounts, func(it bank.Account) bool { return it.Owner() == owner })
	if at < 0 {
		return nil
	}
	found := v.accounts[at]
	v.accounts = slices.Delete(v.accounts, at, at+1)
	return found
}

func (v *vault) Total() uint64 {
	return total(v.accounts)
}

func (v *vault) Emptied() []bank.Account {
	emptied := v.accounts
	v.accounts = nil
	return emptied
}

type plugin struct{}

func (plugin) NewAccount(owner string) bank.Account {
	return open(owner, 0)
}

// What the host hands over is the plugin's own again, so the plugin lets it go.
func (plugin) AccountMerged(left, right bank.Account) bank.Account {
	merged := open(left.Owner()+" and "+right.Owner(), left.Balance()+right.Balance())
	left.(*account).Drop()
	right.(*account).Drop()
	return merged
}

func (plugin) AccountRichest(of []bank.Account) bank.Account {
	var richest bank.Account
	for _, it := range of {
		switch {
		case richest == nil:
			richest = it
		case it.Balance() >= richest.Balance():
			richest.(*account).Drop()
			richest = it
		default:
			it.(*account).Drop()
		}
	}
	return richest
}

func (plugin) NewVault(room uint32) (bank.Vault, error) {
	if room == 0 {
		return nil, wit.Fail("a vault has room")
	}
	vaults++
	return &vault{room: room}, nil
}

func (plugin) Transfer(from, to bank.Account, amount uint64) error {
	if _, err := from.Withdraw(amount); err != nil {
		return err
	}
	to.Deposit(amount)
	return nil
}

func (plugin) Open(owners []string) []bank.Account {
	var opened []bank.Account
	for _, owner := range owners {
		opened = append(opened, open(owner, 0))
	}
	return opened
}

func (plugin) Close(it bank.Account) uint64 {
	defer it.(*account).Drop()
	return it.Balance()
}

func (plugin) Total(of []bank.Account) uint64 {
	return total(of)
}

func (p plugin) Churn(rounds uint32) uint64 {
	sum := uint64(0)
	for round := range rounds {
		made, err := p.NewVault(1)
		if err != nil {
			panic(err)
		}
		if _, err := made.Keep(open("churn", uint64(round))); err != nil {
			panic(err)
		}
		sum += made.Total()
		made.(*vault).Drop()
	}
	return sum
}

func (plugin) Accounts() uint32 {
	return accounts
}

func (plugin) Vaults() uint32 {
	return vaults
}

func total(of []bank.Account) uint64 {
	sum := uint64(0)
	for _, it := range of {
		sum += it.Balance()
	}
	return sum
}
