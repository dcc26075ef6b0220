// Package main knows what is owed to which state.
package main

import (
	"cmp"
	"slices"

	sdk "tax-sdk"
	"tax-sdk/taxes"
	"tax-sdk/trade"
)

func init() {
	sdk.Export(sdk.Plugin{Taxes: plugin{}})
}

// A plugin is called, so nothing happens here.
func main() {}

const (
	// home is where the shop is.
	home = "DE"
	// whole is what a rate is part of.
	whole = 10_000
)

// country is what there is to know of one.
type country struct {
	standard, food, books uint32
	// numbers are how VAT numbers look: 9 stands for a digit, A for a letter, X for either, and all else for itself.
	numbers []string
}

// countries has the rates of 2025, in basis points: the standard one, that of most foodstuffs, that of printed books.
var countries = map[string]country{
	"AT": {2000, 1000, 1000, []string{"ATU99999999"}},
	"BE": {2100, 600, 600, []string{"BE9999999999"}},
	"DE": {1900, 700, 700, []string{"DE999999999"}},
	"ES": {2100, 1000, 400, []string{"ESX9999999X"}},
	"FR": {2000, 550, 550, []string{"FRXX999999999"}},
	"IE": {2300, 0, 0, []string{"IE9999999A", "IE9999999AA"}},
	"IT": {2200, 1000, 400, []string{"IT99999999999"}},
	"LU": {1700, 300, 300, []string{"LU99999999"}},
	"NL": {2100, 900, 900, []string{"NL999999999B99"}},
	"PL": {2300, 500, 500, []string{"PL9999999999"}},
}

type plugin struct{}

func (plugin) Assess(customer trade.Customer, to string, parts []taxes.Part) ([]trade.Tax, error) {
	rates, known := countries[to]
	if !known {
		return nil, trade.TaxErrorNoSuchCountry{Value: to}
	}
	paysItself := false
	if id := customer.VatID; id != nil {
		if !isNumber(*id) {
			return nil, trade.TaxErrorBadVatID{Value: *id}
		}
		paysItself = to != home && (*id)[:2] != home
	}
	sums := map[uint32]int64{}
	for _, part := range parts {
		rate := rates.of(part.Class)
		if paysItself {
			rate = 0
		}
		sums[rate] += part.Net
	}
	owed := []trade.Tax{}
	for rate, net := range sums {
		owed = append(owed, trade.Tax{Rate: rate, Net: net, Tax: tax(net, rate)})
	}
	slices.SortFunc(owed, func(a, b trade.Tax) int { return cmp.Compare(b.Rate, a.Rate) })
	return owed, nil
}

func (rates country) of(class trade.Class) uint32 {
	switch class {
	case trade.ClassFood:
		return rates.food
	case trade.ClassBooks:
		return rates.books
	default:
		return rates.standard
	}
}

// isNumber tells whether a text looks like the VAT number of the country whose letters it begins with.
func isNumber(id string) bool {
	if len(id) < 2 {
		return false
	}
	looks := func(pattern string) bool {
		if len(pattern) != len(id) {
			return false
		}
		for at := range len(id) {
			if !fits(pattern[at], id[at]) {
				return false
			}
		}
		return true
	}
	return slices.ContainsFunc(countries[id[:2]].numbers, looks)
}

func fits(pattern, letter byte) bool {
	isDigit := '0' <= letter && letter <= '9'
	isLetter := 'A' <= letter && letter <= 'Z'
	switch pattern {
	case '9':
		return isDigit
	case 'A':
		return isLetter
	case 'X':
		return isDigit || isLetter
	default:
		return pattern == letter
	}
}

// tax takes a share, rounded half to even; the amount is not below 0.
func tax(net int64, rate uint32) int64 {
	share := int64(rate)
	// In two parts, so that nothing is too large.
	part := net % whole * share
	cents := net/whole*share + part/whole
	twice := 2 * (part % whole)
	if twice > whole || twice == whole && cents%2 == 1 {
		cents++
	}
	return cents
}
